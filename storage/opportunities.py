"""Opportunities of companies: made here until they are pushed to the PSA, then a copy of what stands there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from domain.opportunity import Opportunity, OpportunityState
from storage import items
from storage.bulk import written
from storage.items import Brought
from storage.psa_tables import OpportunityRow


class Opportunities:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, opportunity_id: str) -> Opportunity | None:
        """None also for one that came through a mapping which was changed since."""
        statement = select(OpportunityRow).where(col(OpportunityRow.id) == opportunity_id, items.live(OpportunityRow))
        row = self._session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
        return None if row is None else _said(row)

    def page(self, company_ids: Sequence[str] | None, is_open: bool, size: int, offset: int) -> tuple[tuple[Opportunity, ...], int]:
        """Those of some companies (None: of all), soonest close first; with how many there are."""
        where = [~col(OpportunityRow.gone), items.live(OpportunityRow)]
        if company_ids is not None:
            where.append(col(OpportunityRow.company_id).in_(company_ids))
        if is_open:
            where.append(col(OpportunityRow.response) == "")
        total = self._session.scalar(select(func.count()).select_from(OpportunityRow).where(*where)) or 0
        order = (col(OpportunityRow.closes), col(OpportunityRow.id))
        rows = self._session.scalars(select(OpportunityRow).where(*where).order_by(*order).limit(size).offset(offset))
        return tuple(_said(row) for row in rows), total

    def add(self, made: Opportunity, at: datetime) -> None:
        values = {name: getattr(made, name) for name in Opportunity.__dataclass_fields__}
        self._session.add(OpportunityRow(**values, made_at=at))
        self._session.flush()

    def change(self, opportunity_id: str, **values: Any) -> bool:
        """Change one that is only here; False when it was pushed meanwhile."""
        where = (col(OpportunityRow.id) == opportunity_id, col(OpportunityRow.external_id).is_(None), col(OpportunityRow.state) == OpportunityState.HERE)
        return bool(written(self._session, update(OpportunityRow).where(*where).values(**values)))

    def move(self, opportunity_id: str, before: str, after: str, **values: Any) -> bool:
        """From one state to the next; True for the one who did it."""
        where = (col(OpportunityRow.id) == opportunity_id, col(OpportunityRow.state) == before)
        return bool(written(self._session, update(OpportunityRow).where(*where).values(state=after, **values)))

    def pushing(self) -> tuple[Opportunity, ...]:
        """Those on their way to the PSA."""
        rows = self._session.scalars(select(OpportunityRow).where(col(OpportunityRow.state) == OpportunityState.PUSHING))
        return tuple(_said(row) for row in rows)

    def pushed(self, opportunity_id: str, external_id: str) -> None:
        """It stands in the PSA now. A copy that a sync brought meanwhile gives way to it."""
        row = self._session.get_one(OpportunityRow, opportunity_id)
        twin = self._session.scalars(
            select(OpportunityRow).where(
                col(OpportunityRow.connection_id) == row.connection_id,
                col(OpportunityRow.external_id) == external_id,
                col(OpportunityRow.id) != opportunity_id,
            )
        ).one_or_none()
        if twin is not None:
            self._session.delete(twin)
            self._session.flush()
        row.external_id, row.state, row.trouble = external_id, OpportunityState.UPSTREAM, ""
        self._session.flush()

    def put(self, rows: Sequence[Brought], seen: str) -> int:
        return items.put(self._session, OpportunityRow, rows, seen)

    def owners(self, connection_id: str, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        return items.owners(self._session, OpportunityRow, connection_id, ids)

    def saw(self, connection_id: str, ids: Sequence[str], seen: str) -> None:
        items.saw(self._session, OpportunityRow, connection_id, ids, seen)

    def standing(self, connection_id: str, seen: str) -> tuple[int, int]:
        return items.standing(self._session, OpportunityRow, connection_id, seen)

    def part(self, connection_id: str, seen: str) -> int:
        return items.part(self._session, OpportunityRow, connection_id, seen)


def _said(row: OpportunityRow) -> Opportunity:
    values = {name: getattr(row, name) for name in Opportunity.__dataclass_fields__}
    return Opportunity(**values | {"state": OpportunityState(row.state)})
