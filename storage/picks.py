"""The PSA's own lists (queues, statuses, types …), as last read; what is gone upstream is kept and marked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlmodel import Session, col

from domain.psa import Choice, Pick
from storage.bulk import upsert
from storage.psa_tables import PickRow

_KEYS = ("connection_id", "pick", "id", "parent_id")


class Picks:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, connection_id: str, lists: Mapping[Pick, Sequence[Choice]]) -> None:
        """Take over what was read: whole lists. What one of them had and has no more is marked as gone."""
        for pick, choices in lists.items():
            where = (col(PickRow.connection_id) == connection_id, col(PickRow.pick) == pick.value)
            self._session.execute(update(PickRow).where(*where).values(gone=True))
            rows = [
                {
                    "connection_id": connection_id,
                    "pick": pick.value,
                    "id": choice.id,
                    "parent_id": choice.parent_id,
                    "label": choice.label,
                    "position": position,
                    "is_active": choice.is_active,
                    "is_default": choice.is_default,
                    "email": choice.email,
                    "is_closing": choice.is_closing,
                    "gone": False,
                }
                for position, choice in enumerate(choices)
            ]
            upsert(self._session, PickRow, rows, _KEYS)

    def of(self, connection_id: str, pick: Pick, gone: bool = False) -> tuple[Choice, ...]:
        """The list in the PSA's order: what is there now, or (`gone`) what was there once."""
        rows = self._session.scalars(
            select(PickRow)
            .where(
                col(PickRow.connection_id) == connection_id, col(PickRow.pick) == pick.value, col(PickRow.gone).is_(gone)
            )
            .order_by(col(PickRow.position), col(PickRow.id))
        )
        return tuple(_choice(row) for row in rows)

    def all(self, connection_id: str) -> dict[Pick, tuple[Choice, ...]]:
        """Every list that was ever read, without what is gone."""
        rows = self._session.scalars(
            select(PickRow)
            .where(col(PickRow.connection_id) == connection_id)
            .order_by(col(PickRow.pick), col(PickRow.position), col(PickRow.id))
        )
        found: dict[Pick, list[Choice]] = {}
        for row in rows:
            there = found.setdefault(Pick(row.pick), [])
            if not row.gone:
                there.append(_choice(row))
        return {pick: tuple(choices) for pick, choices in found.items()}

    def closing(self, connection_id: str) -> frozenset[str]:
        """Ids of ticket statuses that the source itself counts as closed, of those it has now."""
        where = (col(PickRow.connection_id) == connection_id, col(PickRow.pick) == Pick.TICKET_STATUSES.value)
        closing = (col(PickRow.is_closing).is_(True), col(PickRow.gone).is_(False))
        return frozenset(self._session.scalars(select(col(PickRow.id)).where(*where, *closing)))


def _choice(row: PickRow) -> Choice:
    return Choice(row.id, row.label, row.is_active, row.parent_id, row.is_default, row.email, row.is_closing)
