"""Counts over everything there is, for monitors: how many, never who."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlmodel import Session, col

from storage.tables import InvitationRow, JournalRow, PlanRow


class Figures:
    def __init__(self, session: Session) -> None:
        self._session = session

    def plans(self) -> Mapping[tuple[str, str], int]:
        """(kind, state) → how many imports there ever were; undos are counted as their own."""
        kind, state = col(PlanRow.kind), col(PlanRow.state)
        rows = self._session.execute(select(kind, state, func.count()).group_by(kind, state))
        return {(str(kind_), str(state_)): number for kind_, state_, number in rows}

    def mails(self) -> int:
        """Invitations that a mail server took."""
        return self._session.scalar(select(func.sum(col(InvitationRow.sent_count)))) or 0

    def accepted(self) -> int:
        where = col(InvitationRow.accepted_at).is_not(None)
        return self._session.scalar(select(func.count()).select_from(InvitationRow).where(where)) or 0

    def journal(self) -> Mapping[str, int]:
        """Kind of line → how many there are."""
        what = col(JournalRow.what)
        return {str(name): number for name, number in self._session.execute(select(what, func.count()).group_by(what))}
