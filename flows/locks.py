"""The right to one kind is missing: that kind is locked, and the rest of the connection works as before."""

from domain.errors import AskOperator, Stop, Trouble
from domain.ports import Kind
from flows.context import Context


def locked(context: Context, connection_id: str, kind: Kind, refused: AskOperator) -> AskOperator | Stop:
    """What to raise instead of a refusal met where only this kind was asked for: anything else is the connection's."""
    if refused.trouble is not Trouble.MISSING_RIGHT:
        return refused
    with context.store.write() as work:
        work.connections.lock(connection_id, kind.value, refused.said)
    return Stop(refused.said)
