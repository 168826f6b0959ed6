"""Autotask's companies, each with its type as the tenant words it."""

from connectors._paging import instant, iso
from connectors.autotask import rows
from connectors.autotask.describing import Describer
from connectors.autotask.queries import Walk
from domain.ports import Page, UpstreamCompany


class Companies(Describer):
    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        """All companies by id, inactive ones and the MSP's own (id 0) among them.

        {"id":174,"companyName":"Contoso","webAddress":"www.contoso.com","isActive":true,"companyType":1,
        "parentCompanyID":null,"lastActivityDate":"2026-11-02T08:53:10Z"}

            page = source.companies(None)   # page.rows[0].name == "Contoso", page.next is the next cursor
        """
        return self._companies(Walk("Companies", "companies"), cursor)

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        """Companies with activity or a tracked change at or after `since`; `total` counts all companies."""
        return self._companies(Walk("Companies", "companies", since=instant(since)), cursor)

    def _companies(self, walk: Walk, cursor: str | None) -> Page[UpstreamCompany]:
        types = self._labels("Companies", "companyType")

        def convert(row: rows.CompanyRow) -> UpstreamCompany:
            return rows.company(row, types, iso(row.modified) or iso(row.activity))

        return self._page(walk, rows.CompanyRow, convert, cursor)
