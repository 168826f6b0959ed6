"""IT Glue's lists, as asked for. Their paths are also the words people know them by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.errors import Stop
from domain.isolation import Scope

PAGE_SIZE = 1_000
CHANGED_PAGE_SIZE = 250  # newest first, and mostly nothing is new: a page of 1,000 would be read in vain
SMALLEST_PAGE = 125  # 1,000 halved as long as it stays whole
ONE = {"page[size]": "1"}  # enough to be told the total

NEWEST_FIRST = "-updated_at"


@dataclass(frozen=True)
class Listed:
    """A list in an order; with `since` it is read newest first until something older comes."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    sort: str = "id"
    since: datetime | None = None
    called: str = ""  # where people know it by another word than its path

    @property
    def word(self) -> str:
        return self.called or self.path


def organizations(since: datetime | None = None) -> Listed:
    """With what carries the PSA's ids: they are reachable only as an inclusion."""
    params = {"include": "adapters_resources"}
    return Listed("organizations", params, "id" if since is None else NEWEST_FIRST, since)


def groups() -> Listed:
    """With the users in them; the MSP's own alone: what clients made in MyGlue comes too, and is left out later."""
    return Listed("groups", {"include": "users"}, sort="created_at")  # cannot be sorted by id


def contacts(scope: Scope | None = None, since: datetime | None = None) -> Listed:
    """Everybody's, or one organisation's. There is no date filter; stopping at the watermark does the same."""
    params = {} if scope is None else {"filter[organization_id]": _one_id(scope)}
    return Listed("contacts", params, "id" if since is None else NEWEST_FIRST, since)


def passwords(scope: Scope, archived: bool) -> Listed:
    """One organisation's, with its attachments counted. Whether a list shows archived ones unasked is nowhere said."""
    params = {"filter[organization_id]": _one_id(scope), "filter[archived]": "true" if archived else "false"}
    return Listed("passwords", {**params, "include": "attachments"})


def some_passwords(scope: Scope) -> Mapping[str, str]:
    """A few of one organisation's, to try the key on."""
    return {"filter[organization_id]": _one_id(scope), "page[size]": "10", "page[number]": "1"}


def password_folders(scope: Scope) -> Listed:
    """Reachable only below their organisation, and not to be sorted by id."""
    path = f"organizations/{_one_id(scope)}/relationships/password_folders"
    return Listed(path, sort="created_at", called="password_folders")


def _one_id(scope: Scope) -> str:
    if not scope.external_id.isdecimal():  # a comma would ask for several organisations
        raise Stop("The mapping does not name an IT Glue organization. Map the company again.")
    return scope.external_id
