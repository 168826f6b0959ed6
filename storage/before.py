"""What a run replaced in the vault, kept as it was while the run can be taken back.

The sealed value is bound to its company and its entry, so it is put back unopened, and it opens nowhere else. A company's
removal takes these rows too (storage/removal.py finds them by their company), and without its key they are noise anyway.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from domain.plan import PlanState
from storage.bulk import insert_or_skip
from storage.tables import LinkRow, PlanRow, VaultEntryBeforeRow, VaultEntryRow

_AS_IT_WAS = (
    "company_id", "folder_id", "name", "name_fold", "username", "url", "category", "state", "sealed", "has_password",
    "has_otp", "has_notes", "updated_at", "updated_by", "link_id", "external_company_id", "fingerprint",
)  # fmt: skip
_ENDED = (PlanState.DENIED, PlanState.VOID, PlanState.FAILED)


class Before:
    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, plan_id: str, entry_id: str) -> None:
        """Remember an entry as it stands, before this run writes to it; what is remembered already stays."""
        row = self._session.get_one(VaultEntryRow, entry_id, populate_existing=True)
        if row.plan_id != plan_id:
            values = {name: getattr(row, name) for name in _AS_IT_WAS}
            kept = {"plan_id": plan_id, "entry_id": entry_id, "plan_before": row.plan_id, **values}
            insert_or_skip(self._session, VaultEntryBeforeRow, [kept])

    def kept(self, plan_id: str, entry_ids: Sequence[str]) -> frozenset[str]:
        """Those of the entries that this run can give back."""
        return frozenset(self._session.scalars(select(col(VaultEntryBeforeRow.entry_id)).where(*_of(plan_id, entry_ids))))

    def hold(self, entry_ids: Sequence[str]) -> None:
        """Nobody changes these entries between a look at them and the end of the transaction."""
        rows = select(col(VaultEntryRow.id)).where(col(VaultEntryRow.id).in_(entry_ids)).order_by(col(VaultEntryRow.id))
        self._session.execute(rows.with_for_update())

    def restore(self, plan_id: str, entry_ids: Sequence[str]) -> None:
        """Put back what a run replaced; the caller has looked that nobody touched it since."""
        for kept in self._session.scalars(select(VaultEntryBeforeRow).where(*_of(plan_id, entry_ids))):
            entry = self._session.get(VaultEntryRow, kept.entry_id, populate_existing=True)
            if entry is None or entry.company_id != kept.company_id or entry.plan_id != plan_id or entry.touched:
                continue
            for name in _AS_IT_WAS:
                if name not in ("link_id", "external_company_id") or self._is_there(kept):
                    setattr(entry, name, getattr(kept, name))
            entry.plan_id = kept.plan_before
        self._session.flush()
        self._session.execute(delete(VaultEntryBeforeRow).where(*_of(plan_id, entry_ids)))

    def _is_there(self, kept: VaultEntryBeforeRow) -> bool:
        """The mapping it came by; where that was taken back meanwhile, the entry keeps the one it has now."""
        return kept.link_id is None or self._session.get(LinkRow, kept.link_id) is not None

    def forget(self, finished_before: datetime, asked_before: datetime) -> frozenset[str]:
        """Delete what no undo can need any more; whose it was. An undo that waits or runs keeps its rows until it is done."""
        plan, undo = aliased(PlanRow), aliased(PlanRow)
        own = col(undo.undo_of) == col(plan.id)
        waits = and_(col(undo.state) == PlanState.PROPOSED, col(undo.requested_at) >= asked_before)
        runs = col(undo.state).in_((PlanState.APPROVED, PlanState.RUNNING))
        over: ColumnElement[bool] = or_(
            col(plan.state).in_(_ENDED),
            exists().where(own, col(undo.state) == PlanState.DONE),
            and_(col(plan.finished_at) < finished_before, ~exists().where(own, or_(waits, runs))),
        )
        gone = col(VaultEntryBeforeRow.plan_id).in_(select(col(plan.id)).where(over))
        companies = frozenset(self._session.scalars(select(col(VaultEntryBeforeRow.company_id)).where(gone).distinct()))
        if companies:
            self._session.execute(delete(VaultEntryBeforeRow).where(gone))
        return companies


def _of(plan_id: str, entry_ids: Sequence[str]) -> tuple[Any, Any]:
    return col(VaultEntryBeforeRow.plan_id) == plan_id, col(VaultEntryBeforeRow.entry_id).in_(entry_ids)
