"""Mapping managed companies to a source's companies: suggestions, decisions, re-mapping with care."""

from dataclasses import dataclass

from domain.company import Company
from domain.isolation import Link
from domain.ports import UpstreamCompany
from flows.context import Context, Steps
from flows.desk import Desk


@dataclass(frozen=True)
class Proposal:
    """What is suggested for a company. `certain` may be confirmed in bulk; the rest wants a look."""

    external_id: str
    external_name: str
    external_domain: str
    reason: str
    certain: bool


@dataclass(frozen=True)
class MappingLine:
    """One managed company. Exactly one of link, not_mapped, or neither (then perhaps a proposal)."""

    company: Company
    link: Link | None
    not_mapped: bool
    proposal: Proposal | None


@dataclass(frozen=True)
class MappingPage:
    connection_id: str
    source_title: str
    lines: tuple[MappingLine, ...]
    page: int
    pages: int
    total: int  # lines that fit search and filter
    search: str
    only_open: bool
    mapped: int
    certain: int  # proposals that bulk confirm would link
    open: int  # companies neither mapped nor marked
    upstream_left: int  # the source's companies that are mapped to nobody
    read_at: str  # when the source's company list was read; "" while it is being read


@dataclass(frozen=True)
class Consequence:
    """What a re-map or an unlink would do, shown before it is done."""

    company: Company
    old: Link
    new_name: str  # "" for an unlink
    people: int  # came through the old mapping
    pending: int  # of these, invitations still pending
    open_plans: int  # previews that will be void


def table(context: Context, desk: Desk, connection_id: str, page: int = 1, search: str = "", only_open: bool = True, size: int = 8) -> MappingPage:
    """One page of the mapping table. Never calls the source: its company list was read before (`refresh`)."""
    raise NotImplementedError


def begin(context: Context, desk: Desk, connection_id: str) -> bool:
    """Make sure the source's company list is there: True when it is, False when reading it was put off as a job."""
    raise NotImplementedError


def refresh(context: Context, steps: Steps, connection_id: str) -> None:
    """Job "refresh": read the source's companies into our cache."""
    raise NotImplementedError


def options(context: Context, desk: Desk, connection_id: str, typed: str, limit: int = 100) -> tuple[UpstreamCompany, ...]:
    """For a picker: the source's companies that are mapped to nobody and hold what was typed."""
    raise NotImplementedError


def confirm(context: Context, desk: Desk, connection_id: str, company_id: str, external_id: str) -> Link:
    """Map one company. Raises TellPerson when either side is taken, gone or the MSP's own."""
    raise NotImplementedError


def confirm_certain(context: Context, desk: Desk, connection_id: str) -> int:
    """Map all certain proposals; returns how many."""
    raise NotImplementedError


def leave_unmapped(context: Context, desk: Desk, connection_id: str, company_id: str, on: bool = True) -> None:
    """Not to be mapped (on), or open again."""
    raise NotImplementedError


def consequence(context: Context, desk: Desk, link_id: str, external_id: str | None) -> Consequence:
    """What changing a link to another upstream company (or, None, removing it) would do."""
    raise NotImplementedError


def remap(context: Context, desk: Desk, link_id: str, external_id: str | None, uninvite_pending: bool) -> str:
    """Change or remove a mapping: the old link is retired, its open plans are void. Returns the sentence of what was done."""
    raise NotImplementedError
