"""The bot is killed at moments nobody chose: what was begun is finished, nothing is lost, nothing is done twice."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from sandbox import postgres
from sandbox.rehearsal import crowd
from sandbox.workspace.finding import words
from tests.journeys.killing import assert_whole, import_under_fire, ready
from tests.journeys.stage import Stage, scale, staged
from tests.journeys.steps import labels

pytestmark = pytest.mark.process

PEOPLE = 1_500
FIRST = scale("GANGWAY_CRASH_FROM", 1)
SEEDS = tuple(range(FIRST, FIRST + scale("GANGWAY_CRASH_SEEDS", 1)))
KILLS = scale("GANGWAY_CRASH_KILLS", 8)  # for each seed
POSTGRES_KILLS = scale("GANGWAY_CRASH_KILLS_POSTGRES", 3)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    world = crowd(PEOPLE, *(f"Crash {seed}" for seed in SEEDS))
    with staged(tmp_path_factory.mktemp("crash"), world) as stage:
        ready(stage)
        yield stage


@pytest.mark.parametrize("seed", SEEDS)
def test_an_import_with_mail_survives_being_killed(town: Stage, seed: int) -> None:
    """Killed in the preview, in the run and while mailing, the import ends as done with one row and one mail each."""
    done = import_under_fire(town, f"Crash {seed}", Random(seed), KILLS)
    assert f"{PEOPLE} people imported" in words(done)
    assert "Approve" not in labels(done)
    assert_whole(town, f"crash{seed}.example", PEOPLE, KILLS)
    assert len(town.person("adam").messages("#onboarding", f"Import users into Crash {seed}")) == 1


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Stage]:
    """A town whose bot keeps everything, the engine's records too, in PostgreSQL."""
    try:
        with postgres.running() as server:
            url = server.url(server.create())
            with staged(tmp_path, crowd(PEOPLE, "Crash"), {"DATABASE_URL": url}, database=url) as stage:
                ready(stage)
                yield stage
    except postgres.NoPostgres as reason:
        pytest.skip(str(reason))


def test_the_same_holds_on_postgresql(on_postgres: Stage) -> None:
    """On PostgreSQL the next process takes over what the killed one had begun."""
    done = import_under_fire(on_postgres, "Crash", Random(SEEDS[0] + 98), POSTGRES_KILLS)
    assert f"{PEOPLE} people imported" in words(done)
    assert_whole(on_postgres, "crash.example", PEOPLE, POSTGRES_KILLS)
