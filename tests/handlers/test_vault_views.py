"""The vault's lists, cards, forms and links: Slack takes them whatever the data, and no value is ever in them."""

from dataclasses import replace

import pytest

from domain.roles import Act
from domain.secret import Entry, EntryState
from flows.vault import EntryLine, VaultPage
from handlers.views import vault
from tests.handlers.samples import HOSTILE, NOW, SIZES, assert_drawable, buttons, company, said

EVERYTHING = frozenset(Act)
ADDRESS = "https://gangway.example/reveal/Zm9vYmFyYmF6LXF1eC0xMjM0NTY3ODkw"


def entry(name: str = "Firewall", number: int = 1) -> Entry:
    return Entry(
        f"e{number}", "c1", name, name, f"https://{name}", name, (name, "Core"), EntryState.ACTIVE, True, True, True, NOW, name
    )


def line(name: str = "Firewall", number: int = 1, source: str = "") -> EntryLine:
    return EntryLine(entry(name, number), company(name), source)


def page(number: int, name: str = "Firewall", archived: bool = False) -> VaultPage:
    lines = tuple(line(name, each) for each in range(min(number, 10)))
    pages = max(1, -(-number // 10))
    return VaultPage(company(name) if number % 2 else None, lines, 1, pages, number, name, archived, EVERYTHING)


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_lists_are_drawable_whatever_a_source_holds(name: str, number: int) -> None:
    for archived in (False, True):
        assert_drawable(vault.listing(page(number, name, archived), company(name), "/msp"))


@pytest.mark.parametrize("name", HOSTILE)
def test_cards_forms_and_links_are_drawable(name: str) -> None:
    for one in (line(name), line(name, source=name), EntryLine(replace(entry(name), state=EntryState.ARCHIVED), company(name), "")):
        assert_drawable(vault.card(one, EVERYTHING, "C0MSP", done="Done."))
        assert_drawable(vault.card(one, frozenset({Act.VAULT}), "C0MSP"))
        assert_drawable(vault.edit(one.entry, "V1", "C0MSP"))
    assert_drawable(vault.new(company(name), "C0MSP"))
    for what in (vault.REVEAL, vault.CODE, vault.SECRET, vault.ADD, vault.FILE, vault.EXPORT):
        assert_drawable(vault.link(what, name, ADDRESS, "C0MSP"))
        assert_drawable(vault.link_message(what, name, ADDRESS))


def test_a_card_offers_what_the_reader_may_and_no_more() -> None:
    def offered(may: frozenset[Act]) -> set[str]:
        return {text for text, _ in buttons(vault.card(line(), may, "C1"))}

    assert offered(EVERYTHING) == {"Reveal", "One-time code", "Edit", "Enter the secret", "Archive"}
    assert "Reveal" not in offered(frozenset({Act.VAULT, Act.KEEP}))
    assert offered(frozenset({Act.VAULT, Act.REVEAL})) == {"Reveal", "One-time code"}


def test_a_list_offers_what_the_reader_may_and_no_more() -> None:
    def offered(*may: Act) -> set[str]:
        shown = replace(page(1), may=frozenset(may))
        return {text for text, _ in buttons(vault.listing(shown, company(), "/msp"))}

    assert {"Add entry", "Import passwords", "Import a file", "Export"} <= offered(*Act)
    assert not {"Add entry", "Export"} & offered(Act.VAULT, Act.IMPORT)
    assert not {"Import a file", "Import passwords"} & offered(Act.VAULT)


def test_badges_are_words() -> None:
    text = said(vault.listing(page(1), company(), "/msp"))
    for word in ("password", "code", "notes"):
        assert word in text
    assert "no password" in vault.badges(replace(entry(), has_password=False))


def test_no_form_asks_for_a_secret() -> None:
    labels = {block["label"]["text"] for block in vault.new(company(), "C1")["blocks"] if block["type"] == "input"}
    assert labels == {"Name", "Username", "Web address", "Folder", "Category"}
