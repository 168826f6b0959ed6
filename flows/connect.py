"""Connecting a source: shape check, test, save, disconnect. Nothing is stored until a test has passed."""

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from domain.connection import Connection
from domain.errors import AskOperator, GangwayError, NotAsked, TellPerson, Trouble, TryLater
from domain.ports import Connector, Finding, Source
from domain.roles import Act
from flows import hook_orders
from flows.context import Context
from flows.desk import Desk
from storage.store import Work


class Overtaken(TellPerson):
    """While credentials were tried, a later wish for the same source came true: that one stays."""


def connector_named(context: Context, words: str) -> Connector:
    """The connector a person means. Raises TellPerson (with the names there are) for an unknown one."""
    wanted = words.casefold().replace(" ", "").replace("-", "").replace("_", "")
    names = {
        name: connector for connector in context.connectors.values() for name in (connector.name, *connector.aliases)
    }
    for name, connector in names.items():
        if wanted in (name.replace(" ", "").casefold(), connector.title.replace(" ", "").casefold()):
            return connector
    near = difflib.get_close_matches(wanted, names, 1, 0.6)
    hint = f" Did you mean {names[near[0]].title}?" if near else ""
    there = ", ".join(connector.title for connector in context.connectors.values())
    raise TellPerson(f"There is no source of that name.{hint} There are: {there}.")


def shape_problems(context: Context, connector: Connector, fields: Mapping[str, str]) -> Mapping[str, str]:
    """Field name → what is wrong with it, before any call."""
    preset = context.defaults.get(connector.name, {})
    wrong = connector.check(fields)
    return {name: said for name, said in wrong.items() if fields.get(name, "").strip() or name not in preset}


def test(context: Context, desk: Desk, connector: Connector, fields: Mapping[str, str]) -> Finding:
    """Try credentials without keeping them. Raises AskOperator (its `field` names the field to blame) or TryLater."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    for name, wrong in shape_problems(context, connector, fields).items():
        raise TellPerson(wrong, field=name)
    source = context.sources.trial(connector, fields)
    try:
        return _tried(source)
    finally:
        source.close()


def _tried(source: Source) -> Finding:
    """A test goes on by itself at no time: a busy source is said with when to press again."""
    try:
        return source.test()
    except TryLater as busy:
        wait = f"in {round(busy.after)} seconds" if busy.after and busy.after < 120 else "in a few minutes"
        raise TryLater(f"{busy.said.split('. ')[0].rstrip('.')}. Nothing was changed; test again {wait}.", busy.after) from None


def save(context: Context, desk: Desk, connector: Connector, fields: Mapping[str, str]) -> tuple[Connection, Finding]:
    """Test once more, then keep. Raises as `test`, or Overtaken; nothing is stored on failure."""
    began = context.clock()
    finding = test(context, desk, connector, fields)
    now = context.clock()
    secret = fields.get(connector.secret_field, "")
    with context.store.write() as work:
        old = work.connections.of_source(connector.name, hold=True)
        if not _wish(work, connector.name, began):
            raise Overtaken(f"While these credentials were tried, {connector.title} was connected with newer ones, or disconnected. That counts; nothing was changed.")
        connection = Connection(
            id=old.id if old else context.new_id(),
            source=connector.name,
            title=connector.title,
            shown={field.name: fields.get(field.name, "") for field in connector.fields if not (field.secret or field.private)},
            last_four=secret[-4:] if len(secret) >= 12 else "",
            account=finding.account,
            counts=dict(finding.counts),
            locked={kind.value: said for kind, said in finding.locked.items()},
            trouble="",
            created_by=desk.actor.user_id,
            channel=desk.channel,
            created_at=old.created_at if old else now,
            tested_at=now,
        )
        work.connections.put(connection, fields)
        verb = "renewed" if old else "connected"
        work.journal.write(now, desk.actor, "connection", f"{connector.title} {verb}.", subject=connection.id)
    context.sources.forget(connection.id)
    hook_orders.after_connecting(context, connection)
    return connection, finding


def _wish(work: Work, source: str, at: datetime) -> bool:
    """Whether a wish about a source's credentials, of that moment, may come true: a later one has not done so already."""
    key = f"credentials wished:{source}"
    last = work.settings.get(key, "")
    if last and datetime.fromisoformat(last) > at:
        return False
    work.settings.put(key, at.isoformat())
    return True


def connections(context: Context) -> tuple[Connection, ...]:
    with context.store.work() as work:
        found = work.connections.all()
    return tuple(titled(context, connection) for connection in found)


def titled(context: Context, connection: Connection) -> Connection:
    """The connection with the title its connector has."""
    connector = context.connectors.get(connection.source)
    return connection if connector is None else dataclasses.replace(connection, title=connector.title)


def live(context: Context) -> tuple[Connection, ...]:
    """Connections that have credentials."""
    return tuple(connection for connection in connections(context) if connection.trouble != "disconnected")


def able(context: Context, ability: type) -> tuple[Connection, ...]:
    """The live connections whose source has an ability (a protocol of domain.psa or domain.ports)."""
    return tuple(each for each in live(context) if isinstance(context.sources.of(each.id), ability))


def connection_of(context: Context, words: str) -> Connection:
    """The connection of a source named by a person, or the only one there is when nothing is named.

    Raises TellPerson(remedy="connect") when there is none, TellPerson(remedy="source") when several fit.
    """
    there = live(context)
    if words.strip():
        connector = connector_named(context, words)
        for connection in there:
            if connection.source == connector.name:
                return connection
        raise TellPerson(f"{connector.title} is not connected yet. Connect it first.", remedy="connect")
    if not there:
        raise TellPerson("No source is connected yet. Connect one first.", remedy="connect")
    if len(there) > 1:
        names = " or ".join(connection.source for connection in there)
        raise TellPerson(f"Which source? Name it at the end: {names}.", remedy="source")
    return there[0]


def one(context: Context, connection_id: str) -> Connection:
    with context.store.work() as work:
        found = work.connections.get(connection_id)
    if found is None or found.trouble == "disconnected":
        raise TellPerson("That source is not connected any more. Connect it first.", remedy="connect")
    return titled(context, found)


def retest(context: Context, desk: Desk, connection_id: str) -> Finding:
    """Test stored credentials again and remember what was found."""
    desk.require(Act.LOOK)
    desk.whole_msp()
    connection = one(context, connection_id)
    if connection.trouble:
        # It takes no more calls since it was refused; only one opened anew tries again. One that works stays: jobs are
        # in the middle of it, and it counts what was called.
        context.sources.forget(connection_id)
    try:
        finding = _asked(context, connection_id)
    except AskOperator as error:
        note_trouble(context, connection.id, error.said)
        raise
    locked = {kind.value: said for kind, said in finding.locked.items()}
    with context.store.write() as work:
        work.connections.found(connection_id, finding.account, finding.counts, locked, context.clock())
    return finding


def _asked(context: Context, connection_id: str) -> Finding:
    """An asked-for test asks the source, also where it was refused since without anybody noting it."""
    try:
        return _tried(context.sources.of(connection_id))
    except NotAsked:
        context.sources.forget(connection_id)
        return _tried(context.sources.of(connection_id))


@contextmanager
def noting(context: Context, connection_id: str) -> Iterator[None]:
    """For a call that a person waits for, read or write: what it fails with flies on, and stands on the card where it belongs."""
    try:
        yield
    except GangwayError as error:
        note_refusal(context, connection_id, error)
        raise


def note_refusal(context: Context, connection_id: str, error: GangwayError) -> None:
    """Remember a failure that a click met, where it is the connection's: its credentials are refused."""
    if isinstance(error, AskOperator) and error.trouble is Trouble.WRONG_KEY:
        note_trouble(context, connection_id, error.said)


def note_trouble(context: Context, connection_id: str, said: str) -> None:
    """Remember that a connection failed (or, "", works again), and tell its people once."""
    with context.store.write() as work:
        changed = work.connections.note(connection_id, said, context.clock())
    if changed and said:
        context.tell.notice(connection_id, said)


def disconnect(context: Context, desk: Desk, connection_id: str) -> str:
    """Remove our webhooks there, then wipe the credentials; companies, people and history stay. Returns what was done."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    connection = one(context, connection_id)
    now = context.clock()
    left = hook_orders.drop_all(context, connection)
    said = f"{connection.title} is disconnected: its credentials are wiped. Companies, people and history stay."
    said = f"{said} {left}" if left else said
    with context.store.write() as work:
        work.connections.of_source(connection.source, hold=True)
        _wish(work, connection.source, now)
        work.connections.wipe(connection_id)
        voided = work.plans.void_of_connection(connection_id, f"{connection.title} was disconnected.", now)
        work.journal.write(now, desk.actor, "connection", said, subject=connection_id)
    context.sources.forget(connection_id)
    for plan_id in voided:
        context.tell.plan(plan_id, final=True)
    return said
