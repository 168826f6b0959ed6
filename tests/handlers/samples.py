"""Hand-made facts for tests of views: ordinary ones, and hostile ones as sources really hold them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.company import Company, CompanyState
from domain.connection import Connection
from domain.invitation import Badge, Invitation, InvitationState
from domain.person import Person, PersonKind
from domain.plan import Counts, Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows.digest import Report, Schedule
from flows.invitations import PersonLine, PersonPage
from flows.overview import Facts, SourceFacts
from flows.sync import SyncState
from handlers.views import kit
from sandbox.workspace.rules import check_message, check_view

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOSTILE = (
    "x" * 300,
    "😀" * 300,
    "<!channel> & <@U0ADMIN> <https://evil.test|Contoso>",
    "\u202eمرحبا\u202c" * 40,
    "*_~`" * 90,
    "line\nbreak\ttab" * 30,
    " ",
    "&lt;!here&gt;",
)
SIZES = (0, 1, 101, 10_000)


def company(name: str = "Contoso GmbH", number: int = 1) -> Company:
    return Company(f"c{number}", name, "contoso.com", "https://contoso.com", CompanyState.ACTIVE)


def person(name: str = "Mia Huber", number: int = 1) -> Person:
    return Person(
        f"p{number}",
        "c1",
        PersonKind.END_USER,
        f"{name}@contoso.com",
        f"{name}@contoso.com".casefold(),
        name,
        "",
        name,
        Role.CLIENT,
    )


def invitation(state: InvitationState = InvitationState.SENT, trouble: str = "") -> Invitation:
    return Invitation(
        "i1",
        "p1",
        "c1",
        state,
        2,
        "U0TECH",
        NOW - timedelta(days=3),
        NOW + timedelta(days=4),
        NOW - timedelta(days=1),
        2,
        NOW if state is InvitationState.ACCEPTED else None,
        trouble,
    )


def line(badge: Badge = Badge.PENDING, name: str = "Mia Huber", number: int = 1, **changes: Any) -> PersonLine:
    states = {
        Badge.ACCEPTED: InvitationState.ACCEPTED,
        Badge.ADMINISTRATOR: InvitationState.ACCEPTED,
        Badge.UNINVITED: InvitationState.UNINVITED,
        Badge.BOUNCED: InvitationState.BOUNCED,
    }
    trouble = f"Refused: {name}" if badge is Badge.BOUNCED else ""
    found = None if badge is Badge.NONE else invitation(states.get(badge, InvitationState.SENT), trouble)
    where = company(name if name in HOSTILE else "Contoso GmbH")
    made = PersonLine(person(name, number), where, found, badge, 3, ("Autotask PSA",))
    return replace(made, **changes)


def page(number: int, name: str = "Mia Huber", of: Company | None = None, size: int = 10) -> PersonPage:
    badges = list(Badge)
    lines = tuple(line(badges[each % len(badges)], name, each) for each in range(min(number, size)))
    return PersonPage(of, lines, 1, max(1, -(-number // size)), number, "", None)


def plan(name: str = "Contoso GmbH", state: PlanState = PlanState.PROPOSED, number: int = 1) -> Plan:
    return Plan(
        f"plan{number}",
        Kind.USERS,
        "conn1",
        name,
        "c1",
        name,
        "l1",
        1,
        state,
        "U0TECH",
        name,
        NOW,
        False,
        Counts(12, 3, 40, 1, 0),
        decided_by="U0BOSS" if state is PlanState.DONE else "",
        decided_at=NOW if state is PlanState.DONE else None,
        note=name if state is PlanState.FAILED else "",
    )


def schedule(name: str = "Contoso GmbH") -> Schedule:
    return Schedule("C0MSP", "09:00", (0, 1, 2, 3, 4), "Europe/Vienna", False, company(name), NOW)


def report(number: int = 0, name: str = "Mia Huber", of: Company | None = None) -> Report:
    def lines(badge: Badge) -> tuple[PersonLine, ...]:
        return tuple(line(badge, name, each) for each in range(min(number, 25)))

    companies = tuple(company(name, each) for each in range(min(number, 25)))
    kinds = ("pending", "expired", "bounced", "accepted", "needing_domain", "unmapped")
    return Report(
        "C0MSP",
        of,
        NOW - timedelta(days=1),
        (("up to 2 days", number), ("3 to 7 days", 0), ("over 7 days", 0)),
        lines(Badge.PENDING),
        lines(Badge.EXPIRED),
        lines(Badge.BOUNCED),
        lines(Badge.ACCEPTED),
        companies,
        companies,
        (name,) * min(number, 30),
        dict.fromkeys(kinds, number),
    )


def facts(number: int = 1, name: str = "Contoso GmbH", **changes: Any) -> Facts:
    connection = Connection(
        "conn1", "autotask", name, {}, "1234", name, {}, {}, name if number > 1 else "", "U0BOSS", "C0MSP", NOW, NOW
    )
    syncs = tuple(SyncState("conn1", kind, True, NOW, name, NOW + timedelta(hours=1)) for kind in Kind)
    source = SourceFacts(connection, number, number, number, syncs)
    some = min(number, 200)
    plans = {state: tuple(plan(name, state, each) for each in range(some)) for state in PlanState}
    made = Facts(
        NOW,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number % 2 == 0,
        (source,) * min(number, 20),
        plans[PlanState.PROPOSED],
        plans[PlanState.RUNNING],
        plans[PlanState.FAILED] + plans[PlanState.DONE],
        (schedule(name),) * some,
    )
    return replace(made, **changes)


def assert_drawable(payload: kit.Block, secret_free: tuple[str, ...] = ()) -> None:
    """Slack would take it, and no button, option or modal carries anything but ids."""
    problems = check_view(payload) if payload.get("type") in ("modal", "home") else check_message(payload)
    assert problems == []
    for text in mrkdwn_of(payload):
        assert "<!channel>" not in text
        assert "<https://evil" not in text
        assert "<@U0ADMIN>" not in text
    for value in values_of(payload):
        assert not any(name.strip() and name in value for name in (*HOSTILE, *secret_free)), value


def mrkdwn_of(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if thing.get("type") == "mrkdwn":
            yield thing["text"]
        if "blocks" in thing and isinstance(thing.get("text"), str):
            yield thing["text"]
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from mrkdwn_of(part)


def values_of(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        yield from (str(thing[key]) for key in ("value", "private_metadata", "block_id") if thing.get(key))
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from values_of(part)


def said(payload: kit.Block) -> str:
    """Every text of a message or view, one a line."""
    return "\n".join(_texts(payload))


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if isinstance(thing.get("text"), str):
            yield thing["text"]
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from _texts(part)


def buttons(payload: kit.Block) -> list[tuple[str, str]]:
    """Text and value of every button."""
    return [(made["text"]["text"], made.get("value", "")) for made in _elements(payload) if made["type"] == "button"]


def _elements(thing: Any) -> Iterator[dict[str, Any]]:
    if isinstance(thing, dict):
        if "action_id" in thing:
            yield thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from _elements(part)
