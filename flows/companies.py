"""Managed companies: list, find, add by hand, give a domain, work in one, bind a channel to one."""

from dataclasses import dataclass

from domain.company import Company
from flows.context import Context
from flows.desk import Desk


@dataclass(frozen=True)
class CompanyLine:
    company: Company
    people: int
    pending: int  # invitations pending or expired
    sources: tuple[str, ...]  # titles of the sources it is mapped at


@dataclass(frozen=True)
class CompanyPage:
    lines: tuple[CompanyLine, ...]
    page: int  # from 1
    pages: int
    total: int
    needing_domain: int
    search: str


def page(context: Context, desk: Desk, search: str = "", page: int = 1, size: int = 10) -> CompanyPage:
    raise NotImplementedError


def find(context: Context, desk: Desk, words: str) -> Company:
    """The company a person means by name, part of a name or domain. Raises TellPerson: none, or several (naming some)."""
    raise NotImplementedError


def options(context: Context, desk: Desk, typed: str, limit: int = 100) -> tuple[Company, ...]:
    """For a picker: companies whose name or domain holds what was typed."""
    raise NotImplementedError


def one(context: Context, desk: Desk, company_id: str) -> CompanyLine:
    """Raises NotAllowed in the same words for another's and for none."""
    raise NotImplementedError


def meant(context: Context, desk: Desk, words: str) -> Company:
    """The company for an act: the one named, else the desk's. Raises TellPerson(remedy="company") when neither is there."""
    raise NotImplementedError


def add(context: Context, desk: Desk, name: str, web: str) -> Company:
    """Create a company by hand. Raises TellPerson with `field` "name" or "web"."""
    raise NotImplementedError


def needing_domain(context: Context, desk: Desk, limit: int = 100) -> tuple[Company, ...]:
    raise NotImplementedError


def set_domain(context: Context, desk: Desk, company_id: str, web: str) -> Company:
    """Raises TellPerson(field="web") with what is wrong: no web address, a public mail domain, another company's."""
    raise NotImplementedError


def work_in(context: Context, desk: Desk, words: str) -> Company | None:
    """Set (or with "none" leave) the working company of this person in this channel."""
    raise NotImplementedError


def bind(context: Context, desk: Desk, channel: str, company_id: str | None) -> str:
    """Bind a channel to a company, or free it. Returns the sentence of what was done."""
    raise NotImplementedError


def bindings(context: Context, desk: Desk) -> tuple[tuple[str, Company], ...]:
    raise NotImplementedError
