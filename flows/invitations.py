"""People and their invitations: list, card, re-invite, un-invite, mail them out, open and accept a link."""

from dataclasses import dataclass

from domain.company import Company
from domain.invitation import Badge, Door, Invitation
from domain.person import Person
from domain.roles import Role
from flows.context import Context, Steps
from flows.desk import Desk


@dataclass(frozen=True)
class PersonLine:
    person: Person
    company: Company
    invitation: Invitation | None
    badge: Badge
    age_days: int  # since first invited
    sources: tuple[str, ...]  # titles of where the person came from


@dataclass(frozen=True)
class PersonPage:
    company: Company | None  # None: staff and all companies together
    lines: tuple[PersonLine, ...]
    page: int
    pages: int
    total: int
    search: str
    badge: Badge | None


@dataclass(frozen=True)
class Welcome:
    """What the join page shows."""

    door: Door
    person_name: str = ""
    company_name: str = ""
    invited_by: str = ""
    msp_name: str = ""


def people(context: Context, desk: Desk, company: Company | None, search: str = "", page: int = 1, badge: Badge | None = None, size: int = 10) -> PersonPage:
    """People of a company; the MSP's own (staff) when it is the own company."""
    raise NotImplementedError


def pending(context: Context, desk: Desk, page: int = 1, size: int = 10) -> PersonPage:
    """Everybody whose invitation is pending, expired or bounced, oldest first; of the desk's company when it has one."""
    raise NotImplementedError


def card(context: Context, desk: Desk, person_id: str) -> PersonLine:
    """Raises NotAllowed in the same words for another company's person and for none."""
    raise NotImplementedError


def drawn(context: Context, person_id: str) -> PersonLine:
    """For redrawing what is already in front of its readers."""
    raise NotImplementedError


def own_company(context: Context) -> Company:
    """The reserved row of the MSP itself, to which staff belong."""
    raise NotImplementedError


def reinvite(context: Context, desk: Desk, person_id: str) -> PersonLine:
    """A new link, a new expiry, a new mail; the old link is dead, the person stays one. Raises TellPerson."""
    raise NotImplementedError


def reinvite_expired(context: Context, desk: Desk) -> int:
    """Re-invite everybody expired that this desk sees; returns how many."""
    raise NotImplementedError


def uninvite(context: Context, desk: Desk, person_id: str) -> PersonLine:
    """Kill the link, keep the history. Raises TellPerson."""
    raise NotImplementedError


def change_role(context: Context, desk: Desk, person_id: str, role: Role) -> PersonLine:
    """Admin only. Raises NotAllowed, TellPerson."""
    raise NotImplementedError


def suspend(context: Context, desk: Desk, person_id: str, on: bool) -> PersonLine:
    raise NotImplementedError


def deliver(context: Context, steps: Steps, argument: str) -> None:
    """Job "deliver": mail what is queued, one by one, each recorded before the next."""
    raise NotImplementedError


def open_link(context: Context, token: str) -> Welcome:
    """What a link shows. Opening never accepts: mail scanners open links."""
    raise NotImplementedError


def accept(context: Context, token: str) -> Welcome:
    """Accept by the button. Of any number at once exactly one wins."""
    raise NotImplementedError
