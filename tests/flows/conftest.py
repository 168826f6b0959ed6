"""Benches: with papers in memory, and with the stand-in vendors over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connectors import discover
from connectors.mail import open_mailer
from domain.connection import Connection
from sandbox.autotask import AutotaskStandIn
from sandbox.itglue import ITGlueStandIn
from sandbox.mailbox import Mailbox
from sandbox.world import ManualClock, World
from storage.store import Store
from tests.flows.bench import Bench, bench


@pytest.fixture
def both(store: Store) -> Bench:
    """Papers in memory, on both databases."""
    return bench(store)


@pytest.fixture
def quick(quick_store: Store) -> Bench:
    """Papers in memory, on SQLite: for what does not depend on the database."""
    return bench(quick_store)


@dataclass
class Town:
    """The stand-in vendors over HTTP, the real connectors, and a mailbox."""

    bench: Bench
    world: World
    autotask: AutotaskStandIn
    itglue: ITGlueStandIn
    mailbox: Mailbox

    @property
    def autotask_fields(self) -> dict[str, str]:
        stand_in = self.autotask
        return {"username": stand_in.username, "secret": stand_in.secret, "tracking": stand_in.tracking_identifier}

    @property
    def itglue_fields(self) -> dict[str, str]:
        return {"region": "US", "key": self.itglue.api_key, "key_name": "gangway"}

    def connect_autotask(self) -> Connection:
        return self.bench.connected("autotask", self.autotask_fields)

    def connect_itglue(self) -> Connection:
        return self.bench.connected("itglue", self.itglue_fields)


@pytest.fixture
def town(quick_store: Store) -> Iterator[Town]:
    clock = ManualClock()
    world = World.bare(clock)
    with AutotaskStandIn(world, clock) as autotask, ITGlueStandIn(world, clock) as itglue, Mailbox() as mailbox:
        urls = {"autotask": autotask.url, "itglue": itglue.url}
        mailer = open_mailer(mailbox.smtp_url, "Gangway <gangway@northwind-it.example>", clock=clock)
        made = bench(quick_store, discover(), urls, clock, mailer)
        yield Town(made, world, autotask, itglue, mailbox)
        mailer.close()
        made.context.sources.close()  # type: ignore[attr-defined]
