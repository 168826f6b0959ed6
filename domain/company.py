"""A managed company: what it is and when it is ready."""

from dataclasses import dataclass
from enum import StrEnum

UNNAMED = "Our own company"  # what the first migration calls the MSP, until a source or a person names it


class CompanyState(StrEnum):
    ACTIVE = "active"
    NEEDS_DOMAIN = "needs domain"


@dataclass(frozen=True)
class Company:
    """One of the MSP's clients, or (is_own) the MSP itself. `domain` is normalised ASCII, unique; `web` is as typed."""

    id: str
    name: str
    domain: str | None
    web: str
    state: CompanyState
    is_own: bool = False

    @property
    def is_unnamed(self) -> bool:
        """Whether this is the MSP itself, and nobody has said yet what it is called."""
        return self.is_own and self.name == UNNAMED


def state_for(domain: str | None) -> CompanyState:
    """A company needs a name and a web address; without the address it waits."""
    return CompanyState.ACTIVE if domain else CompanyState.NEEDS_DOMAIN
