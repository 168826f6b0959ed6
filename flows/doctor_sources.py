"""What the doctor looks at for one source: connection, rights, webhooks, syncs, contacts, mapping, calls."""

import re
from datetime import timedelta

from domain.connection import Connection
from domain.errors import GangwayError
from domain.hooking import Do
from domain.ports import Kind, Source
from domain.psa import Feature, HasHooks, HasTickets, Held
from domain.setup import AutoImport
from flows import connect, doctor_tickets, hook_state, hooks, preflight, setups, sync
from flows.context import Context
from flows.desk import Desk
from flows.findings import Finding, Health, Mend, Remedy

OVERDUE = timedelta(hours=2)
NAMED = 5
_WELL = re.compile(r"^(Nothing changed|[\d,]+ changed)\b")


def examine(context: Context, desk: Desk, connection: Connection) -> list[Finding]:
    """Every check of one source. Where the connection itself fails, that alone: a second try may lock the user."""
    title = connection.title
    try:
        connect.retest(context, desk, connection.id)
    except GangwayError as error:
        remedy = Remedy(Mend.CONFIGURE, "Configure", connection.source)
        return [Finding(title, "Connection", Health.BAD, error.said, (remedy,))]
    source = context.sources.of(connection.id)
    found = [Finding(title, "Connection", Health.GOOD, "The credentials work.")]
    for check in (_rights, _webhooks, _syncs, _tickets, _contacts, _mapped, _budget):
        try:
            found += check(context, desk, connection, source)
        except GangwayError as error:
            name = check.__name__.strip("_").capitalize()
            found.append(Finding(title, name, Health.DOUBTFUL, f"This could not be looked at: {error.said}"))
    return found


def _rights(context: Context, desk: Desk, connection: Connection, _source: Source) -> list[Finding]:
    found = preflight.run(context, desk, connection.id)
    if not found.can_tell:
        return []
    missing, cut = found.of(Held.MISSING), found.of(Held.CUT)
    wrong = (*missing, *cut)
    if not wrong:
        return [Finding(connection.title, "Rights", Health.GOOD, "The API user has every right that is needed and can be seen.")]
    lines = [f"{right.name} is {right.held}: {right.path}" for right in wrong[:NAMED]]
    more = [f"… and {len(wrong) - NAMED} more"] if len(wrong) > NAMED else []
    said = "\n".join(["Data is missing because the API user lacks rights:", *lines, *more])
    remedy = Remedy(Mend.TEST, "Look again", connection.id)
    return [Finding(connection.title, "Rights", Health.BAD if missing else Health.DOUBTFUL, said, (remedy,))]


def _webhooks(context: Context, _desk: Desk, connection: Connection, source: Source) -> list[Finding]:
    if not isinstance(source, HasHooks):
        return []
    standing = hook_state.standing(context, connection.id)
    amiss = [deed.kind.value for deed in hooks.amiss(context, connection, source) if deed.do is not Do.DROP]
    remedy = Remedy(Mend.PROVISION, "Provision webhooks", connection.id)
    if not standing.works:
        return [Finding(connection.title, "Webhooks", Health.BAD, standing.said, (remedy,))]
    if amiss:
        said = f"Missing or switched off: {', '.join(amiss)}. Until they are back, changes come by the clock."
        return [Finding(connection.title, "Webhooks", Health.BAD, said, (remedy,))]
    return [Finding(connection.title, "Webhooks", Health.GOOD, standing.said)]


def _syncs(context: Context, _desk: Desk, connection: Connection, _source: Source) -> list[Finding]:
    title, now = connection.title, context.clock()
    states = [state for state in sync.states(context) if state.connection_id == connection.id]
    found = []
    again = Remedy(Mend.SYNC, "Sync now", connection.id)
    for state in states:
        what = f"Sync of {state.kind.value}"
        if not state.enabled:
            turn_on = Remedy(Mend.TURN_ON, "Turn on", f"{connection.id}|{state.kind.value}")
            found.append(Finding(title, what, Health.OFF, "It is switched off: nothing new comes by itself.", (turn_on,)))
        elif state.last_note and not _WELL.match(state.last_note):
            found.append(Finding(title, what, Health.DOUBTFUL, f"The last one stopped: {state.last_note}", (again,)))
        elif state.last_at and now - state.last_at > OVERDUE:
            found.append(Finding(title, what, Health.BAD, "It was due and did not run.", (again,)))
    return found or [Finding(title, "Syncs", Health.GOOD, "Each ran when it was due, and none stopped.")]


def _tickets(context: Context, _desk: Desk, connection: Connection, source: Source) -> list[Finding]:
    if not isinstance(source, HasTickets):
        return []
    with context.store.work() as work:
        on = setups.is_on(work, connection.id, Feature.TICKETS.value)
    if not on:
        turn_on = Remedy(Mend.TURN_ON, "Turn on", f"{connection.id}|{Feature.TICKETS.value}")
        said = "Tickets are not synced: it is switched off."
        return [Finding(connection.title, "Tickets", Health.OFF, said, (turn_on, Remedy(Mend.SET_UP, "Set up", connection.source)))]
    return [doctor_tickets.examine(context, connection, source)]


def _contacts(context: Context, _desk: Desk, connection: Connection, _source: Source) -> list[Finding]:
    if Kind.USERS not in context.connectors[connection.source].offers or not context.connectors[connection.source].is_psa:
        return []
    with context.store.work() as work:
        chosen = setups.people(work, connection.id)
    title, role = connection.title, Remedy(Mend.ROLE, "Choose role", connection.id)
    if chosen.auto_import is AutoImport.OFF:
        turn_on = Remedy(Mend.AUTO_IMPORT, "Turn on", connection.id)
        missing = "" if chosen.role else " No default role is chosen either."
        said = f"Auto-import is off: contacts come only when somebody imports them.{missing}"
        return [Finding(title, "Contacts", Health.DOUBTFUL, said, (turn_on,) if chosen.role else (role,))]
    if chosen.role is None:
        said = "Auto-import is on, but no default role is chosen: nobody can be imported by itself."
        return [Finding(title, "Contacts", Health.BAD, said, (role,))]
    return [Finding(title, "Contacts", Health.GOOD, f"Auto-import is on, as {chosen.role.value}.")]


def _mapped(context: Context, _desk: Desk, connection: Connection, _source: Source) -> list[Finding]:
    with context.store.work() as work:
        _, unmapped = work.companies.search_unmapped(connection.id, "", None, 0)
    if not unmapped:
        return [Finding(connection.title, "Mapping", Health.GOOD, "Every company is mapped.")]
    many = "1 company is" if unmapped == 1 else f"{unmapped:,} companies are"
    said = f"{many} not mapped: nothing of theirs comes from here."
    return [Finding(connection.title, "Mapping", Health.DOUBTFUL, said, (Remedy(Mend.MAP, "Map now", connection.id),))]


def _budget(_context: Context, _desk: Desk, connection: Connection, source: Source) -> list[Finding]:
    use = source.used()
    said = f"{use.used:,} of our {use.share:,} calls were made in the last {round(use.window / 60)} minutes."
    if use.used * 5 < use.share * 4:
        return [Finding(connection.title, "Calls", Health.GOOD, said)]
    return [Finding(connection.title, "Calls", Health.DOUBTFUL, f"{said} Syncs wait when they are used up.")]
