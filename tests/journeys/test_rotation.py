"""Master keys are changed while the bot runs: nothing has to stop, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import postgres
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import answer, connect_itglue, connected
from tests.journeys.test_operating import bot

pytestmark = pytest.mark.process


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "sqlite":
        with staged(tmp_path) as stage:
            yield stage
        return
    try:
        with postgres.running() as server:
            url = server.url(server.create())
            with staged(tmp_path, settings={"DATABASE_URL": url}, database=url) as stage:
                yield stage
    except postgres.NoPostgres as reason:
        pytest.skip(str(reason))


def masters(stage: Stage) -> set[str]:
    return {master for (master,) in stage.rows("select master from data_key")}


def test_keys_are_rotated_under_a_running_bot(town: Stage) -> None:
    """What was sealed before opens, what is sealed now is under the new key, before and after a restart."""
    adam = town.person("adam")
    connected(town, adam)
    [old] = masters(town)
    rotated = bot(town.town.environment(), "rotate-keys")
    assert rotated.returncode == 0, rotated.stderr
    [new] = masters(town)
    assert new != old
    answer(adam, "test autotask", "Connected")
    assert connect_itglue(town, adam)
    adam.wait_for_view("Connected", timeout=40)
    adam.cancel(everything=True)
    assert masters(town) == {new}, "the running bot has taken up the new key"
    town.town.kill_bot()
    town.town.start_bot()
    for source in ("autotask", "itglue"):
        answer(adam, f"test {source}", "Connected")
    assert bot(town.town.environment(), "verify-audit").returncode == 0, "the end of the trail was sealed anew"
