"""The menu, the help and the refusals of the slash command: all from the same table of verbs."""

from collections.abc import Sequence
from typing import Protocol

from handlers.views import guides, kit

RUN = "verb_"  # + the verb's name: a button that runs a verb without words


class Listed(Protocol):
    """A verb as the help shows it."""

    @property
    def name(self) -> str: ...
    @property
    def usage(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def button(self) -> str: ...


def menu(command: str, verbs: Sequence[Listed], company: str = "") -> kit.Block:
    where = f"You are working in *{kit.said(company)}* here." if company else "What would you like to do?"
    buttons = [kit.button(verb.button, RUN + verb.name) for verb in verbs if verb.button]
    blocks = [kit.header("Gangway"), kit.section(where), *kit.actions(*buttons)]
    blocks.append(kit.context_line(f"`{kit.escape(command)} help` lists everything."))
    return kit.message("Gangway: what would you like to do?", blocks)


def help_text(command: str, verbs: Sequence[Listed], guide: str = "") -> kit.Block:
    """`guide` is the address of the joining guide for people who were invited."""
    lines = [f"`{kit.escape(f'{command} {verb.usage}')}`  {kit.escape(verb.line)}" for verb in verbs]
    half = -(-len(lines) // 2)
    parts = [kit.section("\n".join(lines[start : start + half])) for start in range(0, len(lines), half)]
    rest = ["Answers are for your eyes only. Never type a key or a password after the command."]
    rest += [f"For people you invited: <{kit.escape(guide)}|how joining works>."] if guide else []
    rest.append(f"Is something missing or unclear? `{kit.escape(command)} feedback` tells us.")
    tail = [*kit.actions(kit.button("Guides", guides.OPEN)), kit.context_line("\n".join(rest))]
    return kit.message(f"What {command} can do", [kit.header(f"What {command} can do"), *parts, *tail])


def unknown(command: str, typed: str, nearest: str, verbs: Sequence[Listed], guide: str = "") -> kit.Block:
    guess = f" Did you mean `{kit.escape(f'{command} {nearest}')}`?" if nearest else ""
    text = f"There is no `{kit.said(typed.replace('`', ''), 40)}`.{guess}"
    return kit.message(text, [kit.section(text), *help_text(command, verbs, guide)["blocks"]])


def key_refused(command: str) -> kit.Block:
    text = (
        "*That looks like a key or a password, so I did nothing with it.*\n"
        "It has passed through Slack in clear now. Treat it as disclosed: revoke it at its source and make a new one. "
        f"To enter credentials, type `{kit.escape(command)} connect`: there is a form for them."
    )
    return kit.message("That looks like a key or a password. Please revoke it.", [kit.section(text)])
