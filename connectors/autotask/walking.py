"""Reading Autotask's lists: pages walked by id, counts, single rows, and fields a tenant does not have."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec

from connectors._http import Reply
from connectors._paging import (
    Batch,
    IdPlace,
    all_rows,
    half_read,
    id_of,
    only_row,
    pack,
    read_rows,
    same_page_twice,
    unpack,
)
from connectors.autotask import queries, refusals, rows
from connectors.autotask.calling import VENDOR, Line
from connectors.autotask.queries import Walk
from domain.errors import AskOperator, Trouble
from domain.isolation import ClaimsCompany, Scope
from domain.ports import Opening, Page

T = TypeVar("T")
Shape = TypeVar("Shape", bound=msgspec.Struct)
Row = TypeVar("Row")
Claims = TypeVar("Claims", bound=ClaimsCompany)


class Walker(Line):
    """A line that reads lists."""

    page_size = queries.PAGE_SIZE

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        super().__init__(credentials, opening)
        self._can_count = True
        self._unknown: dict[str, set[str]] = {}  # by object: fields this tenant turned out not to have, in lower case

    def _page(
        self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None], cursor: str | None
    ) -> Page[Row]:
        """One page of an id-walk: a whole read costs its pages and nothing more.

        A read of what changed is preceded by two counts where the walk wants them: how many changed, which is mostly none
        and then there is no page to fetch, and how many there are in all.

        Autotask's own next-page links have to be POSTed with the first body again and die with their session; walking
        by id needs neither and goes on from any row.
        """
        if cursor is not None:
            place = unpack(cursor, IdPlace)
        elif walk.since is None or not walk.is_counted:
            place = IdPlace(queries.BEFORE_ALL, 0, 0, None)
        else:
            counted = self._count(walk)
            total = self._count(walk.over_all()).body
            if counted.body == 0:
                return Page((), total=total, as_of=counted.as_of)
            place = IdPlace(queries.BEFORE_ALL, 0, counted.body, total)
        reply = self._query(walk, place.last, rows.fields_of(shape))
        items = reply.body.items or []
        batch = read_rows(items, shape, convert)
        following = self._following(walk, place, reply.body, batch)
        return Page(batch.rows, batch.bad, following, place.total, reply.as_of)

    def _following(self, walk: Walk, place: IdPlace, listing: queries.Listing, batch: Batch[Row]) -> str | None:
        ids = [int(row_id) for row_id in batch.ids if row_id.isdigit()]
        if any(row_id <= place.last for row_id in ids):
            raise same_page_twice(VENDOR, walk.what)
        seen = place.seen + len(listing.items or ())
        if not listing.is_last() and ids:
            return pack(IdPlace(max(ids), seen, place.expected, place.total))
        # Fewer than announced: asked again, since somebody may just have deleted one.
        if not listing.is_last() or (seen < place.expected and seen < self._count(walk).body):
            raise half_read(VENDOR, walk.what, seen, place.expected)
        return None

    def _all(self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None]) -> list[Row]:
        """Every row of a short list."""
        return all_rows(lambda cursor: self._page(walk, shape, convert, cursor))

    def _one(self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None]) -> Row | None:
        """The only row of a walk, in one call; None where there is none. Raises AskOperator for one that is unreadable."""
        items = self._query(walk, queries.BEFORE_ALL, rows.fields_of(shape)).body.items or []
        return only_row(read_rows(items[:1], shape, convert), VENDOR, walk.what)

    def _of_scope(
        self, scope: Scope, walk: Walk, row_id: str, shape: type[Shape], convert: Callable[[Shape], Claims | None]
    ) -> Claims | None:
        """One row of a company, in one call. Asked for by its id alone, so that one that moved to another company
        (Stranger) is told from one that is gone (None)."""
        queries.company_of(scope)  # a scope that names no company opens nothing
        if not row_id.isdecimal():
            return None
        found = self._one(replace(walk, narrowed=(queries.equals("id", int(row_id)),)), shape, convert)
        return None if found is None or found.id != str(int(row_id)) else scope.keep((found,))[0]

    def _query(self, walk: Walk, last: int, fields: tuple[str, ...]) -> Reply[queries.Listing]:
        def ask(unknown: Collection[str]) -> Reply[queries.Listing]:
            known = [name for name in fields if name.lower() not in unknown]
            body = queries.query([queries.after_id(last), *walk.conditions(unknown)], known)
            reply = self._ask("POST", f"{walk.endpoint}/query", walk.endpoint, queries.Listing, body)
            if reply.body.errors:  # never taken for a list without rows
                raise refusals.judge(walk.endpoint, "query", 200, " ".join(reply.body.errors), "")
            return reply

        return self._without_unknown(walk.endpoint, ask)

    def _count(self, walk: Walk) -> Reply[int]:
        """How many rows the walk is over. An address that cannot count has its ids walked instead."""
        if not self._can_count:
            return self._counted_by_hand(walk)
        try:
            return self._counted(walk)
        except AskOperator as refused:
            if refused.trouble is not Trouble.NOT_FOUND:
                raise
        found = self._counted_by_hand(walk)  # refused alike when nothing answers there
        self._can_count = False
        return found

    def _counted_by_hand(self, walk: Walk) -> Reply[int]:
        seen, last, as_of = 0, queries.BEFORE_ALL, ""
        while True:
            reply = self._query(walk, last, ("id",))
            items = reply.body.items or []
            seen, as_of = seen + len(items), as_of or reply.as_of
            following = max((int(row_id) for row_id in map(id_of, items) if row_id.isdigit()), default=last)
            if reply.body.is_last():
                return Reply(seen, as_of)
            if following <= last:
                raise same_page_twice(VENDOR, walk.what)
            last = following

    def _counted(self, walk: Walk) -> Reply[int]:
        def ask(unknown: Collection[str]) -> Reply[int]:
            body = queries.query([queries.after_id(queries.BEFORE_ALL), *walk.conditions(unknown)])
            reply = self._ask("POST", f"{walk.endpoint}/query/count", walk.endpoint, queries.Count, body)
            return Reply(reply.body.count, reply.as_of)

        return self._without_unknown(walk.endpoint, ask)

    def _without_unknown(self, endpoint: str, ask: Callable[[Collection[str]], T]) -> T:
        """Ask; when the tenant does not have one of the fields, ask again without it."""
        unknown = self._unknown.setdefault(endpoint, set())
        while True:
            try:
                return ask(unknown)
            except refusals.UnknownField as refused:
                if refused.name in unknown or refused.name in ("", "id", "companyid"):
                    raise
                unknown.add(refused.name)


def as_it_is(row: Shape) -> Shape:
    """For rows that nobody beyond the connector sees."""
    return row
