"""The wizard's second and third step: what a connection's settings say as fields, and keeping what was chosen there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.errors import TellPerson
from domain.ports import Kind
from domain.psa import Choice, Feature, Pick
from domain.roles import Role
from domain.setup import AutoImport, CompaniesWanted, Opportunities, People, Stage, Tickets, twice, unmapped
from flows import company_filter, connect, preflight, psa_lists, setup, setups, sync
from flows.context import Context
from flows.desk import Desk
from flows.setup import Filled
from flows.sync_round import ask_for_companies
from storage.store import Work

ON = "on"
TOGGLES: Mapping[str, tuple[Kind | Feature, ...]] = {
    "users": (Kind.USERS, Kind.STAFF),
    "companies": (Kind.COMPANIES,),
    "tickets": (Feature.TICKETS,),
    "opportunities": (Feature.OPPORTUNITIES,),
    "assets": (Feature.ASSETS,),
}
PEOPLE = ("auto", "how", "role")
# field → the list it chooses from
SCOPE = {"queues": Pick.QUEUES, "categories": Pick.TICKET_CATEGORIES, "without": Pick.TICKET_STATUSES}
_TICKETS_MAY_STAND_THERE = frozenset({"queues", "without"})  # in a value that was switched off too
FILTER = {"types": Pick.COMPANY_TYPES, "statuses": Pick.COMPANY_STATUSES}
STATUSES = {"closed": Pick.TICKET_STATUSES, "comment": Pick.TICKET_STATUSES}
STAGES = {f"stage-{stage.value}": stage for stage in Stage}
DEALS = {"owner": Pick.OWNERS, "stage": Pick.OPPORTUNITY_STAGES, "category": Pick.OPPORTUNITY_CATEGORIES}
PICKED: Mapping[str, Pick] = {**SCOPE, **FILTER, **STATUSES, **dict.fromkeys(STAGES, Pick.TICKET_STATUSES), **DEALS}
SYNC_FIELDS = (*TOGGLES, *PEOPLE, *SCOPE, *FILTER)
CONFIGURE_FIELDS = (*STATUSES, *STAGES, *DEALS, "days")
FIELDS: Mapping[int, tuple[str, ...]] = {2: SYNC_FIELDS, 3: CONFIGURE_FIELDS}
ADMIN_LIKE = frozenset({Role.ADMIN, Role.TECHNICIAN})
MOST_DAYS = 3650
_MARK = 6  # letters of the mark of one field's value


@dataclass(frozen=True)
class Facts:
    """What a step shows beside its fields. `labels` holds the words of what is chosen, by field."""

    features: frozenset[Feature]  # what this source can serve
    has_lists: bool
    on: frozenset[Feature]  # what is switched on
    filled: Filled
    labels: Mapping[str, tuple[Choice, ...]]
    read_at: str  # when the lists were read; "" while they never were
    gone: tuple[psa_lists.Gone, ...] = ()
    passing: company_filter.Passing | None = None
    unmapped: tuple[str, ...] = ()  # labels of statuses without a stage


def facts(context: Context, desk: Desk, connection_id: str, typed: Filled) -> Facts:
    """The settings as they are kept, with what was typed since laid over them."""
    setup.may(desk)
    connect.one(context, connection_id)
    features, lists = psa_lists.features(context, connection_id), psa_lists.has_lists(context, connection_id)
    with context.store.work() as work:
        filled = {**_kept(work, connection_id), **{name: typed[name] for name in (*SYNC_FIELDS, *CONFIGURE_FIELDS) if name in typed}}
        labels = {name: psa_lists.chosen(work, connection_id, pick, filled[name]) for name, pick in PICKED.items()}
        on = frozenset(feature for feature in features if setups.is_on(work, connection_id, feature))
        gone = psa_lists.orphans(work, connection_id)
    chosen = CompaniesWanted(frozenset(filled["types"]), frozenset(filled["statuses"]))
    passing = company_filter.count(context, desk, connection_id, chosen)
    loose = _unmapped(context, connection_id, filled)
    return Facts(features, lists, on, filled, labels, psa_lists.read_at(context, connection_id), gone, passing, loose)


def offered(context: Context, desk: Desk, connection_id: str, field: str, typed: str) -> tuple[Choice, ...]:
    """For the picker of a field."""
    return psa_lists.options(context, desk, connection_id, PICKED[field], typed, field in _TICKETS_MAY_STAND_THERE)


def _unmapped(context: Context, connection_id: str, filled: Filled) -> tuple[str, ...]:
    words = {choice.id: choice.label for choice in psa_lists.statuses(context, connection_id)}
    loose = unmapped({stage: filled[name] for name, stage in STAGES.items()}, tuple(words))
    return tuple(words[status] for status in loose)


def _kept(work: Work, connection_id: str) -> dict[str, tuple[str, ...]]:
    people, tickets = setups.people(work, connection_id), setups.tickets(work, connection_id)
    companies, deals = setups.companies(work, connection_id), setups.opportunities(work, connection_id)
    on = {name: (ON,) if setups.is_on(work, connection_id, parts[0]) else () for name, parts in TOGGLES.items()}
    how = people.auto_import if people.auto_import is not AutoImport.OFF else AutoImport.PROPOSE
    return {
        **on,
        "auto": (ON,) if people.auto_import is not AutoImport.OFF else (),
        "how": (how.value,),
        "role": (people.role.value,) if people.role else (),
        "queues": tuple(sorted(tickets.queues)),
        "categories": tuple(sorted(tickets.categories)),
        "without": tuple(sorted(tickets.without_statuses)),
        "types": tuple(sorted(companies.types)),
        "statuses": tuple(sorted(companies.statuses)),
        "closed": tuple(sorted(tickets.closed))[: psa_lists.OFFERED],  # a source of many boards may close in more
        "comment": _one(tickets.client_comment_status),
        **{name: tuple(sorted(tickets.stages.get(stage, ()))) for name, stage in STAGES.items()},
        "owner": _one(deals.fallback_owner),
        "stage": _one(deals.stage),
        "category": _one(deals.category),
        "days": (str(deals.close_days),),
    }


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def first(filled: Filled, name: str) -> str:
    return next(iter(filled.get(name, ())), "")


# --- what a person changed, and what others did meanwhile --------------------------------------------------------


def marks(context: Context, desk: Desk, connection_id: str, step: int) -> str:
    """A mark of each field's kept value, in the order of the step's fields; "" for a step that keeps no settings."""
    setup.may(desk)
    if step not in FIELDS:
        return ""
    with context.store.work() as work:
        kept = _kept(work, connection_id)
    return "".join(_mark(kept[name]) for name in FIELDS[step])


def edited(context: Context, desk: Desk, connection_id: str, step: int, seen: str, shown: Filled) -> Filled:
    """Of what stands in a step, what its person changed: neither what was kept when it was drawn, nor what is kept now.

    Slack goes on showing what a field held at first, however often it is drawn anew; so its first marks count.
    """
    now = marks(context, desk, connection_id, step)
    known = {name: {each[place : place + _MARK] for each in (seen, now)} for name, place in _places(step)}
    return {name: values for name, values in shown.items() if _mark(values) not in known.get(name, ())}


def _places(step: int) -> list[tuple[str, int]]:
    return [(name, nth * _MARK) for nth, name in enumerate(FIELDS.get(step, ()))]


def _mark(values: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(sorted(values)).encode()).hexdigest()[:_MARK]


# --- keeping -----------------------------------------------------------------------------------------------------


def keep_sync(context: Context, desk: Desk, connection_id: str, filled: Filled) -> Filled:
    """Keep step 2: of fields that are not in `filled`, what is kept stays. Returns all as it is kept then.

    Raises TellPerson with the field to blame; nothing is kept then.
    """
    setup.may(desk)
    connect.one(context, connection_id)
    able = psa_lists.features(context, connection_id)
    with context.store.work() as work:
        before = _kept(work, connection_id)
        people = _people(context, work, connection_id, {**before, **filled})
    served = [name for name, parts in TOGGLES.items() if name in filled and (isinstance(parts[0], Kind) or parts[0] in able)]
    turned = [name for name in served if bool(filled[name]) != bool(before[name])]
    for name in turned:
        for part in TOGGLES[name]:
            sync.toggle(context, desk, connection_id, part, bool(filled[name]))
    with context.store.write() as work:
        setups.keep_people(work, connection_id, people)
        if Feature.TICKETS in able:
            setups.keep_tickets(work, connection_id, _scoped(setups.tickets(work, connection_id), filled))
        old = setups.companies(work, connection_id)
        types, statuses = filled.get("types", tuple(old.types)), filled.get("statuses", tuple(old.statuses))
        company_filter.keep(work, connection_id, CompaniesWanted(frozenset(types), frozenset(statuses)))
        if filled.get("companies", before["companies"]):
            ask_for_companies(work, connection_id)
        said = f"What is synced was set up. Auto-import: {people.auto_import.value}{f', as {people.role.value}' if people.role else ''}."
        work.journal.write(context.clock(), desk.actor, "set-up", said, subject=connection_id)
    if turned:
        preflight.after_change(context, connection_id)
    return {**before, **filled}


def _people(context: Context, work: Work, connection_id: str, filled: Filled) -> People:
    old = setups.people(work, connection_id)
    chosen = first(filled, "role")
    role = Role(chosen) if chosen else None
    if not filled.get("auto"):
        return People(AutoImport.OFF, role)
    if role is None:
        raise TellPerson("Auto-import needs a role for those who come in. Choose the least that will do.", field="role")
    how = AutoImport(first(filled, "how") or AutoImport.PROPOSE)
    if how is AutoImport.SEND and work.settings.second_person():
        raise TellPerson("Imports need a second person here, so nobody can be invited unasked. Choose to propose them.", field="how")
    return People(how, role, old.since if old.auto_import is not AutoImport.OFF else context.clock().isoformat())


def _scoped(old: Tickets, filled: Filled) -> Tickets:
    queues, categories = frozenset(filled.get("queues", old.queues)), frozenset(filled.get("categories", old.categories))
    return replace(old, queues=queues, categories=categories, without_statuses=frozenset(filled.get("without", old.without_statuses)))


def keep_configure(context: Context, desk: Desk, connection_id: str, filled: Filled) -> None:
    """Keep step 3: of fields that are not in `filled`, what is kept stays.

    Raises TellPerson with the field to blame; nothing is kept then.
    """
    setup.may(desk)
    connect.one(context, connection_id)
    with context.store.write() as work:
        chosen = {**_kept(work, connection_id), **filled}
        days = _days(chosen)
        if not filled.keys().isdisjoint((*STATUSES, *STAGES)):
            _refuse_twice(work, connection_id, chosen)
            old = setups.tickets(work, connection_id)
            stages = {stage: frozenset(chosen[name]) for name, stage in STAGES.items()}
            comment = first(chosen, "comment")
            closed = frozenset(filled.get("closed", old.closed))
            new = replace(old, closed=closed, client_comment_status=comment, stages=stages)
            setups.keep_tickets(work, connection_id, new)
        if not filled.keys().isdisjoint((*DEALS, "days")):
            owner, stage, category = (first(chosen, name) for name in DEALS)
            setups.keep_opportunities(work, connection_id, Opportunities(owner, stage, category, days))
        said = "The settings of tickets and opportunities were set up."
        work.journal.write(context.clock(), desk.actor, "set-up", said, subject=connection_id)


def _days(filled: Filled) -> int:
    typed = first(filled, "days").strip()
    if typed and (not typed.isdecimal() or not 1 <= int(typed) <= MOST_DAYS):
        raise TellPerson(f"A whole number of days, from 1 to {MOST_DAYS:,}.", field="days")
    return int(typed) if typed else Opportunities().close_days


def _refuse_twice(work: Work, connection_id: str, filled: Filled) -> None:
    """A status has one stage. The later field is blamed, by the status's name and the stage that has it already."""
    stages = {stage: filled.get(name, ()) for name, stage in STAGES.items()}
    for status in sorted(twice(stages)):
        here = [stage for stage in Stage if status in stages[stage]]
        label = psa_lists.chosen(work, connection_id, Pick.TICKET_STATUSES, {status})[0].label
        raise TellPerson(f"“{label}” stands in {here[0].value} already. A status has one stage.", field=f"stage-{here[1].value}")
