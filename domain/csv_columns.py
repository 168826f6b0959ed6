"""What the columns of a pasted CSV mean, by the titles in its first line; and which of them nobody here can use."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import TellPerson
from domain.naming import short

KNOWN = "email, first name, last name (or name), title, company, groups"
_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "emails", "mail", "emailaddress", "mailaddress", "email1", "primaryemail", "workemail", "businessemail"),
    "first": ("firstname", "first", "givenname", "forename"),
    "last": ("lastname", "last", "surname", "familyname"),
    "name": ("name", "fullname", "displayname", "contact", "contactname"),
    "title": ("title", "jobtitle", "position"),
    "company": ("company", "companyname", "organization", "organisation", "client", "customer"),
    "groups": ("groups", "group", "memberof"),
}
_PERHAPS_EMAIL = ("address", "username", "userprincipalname", "upn", "login")  # it is, where no column says email
_NAMED = 12  # so many unused columns are named


@dataclass(frozen=True)
class Columns:
    """`places` says where each meaning stands."""

    titles: tuple[str, ...]
    places: Mapping[str, int]

    def read(self, values: Sequence[str]) -> dict[str, str]:
        """Each meaning's text on one line, which has a field for every title."""
        return {meaning: values[place].strip() for meaning, place in self.places.items()}

    def left(self, values: Sequence[str]) -> set[int]:
        """Where something stands on this line that nothing is made of."""
        used = {place for meaning, place in self.places.items() if meaning != "name" or not self._is_overruled(values)}
        return {place for place, value in enumerate(values) if value.strip()} - used

    def _is_overruled(self, values: Sequence[str]) -> bool:
        """Whether a whole name stands beside a first and a last one, and says something else."""
        told = self.read(values)
        first, last = told.get("first", "").casefold(), told.get("last", "").casefold()
        same = {f"{first} {last}", f"{last} {first}", f"{last}, {first}"}
        return bool(first and last) and told["name"].casefold() not in same

    def note(self, left: Iterable[int]) -> str:
        """Which columns are not used; "" where all are."""
        names = [short(self.titles[place].strip() or f"column {place + 1}", 40) for place in sorted(left)]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"These columns are not used: {', '.join(names[:_NAMED])}{more}." if names else ""


def columns(titles: Sequence[str]) -> Columns:
    """Raises TellPerson where no column is the address, or two say the same."""
    plain = [re.sub(r"[\W_]", "", title.casefold()) for title in titles]
    found: dict[str, int] = {}
    for meaning, spellings in _SPELLINGS.items():
        there = [place for place, title in enumerate(plain) if title in spellings]
        if len(there) > 1:
            raise _doubled(meaning, [titles[place] for place in there])
        if there:
            found[meaning] = there[0]
    if "email" not in found:
        found["email"] = _perhaps_email(plain, titles)
    return Columns(tuple(titles), found)


def _perhaps_email(plain: Sequence[str], titles: Sequence[str]) -> int:
    there = [place for place, title in enumerate(plain) if title in _PERHAPS_EMAIL]
    if len(there) > 1:
        raise _doubled("email", [titles[place] for place in there])
    if there:
        return there[0]
    said = ", ".join(title.strip() for title in titles if title.strip())[:200] or "nothing"
    raise TellPerson(
        f"The first line must name the columns, one of them “email”; it says: {said}. Columns that I know: {KNOWN}.", field="rows"
    )


def _doubled(meaning: str, titles: Sequence[str]) -> TellPerson:
    named = " and ".join(f"“{short(title, 40)}”" for title in titles)
    said = {"first": "first name", "last": "last name"}.get(meaning, meaning)
    return TellPerson(
        f"The columns {named} mean the same ({said}), and only one can be used. Take the other out and paste again.",
        field="rows",
    )
