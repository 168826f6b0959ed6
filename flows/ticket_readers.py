"""Who may see which tickets, and how much of them: every flow about tickets asks here first.

Another company's ticket, one that is gone and one that never was are refused in the same words.
"""

from domain.display_group import DisplayGroup
from domain.errors import NotAllowed
from domain.person import PersonKind
from domain.roles import Act, Role
from domain.ticket import Ticket
from flows import display_groups
from flows.desk import Desk
from storage.store import Work

NOT_THERE = "There is no such ticket here."
_IN_YOUR_CHANNEL = (
    "Tickets are for you in the channel of your own company only. Ask there, or ask your administrator to bind a channel to it."
)


def admit(work: Work, desk: Desk, act: Act) -> None:
    """Raises NotAllowed. A client is let in where the channel is bound to a company, unless it is known to be another's."""
    desk.require(act)
    if desk.actor.role is Role.CLIENT and (desk.bound is None or _is_anothers(work, desk, desk.bound.id)):
        raise NotAllowed(_IN_YOUR_CHANNEL)


def _is_anothers(work: Work, desk: Desk, company_id: str) -> bool:
    """Whether what we know of a client's address speaks for another company than this one."""
    email = desk.actor.email.strip().casefold()
    if not email:
        return False
    known = {person.company_id for person in work.people.named(email, None, 50)
             if person.email_fold == email and person.kind is PersonKind.END_USER}  # fmt: skip
    if known:
        return company_id not in known
    owner = work.companies.by_domain(email.rpartition("@")[2])
    return owner is not None and not owner.is_own and owner.id != company_id


def find(work: Work, desk: Desk, ticket_id: str, act: Act = Act.TICKETS) -> Ticket:
    """The ticket behind a button."""
    admit(work, desk, act)
    return must_see(desk, work.tickets.live(ticket_id))


def numbered(work: Work, desk: Desk, number: str) -> Ticket:
    """The ticket that a person means."""
    admit(work, desk, Act.TICKETS)
    return must_see(desk, work.tickets.numbered(number, desk.bound.id if desk.bound else None))


def must_see(desk: Desk, ticket: Ticket | None) -> Ticket:
    if ticket is None or not desk.sees(ticket.company_id):
        raise NotAllowed(NOT_THERE)
    return ticket


def group(work: Work, desk: Desk, connection_id: str) -> DisplayGroup:
    """What the person sees and may set there."""
    if desk.actor.role is None:
        raise NotAllowed(NOT_THERE)
    connection = work.connections.get(connection_id)
    return display_groups.rules(work, connection.source if connection else "", desk.actor.role)


def common_group(work: Work, connection_id: str) -> DisplayGroup:
    """What every role sees: for cards and threads that stand in a channel for everybody."""
    connection = work.connections.get(connection_id)
    source = connection.source if connection else ""
    all_ = [display_groups.rules(work, source, role) for role in Role]
    fields = frozenset.intersection(*(each.fields for each in all_))
    return DisplayGroup("", "everybody", source, frozenset(Role), fields, frozenset())
