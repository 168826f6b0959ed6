"""One run of one part of a sync, and what its reading found; how a sync is put off."""

from dataclasses import dataclass

from domain.connection import Connection
from domain.person import PersonKind
from domain.ports import Kind
from domain.psa import Feature
from flows.context import Context
from storage.store import Work

Synced = Kind | Feature


@dataclass(frozen=True)
class Round:
    """One run of one part of a sync."""

    connection: Connection
    kind: Synced
    slot: str

    @property
    def id(self) -> str:
        return f"{self.connection.id}|{self.kind}|{self.slot}"


@dataclass(frozen=True)
class Seen:
    """What a read over all pages found. `missing` is only known after a whole read."""

    rows: int
    total: int | None
    whole: bool
    changed: int


def put_off(context: Context, connection_id: str, slot: str, part: str = "") -> None:
    """Have a connection synced, or one part of it. Put off again for the same slot, it runs once."""
    argument = f"{connection_id} {slot} {part}".rstrip()
    context.jobs.enqueue("sync", f"sync-{argument.replace(' ', '-')}", argument, connection_id)


def whole_key(connection_id: str, kind: Synced) -> str:
    """The setting that says when the whole list was last read; "" has it read the next time."""
    return f"whole:{connection_id}:{kind}"


def ask_for_companies(work: Work, connection_id: str) -> None:
    """A person switched the sync of companies on by hand: it may propose the first ones, listed before or not."""
    if has_begun(Kind.COMPANIES, work, connection_id):
        return
    work.settings.put(f"asked for:{connection_id}:{Kind.COMPANIES}", True)
    listed = [row.id for row in work.upstream.all(connection_id)]
    for start in range(0, len(listed), 500):
        work.upstream.forget_fingerprints(connection_id, listed[start : start + 500])


def is_asked_for(work: Work, connection_id: str) -> bool:
    return bool(work.settings.get(f"asked for:{connection_id}:{Kind.COMPANIES}", False))


def has_begun(kind: Kind, work: Work, connection_id: str) -> bool:
    """Whether something of this kind was imported or mapped before."""
    if kind is Kind.COMPANIES:
        return work.links.count(connection_id) > 0 or is_asked_for(work, connection_id)
    people = PersonKind.STAFF if kind is Kind.STAFF else PersonKind.END_USER
    return work.people.count_known(connection_id, people) > 0


def person_kind(round_: Round) -> PersonKind:
    return PersonKind.STAFF if round_.kind is Kind.STAFF else PersonKind.END_USER
