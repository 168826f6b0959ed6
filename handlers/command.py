"""The slash command: one table of verbs, from which the menu and the help come too."""

import difflib
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from slack_bolt import App

from flows.context import Context
from handlers import failures
from handlers.actor import Ask
from handlers.keylike import looks_like_key
from handlers.views import menu as views


@dataclass(frozen=True)
class Verb:
    """A word after the command. `usage` shows its words, `line` what it does; `button` puts it on the menu."""

    name: str
    usage: str
    line: str
    run: Callable[[Ask, str], None]
    button: str = ""
    aliases: tuple[str, ...] = ()


def bind(app: App, context: Context, verbs: Sequence[Verb]) -> None:
    command = context.words.command
    table = {name: verb for verb in verbs for name in (verb.name, *verb.aliases)}

    def typed(ask: Ask) -> None:
        run(ask, command, verbs, table, html.unescape(str(ask.body.get("text") or "")))

    def pressed(ask: Ask) -> None:
        run(ask, command, verbs, table, str(ask.action.get("action_id", "")).removeprefix(views.RUN))

    app.command(command)(failures.acting(context, typed))
    for verb in verbs:
        app.action(views.RUN + verb.name)(failures.acting(context, pressed))


def run(ask: Ask, command: str, verbs: Sequence[Verb], table: Mapping[str, Verb], text: str) -> None:
    """Do what was typed. Text that looks like a key is refused before anything else and goes nowhere."""
    if looks_like_key(text):
        ask.answer(views.key_refused(command))
        return
    desk, guide = ask.desk(), f"{ask.context.words.public_url}/join-help"
    word, _, words = text.strip().partition(" ")
    verb = table.get(word.casefold())
    if verb is not None:
        verb.run(ask, words.strip())
    elif not word:
        ask.answer(views.menu(command, verbs, desk.company.name if desk.company else ""))
    elif word.casefold() == "help":
        ask.answer(views.help_text(command, verbs, guide))
    else:
        ask.answer(views.unknown(command, word, nearest(word, table), verbs, guide))


def nearest(word: str, table: Mapping[str, Verb]) -> str:
    """The verb somebody most likely meant, "" when nothing is near."""
    folded = word.casefold()
    begun = [name for name in table if len(folded) > 1 and (name.startswith(folded) or folded.startswith(name))]
    near = begun or difflib.get_close_matches(folded, [*table, "help"], n=1, cutoff=0.5)
    return (table[near[0]].name if near[0] in table else near[0]) if near else ""
