"""Who a sync saw, kept for the length of one round."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlmodel import Session, col

from storage.bulk import insert_or_skip
from storage.tables import SightingRow


class Sightings:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, round_id: str, external_ids: Sequence[str]) -> None:
        insert_or_skip(self._session, SightingRow, [{"round": round_id, "external_id": one} for one in external_ids])

    def of(self, round_id: str) -> tuple[str, ...]:
        return tuple(
            self._session.scalars(select(col(SightingRow.external_id)).where(col(SightingRow.round) == round_id))
        )

    def clear(self, round_id: str) -> None:
        self._session.execute(delete(SightingRow).where(col(SightingRow.round) == round_id))
