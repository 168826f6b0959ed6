"""Opportunities: listed, made here with the MSP's defaults, pushed to the PSA once, and read-only where the PSA has the say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.connection import Connection
from domain.errors import NotAllowed, TellPerson
from domain.opportunity import (
    READ_ONLY,
    TITLE_LIMIT,
    Opportunity,
    OpportunityState,
    amount,
    closing,
    day,
    owner_of,
    today,
)
from domain.paging import turned
from domain.psa import Choice, Feature, HasContracts, HasOpportunities, HasTodos, Pick
from domain.roles import Act
from domain.setup import Opportunities
from flows import companies, connect, psa_lists, setups, sources
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

PAGE = 10
NOT_THERE = "There is no such opportunity here."


@dataclass(frozen=True)
class Shown:
    """An opportunity with the words its ids stand for."""

    opportunity: Opportunity
    company: str
    psa: str
    stage: str
    status: str
    category: str
    owner: str
    as_of: datetime | None  # when the PSA was last asked
    beside: frozenset[Feature] = frozenset()  # what else its company's PSA can do


@dataclass(frozen=True)
class OpportunityPage:
    lines: tuple[Shown, ...]
    page: int
    pages: int
    total: int
    is_open: bool
    is_synced: bool  # somebody switched on that there are any
    company_id: str  # "" for all companies
    company: str = ""
    beside: frozenset[Feature] = frozenset()  # what else that company's PSA can do


@dataclass(frozen=True)
class Form:
    """What the form of a new opportunity starts with."""

    connection: Connection
    company_id: str
    company: str
    starts: str
    defaults: Opportunities
    lists: Mapping[Pick, tuple[Choice, ...]]


def page(context: Context, desk: Desk, company_id: str = "", is_open: bool = True, page: int = 1) -> OpportunityPage:
    """Those of a company, else of all that the desk sees."""
    desk.require(Act.LOOK)
    wanted = company_id or (desk.bound.id if desk.bound else "")
    if wanted:
        desk.must_see(wanted)
    only = [wanted] if wanted else None
    beside = _beside(context, wanted)
    with context.store.work() as work:
        _, total = work.opportunities.page(only, is_open, 0, 0)
        page, pages = turned(page, total, PAGE)
        found, _ = work.opportunities.page(only, is_open, PAGE, (page - 1) * PAGE)
        company = work.companies.get(wanted) if wanted else None
        lines = tuple(_shown(context, work, each) for each in found)
        synced = any(setups.is_on(work, each.id, Feature.OPPORTUNITIES) for each in work.connections.all())
        name = company.name if company else ""
        return OpportunityPage(lines, page, pages, total, is_open, synced, wanted, name, beside)


def one(context: Context, desk: Desk, opportunity_id: str) -> Shown:
    """Raises NotAllowed in the same words for another company's and for none."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        found = work.opportunities.get(opportunity_id)
        if found is None or not desk.sees(found.company_id):
            raise NotAllowed(NOT_THERE)
        shown = _shown(context, work, found)
    return replace(shown, beside=_beside(context, found.company_id, found.connection_id))


def _beside(context: Context, company_id: str, connection_id: str = "") -> frozenset[Feature]:
    """To-dos and contracts, where a PSA that the company is mapped to has them, or that one of them."""
    abilities = {Feature.TODOS: HasTodos, Feature.CONTRACTS: HasContracts}
    return frozenset(
        feature for feature, ability in abilities.items()
        if any(connection_id in ("", each.id) for each in sources.able(context, company_id, ability))
    )  # fmt: skip


def _shown(context: Context, work: Work, found: Opportunity) -> Shown:
    lists = work.picks.all(found.connection_id)
    company = work.companies.get(found.company_id)
    connection = work.connections.get(found.connection_id)
    synced = work.syncs.get(found.connection_id, Feature.OPPORTUNITIES).last_at

    def label(pick: Pick, id_: str) -> str:
        return next((each.label for each in lists.get(pick, ()) if each.id == id_), id_)

    return Shown(
        found,
        company.name if company else "",
        connect.titled(context, connection).title if connection else "the PSA",
        label(Pick.OPPORTUNITY_STAGES, found.stage),
        label(Pick.OPPORTUNITY_STATUSES, found.status),
        label(Pick.OPPORTUNITY_CATEGORIES, found.category),
        label(Pick.OWNERS, found.owner_id),
        max((each for each in (found.read_at, synced) if each is not None), default=None),
    )


# --- made here ---------------------------------------------------------------------------------------------------


def form(
    context: Context, desk: Desk, company_id: str, connection_id: str = "", nothing: str = "Nothing was made."
) -> Form:
    """What a new opportunity of a company starts with: at one connection, or at the first that takes one.

    Raises TellPerson where there is none, or where that one takes none of the company (`nothing`: what was not done).
    """
    desk.require(Act.SELL)
    with context.store.work() as work:
        company = companies.at(work, desk, company_id)
    able = sources.able(context, company_id, HasOpportunities)
    with context.store.work() as work:
        on = [each for each in able if setups.is_on(work, each.id, Feature.OPPORTUNITIES)]
        connection = sources.chosen(context, company, on, connection_id, nothing)
        if connection is None:
            raise TellPerson(
                f"{company.name} is not mapped to a PSA that takes opportunities, or their sync is off. Map it, or turn it on in the setup.",
                remedy="map",
            )
        defaults = setups.opportunities(work, connection.id)
        lists = work.picks.all(connection.id)
    starts = today(context.clock(), context.words.zone).isoformat()
    return Form(connection, company_id, company.name, starts, defaults, lists)


def options(context: Context, desk: Desk, connection_id: str, pick: Pick, typed: str) -> tuple[Choice, ...]:
    """For a picker of the form: what a list offers."""
    desk.require(Act.SELL)
    return psa_lists.offered(context, connection_id, pick, typed)


def make(context: Context, desk: Desk, company_id: str, connection_id: str, typed: Mapping[str, str]) -> Shown:
    """Make one here, with the defaults where nothing was chosen. Raises TellPerson with the field to blame.

    For exactly the connection that its form was drawn for: the ids in `typed` mean something else at another one.
    `typed`: title, description, amount, material_cost, labor_cost, starts, stage, category.
    """
    start = form(context, desk, company_id, connection_id)
    fields = _fields(start, typed)
    owners = start.lists.get(Pick.OWNERS, ())
    owner, note = owner_of(desk.actor.email, desk.actor.name, owners, start.defaults)
    now = context.clock()
    with context.store.write() as work:
        link = work.links.of_company(start.connection.id, company_id)
        if link is None:
            raise TellPerson("The mapping was changed meanwhile. Open the form again.", remedy="map")
        id_ = context.new_id()
        made = Opportunity(
            id_, start.connection.id, company_id, link.id, link.external_id, owner_id=owner, note=note, key=id_,
            made_by=desk.actor.user_id, state=OpportunityState.HERE, **fields,
        )
        work.opportunities.add(made, now)
        work.journal.write(now, desk.actor, "opportunity", f"{made.title} was made here.", company_id, id_)
    return one(context, desk, id_)


def edit(context: Context, desk: Desk, opportunity_id: str, typed: Mapping[str, str]) -> Shown:
    """Change one that is only here. What stands in the PSA is changed there."""
    desk.require(Act.SELL)
    there = one(context, desk, opportunity_id).opportunity
    fields = _fields(form(context, desk, there.company_id, there.connection_id, "Nothing was changed."), typed)
    with context.store.write() as work:
        if not work.opportunities.change(opportunity_id, **fields):
            *names, last = READ_ONLY.values()
            raise TellPerson(f"It stands in the PSA now: {', '.join(names)} and {last} are changed there, not here.")
        said = f"{fields['title']} was changed."
        work.journal.write(context.clock(), desk.actor, "opportunity", said, there.company_id, opportunity_id)
    return one(context, desk, opportunity_id)


def _fields(start: Form, typed: Mapping[str, str]) -> dict[str, Any]:
    title = " ".join(typed.get("title", "").split())
    if not title:
        raise TellPerson("Give it a title.", field="title")
    if len(title) > TITLE_LIMIT:
        raise TellPerson(f"A title has at most {TITLE_LIMIT} characters.", field="title")
    starts = day(typed.get("starts", "") or start.starts, "starts")
    fields: dict[str, Any] = {name: amount(typed.get(name, ""), name) for name in ("amount", "material_cost", "labor_cost")}
    fields |= {"title": title, "description": typed.get("description", "").strip()[:8000], "starts": starts.isoformat()}
    for name, pick in (("stage", Pick.OPPORTUNITY_STAGES), ("category", Pick.OPPORTUNITY_CATEGORIES)):
        fields[name] = _chosen(start, typed.get(name, "") or getattr(start.defaults, name), pick, name)
    return fields | {"closes": closing(starts, start.defaults.close_days).isoformat()}


def _chosen(start: Form, id_: str, pick: Pick, field: str) -> str:
    """Only what the PSA's list holds; a list that the PSA does not have asks for nothing."""
    if pick not in start.lists and not id_:
        return ""
    if any(each.id == id_ and each.is_active for each in start.lists.get(pick, ())):
        return id_
    raise TellPerson(f"Choose a {field}: {start.connection.title} does not have the one that was set.", field=field)
