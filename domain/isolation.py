"""The isolation rule: company A never receives company B's items.

A `Scope` is the only key that opens a company's people at a source. It is made here and only here, from a stored
`Link`; nothing that came with a request (a button, a modal, a row) can make one. Connectors take a `Scope`, never a
bare company id, and every row that comes back passes `Scope.keep`.
"""

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from domain.errors import Stop, Stranger


class LinkState(StrEnum):
    ACTIVE = "active"
    ORPHANED = "orphaned"  # gone, inactive or unreadable upstream: frozen until a person decides
    RETIRED = "retired"  # re-mapped or unlinked: kept only as the origin of what came through it


@dataclass(frozen=True)
class Link:
    """One company mapped to one company of a source, as stored. `version` grows with every change of the mapping."""

    id: str
    connection_id: str
    company_id: str
    external_id: str
    external_name: str
    version: int
    state: LinkState = LinkState.ACTIVE


class ClaimsCompany(Protocol):
    """A row that says which upstream company it belongs to."""

    @property
    def id(self) -> str: ...

    @property
    def company_id(self) -> str | None: ...


Row = TypeVar("Row", bound=ClaimsCompany)

_MINT = object()


@dataclass(frozen=True)
class Scope:
    """The right to read one upstream company's items into one company, under one version of one link."""

    link_id: str
    link_version: int
    connection_id: str
    company_id: str
    external_id: str
    _mint: InitVar[object]  # not kept: a copy with other values (dataclasses.replace) would need it again

    def __post_init__(self, _mint: object) -> None:
        if _mint is not _MINT:
            raise Stop("A scope can only be made from a stored link.")

    def keep(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows, all of them, if every one claims this scope's company; raises `Stranger` on the first that does not."""
        kept = tuple(rows)
        for row in kept:
            if row.company_id != self.external_id:
                raise Stranger(
                    "The source answered with a record of another company than the one asked for. "
                    "The run was stopped and nothing of it was kept. Please report this to your administrator."
                )
        return kept


def scope_of(link: Link) -> Scope:
    """The scope of a stored link; an orphaned link opens nothing."""
    if link.state is not LinkState.ACTIVE:
        raise Stop(f"The mapping to {link.external_name} is frozen: the company is gone or inactive at the source. Re-map it first.")
    return Scope(link.id, link.version, link.connection_id, link.company_id, link.external_id, _MINT)


def still_holds(scope_version: int, link: Link | None) -> bool:
    """Whether work begun under a link's version may go on: plan, approval and every batch of a run ask this."""
    return link is not None and link.state is LinkState.ACTIVE and link.version == scope_version


def sort_out(rows: Iterable[Row], scopes: dict[str, Scope]) -> dict[str, tuple[Row, ...]]:
    """Rows of a read over many companies, by our company id; `scopes` is keyed by upstream company id.

    Rows of upstream companies without a scope are dropped: nobody here may have them.
    """
    sorted_rows: dict[str, list[Row]] = {}
    for row in rows:
        scope = scopes.get(row.company_id) if row.company_id is not None else None
        if scope is not None:
            sorted_rows.setdefault(scope.company_id, []).append(row)
    return {company_id: tuple(kept) for company_id, kept in sorted_rows.items()}
