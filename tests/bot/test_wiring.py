"""Open sources: each replica opens its own, and what one did to the credentials holds for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot.settings import read
from bot.wiring import OpenSources
from domain.connection import Connection
from domain.ports import Connector, Opening, Source
from storage.store import Store
from tests.flows.paper import Paper, Used

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOKENS = {"SLACK_BOT_TOKEN": "-".join(("xoxb", "nobody")), "SLACK_APP_TOKEN": "-".join(("xapp", "nobody"))}


@dataclass
class Psa:
    """A source that was opened so often, and was called so often since each time."""

    opened: list[Paper] = field(default_factory=list)

    def open(self, _fields: Mapping[str, str], _opening: Opening) -> Source:
        self.opened.append(Paper(lambda: NOW))
        return self.opened[-1]

    @property
    def connector(self) -> Connector:
        return Connector("autotask", "Autotask PSA", (), frozenset(), {}, (), (), self.open, lambda _fields: {})


@dataclass
class Replicas:
    store: Store
    here: OpenSources
    there: OpenSources
    psa: Psa

    def connect(self, secret: str) -> None:
        """The other replica stores credentials."""
        made = Connection("k1", "autotask", "Autotask PSA", {}, "", "", {}, {}, "", "U1", "C1", NOW, NOW)
        with self.store.write() as work:
            work.connections.put(made, {"secret": secret})
        self.there.forget("k1")

    def wipe(self) -> None:
        with self.store.write() as work:
            work.connections.wipe("k1")
        self.there.forget("k1")


@pytest.fixture
def two(quick_store: Store, tmp_path: Path) -> Replicas:
    psa, settings = Psa(), read({**TOKENS, "GANGWAY_HOME": str(tmp_path)}, tmp_path)
    here, there = (OpenSources(quick_store, {"autotask": psa.connector}, settings) for _ in range(2))
    replicas = Replicas(quick_store, here, there, psa)
    replicas.connect("first")
    return replicas


def calls(sources: OpenSources, number: int) -> None:
    paper = cast(Paper, sources.of("k1"))
    paper.calls += ["companies"] * number


@pytest.mark.parametrize("change", [lambda two: two.connect("second"), lambda two: two.wipe()])
def test_calls_made_with_earlier_credentials_are_none_of_the_new_ones(two: Replicas, change: Callable[[Replicas], Any]) -> None:
    """Also in a replica that has not called since another one renewed or wiped them."""
    calls(two.here, 300)
    assert two.here.used("k1") == 300
    assert two.here.budgets() == {"autotask": (300, Used.share, Used.window)}
    change(two)
    assert two.here.used("k1") == 0
    assert two.here.budgets() == {}


def test_calls_made_with_the_new_credentials_count_from_the_first(two: Replicas) -> None:
    calls(two.here, 300)
    two.connect("second")
    calls(two.here, 2)
    assert two.here.used("k1") == 2
    assert two.here.budgets() == {"autotask": (2, Used.share, Used.window)}
    assert len(two.psa.opened) == 2, "opened anew"
