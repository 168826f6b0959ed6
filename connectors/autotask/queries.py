"""Autotask's query language, as far as it is used. Autotask drops unknown operators in silence.

https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_Basic_Query_Calls.htm
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from domain.errors import AskOperator, Stop, Trouble
from domain.isolation import Scope
from domain.ports import Kind

Condition = dict[str, Any]
PAGE_SIZE = 500
MOST_ORS = 500  # the values of a list count as so many
BEFORE_ALL = -1  # 0 is a valid id
API_ONLY = 7  # licenseType of users that exist for the API only and are no people
NO_API_USERS: Condition = {"op": "noteq", "field": "licenseType", "value": API_ONLY}

# Which field moves on a change differs by object, and one alone misses changes.
CHANGE_FIELDS = {
    "Companies": ("lastActivityDate", "lastTrackedModifiedDateTime"),
    "Contacts": ("lastActivityDate", "lastModifiedDate"),
    "Tickets": ("lastActivityDate",),
    "TicketNotes": ("lastActivityDate",),
    "Opportunities": ("lastActivity",),
    "ConfigurationItems": ("lastModifiedTime",),
}


class PageDetails(msgspec.Struct):
    next_url: str | msgspec.UnsetType | None = msgspec.field(name="nextPageUrl", default=msgspec.UNSET)


class Listing(msgspec.Struct):
    """{"items":[{"id":174,"companyName":"Contoso"}],
    "pageDetails":{"count":1,"requestCount":500,"prevPageUrl":null,"nextPageUrl":null}}"""

    items: list[msgspec.Raw] | None = None
    errors: list[str] | None = None  # a refusal that came with 200
    details: PageDetails | None = msgspec.field(name="pageDetails", default=None)

    def is_last(self) -> bool:
        """By the missing next page, so that a full last page costs no empty call; else by its length."""
        if self.details is None or self.details.next_url is msgspec.UNSET:
            return len(self.items or ()) < PAGE_SIZE
        return not self.details.next_url


class Count(msgspec.Struct):
    """{"queryCount":1200}"""

    count: int = msgspec.field(name="queryCount")


def after_id(last: int) -> Condition:
    return {"op": "gt", "field": "id", "value": last}


def company_of(scope: Scope) -> int:
    if not scope.external_id.isdecimal():
        raise Stop("The mapping does not name an Autotask company. Map the company again.")
    return int(scope.external_id)


def of_company(scope: Scope) -> Condition:
    return equals("companyID", company_of(scope))


def equals(field: str, value: int | str) -> Condition:
    return {"op": "eq", "field": field, "value": value}


def changed_since(since: datetime, endpoint: str, unknown: Collection[str]) -> Condition | None:
    """Any of the object's change fields at or after; None when the tenant knows none of them."""
    value = since.strftime("%Y-%m-%dT%H:%M:%SZ")  # whole seconds, rounded down: one row too many does no harm
    items = [
        {"op": "gte", "field": name, "value": value} for name in CHANGE_FIELDS[endpoint] if name.lower() not in unknown
    ]
    if not items:
        return None
    return items[0] if len(items) == 1 else {"op": "or", "items": items}


@dataclass(frozen=True)
class Walk:
    """What one read is over: an object, narrowed or not, all of it or what changed. `what` is for people.

    Counted, a read of what changed says how many rows there are in all, for two calls more.
    """

    endpoint: str
    what: str
    narrowed: tuple[Condition, ...] = ()
    since: datetime | None = None
    is_counted: bool = True

    def over_all(self) -> "Walk":
        return replace(self, since=None)

    def conditions(self, unknown: Collection[str]) -> list[Condition]:
        """The filter, without the fields (in lower case) that the tenant turned out not to have."""
        if self.since is None:
            return list(self.narrowed)
        changed = changed_since(self.since, self.endpoint, unknown)
        if changed is None:
            said = f"This Autotask does not tell when {self.what} change. Run a full sync instead."
            raise AskOperator(said, Trouble.BAD_ANSWER)
        return [*self.narrowed, changed]


PROBES = (
    (Kind.COMPANIES, Walk("Companies", "companies")),
    (Kind.USERS, Walk("Contacts", "contacts")),
    (Kind.STAFF, Walk("Resources", "resources", (NO_API_USERS,))),
)


def query(conditions: list[Condition], fields: Collection[str] = ()) -> dict[str, Any]:
    if not fields:
        return {"filter": conditions}
    return {"filter": conditions, "IncludeFields": list(fields), "MaxRecords": PAGE_SIZE}
