"""What a whole read no longer shows: people are flagged and named, mappings are frozen. Nothing is removed."""

from functools import partial

from domain.isolation import Link, LinkState
from flows.context import Context, Steps
from flows.sync_round import Round, person_kind


def part_with_missing(context: Context, steps: Steps, round_: Round) -> None:
    """People no longer seen upstream are flagged and named; they keep what they have until a person decides.

    Who is missing is remembered before anything is flagged or forgotten: a step may be done twice.
    """
    missing = steps("missing", partial(_missing, context, round_))
    steps("gone", partial(_mark_gone, context, round_, missing))
    steps("sightings", partial(_clear_sightings, context, round_))


def _missing(context: Context, round_: Round) -> list[str]:
    with context.store.work() as work:
        known = work.people.known_ids(round_.connection.id, person_kind(round_))
        return sorted(set(known) - set(work.sightings.of(round_.id)))


def _mark_gone(context: Context, round_: Round, missing: list[str]) -> int:
    if not missing:
        return 0
    kind = person_kind(round_)
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


def freeze_missing(context: Context, round_: Round) -> int:
    with context.store.write() as work:
        seen = work.upstream.seen_by(round_.connection.id, round_.id)
        gone = [link for link in work.links.live(round_.connection.id) if link.external_id not in seen]
        frozen = [link for link in gone if work.links.set_state(link.id, LinkState.ORPHANED)]
        work.upstream.prune(round_.connection.id, round_.id)
    return _tell_frozen(context, round_, frozen, "gone")


def freeze_inactive(context: Context, round_: Round) -> int:
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
