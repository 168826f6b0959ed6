"""ConnectWise's companies, with their types and statuses; deleted ones are inactive."""

from connectors._paging import instant
from connectors.connectwise import rows
from connectors.connectwise.queries import Walk
from connectors.connectwise.walking import Walker
from domain.errors import AskOperator, Trouble
from domain.ports import Page, UpstreamCompany

STATUSES = Walk("company/companies/statuses", "company statuses")


class Companies(Walker):
    _inactive: frozenset[int] | None = None  # ids of inactive statuses; None: not read in this walk
    _are_closed = False  # the statuses were refused in this walk: every row of it is judged by the name beside it

    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        """All companies by id, inactive and deleted ones among them.

        {"id":250,"identifier":"Contoso","name":"Contoso Ltd.","status":{"id":1,"name":"Active"},"types":[{"id":1,"name":
        "Client"}],"website":"www.contoso.com","deletedFlag":false,"_info":{"lastUpdated":"2026-10-30T10:32:29Z"}}

            page = source.companies(None)   # page.rows[0].type_name == "Client", .status_name == "Active"
        """
        return self._companies(Walk("company/companies", "companies"), cursor)

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        """Companies changed at or after `since`; `total` counts all companies."""
        return self._companies(Walk("company/companies", "companies", since=instant(since)), cursor)

    def _companies(self, walk: Walk, cursor: str | None) -> Page[UpstreamCompany]:
        if cursor is None:
            self._inactive, self._are_closed = None, False  # a new walk reads them anew

        def convert(row: rows.CompanyRow) -> UpstreamCompany:
            # Asked for at the first row that has one: a read that finds nothing changed needs no statuses.
            return rows.company(row, self._inactive_statuses(row) if row.status is not None else ())

        return self._page(walk, rows.CompanyRow, convert, cursor)

    def _inactive_statuses(self, row: rows.CompanyRow) -> frozenset[int]:
        if self._are_closed:
            return _by_name(row)
        if self._inactive is None:
            try:
                found = self._all(STATUSES, rows.StatusRow, lambda status: status)
            except AskOperator as refused:
                if refused.trouble is not Trouble.MISSING_RIGHT:
                    raise
                self._are_closed = True
                return _by_name(row)  # without Table Setup only the names are known, those beside each company
            self._inactive = frozenset(status.id for status in found if status.is_inactive)
        return self._inactive


def _by_name(row: rows.CompanyRow) -> frozenset[int]:
    status = row.status
    says_so = status is not None and "inactive" in (status.name or "").casefold()
    return frozenset({status.id}) if says_so and status is not None and status.id is not None else frozenset()
