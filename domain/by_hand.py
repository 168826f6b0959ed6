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
from domain.email import Address, BadAddress, check
from domain.errors import TellPerson
from domain.group import fold, listed
from domain.person import Person
from domain.plan import Action, Verdict

MOST = 500
TYPED, PASTED = "Typed addresses", "CSV"
_NAMES = {
    "email": ("email", "mail", "emailaddress", "address", "username"),
    "first": ("firstname", "first", "givenname", "forename"),
    "last": ("lastname", "last", "surname", "familyname"),
    "title": ("title", "jobtitle", "position"),
    "company": ("company", "companyname", "organization", "organisation", "client"),
    "groups": ("groups", "group", "memberof"),
}


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


def typed(text: str) -> tuple[Row, ...]:
    """One a line or parted by commas or semicolons; `Mia Huber <mia@contoso.com>` and `Huber, Mia <…>` too."""
    rows = [row for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1) for row in _line(number, line)]
    return _counted(rows)


def _line(number: int, line: str) -> Iterator[Row]:
    surname = ""
    for piece in (each.strip() for each in re.split(r"[,;]", line)):
        if not piece:
            continue
        named = re.match(r"^(.*)<([^<>]*)>$", piece)
        if named is None and "@" not in piece and not surname and "<" in line:
            surname = piece
            continue
        name = named[1].strip().strip('"').strip() if named else ""
        first, _, last = (name, "", surname) if surname else name.partition(" ")
        yield Row(number, named[2].strip() if named else piece, first, last.strip())
        surname = ""
    if surname:
        yield Row(number, "", bad=f"Line {number}: “{surname[:60]}” stands there without an address.")


def pasted(text: str) -> tuple[Row, ...]:
    """CSV with a header; the delimiter is found out. Raises TellPerson where there is no column of addresses."""
    text = text.lstrip("\ufeff").strip("\r\n")
    header = text.splitlines()[0] if text else ""
    delimiter = max(",;\t|", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    columns = _columns(next(reader, []))
    rows: list[Row] = []
    width = len(header and next(csv.reader([header], delimiter=delimiter), []))
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            rows.append(Row(reader.line_num, "", bad=f"Line {reader.line_num}: {error}. The lines after it were not read."))
            break
        if values is None:
            break
        if any(value.strip() for value in values):
            rows.append(_row(reader.line_num, values, columns, width))
    return _counted(rows)


def _columns(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, title in enumerate(header):
        plain = re.sub(r"[^a-z]", "", title.casefold())
        for name, spellings in _NAMES.items():
            if plain in spellings:
                found.setdefault(name, place)
    if "email" not in found:
        there = ", ".join(title.strip() for title in header if title.strip())[:200] or "nothing"
        raise TellPerson(
            f"The first line must name the columns, one of them “email”; it says: {there}. Columns that I know: email, first "
            "name, last name, title, company, groups.",
            field="rows",
        )
    return found


def _row(number: int, values: Sequence[str], columns: dict[str, int], width: int) -> Row:
    if len(values) != width:
        return Row(number, "", bad=f"Line {number} has {len(values)} fields, where the header has {width}.")
    told = {name: values[place].strip() for name, place in columns.items()}
    return Row(number, told["email"], told.get("first", ""), told.get("last", ""), told.get("title", ""), told.get("company", ""),
               groups=listed(told.get("groups", "")))


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
        return Verdict(Action.HELD, f"Line {row.line}: {address.original} {why}. Pick it under Only some… if it belongs here.")
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
