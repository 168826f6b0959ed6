"""What private pages do: show a secret once, take a secret, take credentials. All of it behind a link (flows/onetime.py).

Looking uses nothing up, and neither does a mistake; what is done is done once.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain import otp
from domain.connection import Connection
from domain.errors import NotAllowed, TellPerson
from domain.ports import Connector, Finding
from domain.roles import Act
from domain.secret import Entry, Secret
from flows import connect, onetime, vault
from flows.context import Context
from flows.desk import Desk
from flows.onetime import ENTERING, REVEALING, Kind, Ticket
from storage.store import Work

PASSWORD_LIMIT, NOTES_LIMIT = 4_000, 20_000


@dataclass(frozen=True)
class Revealed:
    """One entry with what is to be shown of it, once."""

    entry: Entry
    company_name: str
    secret: Secret = field(repr=False)
    code: otp.Code | None = field(repr=False)
    code_trouble: str
    at: datetime
    whole: bool  # False: the one-time code only


@dataclass(frozen=True)
class Waiting:
    """What an unused link is for."""

    ticket: Ticket
    company_name: str
    entry: Entry | None = None
    connector: Connector | None = None
    shown: Mapping[str, str] = field(default_factory=dict)  # what is kept of a connection's fields that are no secret
    preset: frozenset[str] = frozenset()


# --- looking -----------------------------------------------------------------------------------------------------


def look_reveal(context: Context, token: str) -> Waiting:
    """Raises Closed, NotAllowed."""
    with context.store.work() as work:
        ticket = onetime.look(context, work, token, REVEALING)
        entry = _entry(work, onetime.desk_of(work, ticket), ticket, Act.REVEAL)
        return Waiting(ticket, _company_name(work, ticket), entry)


def look_enter(context: Context, token: str) -> Waiting:
    """Raises Closed, NotAllowed."""
    with context.store.work() as work:
        ticket = onetime.look(context, work, token, ENTERING)
        desk = onetime.desk_of(work, ticket)
        if ticket.kind is Kind.CREDENTIALS:
            return _credentials(context, work, desk, ticket)
        if ticket.kind is Kind.SECRET:
            return Waiting(ticket, _company_name(work, ticket), _entry(work, desk, ticket, Act.KEEP))
        desk.require(Act.IMPORT if ticket.kind is Kind.FILE else Act.EXPORT)
        desk.must_see(ticket.company_id)
        return Waiting(ticket, _company_name(work, ticket))


def _credentials(context: Context, work: Work, desk: Desk, ticket: Ticket) -> Waiting:
    desk.require(Act.CONNECT)
    desk.whole_msp()
    connector = connect.connector_named(context, ticket.thing)
    stored = work.connections.of_source(connector.name)
    preset = frozenset(context.defaults.get(connector.name, {}))
    return Waiting(ticket, "", None, connector, stored.shown if stored else {}, preset)


def _entry(work: Work, desk: Desk, ticket: Ticket, act: Act) -> Entry:
    desk.require(act)
    entry = vault.seen(work, desk, ticket.thing)
    if entry.company_id != ticket.company_id:
        raise NotAllowed(vault.NO_ENTRY)
    return entry


def _company_name(work: Work, ticket: Ticket) -> str:
    company = work.companies.get(ticket.company_id)
    if company is None:
        raise NotAllowed("There is no such company here.")
    return company.name


# --- revealing ---------------------------------------------------------------------------------------------------


def reveal(context: Context, token: str) -> Revealed:
    """The secret, once. Taking the link, reading and journalling are one transaction: what is shown is written down."""
    now = context.clock()
    with context.store.write() as work:
        ticket = onetime.look(context, work, token, REVEALING)
        desk = onetime.desk_of(work, ticket)
        entry = _entry(work, desk, ticket, Act.REVEAL)
        onetime.take(context, work, token, Kind.REVEAL)
        whole = ticket.part != vault.CODE
        secret = work.entries.secret(entry.id)
        said = f"{'The secret' if whole else 'The one-time code'} of {vault.named(entry)} was revealed."
        work.journal.write(now, desk.actor, "reveal", said, entry.company_id, entry.id)
        name = _company_name(work, ticket)
    code, trouble = _code(secret, now)
    return Revealed(entry, name, secret if whole else Secret(), code, trouble, now, whole)


def _code(secret: Secret, now: datetime) -> tuple[otp.Code | None, str]:
    if not secret.otp_seed:
        return None, ""
    try:
        return otp.code(secret.otp_seed, now), ""
    except TellPerson as error:
        return None, error.said


# --- entering an entry's secret ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What was typed on the page. None leaves what is kept; "" takes it away."""

    password: str | None = field(default=None, repr=False)
    notes: str | None = field(default=None, repr=False)
    otp_seed: str | None = field(default=None, repr=False)


def enter_secret(context: Context, token: str, typed: Typed) -> Entry:
    """Seal what was typed. Raises TellPerson with the field to blame, and the link stays good."""
    _check(typed)
    now = context.clock()
    with context.store.write() as work:
        ticket = onetime.look(context, work, token, frozenset({Kind.SECRET}))
        desk = onetime.desk_of(work, ticket)
        entry = _entry(work, desk, ticket, Act.KEEP)
        onetime.take(context, work, token, Kind.SECRET)
        given, old = _given(typed), work.entries.secret(entry.id)
        secret = Secret(
            given.get("password", old.password), given.get("notes", old.notes), given.get("otp_seed", old.otp_seed),
            old.fields,
        )
        changed = dataclasses.replace(entry, touched=True, updated_at=now, updated_by=desk.actor.name)
        work.entries.put(changed, secret)
        said = f"The secret of {vault.named(entry)} was entered on a private page."
        work.journal.write(now, desk.actor, "vault entry", said, entry.company_id, entry.id, {"parts": sorted(given)})
    context.tell.whisper(ticket.user_id, ticket.channel, f"The secret of {vault.named(entry)} is kept encrypted now.")
    return changed


def _given(typed: Typed) -> dict[str, str]:
    every = {"password": typed.password, "notes": typed.notes, "otp_seed": typed.otp_seed}
    return {name: value.strip() if name == "otp_seed" else value for name, value in every.items() if value is not None}


def _check(typed: Typed) -> None:
    if not _given(typed):
        raise TellPerson("Nothing was typed.", field="password")
    if typed.otp_seed:
        otp.check(typed.otp_seed)
    if len(typed.password or "") > PASSWORD_LIMIT:
        raise TellPerson(f"A password may have {PASSWORD_LIMIT:,} characters here.", field="password")
    if len(typed.notes or "") > NOTES_LIMIT:
        raise TellPerson(f"Notes may have {NOTES_LIMIT:,} characters here.", field="notes")


# --- entering credentials ----------------------------------------------------------------------------------------


def credentials_link(context: Context, desk: Desk, connector: Connector) -> str:
    """The address of a page that takes the credentials of a source."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    with context.store.write() as work:
        return onetime.make(context, work, desk, Kind.CREDENTIALS, connector.name)


def enter_credentials(context: Context, token: str, fields: Mapping[str, str]) -> tuple[Connection, Finding]:
    """Test and keep, exactly as the form in Slack does. The link is taken while that lasts and given back when it fails."""
    with context.store.work() as work:
        ticket = onetime.look(context, work, token, frozenset({Kind.CREDENTIALS}))
        desk = onetime.desk_of(work, ticket)
    connector = connect.connector_named(context, ticket.thing)
    desk.require(Act.CONNECT)
    for name, wrong in connect.shape_problems(context, connector, fields).items():
        raise TellPerson(wrong, field=name)
    with context.store.write() as work:
        onetime.take(context, work, token, Kind.CREDENTIALS)
    try:
        connection, finding = connect.save(context, desk, connector, fields)
    except BaseException:
        onetime.give_back(context, token)
        raise
    said = f"{connection.title} is connected: its credentials came from your private page and are kept encrypted."
    context.tell.whisper(ticket.user_id, ticket.channel, said)
    return connection, finding
