"""ConnectWise's lists, as asked for: conditions, the fields that are read, pages by id."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from connectors.connectwise import words
from domain.errors import Stop
from domain.isolation import Scope

PAGE_SIZE = 1_000  # more is cut to this in silence
BEFORE_ALL = 0


class Count(msgspec.Struct):
    """{"count":1200}"""

    count: int


def of_company(scope: Scope) -> str:
    return f"company/id={company_of(scope)}"


def company_of(scope: Scope) -> int:
    if not scope.external_id.isdecimal():
        raise Stop(words.BAD_SCOPE)
    return int(scope.external_id)


def quoted(text: str) -> str:
    """Text inside a condition. How a quote would be escaped is nowhere said, so only plain keys go in."""
    if not re.fullmatch(r"[\w .:-]+", text):
        raise Stop("This key cannot be looked up in ConnectWise.")
    return f'"{text}"'


def one_of(path: str, ids: frozenset[str]) -> str:
    """`board/id in (1,2)`; ids that are no numbers are no ids of ConnectWise."""
    return f"{path} in ({','.join(sorted((each for each in ids if each.isdecimal()), key=int)) or '0'})"


def changed_after(since: datetime, days_only: bool) -> str:
    """At or after a time, as `>`: `>=` was seen to find nothing for the present day.

    Whole seconds only, rounded down; and the day before where a server takes no times: a row too many does no harm.
    """
    if days_only:
        return f"lastUpdated>[{since - timedelta(days=1):%Y-%m-%d}]"
    return f"lastUpdated>[{since - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}]"


@dataclass(frozen=True)
class Walk:
    """What one read is over: a list, narrowed or not, all of it or what changed. `what` is for people.

    `is_counted`: a read of what changed counts first. `is_nested`: a list below one record, which may be gone.
    """

    path: str
    what: str
    narrowed: tuple[str, ...] = ()
    since: datetime | None = None
    is_counted: bool = True
    is_nested: bool = False
    size: int = PAGE_SIZE

    def over_all(self) -> "Walk":
        return replace(self, since=None)

    def conditions(self, last: int, days_only: bool) -> str:
        found = [f"id>{last}"] if last > BEFORE_ALL else []
        found += self.narrowed
        if self.since is not None:
            found.append(changed_after(self.since, days_only))
        return " and ".join(found)

    def page(self, last: int, fields: tuple[str, ...], days_only: bool) -> Mapping[str, str]:
        params = {"orderBy": "id asc", "page": "1", "pageSize": str(self.size), **self.counted(last, days_only)}
        return params | ({"fields": ",".join(fields)} if fields else {})

    def counted(self, last: int, days_only: bool) -> Mapping[str, str]:
        conditions = self.conditions(last, days_only)
        return {"conditions": conditions} if conditions else {}
