"""The sync of what a PSA holds of companies: read, sorted out by scope, kept, and parted with only when that can be believed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from domain.isolation import LinkState, scope_of, sort_out
from domain.ports import Page
from flows import sync_guard
from flows.context import Context, Steps
from flows.sync_round import Round, whole_key
from flows.sync_walk import walk
from storage.items import Brought
from storage.store import Work


class Row(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def company_id(self) -> str | None: ...


class Shelf(Protocol):
    """Where the copies stand."""

    def put(self, rows: Sequence[Brought], seen: str) -> int: ...

    def saw(self, connection_id: str, ids: Sequence[str], seen: str) -> None: ...

    def standing(self, connection_id: str, seen: str) -> tuple[int, int]: ...

    def part(self, connection_id: str, seen: str) -> int: ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Items(Generic[R]):
    """How one kind of item is read and kept. `values`: our columns of a row."""

    whole: Callable[[str | None], Page[R]]
    changed: Callable[[str, str | None], Page[R]]
    values: Callable[[R], Mapping[str, Any]]
    shelf: Callable[[Work], Shelf]


def bring(context: Context, steps: Steps, round_: Round, items: Items[R]) -> str:
    """Bring our copy up to date; returns the sentence of it."""
    steps("links", partial(_whole_for_new_links, context, round_))
    seen = walk(context, steps, round_, items.whole, items.changed, partial(_keep, context, round_, items))
    shrunk = sync_guard.guard(context, steps, round_, seen, partial(_standing, context, round_, items))
    if shrunk:
        return shrunk
    gone = steps("gone", partial(_part, context, round_, items)) if seen.whole else 0
    changed = f"{seen.changed:,} changed." if seen.changed else "Nothing changed."
    return f"{changed} {gone:,} gone." if gone else changed


def _whole_for_new_links(context: Context, round_: Round) -> bool:
    """A company that was mapped since the last read has items which no read of changes would bring."""
    key = f"links read:{round_.connection.id}:{round_.kind}"
    with context.store.write() as work:
        links = sorted(link.id for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE)
        mark = hashlib.sha256(" ".join(links).encode()).hexdigest()
        if work.settings.get(key, "") == mark:
            return False
        work.settings.put(key, mark)
        work.settings.put(whole_key(round_.connection.id, round_.kind), "")
    return True


def _keep(context: Context, round_: Round, items: Items[R], page: Page[R]) -> int:
    """A page's rows of companies that are mapped; the others are nobody's here."""
    with context.store.write() as work:
        links = [link for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE]
        scopes, now = {link.external_id: scope_of(link) for link in links}, context.clock()
        brought = [
            Brought(context.new_id(), scopes[str(row.company_id)], row.id, items.values(row), {"read_at": now})
            for rows in sort_out(page.rows, scopes).values()
            for row in rows
        ]
        shelf = items.shelf(work)
        shelf.saw(round_.connection.id, [bad.id for bad in page.bad if bad.id], round_.id)
        return shelf.put(brought, round_.id)


def _standing(context: Context, round_: Round, items: Items[R]) -> tuple[int, int]:
    with context.store.work() as work:
        return items.shelf(work).standing(round_.connection.id, round_.id)


def _part(context: Context, round_: Round, items: Items[R]) -> int:
    with context.store.write() as work:
        return items.shelf(work).part(round_.connection.id, round_.id)
