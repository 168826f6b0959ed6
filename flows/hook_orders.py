"""What connecting and disconnecting ask of our webhooks: have them provided, and have them dropped before credentials go."""

from domain import hooking
from domain.connection import Connection
from domain.errors import GangwayError
from domain.hooking import Do
from domain.psa import HasHooks
from flows.context import Context

JOB = "hooks"


def state_key(connection_id: str) -> str:
    """The setting that holds what the last round of providing came to."""
    return f"hooks:{connection_id}"


def bases_key(connection_id: str) -> str:
    """The setting that holds the addresses under which we ever had webhooks there, today's first."""
    return f"hook bases:{connection_id}"


def lane(connection_id: str) -> str:
    """The partition of what concerns callouts: a long sync of the same connection must not make them wait."""
    return f"{connection_id}|hooks"


def begin(context: Context, connection_id: str, slot: str, user: str = "", channel: str = "") -> None:
    """Have the webhooks of a connection provided; the person, where there is one, is told what came of it."""
    argument = "|".join((connection_id, slot, user, channel))
    context.jobs.enqueue(JOB, f"{JOB}-{argument}", argument, lane(connection_id))


def after_connecting(context: Context, connection: Connection) -> None:
    """Right after credentials were kept: webhooks, where the source has them."""
    if isinstance(context.sources.of(connection.id), HasHooks):
        begin(context, connection.id, f"connected {context.clock().isoformat()}")


def drop_all(context: Context, connection: Connection) -> str:
    """Before the credentials are wiped: remove our webhooks at the source. Returns what could not be removed, as a
    sentence; "" when nothing of ours is left there.
    """
    with context.store.write() as work:
        ours = work.hooks.of(connection.id)
        bases = work.settings.get(bases_key(connection.id), [])
        # Forgotten first: at its deletion a webhook says farewell, and who looked then would make it anew.
        work.hooks.forget([hook.id for hook in ours])
        work.settings.put(state_key(connection.id), {})
    return _dropped(context, connection, [hook.ours for hook in ours], bases) if ours else ""


def _dropped(context: Context, connection: Connection, ours: list[hooking.Ours], bases: list[str]) -> str:
    """One refusal ends it: a second wrong key would lock the user."""
    gone = 0
    total = len(ours)
    try:
        source = context.sources.of(connection.id)
        if not isinstance(source, HasHooks):
            return ""
        today = bases or [context.words.public_url]
        deeds = hooking.decide(connection.source, today, ours, source.hooks(), ())
        there = [deed.hook for deed in deeds if deed.do is Do.DROP and deed.hook is not None]
        total = len(there)
        for hook in there:
            source.drop_hook(hook)
            gone += 1
    except GangwayError as error:
        number = total - gone
        what = f"{number} of our webhooks" if number > 1 else "One of our webhooks"
        return (
            f"{what} could not be removed at {connection.title}: {error.said.rstrip('.')}. It is harmless here, since nothing "
            f"listens any more; remove what is named Gangway among the webhooks there."
        )
    return ""
