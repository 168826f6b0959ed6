"""People by hand: addresses typed one a line, and CSV that was pasted; and what an import will do with each.

Nobody vouches for such a row but its writer, so each is held against the company it is for: the address's domain, and the
company that the CSV names.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.company import Company
from domain.csv_columns import Columns, columns
from domain.email import Address, BadAddress, check
from domain.errors import TellPerson
from domain.group import fold, listed
from domain.naming import short
from domain.person import Person
from domain.plan import ONLY_SOME, Action, Verdict

MOST = 500
TYPED, PASTED = "Typed addresses", "CSV"
_CURLY = str.maketrans("“”„‟", '""""')  # what phones and word processors make of a quotation mark
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WHOLE = re.compile(rf"{_QUOTED.pattern}|<[^<>]*>|.")  # what is quoted or in angle brackets is never parted
_NAMED = re.compile(r"^([^<>]*)<([^<>]*)>$")


@dataclass(frozen=True)
class Row:
    """One person as written. `line` is the line of the text it stands on; `bad` says why it could not be read."""

    line: int
    email: str
    first: str = ""
    last: str = ""
    title: str = ""
    company: str = ""
    bad: str = ""
    groups: tuple[str, ...] = ()  # those of its company that the person shall be in


@dataclass(frozen=True)
class Written:
    """All that was written. `note` tells what of it is left out."""

    rows: tuple[Row, ...]
    note: str = ""


def typed(text: str) -> Written:
    """One a line or parted by commas or semicolons, as mail programs copy them: `Mia Huber <mia@contoso.com>`,
    `Huber, Mia <…>` and `"Huber, Mia" <…>`.
    """
    lines = text.lstrip("\ufeff").translate(_CURLY).splitlines()
    return Written(_counted([row for number, line in enumerate(lines, 1) for row in _line(number, line)]))


def _line(number: int, line: str) -> Iterator[Row]:
    if '"' in _QUOTED.sub("", line):
        yield Row(number, "", bad=f"Line {number}: a quotation mark is not closed. Close it, or take it out.")
        return
    for group in _parts(line, ";"):
        before: list[str] = []  # a name that was parted from its address: `Huber, Mia <…>`
        for piece in _parts(group, ","):
            named = _NAMED.match(piece)
            if named is None and "@" not in piece and "<" in group:
                before.append(_unquoted(piece))
                continue
            email, first, last = _person(piece)
            if before and named:
                first, last = " ".join(name for name in (*before[1:], _unquoted(named[1])) if name), before[0]
            elif before:
                yield _alone(number, before)
            before = []
            yield Row(number, email, first, last)
        if before:
            yield _alone(number, before)


def _alone(number: int, names: Sequence[str]) -> Row:
    return Row(number, "", bad=f"Line {number}: “{short(', '.join(names), 60)}” stands there without an address.")


def _parts(text: str, mark: str) -> list[str]:
    parts = [""]
    for token in _WHOLE.finditer(text):
        if token[0] == mark:
            parts.append("")
        else:
            parts[-1] += token[0]
    return [part.strip() for part in parts if part.strip()]


def _person(text: str) -> tuple[str, str, str]:
    """(address, first name, last name) of `Mia Huber <mia@contoso.com>` or of a bare address."""
    named = _NAMED.match(text)
    if named is None:
        return text, "", ""
    email, name = named[2].strip(), _unquoted(named[1])
    return (email, *(("", "") if name.casefold() == email.casefold() else _names(name)))


def _unquoted(text: str) -> str:
    plain = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), text).strip()
    return plain[1:-1].strip() if len(plain) > 1 and plain[0] == plain[-1] == "'" else plain


def _names(name: str) -> tuple[str, str]:
    """(first, last) of `Mia Huber` or `Huber, Mia`."""
    mark = "," if "," in name else " "
    one, _, other = (part.strip() for part in name.strip().partition(mark))
    return (other, one) if mark == "," else (one, other)


def pasted(text: str) -> Written:
    """CSV with a header; the delimiter is found out. Raises TellPerson where its columns cannot be told."""
    text = text.lstrip("\ufeff").strip("\r\n")
    header = text.splitlines()[0] if text else ""
    delimiter = max(",;\t|", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        known = columns(next(reader, []))
    except csv.Error as error:
        raise TellPerson(f"The first line cannot be read: {error}. Mend its quotation marks.", field="rows") from None
    rows: list[Row] = []
    left: set[int] = set()
    try:
        for values in reader:
            if len(values) == len(known.titles):
                left |= known.left(values)
            if any(value.strip() for value in values):
                rows.append(_row(reader.line_num, values, known))
    except csv.Error as error:
        rows.append(Row(reader.line_num, "", bad=f"Line {reader.line_num}: {error}. The lines after it were not read."))
    return Written(_counted(rows), known.note(left))


def _row(number: int, values: Sequence[str], known: Columns) -> Row:
    if len(values) != len(known.titles):
        return Row(number, "", bad=f"Line {number} has {len(values)} fields, where the header has {len(known.titles)}.")
    told = known.read(values)
    email, *beside = _person(told["email"].translate(_CURLY))
    first, last = _full(told.get("first", ""), told.get("last", ""), told.get("name", ""))
    if not first and not last:
        first, last = beside
    return Row(number, email, first, last, told.get("title", ""), told.get("company", ""), groups=listed(told.get("groups", "")))


def _full(first: str, last: str, name: str) -> tuple[str, str]:
    """A name beside a first name alone is the whole name, or the last one; beside a last name alone the other way round."""
    if "," in name or not (first or last):
        whole = _names(name)
        return first or whole[0], last or whole[1]
    if not last:
        return first, name.removeprefix(first).strip() if f"{name} ".startswith(f"{first} ") else name
    if not first:
        return name.removesuffix(last).strip() if f" {name}".endswith(f" {last}") else name, last
    return first, last


def _counted(rows: Sequence[Row]) -> tuple[Row, ...]:
    if not rows:
        raise TellPerson("Nobody stands there yet. Write at least one address.", field="rows")
    if len(rows) > MOST:
        raise TellPerson(f"That are {len(rows):,} people; one form takes {MOST}. Split the list and bring it in parts.", field="rows")
    return tuple(rows)


@dataclass(frozen=True)
class Known:
    """What is known about one row's neighbours. `chosen`: somebody picked this very row."""

    company: Company
    by_email: Person | None = None
    twin_label: str = ""
    chosen: bool = False
    groups: tuple[str, ...] = ()  # which the person is in already


def judge(row: Row, known: Known, new_id: str) -> Verdict:
    """What will happen to a row; `new_id` is the id a new person would get."""
    try:
        address = check(row.email)
    except BadAddress as wrong:
        return Verdict(Action.HELD, f"Line {row.line}: {wrong}")
    company = known.company
    if row.company and row.company.casefold() != company.name.casefold():
        return Verdict(Action.HELD, f"Line {row.line} is for “{row.company[:60]}”, and this is {company.name}.")
    if known.twin_label:
        left = " Its groups are left out: name them all on one line." if row.groups else ""
        return Verdict(Action.UNCHANGED, f"Line {row.line} is the same person as {known.twin_label}.{left}")
    if known.by_email is not None:
        return _judge_here(row, known.by_email, known.groups)
    if not known.chosen and not _is_own(address, company):
        why = f"is not an address of {company.domain}" if company.domain else f"cannot be checked: {company.name} has no web address"
        return Verdict(Action.HELD, f"Line {row.line}: {address.original} {why}. Pick it under {ONLY_SOME} if it belongs here.")
    return Verdict(Action.NEW, "", new_id)


def _is_own(address: Address, company: Company) -> bool:
    return bool(company.domain) and (address.domain == company.domain or address.domain.endswith(f".{company.domain}"))


def _judge_here(row: Row, person: Person, groups: tuple[str, ...]) -> Verdict:
    """What is empty is filled; nothing that stands there is overwritten."""
    told = {"first name": (person.first_name, row.first), "last name": (person.last_name, row.last), "title": (person.title, row.title)}
    changes = {name: pair for name, pair in told.items() if pair[1] and not pair[0].strip()}
    more = [name for name in row.groups if fold(name) not in {fold(each) for each in groups}]
    if more:
        changes["groups"] = ("; ".join(groups), "; ".join((*groups, *more)))
    if changes:
        return Verdict(Action.CHANGED, "", person.id, changes)
    return Verdict(Action.UNCHANGED, "Is here already.", person.id)
