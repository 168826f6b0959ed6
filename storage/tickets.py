"""Tickets of companies: taken over from the PSA, made here, found. Whoever reads sees those of live mappings only."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, func, or_, select, update
from sqlmodel import Session, col

from domain.isolation import LinkState, Scope
from domain.plan import fingerprint
from domain.psa import TicketsWanted, UpstreamTicket
from domain.ticket import UNSURE, Ticket, Which
from storage.bulk import core, insert_or_skip, written
from storage.psa_tables import TicketChangeRow, TicketNoteRow, TicketPlaceRow, TicketRow, TicketToldRow
from storage.tables import LinkRow

_TAKEN = (
    "number", "title", "description", "resolution", "status", "queue", "category", "type", "priority", "assignee_id",
    "contact_id", "created", "due", "completed", "activity",
)  # fmt: skip
_FILLED_IN = ("title", "description", "status", "queue", "category", "type", "priority", "contact_id")
_KEPT = tuple(Ticket.__dataclass_fields__)


@dataclass(frozen=True)
class Arrived:
    """An upstream ticket that a scope lets in. Unwanted: it is outside of what is synced now, and leaves."""

    row: UpstreamTicket
    scope: Scope
    wanted: bool = True


@dataclass(frozen=True)
class Lens:
    """What is looked for among the tickets of one connection. `owner` None: whoever's; "" as an owner finds nothing."""

    connection_id: str
    closed: frozenset[str]
    which: Which = Which.ALL
    owner: str | None = None
    queue: str = ""


class Tickets:
    def __init__(self, session: Session) -> None:
        self._session = session

    # --- taking over ---

    def take_in(
        self, connection_id: str, arrived: Sequence[Arrived], round_id: str, new_id: Callable[[], str], at: datetime
    ) -> frozenset[str]:
        """Keep a page; returns our ids of those that are new or differ. Unchanged ones cost one statement for all together.

        A ticket that came to another company than the one it was in is forgotten there, with all that was said of it.
        """
        there = self._there(connection_id, [each.row.id for each in arrived])
        moved = [each for each in arrived if each.row.id in there and there[each.row.id][1] != each.scope.company_id]
        self._forget([there.pop(each.row.id)[0] for each in moved])
        there |= self._adopted([each for each in arrived if each.row.external_key and each.row.id not in there])
        prints = {each.row.id: _print(each) for each in arrived}
        fresh = [each for each in arrived if each.row.id not in there and each.wanted]
        changed = [each for each in arrived if each.row.id in there and there[each.row.id][2] != prints[each.row.id]]
        new = [_new(each, connection_id, new_id(), at) | _values(each, prints[each.row.id], round_id) for each in fresh]
        insert_or_skip(self._session, TicketRow, new)
        self._change([{"row": there[each.row.id][0]} | _values(each, prints[each.row.id], round_id) for each in changed])
        self.saw(connection_id, [each.row.id for each in arrived if each.wanted], round_id)
        return frozenset([*(there[each.row.id][0] for each in changed), *(row["id"] for row in new)])

    def _there(self, connection_id: str, external_ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
        """Upstream id → our id, company, fingerprint."""
        rows = self._session.execute(
            select(TicketRow.external_id, TicketRow.id, TicketRow.company_id, TicketRow.fingerprint).where(  # type: ignore[call-overload]
                col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id).in_(external_ids)
            )
        )
        return {external: (id_, company, print_) for external, id_, company, print_ in rows}

    def _adopted(self, arrived: Sequence[Arrived]) -> dict[str, tuple[str, str, str]]:
        """Tickets we made whose making was cut off before we knew their number: found by the key we gave them."""
        found = {}
        for each in arrived:
            mine = col(TicketRow.key) == each.row.external_key, col(TicketRow.company_id) == each.scope.company_id
            row = self._session.scalars(select(TicketRow).where(*mine, col(TicketRow.external_id).is_(None))).first()
            if row is not None and row.connection_id == each.scope.connection_id:
                self._set(row.id, external_id=each.row.id, trouble="")
                found[each.row.id] = (row.id, row.company_id, "")
        return found

    def _change(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            table = core(TicketRow)
            names = [name for name in rows[0] if name != "row"]
            statement = update(table).where(table.c.id == bindparam("row"))
            values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in names}
            self._session.execute(
                statement.values(values), [{"row": row["row"]} | {f"v_{name}": row[name] for name in names} for row in rows]
            )

    def saw(self, connection_id: str, external_ids: Collection[str], round_id: str) -> None:
        """A round met these: what we hold of them stays."""
        where = col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id).in_(external_ids)
        self._session.execute(update(TicketRow).where(*where).values(seen=round_id))

    def forget_moved(self, connection_id: str, external_id: str) -> None:
        """It went to another company upstream: nothing of it stays here."""
        self._forget([found[0] for found in self._there(connection_id, [external_id]).values()])

    def _forget(self, ids: Collection[str]) -> None:
        """Delete tickets with all that hangs on them."""
        if not ids:
            return
        places = select(col(TicketPlaceRow.channel), col(TicketPlaceRow.ts)).where(col(TicketPlaceRow.ticket_id).in_(ids))
        for channel, ts in self._session.execute(places).all():
            told = col(TicketToldRow.channel) == channel, col(TicketToldRow.ts) == ts
            self._session.execute(delete(TicketToldRow).where(*told))
        for table in (TicketPlaceRow, TicketNoteRow, TicketChangeRow):
            self._session.execute(delete(table).where(col(table.ticket_id).in_(ids)))
        self._session.execute(delete(TicketRow).where(col(TicketRow.id).in_(ids)))

    # --- leaving ---

    def drop_unwanted(self, connection_id: str, wanted: TicketsWanted) -> int:
        """Tickets outside of what is to be synced leave; how many."""
        outside = [col(TicketRow.status).in_(wanted.without_statuses)]
        outside += [col(TicketRow.queue).not_in(wanted.queues)] if wanted.queues else []
        outside += [col(TicketRow.category).not_in(wanted.categories)] if wanted.categories else []
        return self._leave(connection_id, or_(*outside))

    def drop_unseen(self, connection_id: str, round_id: str) -> int:
        """Tickets that a whole read did not show leave; those of frozen mappings were not asked for, and stay."""
        frozen = select(col(LinkRow.id)).where(col(LinkRow.state) == LinkState.ORPHANED)
        return self._leave(connection_id, col(TicketRow.seen) != round_id, col(TicketRow.link_id).not_in(frozen))

    def drop(self, ticket_id: str) -> None:
        self._set(ticket_id, gone=True, fingerprint="")

    def _leave(self, connection_id: str, *which: ColumnElement[bool]) -> int:
        here = col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id).is_not(None)
        statement = update(TicketRow).where(*here, ~col(TicketRow.gone), *which).values(gone=True, fingerprint="")
        return written(self._session, statement)

    def known(self, connection_id: str, round_id: str) -> tuple[int, int]:
        """Tickets of active mappings here, and how many of them a round saw."""
        active = select(col(LinkRow.id)).where(col(LinkRow.state) == LinkState.ACTIVE)
        where = (
            col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id).is_not(None),
            ~col(TicketRow.gone), col(TicketRow.link_id).in_(active),
        )  # fmt: skip
        count = select(func.count()).select_from(TicketRow).where(*where)
        return self._session.scalar(count) or 0, self._session.scalar(count.where(col(TicketRow.seen) == round_id)) or 0

    # --- made here ---

    def add(self, ticket: Ticket) -> bool:
        """False when it is there already."""
        row = {name: getattr(ticket, name) for name in _KEPT} | {"fingerprint": "", "seen": ""}
        return bool(insert_or_skip(self._session, TicketRow, [row]))

    def settle(self, ticket_id: str, external_id: str) -> None:
        """It is at the PSA now. Had a sync taken it for somebody else's meanwhile, that copy goes."""
        ticket = self.get(ticket_id)
        if ticket is not None and ticket.external_id is None:
            twin = self._there(ticket.connection_id, [external_id]).get(external_id)
            self._forget([twin[0]] if twin else [])
            self._set(ticket_id, external_id=external_id, trouble="")

    def fail(self, ticket_id: str, said: str) -> None:
        self._set(ticket_id, trouble=said)

    def again(self, ticket_id: str) -> bool:
        """Try once more; False when it was not in trouble. A doubt whether it was written stays."""
        where = col(TicketRow.id) == ticket_id, col(TicketRow.external_id).is_(None), col(TicketRow.trouble) != ""
        left = case((col(TicketRow.trouble).startswith(UNSURE), UNSURE), else_="")
        again = update(TicketRow).where(*where).values(trouble=left, tries=col(TicketRow.tries) + 1)
        return bool(written(self._session, again))

    def amend(self, ticket: Ticket) -> None:
        """It was refused and filled in again: it is written as it stands now."""
        filled = {name: getattr(ticket, name) for name in _FILLED_IN}
        self._set(ticket.id, **filled, trouble="", tries=ticket.tries)

    def unwritten(self) -> tuple[tuple[str, str, int], ...]:
        """Id, id and tries of those that wait to be written."""
        where = col(TicketRow.external_id).is_(None), col(TicketRow.trouble).in_(("", UNSURE)), ~col(TicketRow.gone)
        rows = self._session.execute(select(TicketRow.id, TicketRow.tries).where(*where))  # type: ignore[call-overload]
        return tuple((id_, id_, tries) for id_, tries in rows)

    # --- found ---

    def get(self, ticket_id: str) -> Ticket | None:
        """Whatever became of it: for those who write and for those who must take it away."""
        row = self._session.get(TicketRow, ticket_id, populate_existing=True)
        return None if row is None else _said(row)

    def live(self, ticket_id: str) -> Ticket | None:
        """None when it is gone, or came through a mapping that is no more."""
        return self._first(_live().where(col(TicketRow.id) == ticket_id))

    def of_upstream(self, connection_id: str, external_id: str) -> Ticket | None:
        where = col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id) == external_id
        return self._first(select(TicketRow).where(*where))

    def of_upstreams(self, connection_id: str, external_ids: Collection[str]) -> dict[str, Ticket]:
        where = col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id).in_(external_ids)
        return {str(row.external_id): _said(row) for row in self._session.scalars(_live().where(*where))}

    def numbered(self, number: str, company_id: str | None) -> Ticket | None:
        statement = _live().where(func.lower(col(TicketRow.number)) == number.lower(), col(TicketRow.number) != "")
        return self._first(statement if company_id is None else statement.where(col(TicketRow.company_id) == company_id))

    def search(
        self, company_id: str | None, lenses: Sequence[Lens], text: str, limit: int, offset: int = 0
    ) -> tuple[tuple[Ticket, ...], int]:
        """By what is said of every ticket: its number and title. The latest activity first, what is not upstream yet before it."""
        where: list[ColumnElement[bool]] = [or_(*(_through(lens) for lens in lenses))] if lenses else [col(TicketRow.id) == ""]
        where += [] if company_id is None else [col(TicketRow.company_id) == company_id]
        for word in text.split():
            fits = (col(name).icontains(word, autoescape=True) for name in (TicketRow.number, TicketRow.title))
            where.append(or_(*fits))
        found = _live().where(*where)
        total = self._session.scalar(select(func.count()).select_from(found.subquery())) or 0
        order = (col(TicketRow.external_id).is_not(None), col(TicketRow.activity).desc(), col(TicketRow.id))
        rows = self._session.scalars(found.order_by(*order).limit(limit).offset(offset))
        return tuple(_said(row) for row in rows), total

    def _first(self, statement: Select[Any]) -> Ticket | None:
        row = self._session.scalars(statement.order_by(col(TicketRow.id)).execution_options(populate_existing=True)).first()
        return None if row is None else _said(row)

    def _set(self, ticket_id: str, **values: object) -> None:
        self._session.execute(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(**values))


def _live() -> Select[Any]:
    joined = select(TicketRow).join(LinkRow, col(LinkRow.id) == col(TicketRow.link_id))
    return joined.where(~col(TicketRow.gone), col(LinkRow.state) != LinkState.RETIRED)


def _through(lens: Lens) -> ColumnElement[bool]:
    where = [col(TicketRow.connection_id) == lens.connection_id]
    if lens.which in (Which.OPEN, Which.MINE):
        where.append(col(TicketRow.status).not_in(lens.closed))
    if lens.which is Which.CLOSED:
        where.append(col(TicketRow.status).in_(lens.closed))
    if lens.owner is not None:
        where += [col(TicketRow.assignee_id) == lens.owner, col(TicketRow.assignee_id) != ""]
    if lens.queue:
        where.append(col(TicketRow.queue) == lens.queue)
    return and_(*where)


def _print(each: Arrived) -> str:
    return fingerprint({**asdict(each.row), "link": each.scope.link_id, "wanted": each.wanted})


def _values(each: Arrived, print_: str, round_id: str) -> dict[str, Any]:
    """What the PSA says of a ticket, as columns."""
    taken = {name: getattr(each.row, name) for name in _TAKEN}
    mine = {"link_id": each.scope.link_id, "external_company_id": each.scope.external_id}
    return taken | mine | {"fingerprint": print_, "gone": not each.wanted, "seen": round_id}


def _new(each: Arrived, connection_id: str, id_: str, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"id": id_, "connection_id": connection_id, "external_id": each.row.id}
    row |= {"company_id": each.scope.company_id, "key": "", "made_by": "", "trouble": "", "tries": 0, "made_at": at}
    return row


def _said(row: TicketRow) -> Ticket:
    return Ticket(**{name: getattr(row, name) for name in _KEPT})
