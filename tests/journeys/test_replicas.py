"""Several bots behind one Slack app, on one PostgreSQL: whoever dies or is restarted, everything is done, and once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.postgres import NoPostgres
from sandbox.rehearsal import COMPANIES, ROOM, crowd, rehearse
from sandbox.replicas import Replicas, running
from tests.journeys.stage import scale

pytestmark = pytest.mark.process

PEOPLE = scale("GANGWAY_REPLICAS_PEOPLE", 100)  # of each of three companies


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Replicas]:
    try:
        with running(crowd(PEOPLE, *COMPANIES), tmp_path) as replicas:
            yield replicas
    except NoPostgres as reason:
        pytest.skip(str(reason))


def test_nothing_is_lost_and_nothing_is_done_twice_by_three_replicas(three: Replicas) -> None:
    """One is killed in the middle of an import, all are restarted during another; approvals, digests and mails come once.

    The rehearsal names what did not hold: taken over within 20 s, stopped within 10 s, the same result, one job a source.
    """
    said: list[str] = []
    assert rehearse(three, PEOPLE, said.append) == [], "\n".join(said)
    lines = [json.loads(line) for line in three.log.read_text().splitlines() if line.startswith("{")]  # the engine has words of its own
    of_runs = [line for line in lines if line["said"].startswith("Job apply ")]
    assert {line["run"] for line in of_runs} <= {plan for (plan,) in three.rows("select id from plan")}
    assert len({line["replica"] for line in of_runs}) > 1, "the log says who did what"
    assert all((line["job"], line["workflow"]) == ("apply", f"apply-{line['run']}") for line in of_runs)


@pytest.fixture
def behind_a_balancer(tmp_path: Path) -> Iterator[Replicas]:
    try:
        with running(crowd(3, "Contoso"), tmp_path, count=2, signing_secret="signing-secret-of-two-replicas") as replicas:
            yield replicas
    except NoPostgres as reason:
        pytest.skip(str(reason))


def test_in_http_mode_a_balancer_may_send_slack_to_any_replica(behind_a_balancer: Replicas) -> None:
    """Commands and clicks are answered whichever replica they reach, also when one is gone."""
    tess = behind_a_balancer.town.person("tess")
    for number in range(1, 3):
        assert tess.command("/msp", "status", channel=ROOM)
        tess.wait_for(lambda count=number: len(tess.messages(ROOM, "Connections")) >= count, 30)
    behind_a_balancer.kill(behind_a_balancer.all[0])
    assert tess.command("/msp", "", channel=ROOM)
    menu = tess.wait_for_message(ROOM, "What would you like to do?", timeout=30)
    assert tess.press(menu, "Status")
    tess.wait_for(lambda: len(tess.messages(ROOM, "Connections")) >= 3, 30)
    tess.close()
