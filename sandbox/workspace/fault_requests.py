"""Planning misfortunes over the person's protocol: `POST /client/faults {fault, …}`."""

from __future__ import annotations

from sandbox.workspace.clicks import Unacceptable
from sandbox.workspace.faults import Faults
from sandbox.workspace.state import Json

# Fault name -> the arguments a request may give it.
_ARGUMENTS: dict[str, frozenset[str]] = {
    "rate_limit": frozenset({"method", "times", "retry_after"}),
    "server_error": frozenset({"method", "times"}),
    "fail": frozenset({"method", "error", "times"}),
    "drop_sockets": frozenset(),
    "disconnect": frozenset({"reason"}),
    "duplicate": frozenset({"envelope_type", "times"}),
    "delay_acks": frozenset({"seconds", "times"}),
    "expire_triggers": frozenset({"times"}),
    "archive": frozenset({"channel", "archived"}),
    "remove_bot": frozenset({"channel"}),
    "invite_bot": frozenset({"channel"}),
    "delete_message": frozenset({"channel", "ts"}),
    "clear": frozenset(),
}


def apply_fault(faults: Faults, asked: Json) -> Json:
    """Plan the fault a request names."""
    name = str(asked.get("fault"))
    arguments = {key: value for key, value in asked.items() if key != "fault"}
    allowed = _ARGUMENTS.get(name)
    if allowed is None:
        raise Unacceptable("unknown_fault", "Known faults: " + ", ".join(sorted(_ARGUMENTS)) + ".")
    if not set(arguments) <= allowed:
        raise Unacceptable("invalid_arguments", f"{name} takes: {', '.join(sorted(allowed)) or 'nothing'}.")
    try:
        getattr(faults, name)(**arguments)
    except (TypeError, KeyError, ValueError) as wrong:
        raise Unacceptable("invalid_arguments", f"{name}: {wrong}") from wrong
    return {"ok": True}
