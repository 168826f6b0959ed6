"""Webhooks in the running whole: there right after connecting, changes within seconds, mended by the button and by the clock."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.workspace.finding import words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, awaited, connected, imported, soon

pytestmark = pytest.mark.process
SUBJECTS = ("Company", "Contact", "Ticket", "TicketNote", "ConfigurationItem")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Autotask is connected and its companies are here."""
    with staged(tmp_path_factory.mktemp("hooks")) as stage:
        adam = stage.person("adam")
        connected(stage, adam)
        imported(adam, "companies from autotask")
        yield stage


def there(stage: Stage) -> dict[str, dict[str, object]]:
    """Subject → our webhook at the vendor."""
    with stage.world.lock:
        return {
            subject: dict(row)
            for subject in SUBJECTS
            for row in stage.world.autotask[f"{subject}Webhooks"].rows.values()
            if "/hooks/autotask/" in str(row["webhookUrl"])
        }


def live(stage: Stage, *subjects: str) -> dict[str, dict[str, object]]:
    """Wait until exactly these are at the vendor, active and ready."""
    def look() -> dict[str, dict[str, object]] | None:
        found = there(stage)
        return found if set(found) == set(subjects) and all(row["isActive"] and row["isReady"] for row in found.values()) else None

    return soon(look)


def named(stage: Stage, name: str) -> bool:
    return bool(stage.rows("select 1 from company where name = ?", name))


def provision(stage: Stage) -> str:
    """Press the button where the doctor shows it, and wait for what is said in the end."""
    adam = stage.person("adam")
    shown = answer(adam, "doctor", "Autotask PSA · Webhooks")
    before = {message["ts"] for message in adam.messages(ROOM)}
    assert adam.press(shown, "Provision webhooks")

    def look() -> dict[str, object] | None:
        fresh = [message for message in adam.messages(ROOM) if message["ts"] not in before]
        return next((message for message in fresh if "Webhooks at Autotask PSA:" in words(message)), None)

    return words(awaited(adam, look, 60))


def test_right_after_connecting_webhooks_are_there(town: Stage) -> None:
    """F153: the product provides them, each signed with a secret of its own."""
    rows = live(town, "Company", "Contact")
    assert len({row["secretKey"] for row in rows.values()}) == 2
    assert all(str(row["webhookUrl"]).startswith(town.town.environment()["PUBLIC_URL"]) for row in rows.values())


def test_a_change_shows_within_seconds(town: Stage) -> None:
    """Renamed upstream, renamed here, with nobody asking for a sync."""
    live(town, "Company", "Contact")
    ((external_id, _), *_) = town.rows("select external_id, company_id from link where external_name like 'Fabrikam%'")
    with town.world.lock:
        town.world.desk.change("Companies", int(external_id), companyName="Fabrikam Renamed")
    assert soon(lambda: named(town, "Fabrikam Renamed") or None, 30)


def delete_ours(stage: Stage) -> None:
    """Somebody takes our webhooks away at the vendor."""
    with stage.world.lock:
        for subject in SUBJECTS:
            table = stage.world.autotask[f"{subject}Webhooks"]
            for id_ in [id_ for id_, row in table.rows.items() if "/hooks/autotask/" in str(row["webhookUrl"])]:
                table.delete(id_, stage.world.clock())


def test_what_somebody_deleted_upstream_comes_back_by_itself(town: Stage) -> None:
    """The vendor's farewell, which nobody believes, makes us look, and what is missing is made again under a new address."""
    before = {row["webhookUrl"] for row in live(town, "Company", "Contact").values()}
    delete_ours(town)
    assert before.isdisjoint(row["webhookUrl"] for row in live(town, "Company", "Contact").values())


def test_without_the_right_it_says_so_and_the_button_mends_it_once_the_right_is_back(town: Stage) -> None:
    """F90, F154 and F170: the doctor names the right; when it is back the button makes the webhooks."""
    town.autotask.level.take("Webhooks")
    delete_ours(town)
    adam = town.person("adam")
    assert "2 missing" in provision(town)
    assert "every 15 minutes" in words(answer(adam, "doctor", "Autotask PSA · Webhooks"))
    town.autotask.level.give("Webhooks")
    said = provision(town)
    assert "2 created" in said or "2 kept" in said, said  # the look that the doctor began may have made them a moment before
    live(town, "Company", "Contact")
    assert "❌ *Autotask PSA · Webhooks" not in words(answer(adam, "doctor", "Doctor"))


def test_a_forged_callout_is_refused_like_an_unknown_address(town: Stage) -> None:
    """Without the secret nobody says anything to us."""
    url = str(live(town, "Company", "Contact")["Company"]["webhookUrl"])
    body = b'{"Action":"Update","EntityType":"Account","Id":1,"SequenceNumber":99}'
    forged = httpx.post(url, content=body, headers={"X-Hook-Signature": "sha1=AAAA"}, trust_env=False)
    unknown = httpx.post(url[:-4] + "0000", content=body, headers={"X-Hook-Signature": "sha1=AAAA"}, trust_env=False)
    assert (forged.status_code, forged.content) == (unknown.status_code, unknown.content) == (404, b"")


def test_disconnecting_leaves_no_webhook_behind(town: Stage) -> None:
    """What was ours at the vendor is gone with the credentials."""
    live(town, "Company", "Contact")
    adam = town.person("adam")
    cards = answer(adam, "integrations", "Autotask PSA")
    assert adam.press(cards, "Disconnect", near="Autotask PSA")
    assert soon(lambda: not there(town) or None, 30)
