"""Configuration items and our categories of them: a type goes to a category, or is left unmapped on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.errors import TellPerson

CATEGORY_LIMIT = 60


@dataclass(frozen=True)
class Asset:
    """A configuration item of a company. Ids of types and people are the PSA's."""

    id: str
    connection_id: str
    external_id: str
    company_id: str
    link_id: str
    name: str
    type: str = ""
    is_active: bool = True
    serial: str = ""
    contact_id: str = ""
    location: str = ""
    installed: str = ""
    warranty_ends: str = ""
    notes: str = ""
    modified: str = ""
    read_at: datetime | None = None


@dataclass(frozen=True)
class Category:
    id: str
    name: str


@dataclass(frozen=True)
class AssetMap:
    """Where types go: `everywhere`, unless a company has a copy of its own. None: left unmapped on purpose."""

    everywhere: Mapping[str, str | None]
    copies: Mapping[str, Mapping[str, str | None]]

    def of(self, company_id: str) -> Mapping[str, str | None]:
        """A company's copy rules wholly: what is changed account-wide afterwards does not reach it."""
        return self.copies.get(company_id, self.everywhere)

    def category(self, company_id: str, type_: str) -> str | None:
        return self.of(company_id).get(type_)


def category_name(text: str, there: Mapping[str, str], but: str = "") -> str:
    """A name for a category; `there`: folded name → id of those there are, `but` is the one that is renamed.

    Raises TellPerson with the field to blame.
    """
    name = " ".join(text.split())
    if not name:
        raise TellPerson("Give the category a name.", field="name")
    if len(name) > CATEGORY_LIMIT:
        raise TellPerson(f"A category's name has at most {CATEGORY_LIMIT} characters.", field="name")
    if there.get(name.casefold(), but) != but:
        raise TellPerson(f"There is a category called {name} already. To join two, merge them.", field="name")
    return name
