"""The sync of what a PSA holds of companies: read, sorted out by scope, kept, and parted with only when that can be believed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from domain.errors import Stranger
from domain.isolation import LinkState, Scope, scope_of, sort_out
from domain.ports import Page, Source
from flows import connect, strangers, sync_guard
from flows.context import Context, Steps
from flows.strangers import Stands
from flows.sync_round import Round, whole_key
from flows.sync_walk import walk
from storage.items import Brought
from storage.store import Work


class Row(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def company_id(self) -> str | None: ...


class Copy(Protocol):
    """What stands here of a row; without an external id it was made here, and is not there yet."""

    @property
    def connection_id(self) -> str: ...

    @property
    def link_id(self) -> str: ...

    @property
    def external_id(self) -> str | None: ...


class Shelf(Protocol):
    """Where the copies stand."""

    def get(self, item_id: str, /) -> Copy | None: ...

    def put(self, rows: Sequence[Brought], seen: str) -> int: ...

    def owners(self, connection_id: str, ids: Sequence[str]) -> Mapping[str, tuple[str, str, str]]: ...

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
        dropped = {row.id: row.company_id for row in page.rows if row.company_id not in scopes}
        here = {id_: Stands(*each) for id_, each in shelf.owners(round_.connection.id, list(dropped)).items()}
        strangers.note_all(context, work, round_.connection.id, dropped, here)
        shelf.saw(round_.connection.id, [bad.id for bad in page.bad if bad.id], round_.id)
        return shelf.put(brought, round_.id)


def _standing(context: Context, round_: Round, items: Items[R]) -> tuple[int, int]:
    with context.store.work() as work:
        return items.shelf(work).standing(round_.connection.id, round_.id)


def _part(context: Context, round_: Round, items: Items[R]) -> int:
    with context.store.write() as work:
        return items.shelf(work).part(round_.connection.id, round_.id)


def read_again(
    context: Context,
    item_id: str,
    read: Callable[[Source, Scope, str], R | None],
    values: Callable[[R], Mapping[str, Any]],
    shelf: Callable[[Work], Shelf],
) -> R | None:
    """Read one again from the PSA, in one call; None where it is gone there. Raises as a source does."""
    with context.store.work() as work:
        there = shelf(work).get(item_id)
        link = work.links.get(there.link_id) if there else None
    if there is None or link is None or there.external_id is None:
        return None
    try:
        with connect.noting(context, there.connection_id):
            row = read(context.sources.of(there.connection_id), scope_of(link), there.external_id)
    except Stranger:
        with context.store.write() as work:
            strangers.note(context, work, there.connection_id, Stands(item_id, link.company_id, link.external_id), strangers.UNTOLD)
        raise
    if row is not None:
        with context.store.write() as work:
            shelf(work).put([Brought(item_id, scope_of(link), row.id, values(row), {"read_at": context.clock()})], "")
    return row
