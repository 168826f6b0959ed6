"""Where people work: channels bound to a company, working companies."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from domain.company import Company
from storage.companies import Companies
from storage.tables import ChannelBindingRow, WorkingCompanyRow


class Desks:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._companies = Companies(session)

    def bound(self, channel: str) -> Company | None:
        row = self._session.get(ChannelBindingRow, channel)
        return None if row is None else self._companies.get(row.company_id)

    def working(self, user_id: str, channel: str) -> Company | None:
        row = self._session.get(WorkingCompanyRow, (user_id, channel))
        return None if row is None else self._companies.get(row.company_id)

    def work_in(self, user_id: str, channel: str, company_id: str | None) -> None:
        if company_id is None:
            self._session.execute(
                delete(WorkingCompanyRow).where(
                    col(WorkingCompanyRow.user_id) == user_id, col(WorkingCompanyRow.channel) == channel
                )
            )
        else:
            self._session.merge(WorkingCompanyRow(user_id=user_id, channel=channel, company_id=company_id))

    def bind(self, channel: str, company_id: str | None, by: str) -> None:
        if company_id is None:
            self._session.execute(delete(ChannelBindingRow).where(col(ChannelBindingRow.channel) == channel))
        else:
            self._session.merge(ChannelBindingRow(channel=channel, company_id=company_id, bound_by=by))

    def bindings(self) -> tuple[tuple[str, Company], ...]:
        rows = self._session.scalars(select(ChannelBindingRow).order_by(col(ChannelBindingRow.channel))).all()
        found = ((row.channel, self._companies.get(row.company_id)) for row in rows)
        return tuple((channel, company) for channel, company in found if company is not None)
