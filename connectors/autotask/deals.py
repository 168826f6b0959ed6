"""Autotask's opportunities, the to-dos that go with them, and a company's contracts."""

from dataclasses import replace

from connectors._paging import instant, iso, kept
from connectors.autotask import deal_rows, queries
from connectors.autotask.deal_rows import ContractRow, OpportunityRow, TodoRow
from connectors.autotask.describing import Describer
from connectors.autotask.queries import Walk
from connectors.autotask.walking import as_it_is
from domain.errors import AskOperator, Trouble
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import NewOpportunity, NewTodo, UpstreamContract, UpstreamOpportunity

OPPORTUNITIES = Walk("Opportunities", "opportunities")


class Deals(Describer):
    def all_opportunities(self, cursor: str | None) -> Page[UpstreamOpportunity]:
        """The opportunities of every company by id.

        {"id":12,"companyID":174,"title":"Refresh of devices","stage":1,"status":1,"ownerResourceID":29682885,"amount":1500.0,
        "cost":900.0,"onetimeCost":600.0,"startDate":null,"projectedCloseDate":"2026-12-21T00:00:00Z"}

            page = source.all_opportunities(None)   # rows[0].material_cost == "600", rows[0].labor_cost == "300"
        """
        return self._opportunities(OPPORTUNITIES, cursor)

    def all_opportunities_changed(self, since: str, cursor: str | None) -> Page[UpstreamOpportunity]:
        """Those with activity at or after `since`: one call where no more than 500 have."""
        return self._opportunities(replace(OPPORTUNITIES, since=instant(since), is_counted=False), cursor)

    def opportunity(self, scope: Scope, opportunity_id: str) -> UpstreamOpportunity | None:
        """None where it is gone, Stranger where it moved to another company."""
        statuses = self._labels("Opportunities", "status")

        def convert(row: OpportunityRow) -> UpstreamOpportunity:
            return deal_rows.opportunity(row, statuses)

        return self._of_scope(scope, OPPORTUNITIES, opportunity_id, OpportunityRow, convert)

    def create_opportunity(self, scope: Scope, new: NewOpportunity) -> str:
        """Look for our reference in the company's opportunities of this title, then POST. Its status is the tenant's open one."""
        company = queries.company_of(scope)
        narrowed = (queries.of_company(scope), queries.equals("title", new.title.strip()))
        for row in self._all(replace(OPPORTUNITIES, narrowed=narrowed), OpportunityRow, as_it_is):
            if str(row.company_id) == scope.external_id and deal_rows.has_reference(row.description, new.external_key):
                return str(row.id)
        now = iso(self._clock().isoformat())
        body = deal_rows.new_opportunity(company, new, self._open_status(), now)
        return self._write("POST", "Opportunities", "Opportunities", body)

    def create_todo(self, scope: Scope, new: NewTodo) -> str:
        """Look for our reference in the company's to-dos of this person, then POST Companies/{id}/ToDos."""
        company = queries.company_of(scope)
        body = deal_rows.new_todo(company, new)
        person = queries.equals("assignedToResourceID", body["assignedToResourceID"])
        walk = Walk("CompanyToDos", "to-dos", (queries.of_company(scope), person))
        for row in self._all(walk, TodoRow, as_it_is):
            if str(row.company_id) == scope.external_id and deal_rows.has_reference(row.text, new.external_key):
                return str(row.id)
        return self._write("POST", f"Companies/{company}/ToDos", "CompanyToDos", body)

    def contracts(self, scope: Scope, cursor: str | None) -> Page[UpstreamContract]:
        """The contracts of the scope's company, types and statuses in the tenant's words.

        {"id":3,"companyID":174,"contractName":"Managed service","contractType":7,"status":1,"isDefaultContract":true,
        "startDate":"2026-01-01T00:00:00Z","endDate":"2026-12-31T00:00:00Z"}
        """
        walk = Walk("Contracts", "contracts", (queries.of_company(scope),))
        types, statuses = self._labels("Contracts", "contractType"), self._labels("Contracts", "status")

        def convert(row: ContractRow) -> UpstreamContract:
            return deal_rows.contract(row, types, statuses)

        return kept(scope, self._page(walk, ContractRow, convert, cursor))

    def _opportunities(self, walk: Walk, cursor: str | None) -> Page[UpstreamOpportunity]:
        statuses = self._labels("Opportunities", "status")
        return self._page(walk, OpportunityRow, lambda row: deal_rows.opportunity(row, statuses), cursor)

    def _open_status(self) -> str:
        """The status of a new opportunity: the tenant's default, else the one called active, else the first that is open."""
        offered = [value for value in self._fields("Opportunities").values("status") if value.is_offered]
        by_rank = sorted(offered, key=lambda value: (not value.is_default, value.name.lower() != "active"))
        for value in by_rank:
            if not deal_rows.response(value.name):
                return value.id
        said = "This Autotask offers no status for an open opportunity. Add one in Autotask, then try again."
        raise AskOperator(said, Trouble.BAD_ANSWER)
