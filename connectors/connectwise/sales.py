"""ConnectWise's opportunities: read whole or as they change, one by one, and made. Money comes from their forecasts."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec

from connectors._paging import instant
from connectors.connectwise import queries, sales_rows
from connectors.connectwise.queries import Walk
from connectors.connectwise.refusals import NotThere
from connectors.connectwise.rows import Ref, ref_id
from connectors.connectwise.sales_rows import Forecast, ForecastLine, OpportunityRow
from connectors.connectwise.ticket_rows import Made, key_of
from connectors.connectwise.walking import Walker
from domain.errors import AskOperator, TellPerson, Trouble
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import NewOpportunity, UpstreamOpportunity

AT_ONCE = 50  # each costs a call for its forecast
OPPORTUNITIES = Walk("sales/opportunities", "opportunities", size=AT_ONCE)
STATUSES = Walk("sales/opportunities/statuses", "opportunity statuses")
NO_CONTACT = (
    "ConnectWise asks for a contact here, and this company has no default one. Give it a default contact in ConnectWise, then "
    "push again."
)


class _CompanyRow(msgspec.Struct):
    id: int
    contact: Ref | None = msgspec.field(name="defaultContact", default=None)


class Sales(Walker):
    def all_opportunities(self, cursor: str | None) -> Page[UpstreamOpportunity]:
        """The opportunities of every company by id, 50 a page with a call for each one's forecast.

        {"id":902,"name":"Refresh of devices","stage":{"id":3},"status":{"id":1,"name":"Open"},"primarySalesRep":{"id":141},
        "company":{"id":250},"contact":{"id":31004},"expectedCloseDate":"2026-12-21T00:00:00Z"}

            page = source.all_opportunities(None)   # rows[0].material_cost == "900", rows[0].labor_cost == "250"
        """
        return self._opportunities(OPPORTUNITIES, cursor)

    def all_opportunities_changed(self, since: str, cursor: str | None) -> Page[UpstreamOpportunity]:
        """Those changed at or after `since`."""
        return self._opportunities(replace(OPPORTUNITIES, since=instant(since), is_counted=False), cursor)

    def opportunity(self, scope: Scope, opportunity_id: str) -> UpstreamOpportunity | None:
        """None where it is gone, Stranger where it moved to another company."""
        answers = self._answers()

        def convert(row: OpportunityRow) -> UpstreamOpportunity:
            # Another company's forecast is not asked for: the row alone is enough to stop at.
            lines = self._forecast(row.id) if ref_id(row.company) == scope.external_id else []
            return sales_rows.opportunity(row, answers, lines)

        return self._of_scope(scope, OPPORTUNITIES, opportunity_id, OpportunityRow, convert)

    def create_opportunity(self, scope: Scope, new: NewOpportunity) -> str:
        """Look for our key in `source`, then POST it, then its forecast. Each step finds what an earlier call has made."""
        company = queries.company_of(scope)
        forecast = sales_rows.new_forecast(new)
        key = f"source={queries.quoted(key_of(new.external_key, sales_rows.LONGEST_SOURCE))}"
        walk = replace(OPPORTUNITIES, narrowed=(queries.of_company(scope), key))
        there = self._one(walk, OpportunityRow, lambda row: sales_rows.opportunity(row, {}, ()))
        if there is not None:
            made = scope.keep((there,))[0].id
        else:
            made = self._made(company, sales_rows.new_opportunity(company, new))
        if forecast is not None and not (there and self._forecast(int(made))):
            self._put_forecast(made, forecast)
        return made

    def _made(self, company: int, body: dict[str, Any]) -> str:
        """POST it, with the company's default contact where none was chosen. Some take none at all: they say so themselves."""
        contact = None if "contact" in body else self._default_contact(company)
        if contact is not None:
            body = {**body, "contact": {"id": contact}}
        try:
            return str(self._write("POST", OPPORTUNITIES.path, Made, body).id)
        except TellPerson as refused:
            if refused.field == "contact_id" and "contact" not in body:
                raise TellPerson(NO_CONTACT, field="contact_id") from None
            raise

    def _put_forecast(self, made: str, forecast: dict[str, Any]) -> None:
        """The opportunity stands already: where a ConnectWise keeps no forecasts, it stands without one."""
        with suppress(NotThere):
            path = f"{OPPORTUNITIES.path}/{made}/forecast"
            self._send("POST", path, Forecast | list[Forecast], body=forecast, is_read=False)  # type: ignore[arg-type]

    def _opportunities(self, walk: Walk, cursor: str | None) -> Page[UpstreamOpportunity]:
        answers = self._answers()

        def convert(row: OpportunityRow) -> UpstreamOpportunity:
            return sales_rows.opportunity(row, answers, self._forecast(row.id))

        return self._page(walk, OpportunityRow, convert, cursor)

    def _answers(self) -> Mapping[str, str]:
        """Which statuses mean won and lost; nothing where Table Setup does not open them."""
        try:
            return sales_rows.responses(self._all(STATUSES, sales_rows.StatusRow, lambda row: row))
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            return {}

    def _forecast(self, opportunity_id: int) -> list[ForecastLine]:
        """The lines of one forecast; told as one object by some and as a list of one by others."""
        path = f"{OPPORTUNITIES.path}/{opportunity_id}/forecast"
        try:
            found = self._ask(path, Forecast | list[Forecast], is_nested=True).body  # type: ignore[arg-type]
        except NotThere:
            return []
        several = found if isinstance(found, list) else [found]
        return [line for each in several for line in each.lines or ()]

    def _default_contact(self, company: int) -> int | None:
        walk = Walk("company/companies", "companies", (f"id={company}",))
        found = self._one(walk, _CompanyRow, lambda row: row)
        return None if found is None or found.contact is None else found.contact.id
