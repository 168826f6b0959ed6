"""Whole clicks about the vault: list, card, links, forms, in a running workspace; and no value ever in what Slack is sent."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.company import Company
from domain.roles import Role
from domain.secret import Secret
from flows import companies, removing, settings, vault
from flows.vault import Draft
from handlers import vault as handler
from sandbox.workspace.person import Person
from tests.handlers.browsing import browse
from tests.handlers.live import ROOM, Live, live
from tests.handlers.samples import buttons

PASSWORD = "canary-pa55word-4711"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (handler,)) as running:
        yield running


def kept(bot: Live, company: Company | None, name: str = "Firewall", secret: Secret | None = None) -> str:
    entry = vault.add(bot.context, bot.system, company.id if company else "own", Draft(name, "root", "", "Network")).entry
    with bot.context.store.write() as work:
        work.entries.put(entry, secret or Secret(PASSWORD, otp_seed="JBSWY3DPEHPK3PXP"))
    return entry.id


def addressed(view: object) -> str:
    found = re.search(r"http://gangway\.test/(?:reveal|enter)/[A-Za-z0-9_-]+", repr(view))
    assert found
    return found[0]


def everything_slack_saw(bot: Live, *people: str) -> str:
    return repr([bot.person(each).messages(ROOM) for each in people])


def test_the_list_shows_names_and_badges_of_the_working_company(bot: Live) -> None:
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    kept(bot, contoso)
    kept(bot, acme, "Acme router")
    tess = bot.person("tess")
    bot.works_in(tess, contoso)
    tess.command("/msp", "vault", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "Vault of Contoso GmbH", "Firewall", "root", "Network", "password", "code")
    assert "Acme router" not in repr(shown)
    assert PASSWORD not in repr(shown)


def test_reveal_leads_to_a_page_that_shows_it_once(bot: Live) -> None:
    kept(bot, None)
    tess = bot.person("tess")
    tess.command("/msp", "vault fire", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "Firewall"), "Open")
    card = tess.wait_for_view("Firewall", "Reveal")
    tess.press(card, "Reveal")
    opened = tess.wait_for_view("shows the secret of")
    shown, again = browse(bot.context, ("POST", addressed(opened)), ("POST", addressed(opened)))
    assert PASSWORD in shown.text
    assert again.status_code == 410
    assert PASSWORD not in everything_slack_saw(bot, "tess") + repr(tess.stack())


def test_adding_goes_on_to_the_private_page(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "vault", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "This vault is empty"), "Add entry")
    form = tess.wait_for_view("Add entry")
    tess.submit(form, {"Name": "New <!channel> switch", "Folder": "Network / Core"})
    linked = tess.wait_for_view("takes the secret of")
    [page] = browse(bot.context, ("POST", addressed(linked), {"data": {"password": PASSWORD}}))
    assert page.status_code == 200
    [line] = vault.search(bot.context, bot.system, "own").lines
    assert line.entry.folder == ("Network", "Core")
    assert line.entry.has_password
    assert any("kept encrypted" in text for text in bot.quiet.told)
    assert PASSWORD not in repr(bot.quiet.told)


def test_editing_and_archiving_redraw_the_card(bot: Live) -> None:
    kept(bot, None)
    tess = bot.person("tess")
    tess.command("/msp", "vault", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "Firewall"), "Open")
    tess.press(tess.wait_for_view("Firewall", "Edit"), "Edit")
    tess.submit(tess.wait_for_view("Edit entry"), {"Name": "Edge firewall"})
    card = tess.wait_for_view("Edge firewall", "is saved")
    tess.press(card, "Archive")
    card = tess.wait_for_view("is archived", "Restore")
    tess.press(card, "Restore")
    tess.wait_for_view("is restored", "Archive")
    with bot.context.store.work() as work:
        assert work.entries.secret(vault.search(bot.context, bot.system, "own").lines[0].entry.id).password == PASSWORD


def test_a_viewer_sees_nothing_of_it(bot: Live) -> None:
    settings.assign(bot.context, bot.system, bot.person("vera").id, Role.VIEWER)
    kept(bot, None)
    vera = bot.person("vera")
    vera.command("/msp", "vault", channel=ROOM)
    vera.wait_for_message(ROOM, "You need another role to see what is in the vault")
    assert "Firewall" not in everything_slack_saw(bot, "vera")


def test_a_button_of_another_company_s_entry_is_refused_in_a_bound_channel(bot: Live) -> None:
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    kept(bot, acme, "Acme router")
    tess = bot.person("tess")
    tess.command("/msp", "vault router", channel=ROOM)
    listed = tess.wait_for_message(ROOM, "Acme router")
    companies.bind(bot.context, bot.system, tess.channel_id(ROOM), contoso.id)
    tess.press(listed, "Open")
    tess.wait_for_message(ROOM, "There is no such vault entry here")


def in_small_shed(bot: Live) -> tuple[Person, Company, Company, dict[str, Any]]:
    """Tess looks at the vault of Small Shed, then goes on to work in Kub: the list stays in front of her."""
    shed, kub = bot.company("Small Shed Ltd", "smallshed.example"), bot.company("Kub", "kub.example")
    kept(bot, shed, "Shed router")
    kept(bot, kub, "Kub router")
    tess = bot.person("tess")
    bot.works_in(tess, shed)
    tess.command("/msp", "vault", channel=ROOM)
    listed = tess.wait_for_message(ROOM, "Vault of Small Shed Ltd")
    return tess, shed, kub, listed


def alone(bot: Live) -> None:
    """One pair of eyes is enough for everything."""
    with bot.context.store.write() as work:
        work.settings.put("four_eyes", [])


def entries(bot: Live, company: Company) -> set[str]:
    return {line.entry.name for line in vault.search(bot.context, bot.system, company.id).lines}


def test_an_entry_is_kept_where_its_form_says_whatever_one_works_in_by_then(bot: Live) -> None:
    tess, shed, kub, listed = in_small_shed(bot)
    tess.press(listed, "Add entry")
    form = tess.wait_for_view("A new entry in the vault of", "Small Shed Ltd")
    bot.works_in(tess, kub)
    tess.submit(form, {"Name": "New switch"})
    tess.wait_for_view("takes the secret of")
    assert (entries(bot, shed), entries(bot, kub)) == ({"Shed router", "New switch"}, {"Kub router"})


def test_every_button_of_a_list_is_about_the_company_of_the_list(bot: Live) -> None:
    settings.assign(bot.context, bot.system, bot.person("adam").id, Role.ADMIN)
    settings.assign(bot.context, bot.system, bot.person("tess").id, Role.ADMIN)
    alone(bot)
    tess, shed, kub, listed = in_small_shed(bot)
    bot.works_in(tess, kub)
    for button, told in (("Add entry", "A new entry in the vault of"), ("Import a file", "takes a CSV"), ("Export", "as an encrypted file")):
        tess.press(listed, button)
        tess.wait_for_view(told, "Small Shed Ltd")
        tess.cancel(everything=True)
    tess.press(listed, "Show archived")
    archived = tess.wait_for_message(ROOM, "Vault of Small Shed Ltd: 0 archived entries")
    tess.press(archived, "Show active")
    active = tess.wait_for_message(ROOM, "Vault of Small Shed Ltd: 1 entry", "Shed router")
    assert ("Import passwords", f"passwords|{shed.id}|") in buttons(active)
    assert "Kub router" not in everything_slack_saw(bot, "tess")


def test_the_list_of_a_company_removed_meanwhile_opens_nobody_else_s_vault(bot: Live) -> None:
    tess, shed, _, listed = in_small_shed(bot)
    tess.press(listed, "Add entry")
    form = tess.wait_for_view("A new entry in the vault of", "Small Shed Ltd")
    alone(bot)
    removing.remove(bot.context, bot.system, shed.id)
    tess.submit(form, {"Name": "New switch"})
    tess.wait_for_view("it was removed")
    tess.cancel(everything=True)
    tess.press(listed, "Add entry")
    tess.wait_for_message(ROOM, "it was removed")
    assert vault.search(bot.context, bot.system, "own").total == 0


def test_vault_import_leads_to_a_source_or_a_file(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "vault import", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "Import passwords into the vault of"), "Import a file")
    address = addressed(tess.wait_for_view("takes a CSV or Bitwarden file"))
    file = {"files": {"file": ("v.csv", f"name,password\nFirewall,{PASSWORD}\n".encode(), "text/csv")}}
    [preview] = browse(bot.context, ("POST", address, file))
    assert "1 new" in preview.text
    assert PASSWORD not in preview.text + repr(tess.stack()) + everything_slack_saw(bot, "tess")
