"""The set-up wizard: where a person stands in it, what they typed so far, and its first step, which connects.

A draft is kept for each person and source, so that the wizard can be left and resumed. It never holds a secret: of tested
credentials it keeps only a salted mark, by which Next knows that exactly these values passed.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from domain.connection import Connection
from domain.errors import TellPerson
from domain.ports import Connector, Finding
from domain.roles import Act
from flows import connect
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

STEPS = ("Connect", "Sync", "Configure", "Import")
UNTESTED = "Press Test connection first: Next opens once exactly these values have passed."

Filled = Mapping[str, tuple[str, ...]]  # field → what was typed, chosen or ticked


@dataclass(frozen=True)
class Draft:
    """A person's way through the wizard of one source."""

    step: int = 1
    filled: Filled = field(default_factory=dict)
    salt: str = ""
    passed: str = ""  # the mark of the credentials that passed the last test


def may(desk: Desk) -> None:
    """Raises NotAllowed for whoever may not manage connections, naming Admins."""
    desk.require(Act.CONNECT)
    desk.whole_msp()


def draft(context: Context, desk: Desk, source: str) -> Draft:
    """Where this person stands; a fresh draft where they never began."""
    may(desk)
    with context.store.work() as work:
        return _kept(work, _key(desk, source))


def note(context: Context, desk: Desk, source: str, change: Callable[[Draft], Draft]) -> Draft:
    """Change where this person stands and what they typed, in one piece: two clicks may arrive together.

    Callers pass no secret: forms read those apart.
    """
    may(desk)
    key = _key(desk, source)
    with context.store.write() as work:
        new = change(_kept(work, key))
        filled = {name: list(values) for name, values in new.filled.items()}
        work.settings.put(key, {"step": new.step, "filled": filled, "salt": new.salt, "passed": new.passed})
    return new


def _kept(work: Work, key: str) -> Draft:
    kept = work.settings.get(key, None)
    if not kept:
        return Draft()
    filled = {name: tuple(values) for name, values in kept["filled"].items()}
    return Draft(kept["step"], filled, kept["salt"], kept["passed"])


def done(context: Context, desk: Desk, source: str) -> None:
    """The wizard was completed: it begins anew the next time."""
    with context.store.write() as work:
        work.settings.put(_key(desk, source), None)


def settled(old: Draft, step: int, fields: Collection[str]) -> Draft:
    """At another step, with what was kept for good struck from the draft."""
    return replace(old, step=step, filled={name: values for name, values in old.filled.items() if name not in fields})


def _key(desk: Desk, source: str) -> str:
    return f"wizard:{desk.actor.user_id}:{source}"


# --- the first step: connecting ----------------------------------------------------------------------------------


def stored(context: Context, source: str) -> Connection | None:
    """The connection of this source, if it has one."""
    return next((each for each in connect.live(context) if each.source == source), None)


def prefilled(context: Context, desk: Desk, connector: Connector) -> dict[str, str]:
    """What is kept of the fields that are no secret, for those who may manage connections."""
    may(desk)
    kept = _credentials(context, connector.name)
    return {each.name: kept.get(each.name, "") for each in connector.fields if not each.secret}


def _credentials(context: Context, source: str) -> Mapping[str, str]:
    connection = stored(context, source)
    if connection is None:
        return {}
    with context.store.work() as work:
        return work.connections.credentials(connection.id)


def completed(context: Context, connector: Connector, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with what is kept where the field of a credential was left empty.

    Not so once the address was changed, or whoever may connect could have kept keys sent to a server of their own.
    """
    kept = _credentials(context, connector.name)
    hidden = {each.name for each in connector.fields if each.secret or each.private}
    addressed = {each.name for each in connector.fields if each.name not in hidden and not each.choices}
    if any(typed.get(name, "") != kept.get(name, "") for name in addressed):
        return dict(typed)
    return {name: kept.get(name, "") if name in hidden and not value else value for name, value in typed.items()}


def test(context: Context, desk: Desk, connector: Connector, typed: Mapping[str, str]) -> Finding:
    """Try the values and keep nothing but that they passed. Raises as `connect.test`."""
    may(desk)
    salt = context.new_token()
    fields = completed(context, connector, typed)
    try:
        finding = connect.test(context, desk, connector, fields)
    except Exception:
        note(context, desk, connector.name, lambda now: replace(now, passed=""))
        raise
    mark = _mark(salt, fields)
    note(context, desk, connector.name, lambda now: replace(now, salt=salt, passed=mark))
    return finding


def is_kept(context: Context, connector: Connector, typed: Mapping[str, str]) -> bool:
    """Whether these are the values of a connection that works: nothing is to be tried or saved."""
    connection = stored(context, connector.name)
    return connection is not None and not connection.trouble and completed(context, connector, typed) == _known(context, connector)


def _known(context: Context, connector: Connector) -> dict[str, str]:
    kept = _credentials(context, connector.name)
    return {each.name: kept.get(each.name, "") for each in connector.fields}


def refuse_untested(context: Context, desk: Desk, connector: Connector, typed: Mapping[str, str]) -> None:
    """Raises TellPerson unless exactly these values passed a test, or are those of a connection that works."""
    now = draft(context, desk, connector.name)
    passed = bool(now.passed) and now.passed == _mark(now.salt, completed(context, connector, typed))
    if not passed and not is_kept(context, connector, typed):
        raise TellPerson(UNTESTED, field=connector.fields[0].name)


def save(context: Context, desk: Desk, connector: Connector, typed: Mapping[str, str]) -> Connection:
    """Keep the tested values as the connection; kept ones are left as they are. Raises as `connect.save`."""
    refuse_untested(context, desk, connector, typed)
    kept = stored(context, connector.name)
    if kept is not None and is_kept(context, connector, typed):
        return kept
    return connect.save(context, desk, connector, completed(context, connector, typed))[0]


def _mark(salt: str, fields: Mapping[str, str]) -> str:
    said = json.dumps(dict(fields), sort_keys=True).encode()
    return hashlib.pbkdf2_hmac("sha256", said, salt.encode(), 100_000).hex()
