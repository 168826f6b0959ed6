"""How the settings form and the feedback form look, and how they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.company import Company
from domain.errors import TellPerson
from domain.roles import Role
from flows.settings import Settings
from handlers.views import kit, requests, ticket_settings

SAVE = "settings_save"
FORGET = "settings_forget_role"
FREE = "settings_free_channel"
NAME, DEFAULT, SECOND, FEEDBACK = (
    "settings:msp_name",
    "settings:default_role",
    "settings:second_person",
    "settings:feedback_channel",
)
PERSON, ROLE, CHANNEL, COMPANY = "settings:person", "settings:role", "settings:channel", "settings:company"
COMPANY_PICK = "settings_company"
FEEDBACK_SEND = "feedback_send"
FEEDBACK_WORDS = "feedback:words"

LISTED = 15  # of roles and of bound channels
_YES = "yes"
_NONE = "none"


@dataclass(frozen=True)
class Wanted:
    """What stands in the submitted form."""

    msp_name: str
    default_role: Role
    second_person: bool
    feedback_channel: str
    person: str  # "" when nobody's role is to change
    role: Role | None
    channel: str  # "" when no channel is to be bound
    company_id: str


def form(settings: Settings, bindings: Sequence[tuple[str, Company]], channel: str, done: str = "") -> kit.Block:
    """`channel` is where the form was opened; `done` says what was just done."""
    told = [kit.section(done)] if done else []
    blocks = [*told, *_general(settings), kit.divider(), *_roles(settings), kit.divider(), *_bindings(bindings)]
    return kit.modal("Settings", blocks, SAVE, submit="Save", private_metadata=channel)


def _general(settings: Settings) -> list[kit.Block]:
    defaults = [(role.value, role.value) for role in (Role.TECHNICIAN, Role.VIEWER)]
    second = [("A second person must approve imports", _YES)]
    return [
        kit.input_text(
            "MSP name",
            NAME,
            NAME,
            initial=kit.cut(settings.msp_name, 200),
            max_length=200,
            hint="How invitations and the join page call you",
        ),
        kit.select(
            "Role of members who have none named", DEFAULT, DEFAULT, defaults, initial=settings.default_role.value
        ),
        kit.checkboxes("Approvals", SECOND, SECOND, second, checked=[_YES] if settings.second_person else []),
        kit.section("Risky acts, and who approves while somebody is away", kit.button("Four eyes", requests.SETTINGS)),
        kit.section("Defaults, templates and display groups of tickets", kit.button("Ticket settings", ticket_settings.OPEN)),
        kit.conversations("Feedback channel", FEEDBACK, FEEDBACK, initial=settings.feedback_channel, optional=True),
    ]


def _roles(settings: Settings) -> list[kit.Block]:
    hint = "Nobody is named yet: Slack owners and admins are Admin until one is."
    blocks = [kit.section(_heading("Roles", len(settings.roles), hint))]
    for user, role in settings.roles[:LISTED]:
        blocks.append(kit.section(f"<@{user}> · {role.value}", kit.button("Forget role", FORGET, user)))
    choices = [(role.value, role.value) for role in (Role.ADMIN, Role.TECHNICIAN, Role.VIEWER, Role.CLIENT)]
    return [
        *blocks,
        *_more(len(settings.roles)),
        kit.users("Give a role to", PERSON, PERSON, optional=True),
        kit.select("Role", ROLE, ROLE, [*choices, ("No named role", _NONE)], optional=True),
    ]


def _bindings(bindings: Sequence[tuple[str, Company]]) -> list[kit.Block]:
    hint = "A bound channel works on one company and no other."
    blocks = [kit.section(_heading("Channels bound to a company", len(bindings), hint))]
    for channel, company in bindings[:LISTED]:
        free = kit.button("Free", FREE, channel)
        blocks.append(kit.section(f"<#{channel}> · {kit.said(company.name, 150)}", free))
    return [
        *blocks,
        *_more(len(bindings)),
        kit.conversations("Bind a channel", CHANNEL, CHANNEL, optional=True),
        kit.external("To the company", COMPANY, COMPANY_PICK, optional=True),
    ]


def _heading(title: str, number: int, none: str) -> str:
    return f"*{title}* · {number:,}" if number else f"*{title}*\n{none}"


def _more(number: int) -> list[kit.Block]:
    left = number - LISTED
    return [kit.context_line(f"… and {left:,} more: name them below to change them")] if left > 0 else []


def wanted(state: Mapping[str, Any]) -> Wanted:
    """Read the form. Raises TellPerson with `field` where one half of a pair is missing."""
    person, role = kit.value(state, PERSON, PERSON), kit.value(state, ROLE, ROLE)
    channel, company = kit.value(state, CHANNEL, CHANNEL), kit.value(state, COMPANY, COMPANY_PICK)
    if person and not role:
        raise TellPerson("Choose the role too.", field="role")
    if role and not person:
        raise TellPerson("Choose whose role it shall be.", field="person")
    if channel and not company:
        raise TellPerson("Choose the company too.", field="company")
    if company and not channel:
        raise TellPerson("Choose the channel to bind.", field="channel")
    return Wanted(
        kit.value(state, NAME, NAME),
        Role(kit.value(state, DEFAULT, DEFAULT) or Role.TECHNICIAN),
        _YES in kit.values(state, SECOND, SECOND),
        kit.value(state, FEEDBACK, FEEDBACK),
        person,
        Role(role) if role and role != _NONE else None,
        channel,
        company,
    )


def feedback_form(channel: str) -> kit.Block:
    words = kit.input_text(
        "What should be better, or what works well?",
        FEEDBACK_WORDS,
        FEEDBACK_WORDS,
        multiline=True,
        max_length=3000,
        hint="No keys or passwords, please.",
    )
    return kit.modal("Feedback", [words], FEEDBACK_SEND, submit="Send", private_metadata=channel)


def feedback_message(user: str, words: str) -> kit.Block:
    """What the feedback channel gets."""
    quoted = "\n".join(f"> {kit.escape(line)}" for line in kit.cut(words, 2800).splitlines())
    return kit.message(f"Feedback from <@{user}>", [kit.section(f"💬 *Feedback from* <@{user}>"), kit.section(quoted)])
