"""Which rows a caller is shown: the rest is missing without a word, as for a restricted user of the vendor."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.autotask.callers import ApiUser
from sandbox.world import MSP_COMPANY, Row, World

Sight = Callable[[Row], bool]

_CRM = ("Companies", "Contacts", "Opportunities", "CompanyToDos")
_VIEWS = {
    "Tickets": "Tickets",
    "Opportunities": "Opportunities & Quotes",
    "ConfigurationItems": "Configuration Items & Subscriptions",
    "CompanyToDos": "To-Dos",
    "Contracts": "Contracts",
}
_OWNING = (
    "ownerResourceID", "assignedResourceID", "assignedToResourceID", "creatorResourceID", "createdByResourceID",
    "createdByPersonID",
)  # fmt: skip
# The entities that carry a line of business.
ASSOCIATED = ("Tickets", "Opportunities", "Contracts")
# Whoever sees a contract with limited visibility does not see its money.
MONEY = frozenset(
    {
        "estimatedCost", "estimatedRevenue", "setupFee", "overageBillingRate",
        "internalCurrencyOverageBillingRate", "internalCurrencySetupFee",
    }
)  # fmt: skip


def is_own(user: ApiUser, row: Row) -> bool:
    """Whether the row is the caller's: owned by, assigned to or made by it."""
    return any(row.get(column) == user.resource_id for column in _OWNING)


def sight(world: World, user: ApiUser, entity: str) -> Sight | None:
    """The test a row must pass to be shown; None when the caller sees every row."""
    if entity == "TicketNotes":
        return _through_the_ticket(world, user)
    tests: list[Sight] = []
    if entity in _CRM and not user.level.sees_all_companies:
        tests.append(_by_company(world, user, entity))
    if entity in _VIEWS and user.level.value(_VIEWS[entity], "View") == "Mine":
        tests.append(lambda row: is_own(user, row))
    if entity in ASSOCIATED and (lines := user.lines_of_business) is not None:
        tests.append(lambda row: row.get("organizationalLevelAssociationID") in (None, *lines))
    if not tests:
        return None
    return lambda row: all(test(row) for test in tests)


def _through_the_ticket(world: World, user: ApiUser) -> Sight | None:
    of_tickets = sight(world, user, "Tickets")
    if of_tickets is None:
        return None
    tickets = world.autotask["Tickets"]

    def test(row: Row) -> bool:
        ticket = tickets.get(row.get("ticketID") or -1)
        return ticket is None or of_tickets(ticket)

    return test


def _by_company(world: World, user: ApiUser, entity: str) -> Sight:
    companies = world.autotask["Companies"]

    def test(row: Row) -> bool:
        company = row if entity == "Companies" else companies.get(row.get("companyID", -1))
        if company is None or company.get("id") == MSP_COMPANY:
            return True  # the provider's own company is seen by everybody
        seen = user.level.of_company_type(company.get("companyType") or 0)
        return seen == "All" or (seen == "Mine" and company.get("ownerResourceID") == user.resource_id)

    return test
