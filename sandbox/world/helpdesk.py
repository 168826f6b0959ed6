"""The demo's service desk: believable tickets with their talk, over companies, queues, statuses and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.world.desk import COMPLETE

if TYPE_CHECKING:
    from sandbox.world.core import Client, World

_LEVEL_1, _LEVEL_2, _PORTAL, _POST_SALE, _MONITORING = 29_682_833, 29_682_834, 5, 6, 8
_NEW, _WAITING, _IN_PROGRESS, _ESCALATED, _APPROVAL = 1, 7, 8, 11, 13
_STATUSES = (_NEW, _IN_PROGRESS, COMPLETE, _WAITING, _NEW, COMPLETE, _ESCALATED, _IN_PROGRESS, _APPROVAL)
_EACH = 4


@dataclass(frozen=True, slots=True)
class _Problem:
    """What somebody wrote, and where the desk put it."""

    title: str
    text: str
    queue: int = _LEVEL_1
    priority: int = 2
    issue: int = 10
    part: int | None = None
    kind: int = 2  # incident
    source: int = 4  # email
    category: int = 1


_PROBLEMS = (
    _Problem("Outlook keeps asking for a password", "Since this morning, on two machines.", issue=11),
    _Problem(
        "New starter on Monday", "Please prepare a laptop, a mailbox and access to the shared drive.", _PORTAL, kind=1
    ),
    _Problem(
        "Printer on the second floor is <jammed> & beeping",
        'It says "13.A3".',
        issue=13,
        part=131,
        priority=5,
        source=2,
    ),
    _Problem("VPN drops every hour", "Always on the hour, for about a minute.", _LEVEL_2, issue=12, part=121),
    _Problem(
        "Server SRV-01: disk C: is 95 % full", "Alert of the monitoring.", _MONITORING, 1, kind=5, source=8, category=2
    ),
    _Problem("Laptop is slow after the update", "Starting takes ten minutes now.", issue=10, part=101, priority=5),
    _Problem("Nobody can reach the file server", "Whole office, since 8:40.", _LEVEL_2, 4, 12, source=2),
    _Problem("Mail to one customer bounces", "550 5.7.1, see below.", issue=11, part=111),
    _Problem("Offboarding: please lock the account of a leaver", "Last day is Friday, 17:00.", _PORTAL, 1, kind=1),
    _Problem("Quote for three monitors", "27 inch, with height adjustment.", _POST_SALE, 5, kind=1),
    _Problem("Backup failed two nights in a row", 'Job "Nightly full".', _MONITORING, 1, kind=5, source=8, category=2),
    _Problem("Phone cannot join the Wi-Fi of the meeting room", "It works everywhere else.", issue=12, priority=5),
    _Problem("Strange invoice in the mailbox, opened it", "I clicked, then it asked for my password.", _LEVEL_2, 4, 11),
    _Problem("*Urgent*: <!channel> cannot print labels", "Shipping stands still ✋", issue=13, priority=1, source=2),
    _Problem("Move two desks to the new office", "Network sockets 14 and 15.", _POST_SALE, 5, kind=4),
)
_TALK = (
    ("First look", "Called back, waiting for a reply.", True),
    ("Internal", "Same symptom as last month; see the documentation.", False),
    ("Update", "We have found the cause & are working on it.", True),
    ("", "Customer says it works again.", True),
)


def fill_tickets(world: World, clients: list[Client]) -> None:
    """Four tickets for each client, from three weeks ago until now; nothing here is random."""
    pairs = _pairs(world)
    for number in range(_EACH * len(clients)):
        client = clients[number % len(clients)]
        opened = world.clock() - timedelta(hours=9 * (_EACH * len(clients) - number))
        _ticket(world, client, number, opened, pairs)


def _pairs(world: World) -> list[tuple[int, int]]:
    """Everybody on the desk who works here, with the role to be assigned in."""
    staff = world.autotask["Resources"].rows
    roles = world.autotask["ResourceServiceDeskRoles"].rows.values()
    return [
        (one["resourceID"], one["roleID"]) for one in roles if one["isDefault"] and staff[one["resourceID"]]["isActive"]
    ]


def _ticket(world: World, client: Client, number: int, opened: datetime, pairs: list[tuple[int, int]]) -> None:
    problem = _PROBLEMS[number % len(_PROBLEMS)]
    status = _STATUSES[number % len(_STATUSES)]
    contacts = world.autotask["Contacts"]
    people = [one for one in contacts.where("companyID", client.psa_id) if contacts.rows[one]["isActive"]]
    resource, role = pairs[number % len(pairs)] if status != _NEW else (None, None)
    ticket = world.desk.open_ticket(
        client,
        problem.title,
        at=opened,
        description=problem.text,
        status=status,
        priority=problem.priority,
        queueID=problem.queue,
        issueType=problem.issue,
        subIssueType=problem.part,
        ticketType=problem.kind,
        source=problem.source,
        ticketCategory=problem.category,
        contactID=people[number % len(people)] if people else None,
        assignedResourceID=resource,
        assignedResourceRoleID=role,
        dueDateTime=opened + timedelta(days=2),
        serviceLevelAgreementID=1,
    )
    for serial, (title, text, public) in enumerate(_TALK[: 0 if status == _NEW else 1 + number % len(_TALK)]):
        world.desk.write_note(
            ticket, text, title=title, public=public, by=resource, at=opened + timedelta(hours=serial + 1)
        )
    if status == COMPLETE:
        row = world.autotask["Tickets"].rows[ticket]
        row |= {"completedDate": opened + timedelta(hours=6), "resolution": "Done, and confirmed by the customer."}
