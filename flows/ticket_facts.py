"""What the ids of a PSA's tickets mean: its lists, what the MSP decided about them, the names of a company's contacts."""

from collections.abc import Collection, Mapping

from domain.connection import Connection
from domain.errors import GangwayError
from domain.person import PersonKind
from domain.psa import HasTickets, Pick
from domain.ticket import Facts
from flows import connect, setups
from flows.context import Context
from storage.store import Work

_LISTS = (
    Pick.QUEUES, Pick.TICKET_CATEGORIES, Pick.TICKET_TYPES, Pick.TICKET_STATUSES, Pick.PRIORITIES, Pick.OWNERS,
)  # fmt: skip


def facts(
    context: Context, work: Work, connection_id: str, company_id: str = "", contacts: Collection[str] = ()
) -> Facts:
    """The words for a connection's tickets; `contacts`: upstream ids of people of a company, whose names are wanted."""
    connection = work.connections.get(connection_id)
    title = connect.titled(context, connection).title if connection else "the PSA"
    labels = {pick: _labels(work, connection_id, pick) for pick in _LISTS}
    return Facts(title, setups.tickets(work, connection_id), labels, _contacts(work, connection_id, company_id, contacts))


def _labels(work: Work, connection_id: str, pick: Pick) -> Mapping[str, str]:
    """With those of values that are gone: a ticket may still have one."""
    gone = work.picks.of(connection_id, pick, gone=True)
    return {choice.id: choice.label for choice in (*gone, *work.picks.of(connection_id, pick))}


def _contacts(work: Work, connection_id: str, company_id: str, contacts: Collection[str]) -> Mapping[str, str]:
    """Names by upstream id: of the company's own people only, whatever a ticket claims."""
    ids = sorted({contact for contact in contacts if contact})
    found = work.people.by_external(connection_id, PersonKind.END_USER, ids) if ids else {}
    return {id_: person.name for id_, (person, _) in found.items() if person.company_id == company_id}


def source_of(context: Context, connection_id: str) -> HasTickets | None:
    """The open source, if it is there and has tickets."""
    try:
        source = context.sources.of(connection_id)
    except GangwayError:
        return None
    return source if isinstance(source, HasTickets) else None


def with_tickets(context: Context) -> tuple[Connection, ...]:
    """The connections whose tickets are here."""
    with context.store.work() as work:
        on = {connection.id for connection in work.connections.all() if setups.is_on(work, connection.id, "tickets")}
    return tuple(connection for connection in connect.live(context) if connection.id in on)
