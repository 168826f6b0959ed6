"""Periodic and asked-for syncs: what changed upstream is taken over; what is new is proposed; what is missing is asked about."""

from dataclasses import dataclass
from datetime import datetime

from domain.ports import Kind
from flows.context import Context, Steps
from flows.desk import Desk

EVERY_SECONDS = 3600
QUIET_SECONDS = 120  # the same sync does not run twice within this time


@dataclass(frozen=True)
class SyncState:
    connection_id: str
    kind: Kind
    enabled: bool
    last_at: datetime | None
    last_note: str
    next_at: datetime | None


def states(context: Context) -> tuple[SyncState, ...]:
    raise NotImplementedError


def ask(context: Context, desk: Desk, connection_id: str) -> str:
    """`/msp sync`: start now, or say that it just ran or is running. Returns the sentence."""
    raise NotImplementedError


def toggle(context: Context, desk: Desk, connection_id: str, kind: Kind, on: bool) -> None:
    raise NotImplementedError


def tick(context: Context) -> int:
    """What the clock calls: put off the syncs whose slot has come; returns how many."""
    raise NotImplementedError


def run(context: Context, steps: Steps, argument: str) -> None:
    """Job "sync": argument is "<connection id> <slot>"."""
    raise NotImplementedError
