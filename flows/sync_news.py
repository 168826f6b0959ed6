"""What a sync's pages bring: rows that differ from what is known become items of a plan, sorted out by their scopes."""

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence

from domain.isolation import Link, LinkState, scope_of, sort_out
from domain.plan import Counts, Plan, PlanState, fingerprint
from domain.ports import Kind, Page, UpstreamCompany, UpstreamPerson
from domain.roles import SYSTEM
from flows import reading, strangers
from flows.context import Context
from flows.strangers import Stands
from flows.sync_round import Round, person_kind
from storage.store import Work


def company_page(context: Context, round_: Round, page: Page[UpstreamCompany]) -> int:
    """Keep a page of companies; those that differ from our copy become items of the round's plan."""
    prints = {row.id: fingerprint(dataclasses.asdict(row)) for row in page.rows}
    with context.store.write() as work:
        before = work.upstream.fingerprints(round_.connection.id, list(prints))
        staged = work.plans.by_external(_plan_id(round_, None), list(prints))  # a page kept twice is news twice
        work.upstream.put(
            round_.connection.id, [(row, row.name.casefold(), prints[row.id]) for row in page.rows], round_.id
        )
        work.upstream.saw(round_.connection.id, _unread(page), round_.id)
        news = [row for row in page.rows if before.get(row.id) != prints[row.id] or row.id in staged]
        _stage(context, work, round_, None, news, page.as_of)
    return len(news)


def person_page(context: Context, round_: Round, page: Page[UpstreamPerson]) -> int:
    """Keep who was seen; people that differ from what we know become items of their company's plan."""
    with context.store.write() as work:
        work.sightings.add(round_.id, [*(row.id for row in page.rows), *_unread(page)])
        if round_.kind is Kind.STAFF:
            return _stage(context, work, round_, None, _news(work, round_, page.rows), page.as_of)
        links = {
            link.external_id: link for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE
        }
        in_use = work.people.links_in_use(round_.connection.id)
        begun = {external: link for external, link in links.items() if link.id in in_use}
        scopes = {external: scope_of(link) for external, link in begun.items()}
        by_company = {link.company_id: link for link in begun.values()}
        _note_strangers(context, work, round_, {row.id: row.company_id for row in page.rows if row.company_id not in scopes})
        news = 0
        for company_id, rows in sort_out(page.rows, scopes).items():
            news += _stage(context, work, round_, by_company[company_id], _news(work, round_, rows), page.as_of)
        return news


def _note_strangers(context: Context, work: Work, round_: Round, dropped: Mapping[str, str | None]) -> None:
    """Somebody known here whom the source names under a company that nothing is taken from."""
    known = work.people.by_external(round_.connection.id, person_kind(round_), list(dropped))
    here = {
        id_: Stands(person.id, person.company_id, str(origin.external_company_id))
        for id_, (person, origin) in known.items()
        if not origin.gone
    }
    strangers.note_all(context, work, round_.connection.id, dropped, here)


def _unread(page: Page[UpstreamCompany] | Page[UpstreamPerson]) -> list[str]:
    """Rows that could not be understood are there all the same: nobody is gone because of a broken row."""
    return [row.id for row in page.bad if row.id]


def _news(work: Work, round_: Round, rows: Iterable[UpstreamPerson]) -> list[UpstreamPerson]:
    """Rows that differ from what was imported. Inactive people nobody knows are no news."""
    rows = list(rows)
    known = work.people.by_external(round_.connection.id, person_kind(round_), [row.id for row in rows])
    prints = {external: origin.fingerprint for external, (_person, origin) in known.items()}
    return [
        row
        for row in rows
        if prints.get(row.id) != fingerprint(dataclasses.asdict(row)) and (row.is_active or row.id in prints)
    ]


def _stage(
    context: Context,
    work: Work,
    round_: Round,
    link: Link | None,
    rows: Sequence[UpstreamCompany | UpstreamPerson],
    as_of: str,
) -> int:
    """Put rows into the round's plan for a company; the plan is made with its first row, and is as old as that."""
    if not rows:
        return 0
    plan_id = _plan_id(round_, link)
    if work.plans.get(plan_id) is None:
        company = work.companies.get(link.company_id) if link else None
        work.plans.add(_plan(context, round_, plan_id, link, company.name if company else "", as_of))
    start = work.plans.staged(plan_id)
    work.plans.stage(plan_id, [(start + number, *reading.staged(row)) for number, row in enumerate(rows)])
    return len(rows)


def _plan_id(round_: Round, link: Link | None) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{round_.id}|{link.id if link else ''}")).replace("-", "")


def _plan(context: Context, round_: Round, plan_id: str, link: Link | None, company_name: str, as_of: str) -> Plan:
    assert isinstance(round_.kind, Kind), "only imports become plans"
    return Plan(
        id=plan_id,
        kind=round_.kind,
        connection_id=round_.connection.id,
        source_title=round_.connection.title,
        company_id=link.company_id if link else None,
        company_name=company_name,
        link_id=link.id if link else None,
        link_version=link.version if link else 0,
        state=PlanState.PREPARING,
        requested_by=SYSTEM.user_id,
        requested_by_name="the sync",
        requested_at=context.clock(),
        needs_second=False,
        counts=Counts(),
        selection=(),
        auto=True,
        note=round_.id,
        as_of=as_of,
    )
