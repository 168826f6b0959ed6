"""The digest and its form: drawable whatever the facts, silent about nothing, never longer than a message."""

from dataclasses import replace

import pytest

from handlers.digest import zones, zones_like
from handlers.views import digest as views
from sandbox.workspace.rules import check_options
from tests.handlers.samples import (
    HOSTILE,
    NOW,
    SIZES,
    assert_drawable,
    buttons,
    company,
    report,
    said,
    schedule,
)


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_digests_are_drawable_whatever_the_facts(name: str, number: int) -> None:
    assert_drawable(views.digest(report(number, name)))
    assert_drawable(views.digest(report(number, name, company(name))))


@pytest.mark.parametrize("name", HOSTILE)
def test_the_form_is_drawable(name: str) -> None:
    assert_drawable(views.form(None, "C0MSP", "Europe/Vienna"))
    assert_drawable(views.form(schedule(name), "C0MSP", ""))
    assert_drawable(views.stopped("Stopped."))


def test_the_whole_of_a_full_digest_fits() -> None:
    made = views.digest(report(10_000))
    assert len(made["blocks"]) < 50
    assert not [block for block in made["blocks"] if "do not fit" in str(block)]


def test_every_listed_person_has_both_buttons_and_the_rest_are_counted() -> None:
    made = views.digest(report(10))
    texts = [text for text, _ in buttons(made)]
    assert texts.count("Re-invite") == texts.count("Un-invite") == 3 * views.SHOWN
    assert texts.count("Add domain") == texts.count("Map now") == views.SHOWN
    assert {"Re-invite all 10 expired", "Show all"} <= set(texts)
    assert "and 7 more" in said(made)


def test_all_kinds_and_ages_are_named() -> None:
    text = said(views.digest(report(4)))
    for words in (
        "4 pending, 4 expired, 4 bounced, 4 accepted, 4 without domain, 4 not mapped",
        "up to 2 days: 4",
        "Invitation pending",
        "Accepted since",
        "need a domain",
        "not mapped",
        "Notes",
    ):
        assert words in text
    assert "over 7 days" not in text


def test_nothing_is_one_line() -> None:
    made = views.digest(report(0))
    assert len(made["blocks"]) == 1
    assert "All clear" in made["text"]


def test_a_company_s_digest_names_the_company() -> None:
    assert "Digest of Contoso GmbH" in said(views.digest(report(1, of=company())))


def test_the_form_shows_what_is_set() -> None:
    made = views.form(schedule(), "C0MSP", "")
    assert "Mon–Fri at 09:00 (Europe/Vienna), next <!date^" in said(made)
    assert made["submit"]["text"] == "Save"
    assert made["private_metadata"] == "C0MSP"
    assert [text for text, _ in buttons(made)] == ["Post now", "Stop"]


def test_a_new_form_offers_working_days_in_the_person_s_zone_and_nothing_to_stop() -> None:
    made = views.form(None, "C0MSP", "Asia/Tokyo")
    assert [text for text, _ in buttons(made)] == ["Post now"]
    assert "Asia/Tokyo" in str(made)
    chosen = next(block for block in made["blocks"] if block.get("block_id") == views.DAYS)
    assert [each["value"] for each in chosen["element"]["initial_options"]] == ["0", "1", "2", "3", "4"]


def test_what_was_saved_is_said_with_the_next_time() -> None:
    assert f"<!date^{int(NOW.timestamp())}^" in views.saved(schedule())
    assert "next" not in views.saved(replace(schedule(), next_at=None))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (range(7), "every day"),
        (range(5), "Mon–Fri"),
        ((0, 1), "Mon, Tue"),
        ((4, 0, 2), "Mon, Wed, Fri"),
        ((6,), "Sun"),
    ],
)
def test_days_are_said_shortly(days: tuple[int, ...], words: str) -> None:
    assert views.days_said(tuple(days)) == words


@pytest.mark.parametrize(
    ("typed", "first"),
    [("vienna", "Europe/Vienna"), ("new york", "America/New_York"), ("UTC", "UTC"), ("york", "America/New_York")],
)
def test_zones_are_found_by_city(typed: str, first: str) -> None:
    assert first in [zone for _, zone in zones_like(typed)]


def test_zones_are_offered_as_slack_takes_them() -> None:
    for typed in ("", "a", "no such place", "<!channel>"):
        found = zones_like(typed)
        assert len(found) <= 100
        options = [{"text": {"type": "plain_text", "text": text}, "value": zone} for text, zone in found]
        assert check_options({"options": options}) == []
    assert len(zones()) > 300
