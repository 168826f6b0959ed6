"""People and their invitations: list, card, re-invite, un-invite, role, suspension; opening and accepting a link."""

from dataclasses import dataclass

from domain.company import Company
from domain.errors import NotAllowed, TellPerson
from domain.invitation import (
    Badge,
    Door,
    Invitation,
    InvitationState,
    age_days,
    badge,
    door,
    may_reinvite,
    may_uninvite,
    token_hash,
)
from domain.paging import turned
from domain.person import Person
from domain.roles import Act, Actor, Role
from flows import companies
from flows.connect import titled
from flows.context import Context
from flows.desk import Desk
from storage.invitations import Invitee
from storage.store import Work

NOBODY = "There is no such person here."
WAITING = (Badge.PENDING, Badge.EXPIRED, Badge.BOUNCED)


@dataclass(frozen=True)
class PersonLine:
    person: Person
    company: Company
    invitation: Invitation | None
    badge: Badge
    age_days: int  # since first invited
    sources: tuple[str, ...]  # titles of where the person came from
    groups: tuple[str, ...] = ()  # of their company


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


def people(
    context: Context,
    desk: Desk,
    company: Company | None,
    search: str = "",
    page: int = 1,
    badge: Badge | None = None,
    size: int = 10,
) -> PersonPage:
    """People of a company; the MSP's own (staff) when it is the own company."""
    desk.require(Act.LOOK)
    if company is None:
        company = desk.bound
    if company is not None:
        desk.must_see(company.id)
    return _page(context, company, search, page, (badge,) if badge else (), size, oldest_first=False)


def pending(context: Context, desk: Desk, company_id: str | None, page: int = 1, size: int = 10) -> PersonPage:
    """Everybody of a company whose invitation is pending, expired or bounced, oldest first; None: of all the desk sees."""
    desk.require(Act.LOOK)
    return _page(context, _meant(context, desk, company_id), "", page, WAITING, size, oldest_first=True)


def _meant(context: Context, desk: Desk, company_id: str | None) -> Company | None:
    return desk.bound if company_id is None else companies.one(context, desk, company_id).company


def _page(
    context: Context,
    company: Company | None,
    search: str,
    page: int,
    badges: tuple[Badge, ...],
    size: int,
    oldest_first: bool,
) -> PersonPage:
    now = context.clock()
    only = company.id if company else None
    with context.store.work() as work:
        _, total = work.invitations.search(now, only, search, badges, 0)
        page, pages = turned(page, total, size)
        found, _ = work.invitations.search(now, only, search, badges, size, (page - 1) * size, oldest_first)
        lines = lines_of(context, work, found)
    return PersonPage(company, lines, page, pages, total, search, badges[0] if len(badges) == 1 else None)


def lines_of(context: Context, work: Work, found: tuple[Invitee, ...]) -> tuple[PersonLine, ...]:
    now = context.clock()
    titles = {connection.id: titled(context, connection).title for connection in work.connections.all()}
    ids = [one.person.id for one in found]
    origins, groups = work.people.origins(ids), work.groups.of_people(ids)
    return tuple(
        PersonLine(
            one.person,
            one.company,
            one.invitation,
            badge(one.invitation, one.person.role is Role.ADMIN, now),
            age_days(one.invitation, now) if one.invitation else 0,
            tuple(sorted({titles[origin.connection_id] for origin in origins.get(one.person.id, ())})),
            groups.get(one.person.id, ()),
        )
        for one in found
    )


def card(context: Context, desk: Desk, person_id: str) -> PersonLine:
    """Raises NotAllowed in the same words for another company's person and for none."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        return lines_of(context, work, (_seen(work, desk, person_id),))[0]


def drawn(context: Context, person_id: str) -> PersonLine:
    """For redrawing what is already in front of its readers."""
    with context.store.work() as work:
        found = work.invitations.invitee(person_id)
        if found is None:
            raise TellPerson(NOBODY)
        return lines_of(context, work, (found,))[0]


def _seen(work: Work, desk: Desk, person_id: str) -> Invitee:
    found = work.invitations.invitee(person_id)
    if found is None or not desk.sees(found.company.id):
        raise NotAllowed(NOBODY)
    return found


# --- acting on one person ----------------------------------------------------------------------------------------


def reinvite(context: Context, desk: Desk, person_id: str) -> PersonLine:
    """A new link, a new expiry, a new mail; the old link is dead, the person stays one. Raises TellPerson."""
    desk.require(Act.INVITE)
    with context.store.write() as work:
        found = _seen(work, desk, person_id)
        _renew(context, work, desk.actor, found)
    _mail(context, f"{person_id}-{(found.invitation.generation if found.invitation else 0) + 1}")
    context.tell.person(person_id)
    return card(context, desk, person_id)


def _renew(context: Context, work: Work, actor: Actor, found: Invitee) -> None:
    may_reinvite(found.invitation)
    if found.person.suspended:
        raise TellPerson(f"{found.person.name} is suspended. Press *End suspension* first.")
    state = InvitationState.QUEUED if context.mailer else InvitationState.HELD
    now = context.clock()
    if found.invitation is None:
        fresh = Invitation(context.new_id(), found.person.id, found.company.id, state, 1, actor.name, now)
        work.invitations.queue_many([fresh])
    elif not work.invitations.renew(found.invitation, state):
        raise TellPerson("Their invitation changed just now. Look at the card again.")
    work.journal.write(
        now, actor, "re-invite", f"{found.person.name} was invited again.", found.company.id, found.person.id
    )


def _mail(context: Context, key: str) -> None:
    if context.mailer is not None:
        context.jobs.enqueue("deliver", f"deliver-{key}", key, "mail")


def reinvite_expired(context: Context, desk: Desk, company_id: str | None) -> int:
    """Re-invite everybody expired of a company, or (None) that this desk sees; returns how many."""
    desk.require(Act.INVITE)
    now, company = context.clock(), _meant(context, desk, company_id)
    only = company.id if company else None
    with context.store.write() as work:
        found, total = work.invitations.search(now, only, "", (Badge.EXPIRED,), 10_000)
        for one in found:
            _renew(context, work, desk.actor, one)
    if found:
        _mail(context, f"expired-{only or 'all'}-{context.new_id()}")
    for one in found[:100]:
        context.tell.person(one.person.id)
    return total


def uninvite(context: Context, desk: Desk, person_id: str) -> PersonLine:
    """Kill the link, keep the history. Raises TellPerson."""
    desk.require(Act.INVITE)
    now = context.clock()
    with context.store.write() as work:
        found = _seen(work, desk, person_id)
        may_uninvite(found.invitation)
        assert found.invitation is not None
        if not work.invitations.uninvite(found.invitation.id):
            raise TellPerson("Their invitation changed just now. Look at the card again.")
        said = f"{found.person.name} was un-invited: the link is dead."
        work.journal.write(now, desk.actor, "un-invite", said, found.company.id, person_id)
    context.tell.person(person_id)
    return card(context, desk, person_id)


def change_role(context: Context, desk: Desk, person_id: str, role: Role) -> PersonLine:
    """Admin only. Raises NotAllowed, TellPerson."""
    desk.require(Act.SETTINGS)
    now = context.clock()
    with context.store.write() as work:
        found = _seen(work, desk, person_id)
        if not found.company.is_own and role is not Role.CLIENT:
            raise TellPerson(
                f"{found.person.name} is an end user of {found.company.name}: end users are Client and nothing more."
            )
        work.people.set_role(person_id, role)
        said = f"{found.person.name} is {role.value} now (was {found.person.role.value})."
        work.journal.write(now, desk.actor, "person's role", said, found.company.id, person_id)
    context.tell.person(person_id)
    return card(context, desk, person_id)


def suspend(context: Context, desk: Desk, person_id: str, on: bool) -> PersonLine:
    """Suspend (the link is dead too) or lift it."""
    desk.require(Act.INVITE)
    now = context.clock()
    with context.store.write() as work:
        found = _seen(work, desk, person_id)
        if not work.people.suspend(person_id, on):
            raise TellPerson(f"{found.person.name} is {'suspended already' if on else 'not suspended'}.")
        if on and found.invitation is not None:
            work.invitations.uninvite(found.invitation.id)
        said = f"{found.person.name} was {'suspended' if on else 'let in again'}."
        work.journal.write(now, desk.actor, "suspension", said, found.company.id, person_id)
    context.tell.person(person_id)
    return card(context, desk, person_id)


# --- the link ----------------------------------------------------------------------------------------------------


def open_link(context: Context, token: str) -> Welcome:
    """What a link shows. Opening never accepts: mail scanners open links."""
    with context.store.work() as work:
        return _welcome(context, work, token)[0]


def accept(context: Context, token: str) -> Welcome:
    """Accept by the button. Of any number at once exactly one wins; the others see that it is done."""
    now = context.clock()
    with context.store.write() as work:
        welcome, found = _welcome(context, work, token)
        if welcome.door is not Door.OPEN or found is None or found.invitation is None:
            return welcome
        if not work.invitations.accept(found.invitation.id, found.invitation.generation, now):
            return _welcome(context, work, token)[0]
        who = Actor(found.person.id, found.person.name, found.person.role)
        said = f"{found.person.name} accepted the invitation to {found.company.name}."
        work.journal.write(now, who, "accepted", said, found.company.id, found.person.id)
    context.tell.person(found.person.id)
    return Welcome(Door.ACCEPTED, welcome.person_name, welcome.company_name, welcome.invited_by, welcome.msp_name)


def _welcome(context: Context, work: Work, token: str) -> tuple[Welcome, Invitee | None]:
    found = work.invitations.by_token(token_hash(token))
    if found is None:
        return Welcome(Door.UNKNOWN), None
    invitee, generation = found
    own = work.companies.own()
    shown = Welcome(
        door(invitee.invitation, generation, context.clock()),
        invitee.person.name,
        "the team" if invitee.company.is_unnamed else invitee.company.name,
        invitee.invitation.invited_by if invitee.invitation else "",
        "" if own.is_unnamed else own.name,
    )
    return shown, invitee
