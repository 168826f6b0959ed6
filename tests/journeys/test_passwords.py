"""Passwords come from IT Glue into a vault through the whole bot, and their values are nowhere else on the way."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import World
from sandbox.world.vault import add_password
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import (
    ROOM,
    answer,
    awaited,
    connected,
    imported,
    labels,
    now,
    preview,
    tall_world,
    until,
)

pytestmark = pytest.mark.process

VALUE = "planted-V4lue!of-Router-{}"
NOTE = "planted-N0te!of-Router-{}"
ROUTERS = 4


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, _world(), {"LOG_LEVEL": "DEBUG"}) as made:
        yield made


def _world() -> World:
    world = tall_world()
    shed = _organization(world, "Small Shed Ltd")
    for number in range(ROUTERS):
        planted = {"password": VALUE.format(number), "notes": NOTE.format(number)}
        add_password(world, shed, f"Router {number}", "Network", **planted, **{"otp-enabled": number == 0})
    add_password(world, shed, "Host-proof safe", "Administrative", **{"vault-id": 90_210})
    return world


def _organization(world: World, name: str) -> int:
    return next(id_ for id_, row in world.itglue["organizations"].rows.items() if row["name"] == name)


def test_passwords_are_imported_by_two_people_and_leave_no_trace_elsewhere(stage: Stage) -> None:
    adam, tess = stage.person("adam"), stage.person("tess")
    connected(stage, adam, "itglue", stage.itglue.api_key)
    imported(adam, "companies from itglue")

    shown = preview(adam, "passwords small shed", "Small Shed Ltd", "IT Glue", "second person")
    assert "No value has been read yet" in str(shown)
    assert stage.itglue.account.value_reads == stage.itglue.account.value_reads[:1]  # the connection test's one
    adam.press(shown, "Approve")
    awaited(adam, lambda: next((m for m in adam.messages(ROOM) if "second person must approve" in str(m)), None))
    tess.press(now(adam, shown), "Approve")
    done = until(adam, shown, "Done.", f"{ROUTERS} passwords imported")

    assert "Report" in labels(done)
    adam.press(done, "Report")
    report = str(adam.wait_for_view("Report", "One-time code seeds"))
    assert "Host-proof safe" in report
    assert "itglue.com" in report
    adam.cancel(everything=True)
    again = answer(adam, "import passwords small shed", "Nothing to import now")
    assert f"*{ROUTERS}* unchanged" in str(again)
    assert stage.rows("select count(*) from vault_entry") == [(ROUTERS,)]
    stage.town.kill_bot()
    assert _told(stage) == []


def _told(stage: Stage) -> list[str]:
    """Where a planted value or note stands in clear or in base64."""
    secrets = [text.format(number) for number in range(ROUTERS) for text in (VALUE, NOTE)]
    secrets += [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in secrets]
    places = {str(file.name): file.read_bytes() for file in stage.town.home.rglob("*") if file.is_file()}
    assert any(name.startswith("engine") for name in places)
    places["the log"] = stage.log_text().encode()
    places["to Slack"] = str([record.content for record in stage.workspace.log.all("from_bot")]).encode()
    assert b"DEBUG" in places["the log"]
    return [name for name, content in places.items() if any(secret.encode() in content for secret in secrets)]


def test_a_locked_key_says_which_tick_to_set_and_autotask_says_why_not(stage: Stage) -> None:
    adam = stage.person("adam")
    connected(stage, adam)
    connected(stage, adam, "itglue", stage.itglue.key_without_passwords)
    assert "Password Access" in str(answer(adam, "import passwords small shed", "Password Access"))
    answer(adam, "import passwords small shed from autotask", "Autotask")
    card = answer(adam, "integrations", "locked")
    assert "Import passwords" not in labels(card)


def test_the_card_asks_which_mapped_company(stage: Stage) -> None:
    adam = stage.person("adam")
    connected(stage, adam, "itglue", stage.itglue.api_key)
    imported(adam, "companies from itglue")
    card = answer(adam, "integrations", "IT Glue")
    adam.press(card, "Import passwords")
    form = adam.wait_for_view("Import passwords", "where it is mapped")
    assert any("Small Shed" in offered for offered in adam.options(form, "Company", "small"))
    assert adam.submit(form, {"Company": "Small Shed Ltd"})
    adam.wait_for_message(ROOM, "Import passwords into Small Shed Ltd", "See all changes", timeout=40)
