"""Managed companies: list, find, add by hand, give a domain, work in one, bind a channel to one."""

from dataclasses import dataclass

from domain import mention
from domain.company import Company, CompanyState
from domain.errors import NotAllowed, TellPerson
from domain.naming import bare_name, short
from domain.paging import turned
from domain.roles import Act
from domain.webaddress import Domain, problem, registered
from flows.connect import titled
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

NAME_LIMIT = 200


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
    desk.require(Act.LOOK)
    only = desk.bound.id if desk.bound else None
    with context.store.work() as work:
        _, total = work.companies.search(search, only, 0)
        page, pages = turned(page, total, size)
        found, _ = work.companies.search(search, only, size, (page - 1) * size)
        needing = work.companies.count(only, CompanyState.NEEDS_DOMAIN)
        return CompanyPage(_lines(context, work, found), page, pages, total, needing, search)


def _lines(context: Context, work: Work, companies: tuple[Company, ...]) -> tuple[CompanyLine, ...]:
    counts = work.invitations.counts_by_company([company.id for company in companies])
    titles = {connection.id: titled(context, connection).title for connection in work.connections.all()}
    lines = []
    for company in companies:
        people, pending = counts.get(company.id, (0, 0))
        sources = tuple(titles[link.connection_id] for link in work.links.of_one_company(company.id))
        lines.append(CompanyLine(company, people, pending, sources))
    return tuple(lines)


def find(context: Context, desk: Desk, words: str) -> Company:
    """The company a person means by name, part of a name or domain, or a button by its id.

    Raises TellPerson: none fits, or several do (naming some).
    """
    desk.require(Act.LOOK)
    only = desk.bound.id if desk.bound else None
    with context.store.work() as work:
        meant = work.companies.get(words)
        if meant is not None and desk.sees(meant.id):
            return meant
        if only is None and words.casefold() in ("own", "staff", work.companies.own().name.casefold()):
            return work.companies.own()
        found, total = work.companies.search(words, only, 400)
    exact = [company for company in found if words.casefold() in (company.name.casefold(), company.domain)]
    bare = [company for company in found if bare_name(company.name) == bare_name(words)]
    for candidates in (exact, bare, list(found)):
        if len(candidates) == 1:
            return candidates[0]
    if not found:
        if desk.bound is not None:
            raise NotAllowed(desk.refusal())
        raise TellPerson(
            f"There is no company called “{short(words, 60)}” here. Import it from a source, or create it.",
            remedy="import companies",
        )
    names = ", ".join(
        f"{short(company.name, 40)}{f' ({company.domain})' if company.domain else ''}"
        for company in (exact or list(found))[:5]
    )
    raise TellPerson(
        f"Several companies fit “{short(words, 60)}” ({total}): {names}. Type more of the name, or the web address.",
        remedy="company",
    )


def options(context: Context, desk: Desk, typed: str, limit: int = 100) -> tuple[Company, ...]:
    """For a picker: companies whose name or domain holds what was typed."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        return work.companies.search(typed, desk.bound.id if desk.bound else None, limit)[0]


def one(context: Context, desk: Desk, company_id: str) -> CompanyLine:
    """Raises NotAllowed: in a bound channel in the same words for another's and for none, elsewhere that it was removed."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        return _lines(context, work, (at(work, desk, company_id),))[0]


def at(work: Work, desk: Desk, company_id: str) -> Company:
    """Raises NotAllowed where the company is another's, or was removed since."""
    desk.must_see(company_id)
    company = work.companies.get(company_id)
    if company is None:
        raise NotAllowed(desk.gone())
    return company


def meant(context: Context, desk: Desk, words: str) -> Company:
    """The company for an act: the one named, else the desk's. Raises TellPerson(remedy="company") when neither is there."""
    if words.strip():
        return find(context, desk, words)
    if desk.company is not None:
        return desk.company
    raise TellPerson(
        f"For which company? Name it, or set one with `{context.words.command} company <name>`.", remedy="company"
    )


def add(context: Context, desk: Desk, name: str, web: str) -> Company:
    """Create a company by hand. Raises TellPerson with `field` "name" or "web"."""
    desk.require(Act.IMPORT)
    desk.whole_msp()
    name = " ".join(name.split())
    if not name:
        raise TellPerson("A company needs a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise TellPerson(
            f"A name may have {NAME_LIMIT} characters; this one has {len(name)}. Shorten it.", field="name"
        )
    domain = _domain(web) if web.strip() else None
    now = context.clock()
    with context.store.write() as work:
        _refuse_taken(work, domain, "")
        state = CompanyState.ACTIVE if domain else CompanyState.NEEDS_DOMAIN
        company = Company(context.new_id(), name, domain.ascii if domain else None, web.strip(), state)
        work.companies.add(company, name.casefold(), now)
        work.journal.write(now, desk.actor, "company", f"{name} was created by hand.", company.id, company.id)
    return company


def needing_domain(context: Context, desk: Desk, limit: int = 100) -> tuple[Company, ...]:
    desk.require(Act.LOOK)
    with context.store.work() as work:
        return work.companies.search("", desk.bound.id if desk.bound else None, limit, state=CompanyState.NEEDS_DOMAIN)[
            0
        ]


def set_domain(context: Context, desk: Desk, company_id: str, web: str) -> Company:
    """Raises TellPerson(field="web") with what is wrong: no web address, a public mail domain, another company's."""
    desk.require(Act.IMPORT)
    desk.must_see(company_id)
    domain = _domain(web)
    now = context.clock()
    with context.store.write() as work:
        if work.companies.get(company_id) is None:
            raise NotAllowed(desk.refusal())
        _refuse_taken(work, domain, company_id)
        work.companies.set_domain(company_id, domain.ascii, web.strip())
        company = work.companies.get(company_id)
        assert company is not None
        work.journal.write(
            now, desk.actor, "company", f"{company.name} got the web address {domain.shown}.", company_id, company_id
        )
    return company


def _domain(web: str) -> Domain:
    wrong = problem(web)
    domain = registered(web)
    if wrong or domain is None:
        raise TellPerson(wrong or "This is not a web address.", field="web")
    return domain


def _refuse_taken(work: Work, domain: Domain | None, company_id: str) -> None:
    taken = work.companies.by_domain(domain.ascii) if domain else None
    if taken is not None and taken.id != company_id:
        assert domain is not None
        raise TellPerson(
            f"{domain.shown} belongs to {taken.name} already. Two companies cannot share a web address.", field="web"
        )


def work_in(context: Context, desk: Desk, words: str) -> Company | None:
    """Set (or with "none" leave) the working company of this person in this channel."""
    desk.require(Act.LOOK)
    leaving = words.strip().casefold() == "none"
    if leaving and desk.bound is not None:
        raise TellPerson(
            f"This channel is bound to {desk.bound.name}, so that is the company here. An Admin can free the channel under settings."
        )
    company = None if leaving else find(context, desk, words)
    with context.store.write() as work:
        work.desks.work_in(desk.actor.user_id, desk.channel, company.id if company else None)
    return company


def bind(context: Context, desk: Desk, channel: str, company_id: str | None) -> str:
    """Bind a channel to a company, or free it. Returns the sentence of what was done."""
    desk.require(Act.SETTINGS)
    now = context.clock()
    with context.store.write() as work:
        company = work.companies.get(company_id) if company_id else None
        if company_id and company is None:
            raise NotAllowed(desk.refusal())
        work.desks.bind(channel, company.id if company else None, desk.actor.user_id)
        said = (
            f"{mention.channel(channel)} is bound to {company.name}: no other company can be worked on there."
            if company
            else f"{mention.channel(channel)} is free again."
        )
        work.journal.write(now, desk.actor, "binding", said, company.id if company else None, channel)
    return said


def bindings(context: Context, desk: Desk) -> tuple[tuple[str, Company], ...]:
    desk.require(Act.LOOK)
    with context.store.work() as work:
        return tuple(pair for pair in work.desks.bindings() if desk.sees(pair[1].id))
