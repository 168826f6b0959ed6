"""Reading ConnectWise's lists: pages walked by id, counts, single rows, and servers that take fewer questions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec

from connectors._http import Reply
from connectors._paging import IdPlace, all_rows, half_read, only_row, pack, read_rows, same_page_twice, unpack
from connectors.connectwise import queries
from connectors.connectwise.calling import VENDOR, Line
from connectors.connectwise.queries import Walk
from connectors.connectwise.refusals import BadQuestion
from domain.isolation import ClaimsCompany, Scope
from domain.ports import Opening, Page

T = TypeVar("T")
Shape = TypeVar("Shape", bound=msgspec.Struct)
Row = TypeVar("Row")
Claims = TypeVar("Claims", bound=ClaimsCompany)
Rows = list[msgspec.Raw]


class Walker(Line):
    """A line that reads lists."""

    page_size = queries.PAGE_SIZE

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        super().__init__(credentials, opening)
        self._days_only = False  # this server takes no times in conditions
        self._whole = False  # this server does not take our choice of fields

    def _page(
        self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None], cursor: str | None
    ) -> Page[Row]:
        """One page of an id-walk: a whole read costs its pages and nothing more.

        Page numbers count from the top, so that a row deleted meanwhile would hide another; walking by id needs none of them
        and goes on from any row. A read of what changed is preceded by two counts where the walk wants them: how many changed,
        which is mostly none and then there is no page to fetch, and how many there are in all.
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
        reply = self._list(walk, place.last, shape)
        batch = read_rows(reply.body, shape, convert)
        following = self._following(walk, place, reply, batch.ids)
        return Page(batch.rows, batch.bad, following, place.total, reply.as_of)

    def _following(self, walk: Walk, place: IdPlace, reply: Reply[Rows], row_ids: tuple[str, ...]) -> str | None:
        ids = [int(row_id) for row_id in row_ids if row_id.isdigit()]
        if any(row_id <= place.last for row_id in ids):
            raise same_page_twice(VENDOR, walk.what)
        rows = len(reply.body)
        seen, last = place.seen + rows, max(ids, default=place.last)
        if ids and self._goes_on(walk, reply, last):
            return pack(IdPlace(last, seen, place.expected, place.total))
        # Fewer than announced, or nothing where a page was to follow: asked again, since somebody may just have deleted some.
        is_short = seen < place.expected or (not rows and (place.last > queries.BEFORE_ALL or _links_on(reply)))
        left = self._count(walk, last).body if is_short else 0
        if left:
            raise half_read(VENDOR, walk.what, seen, seen + left)
        return None

    def _goes_on(self, walk: Walk, reply: Reply[Rows], last: int) -> bool:
        """By the Link header. A full page without one may be the last: a count tells, which costs less than a page."""
        if reply.link:
            return _links_on(reply)
        return len(reply.body) >= walk.size and self._count(walk, last).body > 0

    def _all(self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None]) -> list[Row]:
        """Every row of a short list."""
        return all_rows(lambda cursor: self._page(walk, shape, convert, cursor))

    def _one(self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None]) -> Row | None:
        """The only row of a walk, in one call; None where there is none. Raises AskOperator for one that is unreadable.

        One record is asked for by a list too: a record's own address answers 404 to refused keys and to what is gone alike.
        """
        listed = self._list(walk, queries.BEFORE_ALL, shape).body
        return only_row(read_rows(listed[:1], shape, convert), VENDOR, walk.what)

    def _of_scope(
        self, scope: Scope, walk: Walk, row_id: str, shape: type[Shape], convert: Callable[[Shape], Claims | None]
    ) -> Claims | None:
        """One row of a company, in one call. Asked for by its id alone, so that one that moved to another company
        (Stranger) is told from one that is gone (None)."""
        queries.company_of(scope)  # a scope that names no company opens nothing
        if not row_id.isdecimal():
            return None
        found = self._one(replace(walk, narrowed=(f"id={int(row_id)}",)), shape, convert)
        return None if found is None or found.id != str(int(row_id)) else scope.keep((found,))[0]

    def _list(self, walk: Walk, last: int, shape: type[msgspec.Struct]) -> Reply[Rows]:
        def ask() -> Reply[Rows]:
            fields = () if self._whole else fields_of(shape)
            return self._ask(walk.path, Rows, walk.page(last, fields, self._days_only), walk.is_nested)

        return self._put_simpler(walk, ask)

    def _count(self, walk: Walk, last: int = queries.BEFORE_ALL) -> Reply[int]:
        def ask() -> Reply[int]:
            params = walk.counted(last, self._days_only)
            reply = self._ask(f"{walk.path}/count", queries.Count, params, walk.is_nested)
            return Reply(reply.body.count, reply.as_of)

        return self._put_simpler(walk, ask)

    def _put_simpler(self, walk: Walk, ask: Callable[[], T]) -> T:
        """Ask; when the server does not take the question as it is put, ask for days, then without a choice of fields."""
        while True:
            try:
                return ask()
            except BadQuestion:
                if walk.since is not None and not self._days_only:
                    self._days_only = True
                elif not self._whole:
                    self._whole = True
                else:
                    raise


def _links_on(reply: Reply[Rows]) -> bool:
    return 'rel="next"' in reply.link or "rel=next" in reply.link


def fields_of(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """What to ask for: exactly the fields that are read, by ConnectWise's names; `_info` comes only when it is named.

    None for a shape of which a version knows only some fields.
    """
    if getattr(shape, "is_asked_whole", False):
        return ()
    return tuple(field.encode_name for field in msgspec.structs.fields(shape))
