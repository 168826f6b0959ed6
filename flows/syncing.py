"""One kind's part of a sync: read what changed, guard against answers that shrank, propose or take over.

The shrink guard: an empty, half-read or much smaller answer removes and freezes nothing. People are told and asked.
"""

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain.connection import Connection
from domain.isolation import Link, LinkState, scope_of, sort_out
from domain.person import PersonKind
from domain.plan import Counts, Plan, PlanState, fingerprint, too_much_smaller
from domain.ports import HasCompanies, HasStaff, HasUsers, Kind, Page, UpstreamCompany, UpstreamPerson
from domain.roles import SYSTEM
from flows import judging, reading
from flows.context import Context, Steps
from flows.imports import drawn
from flows.patience import GaveUp, patiently
from storage.store import Work

OVERLAP = timedelta(minutes=5)
WHOLE_EVERY = timedelta(hours=24)


@dataclass(frozen=True)
class Round:
    """One run of one kind's sync."""

    connection: Connection
    kind: Kind
    slot: str

    @property
    def id(self) -> str:
        return f"{self.connection.id}|{self.kind}|{self.slot}"


@dataclass(frozen=True)
class Seen:
    """What a read over all pages found. `missing` is only known after a whole read."""

    rows: int
    total: int | None
    whole: bool
    changed: int


def has_begun(work: Work, connection_id: str, kind: Kind) -> bool:
    """Whether something of this kind was imported or mapped before."""
    if kind is Kind.COMPANIES:
        return bool(work.links.live(connection_id))
    person_kind = PersonKind.STAFF if kind is Kind.STAFF else PersonKind.END_USER
    return work.people.count_known(connection_id, person_kind) > 0


# --- the three kinds ---------------------------------------------------------------------------------------------


def companies(context: Context, steps: Steps, source: HasCompanies, round_: Round) -> str:
    """Take in changed companies; propose new ones; freeze links whose company is gone or inactive. Returns a sentence."""
    read = partial(_company_page, context, round_)
    seen = _walk(context, steps, round_, source.companies, source.companies_changed, read)
    shrunk = _guard(context, steps, round_, seen, partial(_known_companies, context, round_))
    if shrunk:
        return shrunk
    if seen.whole:
        steps("frozen companies", partial(_freeze_missing, context, round_))
    steps("inactive companies", partial(_freeze_inactive, context, round_))
    _settle(context, steps, round_)
    return _said(seen)


def staff(context: Context, steps: Steps, source: HasStaff, round_: Round) -> str:
    """The list is small: it is read whole each time."""
    seen = _walk(context, steps, round_, source.staff, None, partial(_person_page, context, round_))
    shrunk = _guard(context, steps, round_, seen, partial(_known_people, context, round_))
    if shrunk:
        return shrunk
    _part_with_missing(context, steps, round_)
    _settle(context, steps, round_)
    return _said(seen)


def users(context: Context, steps: Steps, source: HasUsers, round_: Round) -> str:
    """Contacts of all mapped companies in one walk, each row sorted out by its scope."""
    read = partial(_person_page, context, round_)
    seen = _walk(context, steps, round_, source.all_users, source.all_users_changed, read)
    shrunk = _guard(context, steps, round_, seen, partial(_known_people, context, round_))
    if shrunk:
        return shrunk
    if seen.whole:
        _part_with_missing(context, steps, round_)
    _settle(context, steps, round_)
    return _said(seen)


def _said(seen: Seen) -> str:
    return f"{seen.changed} changed." if seen.changed else "Nothing changed."


# --- reading -----------------------------------------------------------------------------------------------------


def _walk(
    context: Context,
    steps: Steps,
    round_: Round,
    whole: Callable[[str | None], Page[Any]],
    changed: Callable[[str, str | None], Page[Any]] | None,
    keep: Callable[[Page[Any]], int],
) -> Seen:
    """Read the changed rows, or all of them when that is due; `keep` stores a page and says how many rows are news."""
    since = steps("since", partial(_since, context, round_)) if changed is not None else ""
    seen = _pages(steps, "changed", partial(changed, since), keep) if since and changed is not None else None
    known = steps("known", partial(_known, context, round_))
    if seen is None or (seen["total"] is not None and seen["total"] < known):
        seen = _pages(steps, "whole", whole, keep)  # fewer than before: only the whole list says who is missing
        _refuse_half(steps, round_, seen, changed)
        result = Seen(seen["rows"], seen["total"], True, seen["changed"])
    else:
        result = Seen(seen["rows"], seen["total"], False, seen["changed"])
    steps("as of", partial(_remember, context, round_, seen["as_of"], result))
    return result


def _refuse_half(
    steps: Steps, round_: Round, seen: Mapping[str, Any], changed: Callable[[str, str | None], Page[Any]] | None
) -> None:
    """A source that counts more rows than it gave was read by half: that says nothing about who is gone."""
    if changed is None or not seen["as_of"]:
        return
    counted = patiently(steps, "counted", lambda: {"total": changed(seen["as_of"], None).total}, _quietly)["total"]
    if counted is not None and seen["rows"] < counted:
        raise GaveUp(
            f"{round_.connection.title} gave only {seen['rows']} of its {counted} {round_.kind.value}. "
            "Nothing was changed; the next sync tries again."
        )


def _pages(
    steps: Steps, name: str, read: Callable[[str | None], Page[Any]], keep: Callable[[Page[Any]], int]
) -> Mapping[str, Any]:
    cursor: str | None = None
    told: dict[str, Any] = {"rows": 0, "changed": 0, "total": None, "as_of": ""}
    number = 0
    while True:
        number += 1
        page = patiently(steps, f"{name} {number}", partial(_one_page, read, keep, cursor), _quietly)
        told["rows"] += page["rows"]
        told["changed"] += page["changed"]
        told["total"] = page["total"] if page["total"] is not None else told["total"]
        told["as_of"] = told["as_of"] or page["as_of"]
        cursor = page["next"]
        if cursor is None:
            return told


def _one_page(
    read: Callable[[str | None], Page[Any]], keep: Callable[[Page[Any]], int], cursor: str | None
) -> Mapping[str, Any]:
    page = read(cursor)
    changed = keep(page)
    rows = len(page.rows) + len(page.bad)
    return {"next": page.next, "rows": rows, "changed": changed, "total": page.total, "as_of": page.as_of}


def _quietly(_said: str, _seconds: float) -> None:
    """A sync waits for a busy source without telling anybody: nobody is waiting for it."""


def _since(context: Context, round_: Round) -> str:
    """From when to ask for changes; "" when the whole list is due."""
    with context.store.work() as work:
        known = work.syncs.get(round_.connection.id, round_.kind)
        whole_at = work.settings.get(f"whole:{round_.connection.id}:{round_.kind}", "")
    due = not whole_at or context.clock() - datetime.fromisoformat(whole_at) >= WHOLE_EVERY
    return "" if due or not known.as_of else (datetime.fromisoformat(known.as_of) - OVERLAP).isoformat()


def _known(context: Context, round_: Round) -> int:
    with context.store.work() as work:
        return work.syncs.get(round_.connection.id, round_.kind).known


def _remember(context: Context, round_: Round, as_of: str, seen: Seen) -> bool:
    """Remember how far was read, but not a shrunken answer: the next sync must see the same loss again."""
    total = seen.rows if seen.whole else seen.total
    with context.store.write() as work:
        known = work.syncs.get(round_.connection.id, round_.kind)
        if total is not None and too_much_smaller(known.known, total):
            return False
        work.syncs.put(
            dataclasses.replace(known, as_of=as_of or known.as_of, known=total if total is not None else known.known)
        )
        if seen.whole:
            work.settings.put(f"whole:{round_.connection.id}:{round_.kind}", context.clock().isoformat())
    return True


# --- the guard ---------------------------------------------------------------------------------------------------


def _guard(context: Context, steps: Steps, round_: Round, seen: Seen, known: Callable[[], tuple[int, int]]) -> str:
    """The sentence that stops the sync when the answer shrank too much; "" when it may be believed."""
    if not seen.whole:
        return ""
    before, after = steps("shrink", lambda: list(known()))
    if not too_much_smaller(before, after) or steps("believed", partial(_believed, context, round_)):
        steps("answered", partial(_close_question, context, round_))
        return ""
    said = (
        f"{round_.connection.title} answered with only {after} of the {before} {round_.kind.value} known here. Nothing was removed "
        f"or changed. Are they really gone, or may the API user no longer see them?"
    )
    steps("asked", partial(_ask, context, round_, said))
    return said


def _ask(context: Context, round_: Round, said: str) -> bool:
    """Ask once; the next sync that meets the same loss does not ask again while nobody has answered."""
    question_id = context.new_id()
    with context.store.write() as work:
        if work.settings.get(_question_key(round_), ""):
            return False
        work.settings.put(_question_key(round_), question_id)
        work.settings.put(f"question:{question_id}", [round_.connection.id, round_.kind.value])
        work.journal.write(context.clock(), SYSTEM, "shrink guard", said, subject=round_.connection.id)
    context.tell.question(round_.connection.id, question_id, said)
    return True


def _question_key(round_: Round) -> str:
    return f"open question:{round_.connection.id}:{round_.kind}"


def believe_key(connection_id: str, kind: str) -> str:
    """The setting that lifts the guard for one sync."""
    return f"believe:{connection_id}:{kind}"


def _believed(context: Context, round_: Round) -> bool:
    """Whether a person said that they are really gone; that holds for one sync."""
    with context.store.write() as work:
        key = believe_key(round_.connection.id, round_.kind.value)
        believed = bool(work.settings.get(key, False))
        work.settings.put(key, False)
    return believed


def _close_question(context: Context, round_: Round) -> bool:
    with context.store.write() as work:
        work.settings.put(_question_key(round_), "")
    return True


def _known_companies(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        linked = {link.external_id for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE}
        return len(linked), len(linked & work.upstream.seen_by(round_.connection.id, round_.id))


def _known_people(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        known = set(work.people.known_ids(round_.connection.id, _person_kind(round_)))
        return len(known), len(known & set(work.sightings.of(round_.id)))


# --- keeping what was read ---------------------------------------------------------------------------------------


def _company_page(context: Context, round_: Round, page: Page[UpstreamCompany]) -> int:
    """Keep a page of companies; those that differ from our copy become items of the round's plan."""
    prints = {row.id: fingerprint(dataclasses.asdict(row)) for row in page.rows}
    with context.store.write() as work:
        before = work.upstream.fingerprints(round_.connection.id, list(prints))
        staged = work.plans.by_external(_plan_id(round_, None), list(prints))  # a page kept twice is news twice
        work.upstream.put(
            round_.connection.id, [(row, row.name.casefold(), prints[row.id]) for row in page.rows], round_.id
        )
        news = [row for row in page.rows if before.get(row.id) != prints[row.id] or row.id in staged]
        _stage(context, work, round_, None, news)
    return len(news)


def _person_page(context: Context, round_: Round, page: Page[UpstreamPerson]) -> int:
    """Keep who was seen; people that differ from what we know become items of their company's plan."""
    with context.store.write() as work:
        work.sightings.add(round_.id, [row.id for row in page.rows])
        if round_.kind is Kind.STAFF:
            return _stage(context, work, round_, None, _news(work, round_, page.rows))
        links = {
            link.external_id: link for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE
        }
        in_use = work.people.links_in_use(round_.connection.id)
        begun = {external: link for external, link in links.items() if link.id in in_use}
        scopes = {external: scope_of(link) for external, link in begun.items()}
        by_company = {link.company_id: link for link in begun.values()}
        news = 0
        for company_id, rows in sort_out(page.rows, scopes).items():
            news += _stage(context, work, round_, by_company[company_id], _news(work, round_, rows))
        return news


def _news(work: Work, round_: Round, rows: Iterable[UpstreamPerson]) -> list[UpstreamPerson]:
    """Rows that differ from what was imported. Inactive people nobody knows are no news."""
    rows = list(rows)
    known = work.people.by_external(round_.connection.id, _person_kind(round_), [row.id for row in rows])
    prints = {external: origin.fingerprint for external, (_person, origin) in known.items()}
    return [
        row
        for row in rows
        if prints.get(row.id) != fingerprint(dataclasses.asdict(row)) and (row.is_active or row.id in prints)
    ]


def _stage(
    context: Context, work: Work, round_: Round, link: Link | None, rows: Sequence[UpstreamCompany | UpstreamPerson]
) -> int:
    """Put rows into the round's plan for a company; the plan is made with its first row."""
    if not rows:
        return 0
    plan_id = _plan_id(round_, link)
    if work.plans.get(plan_id) is None:
        company = work.companies.get(link.company_id) if link else None
        work.plans.add(_plan(context, round_, plan_id, link, company.name if company else ""))
    start = work.plans.staged(plan_id)
    work.plans.stage(plan_id, [(start + number, *reading.staged(row)) for number, row in enumerate(rows)])
    return len(rows)


def _plan_id(round_: Round, link: Link | None) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{round_.id}|{link.id if link else ''}")).replace("-", "")


def _plan(context: Context, round_: Round, plan_id: str, link: Link | None, company_name: str) -> Plan:
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
    )


def _person_kind(round_: Round) -> PersonKind:
    return PersonKind.STAFF if round_.kind is Kind.STAFF else PersonKind.END_USER


# --- what is missing ---------------------------------------------------------------------------------------------


def _part_with_missing(context: Context, steps: Steps, round_: Round) -> None:
    """People no longer seen upstream are flagged and named; they keep what they have until a person decides.

    Who is missing is remembered before anything is flagged or forgotten: a step may be done twice.
    """
    missing = steps("missing", partial(_missing, context, round_))
    steps("gone", partial(_mark_gone, context, round_, missing))
    steps("sightings", partial(_clear_sightings, context, round_))


def _missing(context: Context, round_: Round) -> list[str]:
    with context.store.work() as work:
        known = work.people.known_ids(round_.connection.id, _person_kind(round_))
        return sorted(set(known) - set(work.sightings.of(round_.id)))


def _mark_gone(context: Context, round_: Round, missing: list[str]) -> int:
    if not missing:
        return 0
    kind = _person_kind(round_)
    with context.store.write() as work:
        known = work.people.by_external(round_.connection.id, kind, missing)
        work.people.mark_gone(round_.connection.id, kind, missing)
    names = [known[external][0].name for external in missing[:10] if external in known]
    more = f" and {len(missing) - len(names)} more" if len(missing) > len(names) else ""
    said = f"No longer at {round_.connection.title}: {', '.join(names)}{more}. They keep what they have here until you suspend them."
    context.tell.notice(round_.connection.id, said)
    return len(missing)


def _clear_sightings(context: Context, round_: Round) -> bool:
    with context.store.write() as work:
        work.sightings.clear(round_.id)
    return True


def _freeze_missing(context: Context, round_: Round) -> int:
    with context.store.write() as work:
        seen = work.upstream.seen_by(round_.connection.id, round_.id)
        gone = [link for link in work.links.live(round_.connection.id) if link.external_id not in seen]
        frozen = [link for link in gone if work.links.set_state(link.id, LinkState.ORPHANED)]
        work.upstream.prune(round_.connection.id, round_.id)
    return _tell_frozen(context, round_, frozen, "gone")


def _freeze_inactive(context: Context, round_: Round) -> int:
    """Freeze the mappings of inactive companies, and thaw those that are active again."""
    with context.store.write() as work:
        upstream = {company.id: company for company in work.upstream.all(round_.connection.id)}
        links = [link for link in work.links.live(round_.connection.id) if link.external_id in upstream]
        idle = [link for link in links if not upstream[link.external_id].is_active]
        frozen = [link for link in idle if work.links.set_state(link.id, LinkState.ORPHANED)]
        for link in links:
            if link.state is LinkState.ORPHANED and upstream[link.external_id].is_active:
                work.links.set_state(link.id, LinkState.ACTIVE)
    return _tell_frozen(context, round_, frozen, "inactive")


def _tell_frozen(context: Context, round_: Round, frozen: list[Link], why: str) -> int:
    if frozen:
        names = ", ".join(link.external_name for link in frozen[:10])
        more = f" and {len(frozen) - 10} more" if len(frozen) > 10 else ""
        said = f"{names}{more}: {why} at {round_.connection.title}. Their mappings are frozen, nothing was removed. Re-map or unlink them when you know."
        context.tell.notice(round_.connection.id, said)
    return len(frozen)


# --- taking over, proposing --------------------------------------------------------------------------------------


def _settle(context: Context, steps: Steps, round_: Round) -> None:
    """Judge the round's plans: what only changes fields is taken over at once, what adds something is proposed."""
    for plan_id in steps("plans", partial(_plans_of, context, round_)):
        plan = drawn(context, plan_id)  # whatever its state: a sync begun anew asks for the same steps again
        counts = judging.judge_all(context, _Named(steps, plan_id), plan)
        state = steps(f"settle {plan_id}", partial(_settle_one, context, plan, counts))
        if state == PlanState.APPROVED:
            context.jobs.enqueue("apply", f"apply-{plan_id}", plan_id, round_.connection.id)
        elif state == PlanState.PROPOSED:
            context.tell.plan(plan_id, final=True)


def _plans_of(context: Context, round_: Round) -> list[str]:
    with context.store.work() as work:
        return list(work.plans.preparing_with_note(round_.id))


def _settle_one(context: Context, plan: Plan, counts: Counts) -> str:
    now = context.clock()
    print_ = reading.plan_digest(context, plan.id)
    ids = [item.external_id for item in reading.every_item(context, plan.id)]
    values: dict[str, Any] = {
        "counts": dataclasses.asdict(counts),
        "digest": print_,
        "note": "",
        "selection": ids,
        "read_rows": len(ids),
    }
    with context.store.write() as work:
        if counts.new or counts.waiting:
            older = work.plans.proposed_auto(plan.connection_id, plan.kind, plan.company_id, plan.id)
            if older is not None and work.plans.move(
                older.id,
                PlanState.PROPOSED,
                PlanState.VOID,
                note="A newer sync replaced this.",
                message_ts="",
                finished_at=now,
            ):
                values |= {"channel": older.channel, "message_ts": older.message_ts}
            work.plans.move(plan.id, PlanState.PREPARING, PlanState.PROPOSED, **values)
            return PlanState.PROPOSED.value
        state = PlanState.APPROVED if counts.changed else PlanState.DONE
        decided = {"decided_by": SYSTEM.user_id, "decided_by_name": "the sync", "decided_at": now}
        ended = {"finished_at": now} if state is PlanState.DONE else {}
        work.plans.move(plan.id, PlanState.PREPARING, state, **values, **decided, **ended)
        return state.value


class _Named:
    """Steps whose names carry the plan, so that several plans can be judged in one job."""

    def __init__(self, steps: Steps, prefix: str) -> None:
        self._steps = steps
        self._prefix = prefix

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        return self._steps(f"{self._prefix} {name}", work)

    def wait(self, seconds: float) -> None:
        self._steps.wait(seconds)
