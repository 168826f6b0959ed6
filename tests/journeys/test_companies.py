"""Companies: preview, all changes, approval, outcome, missing domains; then the mapping at the second source."""

from collections.abc import Iterator

import pytest

from sandbox.workspace.finding import words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import (
    answer,
    approved,
    connected,
    labels,
    msp,
    preview,
    until,
)

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both sources are connected, and nothing is imported."""
    with staged(tmp_path_factory.mktemp("companies")) as stage:
        adam = stage.person("adam")
        connected(stage, adam)
        connected(stage, adam, "itglue", stage.itglue.key_without_passwords)
        yield stage


def test_companies_come_in_after_a_preview_and_wait_for_their_domains(town: Stage) -> None:
    """Preview, See all changes (paged, searched, filtered), Approve, outcome, Add domain for one and for many."""
    tess = town.person("tess")
    shown = preview(tess, "companies from autotask", "new", "changed", "unchanged", "held", "conflict", "Approve", "Deny")
    assert "Import companies from Autotask PSA" in words(shown)
    assert town.rows("select count(*) from company where not is_own") == [(0,)]
    _look_through(town, shown)
    done = approved(tess, shown, "domain", "Approved by")
    assert not {"Approve", "Deny"} & set(labels(done))
    assert labels(done).count("Add domain") == 5
    _add_domains(town, done)
    _map_at_itglue(town)
    again = words(preview(tess, "companies from autotask"))
    assert "*0* new" in again


def _look_through(town: Stage, shown: dict[str, object]) -> None:
    tess = town.person("tess")
    tess.press(shown, "See all changes")
    first = tess.wait_for_view("All changes", "Page 1 of 3")
    tess.press(first, "Next")
    second = tess.wait_for_view("All changes", "Page 2 of 3")
    assert words(first).splitlines()[-8:] != words(second).splitlines()[-8:]
    tess.fill(second, {"Search": "proseware"})
    found = tess.wait_for_view("3 rows fit", "Proseware Holding AG")
    assert "Contoso" not in words(found)
    tess.fill(found, {"Search": ""})
    every = tess.wait_for_view("Page 1 of 3")
    held = next(text for text in words(every).splitlines() if text.startswith("Held ("))
    tess.choose(every, "Show", held)
    tess.wait_for_view("needs domain", f"{held.partition('(')[2].rstrip(')')} rows fit")
    tess.cancel(everything=True)


def _add_domains(town: Stage, done: dict[str, object]) -> None:
    """One by its button, the rest in the form for all; a public mail domain and a taken one are refused with a reason."""
    tess = town.person("tess")
    tess.press(done, "Add domain", near="Margie's Travel")
    form = tess.wait_for_view("Add domain", "Margie's Travel")
    assert "Margie's Travel" in tess.submit(form, {"Margie's Travel": "gmail.com"}).errors
    assert "Margie's Travel" in tess.submit(form, {"Margie's Travel": "https://www.contoso.example/"}).errors
    assert tess.submit(form, {"Margie's Travel": "https://WWW.margies-travel.example./en/"})
    done = until(tess, done, "4 companies need a domain")
    assert town.rows("select domain from company where name = ?", "Margie's Travel") == [("margies-travel.example",)]
    tess.press(done, "Add all domains")
    form = tess.wait_for_view("Add domains", "Kowalski Roofing")
    assert tess.submit(form, {"Kowalski Roofing": "kowalski.example", "Graphic Design Institute": "gdi.example"})
    until(tess, done, "2 companies need a domain")
    answer(tess, "companies kowalski", "kowalski.example")


def _map_at_itglue(town: Stage) -> None:
    tess = town.person("tess")
    msp(tess, "map itglue")
    table = tess.wait_for_view("Map companies", "0 mapped", "Suggested", timeout=40)
    assert "IT Glue" in words(table)
    assert "the PSA id carried by IT Glue" in words(table)
    tess.fill(table, {"Search": "fabrikam"})
    table = tess.wait_for_view("Suggested", "Fabrikam Inc")
    tess.press(table, "Confirm", near="Fabrikam, Inc.")
    table = tess.wait_for_view("Mapped to *Fabrikam Inc*", "1 mapped")
    tess.fill(table, {"Search": "trey"})
    table = tess.wait_for_view("Trey Research", "No suggestion")
    tess.press(table, "Change", near="Trey Research")
    form = tess.wait_for_view("Change mapping")
    assert tess.options(form, "Company at the source", "fabrik") == []
    offered = tess.options(form, "Company at the source", "relec")
    assert offered == ["Relecloud"]
    assert tess.submit(form, {"Company at the source": "Relecloud"})
    table = tess.wait_for_view("Mapped to *Relecloud*", "2 mapped")
    tess.fill(table, {"Search": "contosso"})
    table = tess.wait_for_view("Contosso", "No suggestion")
    tess.press(table, "Not to be mapped", near="Contosso")
    table = tess.wait_for_view("not to be mapped")
    tess.fill(table, {"Search": ""})
    table = tess.wait_for_view("certain", "Adventure Works")
    bulk = next(label for label in labels(table) if label.startswith("Confirm all"))
    tess.press(table, bulk)
    table = tess.wait_for_view("companies were mapped", "0 certain")
    assert "Adventure Works" not in words(table)
    tess.cancel(everything=True)
    assert town.rows("select count(*) from not_mapped") == [(1,)]
