"""Shared by readers of lists: rows decoded one by one, cursors, guards against a misbehaving list."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from domain.errors import AskOperator, Stop, Trouble, TryLater
from domain.isolation import ClaimsCompany, Scope
from domain.ports import BadRow, Page

Shape = TypeVar("Shape")
Row = TypeVar("Row")
Claims = TypeVar("Claims", bound=ClaimsCompany)


@dataclass(frozen=True)
class Batch(Generic[Row]):
    """One page's rows. `ids`: the id of every row that has one, the bad ones' too, in the page's order."""

    rows: tuple[Row, ...]
    bad: tuple[BadRow, ...]
    ids: tuple[str, ...]


def read_rows(
    raws: Iterable[msgspec.Raw], shape: type[Shape], convert: Callable[[Shape], Row | None]
) -> Batch[Row]:
    """Decode each row alone, so that one bad row costs only itself.

    `convert` makes our row of the vendor's; None leaves it out, ValueError("has no name") makes it a bad one.
    """
    rows: list[Row] = []
    bad: list[BadRow] = []
    ids: list[str] = []
    for raw in raws:
        row_id = id_of(raw)
        if row_id:
            ids.append(row_id)
        try:
            row = convert(msgspec.json.decode(raw, type=shape))
        except (msgspec.ValidationError, UnicodeDecodeError, ValueError) as wrong:
            bad.append(BadRow(row_id, _readable(wrong)))
            continue
        if row is not None:
            rows.append(row)
    return Batch(tuple(rows), tuple(bad), tuple(ids))


class _OnlyId(msgspec.Struct):
    id: int | str | None = None


def id_of(raw: msgspec.Raw) -> str:
    try:
        found = msgspec.json.decode(raw, type=_OnlyId).id
    except (msgspec.ValidationError, UnicodeDecodeError):
        return ""
    return "" if found is None else str(found)


def _readable(wrong: Exception) -> str:
    """A reason a technician understands, never the row's contents: "lastName: expected text, got int"."""
    if not isinstance(wrong, msgspec.ValidationError):
        return "is not readable text" if isinstance(wrong, UnicodeDecodeError) else str(wrong)
    text = str(wrong)
    missing = re.search(r"missing required field `([^`]+)`", text)
    if missing:
        return f"has no {missing.group(1)}"
    place = re.search(r" - at `\$\.?([^`]*)`", text)
    what = re.sub(r" - at `.*", "", text).replace("`", "").replace("str", "text").replace(" | null", "")
    what = what[:1].lower() + what[1:]
    return f"{place.group(1)}: {what}" if place and place.group(1) else what


def all_rows(read: Callable[[str | None], Page[Row]]) -> list[Row]:
    """Every row of a short list."""
    page = read(None)
    found = [*page.rows]
    while page.next is not None:
        page = read(page.next)
        found += page.rows
    return found


def only_row(batch: Batch[Row], vendor: str, what: str) -> Row | None:
    """The row of a list that has one at the most. Raises AskOperator for one that is unreadable."""
    if batch.bad:
        said = f"{vendor}'s record {batch.bad[0].id} of {what} {batch.bad[0].reason}. Correct it in {vendor}."
        raise AskOperator(said, Trouble.BAD_ANSWER)
    return batch.rows[0] if batch.rows else None


# --- cursors ------------------------------------------------------------------------------------


def pack(place: msgspec.Struct) -> str:
    return msgspec.json.encode(place).decode()


def unpack(cursor: str, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(cursor, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Stop("The place where the read was to go on is damaged. Start the import again.") from None


# --- lists walked by id -------------------------------------------------------------------------


class IdPlace(msgspec.Struct):
    """Where a walk goes on: after id `last`, with `seen` of the `expected` rows behind it (0: nobody counted)."""

    last: int
    seen: int
    expected: int
    total: int | None


# --- lists read by page number ------------------------------------------------------------------


class Place(msgspec.Struct, frozen=True):
    """Where a read by page number goes on: at row `offset`, in pages of `size`; `seen` rows came before.

    `total` is what was announced, `last_page` the mark and `last_id` the highest id of the page before.
    """

    offset: int
    size: int
    seen: int = 0
    total: int | None = None
    last_page: str = ""
    last_id: int = -1

    @property
    def page_number(self) -> int:
        return self.offset // self.size + 1

    def halved(self) -> "Place":
        """The same row, in pages half as long; the offset stays a multiple of the size."""
        return msgspec.structs.replace(self, size=self.size // 2)

    def page_before(self) -> "Place":
        return msgspec.structs.replace(self, offset=self.offset - self.size)

    def has_shrunk(self, total: int | None) -> bool:
        """Whether rows may have slipped onto the page before: the list got shorter since it was read."""
        return self.offset > 0 and self.total is not None and total is not None and total < self.total


def following(vendor: str, what: str, place: Place, ids: tuple[str, ...], seen: int, total: int | None) -> str | None:
    """The cursor behind a page whose rows have `ids`, or None at the end; `seen` rows came with it, late ones too.

    Raises TryLater for a page that came twice and for a list that ends before what it announced.
    """
    if place.total is not None and total is not None and place.total - total >= place.size:
        raise Stop(f"{vendor}'s {what} changed too much while they were read. Nothing was concluded; start again.")
    page = mark(ids)
    if ids and page == place.last_page:
        raise same_page_twice(vendor, what)
    is_short = len(ids) < place.size
    all_seen = place.seen + seen
    ends = is_short if total is None else place.offset + place.size >= total
    if not ends and not is_short:
        highest = max((int(row_id) for row_id in ids if row_id.isdigit()), default=place.last_id)
        return pack(Place(place.offset + place.size, place.size, all_seen, total, page, highest))
    if total is not None and all_seen < total:
        raise half_read(vendor, what, all_seen, total)
    return None


def slipped(place: Place, before: Iterable[msgspec.Raw], here: Iterable[msgspec.Raw]) -> list[msgspec.Raw]:
    """The rows of the page before that were not on it when it was read, and are not on this page either."""
    known = {id_of(raw) for raw in here}
    late = [raw for raw in before if id_of(raw).isdigit() and int(id_of(raw)) > place.last_id]
    return [raw for raw in late if id_of(raw) not in known]


def until_watermark(
    newest_first: list[msgspec.Raw], changed_at: Callable[[msgspec.Raw], str | None], since: datetime | None
) -> tuple[list[msgspec.Raw], bool]:
    """The rows changed at or after `since` (all, where there is none), and whether an older one was met."""
    for nth, raw in enumerate(newest_first if since is not None else ()):
        changed = moment(changed_at(raw))
        if since is not None and changed is not None and changed < since:
            return newest_first[:nth], True
    return newest_first, False


# --- guards -------------------------------------------------------------------------------------


def mark(ids: Iterable[str]) -> str:
    """A short fingerprint of a page, carried in the cursor to know the page when it comes a second time."""
    return hashlib.blake2s(",".join(ids).encode(), digest_size=8).hexdigest()


def same_page_twice(vendor: str, what: str) -> TryLater:
    return TryLater(
        f"{vendor} answered the same page twice while {what} were read, so the list cannot be trusted. "
        "The read was stopped; try again later and report it if it stays."
    )


def half_read(vendor: str, what: str, seen: int, total: int) -> TryLater:
    return TryLater(
        f"{vendor} announced {total:,} {what} but gave only {seen:,}: a half-read list. "
        "Nothing was concluded from it; try again later."
    )


def kept(scope: Scope, page: Page[Claims]) -> Page[Claims]:
    """The page, when every row of it is the scope's company's; raises Stranger otherwise."""
    return Page(scope.keep(page.rows), page.bad, page.next, page.total, page.as_of)


# --- times --------------------------------------------------------------------------------------


def moment(text: str | None) -> datetime | None:
    """A vendor's time; UTC where it does not say (Autotask's older answers lack the Z); None for no time."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def iso(text: str | None) -> str:
    """The same time as "2026-11-21T10:00:00Z", with milliseconds where it has them; "" for no time."""
    found = moment(text)
    if found is None:
        return ""
    return found.isoformat(timespec="milliseconds" if found.microsecond else "seconds").replace("+00:00", "Z")


def instant(since: str) -> datetime:
    """The watermark a caller hands in."""
    found = moment(since)
    if found is None:
        raise Stop("The time of the last sync is unreadable. Run a full sync instead.")
    return found
