"""Mapping managed companies to a source's companies: suggestions, decisions, re-mapping with care."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain import brought
from domain.company import Company
from domain.errors import NotAllowed, TellPerson
from domain.four_eyes import Risky
from domain.isolation import Link, LinkState
from domain.matching import Certainty, suggest
from domain.paging import turned
from domain.plan import fingerprint
from domain.ports import HasCompanies, UpstreamCompany
from domain.roles import Act
from flows import connect, judging, own, requests, sync_mapped
from flows.context import Context, Steps
from flows.desk import Desk
from flows.patience import GaveUp, patiently, quietly
from flows.sync_round import is_asked_for
from storage.proposals import StoredProposal
from storage.store import Work

FRESH_FOR = timedelta(hours=24)


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
    upstream_left: int | None  # the source's companies that are mapped to nobody; None: not for who sees one company alone
    read_at: str  # when the source's company list was read; "" while it is being read


@dataclass(frozen=True)
class Consequence:
    """What a re-map or an unlink would do, shown before it is done."""

    company: Company
    old: Link
    came: Mapping[str, int]  # what came through the old mapping, in words → how many of it
    pending: int  # invitations of these people that are still pending
    open_plans: int  # previews that will be void
    second: bool = False  # a second person must approve it


def table(
    context: Context,
    desk: Desk,
    connection_id: str,
    page: int = 1,
    search: str = "",
    only_open: bool = True,
    size: int = 8,
) -> MappingPage:
    """One page of the mapping table. Never calls the source: its company list was read before (`refresh`)."""
    desk.require(Act.LOOK)
    connection = connect.one(context, connection_id)
    only = desk.bound.id if desk.bound else None
    with context.store.work() as work:
        mapped, left = _figures(work, connection_id, only)
        _, open_ = work.companies.search_unmapped(connection_id, "", only, 0)
        _, total = _found(work, connection_id, search, only, only_open, 0, 0)
        page, pages = turned(page, total, size)
        found, _ = _found(work, connection_id, search, only, only_open, size, (page - 1) * size)
        return MappingPage(
            connection_id,
            connection.title,
            _lines(work, connection_id, found),
            page,
            pages,
            total,
            search,
            only_open,
            mapped=mapped,
            certain=work.proposals.count_certain(connection_id) if only is None else 0,
            open=open_,
            upstream_left=left,
            read_at=_read_at(work, connection_id),
        )


def _figures(work: Work, connection_id: str, only: str | None) -> tuple[int, int | None]:
    """How many are mapped, and how many of the source's are left; where one company alone is seen, of that one."""
    if only is not None:
        return len(work.links.of_companies(connection_id, [only])), None
    left = work.upstream.count(connection_id) - len(work.links.live(connection_id))
    return work.links.count(connection_id), max(0, left)


def _found(
    work: Work, connection_id: str, search: str, only: str | None, only_open: bool, limit: int, offset: int
) -> tuple[tuple[Company, ...], int]:
    if only_open:
        return work.companies.search_unmapped(connection_id, search, only, limit, offset)
    return work.companies.search(search, only, limit, offset)


def _lines(work: Work, connection_id: str, companies: tuple[Company, ...]) -> tuple[MappingLine, ...]:
    ids = [company.id for company in companies]
    links = work.links.of_companies(connection_id, ids)
    marked = work.links.not_mapped(connection_id)
    proposals = work.proposals.of_companies(connection_id, ids)
    lines = []
    for company in companies:
        best = proposals.get(company.id, ())[:1]
        proposal = _proposal(work, connection_id, best[0]) if best else None
        lines.append(MappingLine(company, links.get(company.id), company.id in marked, proposal))
    return tuple(lines)


def _proposal(work: Work, connection_id: str, stored: StoredProposal) -> Proposal | None:
    upstream = work.upstream.get(connection_id, stored.external_id)
    if upstream is None:
        return None
    return Proposal(
        upstream.id, upstream.name, upstream.web or ", ".join(upstream.domains[:2]), stored.reason, stored.certain
    )


# --- reading the source's list -----------------------------------------------------------------------------------


def begin(context: Context, desk: Desk, connection_id: str) -> bool:
    """Make sure the source's company list is there: True when it is, False when reading it was put off as a job."""
    desk.require(Act.LOOK)
    connect.one(context, connection_id)
    with context.store.work() as work:
        read_at = _read_at(work, connection_id)
        companies = work.companies.count()
        suggested_for = work.settings.get(f"suggested:{connection_id}", -1)
    now = context.clock()
    minute = int(now.timestamp()) // 60
    if not read_at or now - datetime.fromisoformat(read_at) > FRESH_FOR:
        context.jobs.enqueue("refresh", f"refresh-{connection_id}-{minute}", connection_id, connection_id)
        return bool(read_at)
    if suggested_for != companies:
        context.jobs.enqueue("suggest", f"suggest-{connection_id}-{minute}-{companies}", connection_id, connection_id)
        return bool(suggested_for != -1)
    return True


def reread(context: Context, desk: Desk, connection_id: str) -> None:
    """Have the source's company list read anew because somebody asks: unasked it is trusted for a day."""
    desk.require(Act.LOOK)
    connect.one(context, connection_id)
    second = int(context.clock().timestamp())
    context.jobs.enqueue("refresh", f"refresh-{connection_id}-asked-{second}", connection_id, connection_id)


def refresh(context: Context, steps: Steps, connection_id: str) -> None:
    """Job "refresh": read the source's companies into our copy, then work out the suggestions."""
    cursor: str | None = None
    number = 0
    try:
        while True:
            number += 1
            told = patiently(steps, f"list {number}", partial(_read_list, context, connection_id, cursor), quietly)
            cursor = told["next"]
            if cursor is None:
                break
        steps("read", partial(_note_read, context, connection_id))
        connect.note_trouble(context, connection_id, "")
    except GaveUp as error:
        connect.note_trouble(context, connection_id, error.said)
        context.tell.mapping(connection_id)
        return
    suggestions(context, steps, connection_id)


def _read_list(context: Context, connection_id: str, cursor: str | None) -> Mapping[str, Any]:
    source = context.sources.of(connection_id)
    assert isinstance(source, HasCompanies)
    page = source.companies(cursor)
    with context.store.write() as work:
        # What the sync has not seen stays news to it: reading the list for the table must not swallow a change, nor,
        # where a person asked the sync for companies, one that it has never met.
        before = work.upstream.fingerprints(connection_id, [row.id for row in page.rows])
        is_news = is_asked_for(work, connection_id)
        rows = [(row, row.name.casefold(), before.get(row.id, "" if is_news else fingerprint(asdict(row)))) for row in page.rows]
        work.upstream.put(connection_id, rows, "list")
    return {"next": page.next}


def _note_read(context: Context, connection_id: str) -> bool:
    with context.store.write() as work:
        work.settings.put(f"read:{connection_id}", context.clock().isoformat())
    return True


def suggestions(context: Context, steps: Steps, connection_id: str) -> None:
    """Job "suggest": work out what may be mapped to what, from what is stored."""
    steps("suggest", partial(_suggest, context, connection_id))
    context.tell.mapping(connection_id)


def _suggest(context: Context, connection_id: str) -> int:
    with context.store.work() as work:
        connection = work.connections.get(connection_id)
        if connection is None:
            return 0
        title = connect.titled(context, connection).title
        ours = judging.managed(context, work, connection_id)
        upstream = work.upstream.all(connection_id)
        settled = judging.taken(work, connection_id)
        companies = work.companies.count()
    found = suggest(ours, upstream, settled, title)
    now = context.clock()
    with context.store.write() as work:
        own.learn(context, work, connection_id, upstream, now)
        proposals = [
            StoredProposal(
                one.company_id,
                one.external_id,
                one.words + (f". {one.detail[0].upper()}{one.detail[1:]}" if one.detail else ""),
                one.certainty is Certainty.CERTAIN,
            )
            for one in found
            if one.company_id != work.companies.own().id
        ]
        work.proposals.replace(connection_id, proposals)
        work.settings.put(f"suggested:{connection_id}", companies)
        if upstream:
            work.settings.put(f"read:{connection_id}", _read_at(work, connection_id) or now.isoformat())
    return len(proposals)


def _read_at(work: Work, connection_id: str) -> str:
    return str(work.settings.get(f"read:{connection_id}", ""))


def options(
    context: Context, desk: Desk, connection_id: str, typed: str, limit: int = 100
) -> tuple[UpstreamCompany, ...]:
    """For a picker: the source's companies that are mapped to nobody and hold what was typed."""
    desk.require(Act.MAP)
    with context.store.work() as work:
        found = work.upstream.search_unmapped(connection_id, typed, limit + 1)
    return tuple(company for company in found if not company.is_own)[:limit]


# --- deciding ----------------------------------------------------------------------------------------------------


def confirm(context: Context, desk: Desk, connection_id: str, company_id: str, external_id: str) -> Link:
    """Map one company. Raises TellPerson when either side is taken, gone or the MSP's own."""
    desk.require(Act.MAP)
    desk.must_see(company_id)
    now = context.clock()
    with context.store.write() as work:
        company, upstream = _both(work, desk, connection_id, company_id, external_id)
        mine = work.links.of_company(connection_id, company_id)
        if mine is not None:
            if mine.external_id == external_id:
                return mine
            raise TellPerson(f"{company.name} is mapped to {mine.external_name} already. Use Change to map it anew.")
        _refuse_taken(work, desk, connection_id, upstream)
        link = Link(context.new_id(), connection_id, company_id, upstream.id, upstream.name, 1)
        work.links.add_many([link], "confirmed", desk.actor.user_id, now)
        work.links.unmark(connection_id, company_id)
        work.journal.write(
            now, desk.actor, "mapping", f"{company.name} was mapped to {upstream.name}.", company_id, link.id
        )
    sync_mapped.ask(context, connection_id)
    return link


def _both(
    work: Work, desk: Desk, connection_id: str, company_id: str, external_id: str
) -> tuple[Company, UpstreamCompany]:
    company = work.companies.get(company_id)
    upstream = work.upstream.get(connection_id, external_id)
    if company is None or company.is_own:
        raise NotAllowed(desk.refusal())
    if upstream is None:
        raise TellPerson("The source has no such company any more. Open the mapping table again.")
    if upstream.is_own:
        raise TellPerson(f"{upstream.name} is your own company at the source: no client may be mapped to it.")
    return company, upstream


def _refuse_taken(work: Work, desk: Desk, connection_id: str, upstream: UpstreamCompany) -> None:
    other = work.links.of_upstream(connection_id, upstream.id)
    if other is None:
        return
    holder = work.companies.get(other.company_id)
    whom = holder.name if holder is not None and desk.sees(holder.id) else "another company"
    raise TellPerson(f"{upstream.name} is mapped to {whom} already. One company of a source feeds one company here.")


def confirm_certain(context: Context, desk: Desk, connection_id: str) -> int:
    """Map all certain proposals; returns how many."""
    desk.require(Act.MAP)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    now = context.clock()
    with context.store.write() as work:
        before = work.links.count(connection_id)
        names = {company.id: company.name for company in work.upstream.all(connection_id)}
        links = [
            Link(context.new_id(), connection_id, one.company_id, one.external_id, names[one.external_id], 1)
            for one in work.proposals.certain(connection_id)
            if one.external_id in names
        ]
        work.links.add_many(links, "confirmed with the certain ones", desk.actor.user_id, now)
        done = work.links.count(connection_id) - before
        said = f"{done} companies were mapped to {connection.title} together."
        work.journal.write(now, desk.actor, "mapping", said, data={"links": [link.id for link in links]})
    if done:
        sync_mapped.ask(context, connection_id)
    return done


def leave_unmapped(context: Context, desk: Desk, connection_id: str, company_id: str, on: bool = True) -> None:
    """Not to be mapped (on), or open again."""
    desk.require(Act.MAP)
    desk.must_see(company_id)
    now = context.clock()
    with context.store.write() as work:
        company = work.companies.get(company_id)
        if company is None or company.is_own:
            raise NotAllowed(desk.refusal())
        if on and work.links.of_company(connection_id, company_id) is not None:
            raise TellPerson(f"{company.name} is mapped. Remove the mapping first (Change).")
        if on:
            work.links.mark_not_mapped(connection_id, company_id, desk.actor.user_id, now)
        else:
            work.links.unmark(connection_id, company_id)
        said = f"{company.name} is {'not to be mapped' if on else 'open for mapping again'}."
        work.journal.write(now, desk.actor, "mapping", said, company_id, connection_id)


# --- re-mapping --------------------------------------------------------------------------------------------------


def consequence(context: Context, desk: Desk, link_id: str) -> Consequence:
    """What changing a link to another upstream company, or removing it, would do."""
    desk.require(Act.MAP)
    with context.store.work() as work:
        link, company = _mine(work, desk, link_id)
        came = work.undoing.came(link_id)
        return Consequence(
            company,
            link,
            came,
            work.invitations.count_open(work.people.of_link(link_id)),
            work.plans.open_of_link(link_id),
            _needs_second(work, came),
        )


def remap(context: Context, desk: Desk, link_id: str, external_id: str | None, uninvite_pending: bool) -> str:
    """Change or remove a mapping: the old link is retired, its open plans are void. Returns the sentence of what was done.

    Where anything came through the old one and the workspace wants four eyes for that, it is only asked for.
    """
    with context.store.write() as work:
        old, company, upstream = _remappable(work, desk, link_id, external_id)
        came = work.undoing.came(link_id)
        if not _needs_second(work, came):
            done = _remap(context, work, desk, (old, company, upstream), uninvite_pending)
            request = None
        else:
            subject = {"link": link_id, "to": external_id, "uninvite": uninvite_pending}
            plea = _plea(came, old, company, upstream)
            request = requests.ask(context, work, desk, Risky.REMAP, subject, plea, company.id)
    if request is not None:
        context.tell.request(request.id)
        return f"Nothing was changed yet: {brought.listed(came)} came through this mapping, so a second person must approve. I have asked where others see it."
    done.after()
    return done.said


def perform_remap(context: Context, work: Work, desk: Desk, subject: Mapping[str, Any]) -> requests.Performed:
    """The approved re-mapping, with everything checked again, inside the transaction that approves it."""
    found = _remappable(work, desk, str(subject["link"]), subject["to"])
    return _remap(context, work, desk, found, bool(subject["uninvite"]))


def _needs_second(work: Work, came: Mapping[str, int]) -> bool:
    return requests.needed(work, Risky.REMAP, sum(came.values()))


def _plea(came: Mapping[str, int], old: Link, company: Company, upstream: UpstreamCompany | None) -> str:
    what = f"mapped to {upstream.name} instead of" if upstream else "no longer mapped to"
    fates = " ".join(brought.fates(came, "there"))
    return f"{company.name} shall be {what} {old.external_name}. {fates} Its open previews become void."


def _remappable(
    work: Work, desk: Desk, link_id: str, external_id: str | None
) -> tuple[Link, Company, UpstreamCompany | None]:
    desk.require(Act.MAP)
    old, company = _mine(work, desk, link_id)
    if external_id is None:
        return old, company, None
    _, upstream = _both(work, desk, old.connection_id, company.id, external_id)
    if upstream.id == old.external_id:
        raise TellPerson(f"{company.name} is mapped to {upstream.name} already.")
    _refuse_taken(work, desk, old.connection_id, upstream)
    return old, company, upstream


def _remap(
    context: Context,
    work: Work,
    desk: Desk,
    found: tuple[Link, Company, UpstreamCompany | None],
    uninvite_pending: bool,
) -> requests.Performed:
    (old, company, upstream), now = found, context.clock()
    came = work.undoing.came(old.id)
    if not work.links.retire(old.id):
        raise TellPerson("This mapping was changed meanwhile. Open the mapping table again.")
    said = f"{company.name} is no longer mapped to {old.external_name}"
    if upstream is not None:
        link = Link(context.new_id(), old.connection_id, company.id, upstream.id, upstream.name, 1)
        work.links.add_many([link], "re-mapped", desk.actor.user_id, now)
        said += f", but to {upstream.name}"
    voided = work.plans.void_of_link(old.id, "The mapping was changed, so this preview is void.", now)
    gone = work.invitations.uninvite_open(work.people.of_link(old.id)) if uninvite_pending else 0
    said += f". {' '.join(brought.fates(came, old.external_name))}"
    said += f" {gone} pending invitations were taken back." if gone else ""
    said += f" {len(voided)} open previews are void." if voided else ""
    new = upstream.id if upstream else None
    data = {"old": old.external_id, "new": new, "came": came, "uninvited": gone}
    work.journal.write(now, desk.actor, "re-mapping", said, company.id, old.id, data)

    def after() -> None:
        for plan_id in voided:
            context.tell.plan(plan_id, final=True)
        if upstream is not None:
            sync_mapped.ask(context, old.connection_id)

    return requests.Performed(said, after)


def _mine(work: Work, desk: Desk, link_id: str) -> tuple[Link, Company]:
    link = work.links.get(link_id)
    company = work.companies.get(link.company_id) if link else None
    if (
        link is None
        or company is None
        or link.state is LinkState.RETIRED
        or not desk.sees(company.id)
        or company.is_own
    ):
        raise NotAllowed("There is no such mapping here any more. Open the mapping table again.")
    return link, company
