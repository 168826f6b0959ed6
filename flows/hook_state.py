"""What a round of providing webhooks came to: kept, told in a sentence, and shown on a card without a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.connection import Connection
from domain.hooking import HookState
from domain.psa import HasHooks, Hooked
from domain.roles import SYSTEM
from flows import connect, hook_orders
from flows.context import Context
from storage.store import Work


@dataclass(frozen=True)
class Outcome:
    """`polls`: why there are no webhooks, or none can be made; "" while all is well."""

    created: tuple[Hooked, ...] = ()
    kept: tuple[Hooked, ...] = ()
    mended: tuple[Hooked, ...] = ()
    again: tuple[Hooked, ...] = ()  # of both: those that were there before and had stopped
    removed: int = 0
    refused: tuple[tuple[Hooked, str], ...] = ()
    polls: str = ""


@dataclass(frozen=True)
class Standing:
    """How changes at a source reach us: `said` is one sentence. `works`: nothing needs mending."""

    has_hooks: bool
    works: bool
    said: str
    live: tuple[Hooked, ...] = ()
    at: datetime | None = None


def standing(context: Context, connection_id: str) -> Standing:
    """How changes of a connection reach us, as the last look found it."""
    connection = connect.one(context, connection_id)
    if not isinstance(context.sources.of(connection_id), HasHooks):
        return Standing(False, True, f"{connection.title} is asked for changes every hour.")
    with context.store.work() as work:
        kept = _kept(work, connection_id)
        at = looked_at(work, connection_id)
        live = tuple(hook.kind for hook in work.hooks.of(connection_id) if hook.state is HookState.LIVE)
    if at is None:
        return Standing(True, False, "Webhooks were not provisioned yet.")
    if kept["polls"] and not live:
        return Standing(True, False, f"No webhooks: asked for changes every 15 minutes instead. {kept['polls']}", live, at)
    if kept["polls"] or kept["refused"]:
        whys = "; ".join(f"{kind}: {why}" for kind, why in kept["refused"].items()) or kept["polls"]
        return Standing(True, False, f"Some webhooks are missing, and what they would tell is asked for. {whys}", live, at)
    names = ", ".join(kind.value for kind in live)
    return Standing(True, True, f"Changes arrive within seconds: {names}." if live else "No webhook is needed.", live, at)


def looked_at(work: Work, connection_id: str) -> datetime | None:
    """When the last round of providing ended."""
    kept = _kept(work, connection_id)
    return datetime.fromisoformat(kept["at"]) if kept else None


def sentence(title: str, outcome: Outcome) -> str:
    """What was done, for the person who asked."""
    lines = [f"Webhooks at {title}: {_counts(outcome)}."]
    lines += [f"No webhook for {kind}: {why}" for kind, why in outcome.refused if why != outcome.polls]
    if outcome.polls:
        lines.append(f"{outcome.polls} Until that is mended, {title} is asked for changes every 15 minutes.")
    return "\n".join(lines)


def _counts(outcome: Outcome) -> str:
    counted = (
        (len(outcome.created), "created"), (len(outcome.kept), "kept"), (len(outcome.mended), "mended"),
        (outcome.removed, "removed"), (len(outcome.refused), "missing"),
    )  # fmt: skip
    return ", ".join(f"{number} {word}" for number, word in counted if number) or "nothing to do"


def note(context: Context, connection: Connection, outcome: Outcome) -> str:
    """Keep the outcome; returns what its people are told unasked: once when it breaks, once when something was put right."""
    now = context.clock()
    with context.store.write() as work:
        before = _kept(work, connection.id)
        news = _news(connection.title, before, outcome)
        state = {
            "at": now.isoformat(),
            "polls": outcome.polls,
            "refused": {kind.value: why for kind, why in outcome.refused},
            "repaired": bool(outcome.again),
        }
        work.settings.put(hook_orders.state_key(connection.id), state)
        if outcome.created or outcome.mended or outcome.removed:
            said = f"Webhooks at {connection.title}: {_counts(outcome)}."
            work.journal.write(now, SYSTEM, "webhooks", said, subject=connection.id)
    return news


def _news(title: str, before: Mapping[str, Any], outcome: Outcome) -> str:
    """Nothing the first time: whoever connects sees the card. Nothing again while the same keeps breaking."""
    if not before:
        return ""
    trouble = outcome.polls or "; ".join(dict.fromkeys(why for _, why in outcome.refused))
    if trouble:
        known = before["polls"] or "; ".join(dict.fromkeys(before["refused"].values()))
        said = f"Webhooks are missing: {trouble} Until that is mended, {title} is asked for changes every 15 minutes."
        return "" if trouble == known else said
    if not outcome.again or before["repaired"]:
        return ""
    return f"Webhooks that were missing or switched off work again: {', '.join(outcome.again)}. What was missed meanwhile is being read."


def _kept(work: Work, connection_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = work.settings.get(hook_orders.state_key(connection_id), {})
    return found
