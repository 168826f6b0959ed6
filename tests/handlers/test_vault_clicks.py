"""Whole clicks about the vault: list, card, links, forms, in a running workspace; and no value ever in what Slack is sent."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.company import Company
from domain.roles import Role
from domain.secret import Secret
from flows import companies, settings, vault
from flows.desk import Desk
from flows.vault import Draft
from handlers import vault as handler
from tests.handlers.browsing import browse
from tests.handlers.live import ROOM, Live, live

PASSWORD = "canary-pa55word-4711"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (handler,)) as running:
        yield running


def kept(bot: Live, company: Company | None, name: str = "Firewall", secret: Secret | None = None) -> str:
    desk = Desk(bot.system.actor, "", None, company)
    entry = vault.add(bot.context, desk, Draft(name, "root", "", "Network")).entry
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
    with bot.context.store.write() as work:
        work.desks.work_in(user_id(bot, "tess"), tess.channel_id(ROOM), contoso.id)
    tess.command("/msp", "vault", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "Vault of Contoso GmbH", "Firewall", "root", "Network", "password", "code")
    assert "Acme router" not in repr(shown)
    assert PASSWORD not in repr(shown)


def user_id(bot: Live, handle: str) -> str:
    return next(str(each["id"]) for each in bot.client.users_list()["members"] if each["name"] == handle)


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
    [line] = vault.search(bot.context, bot.system).lines
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
        assert work.entries.secret(vault.search(bot.context, bot.system).lines[0].entry.id).password == PASSWORD


def test_a_viewer_sees_nothing_of_it(bot: Live) -> None:
    settings.assign(bot.context, bot.system, user_id(bot, "vera"), Role.VIEWER)
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


def test_vault_import_leads_to_a_source_or_a_file(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "vault import", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "Import passwords into the vault of"), "Import a file")
    address = addressed(tess.wait_for_view("takes a CSV or Bitwarden file"))
    file = {"files": {"file": ("v.csv", f"name,password\nFirewall,{PASSWORD}\n".encode(), "text/csv")}}
    [preview] = browse(bot.context, ("POST", address, file))
    assert "1 new" in preview.text
    assert PASSWORD not in preview.text + repr(tess.stack()) + everything_slack_saw(bot, "tess")
