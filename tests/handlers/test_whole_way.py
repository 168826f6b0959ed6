"""The way of a newcomer through the running bot: connect, import companies, map, import users, each with its refusals."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.ports import UpstreamCompany, UpstreamPerson
from flows import companies
from flows import connect as flow_connect
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.handlers.samples import buttons
from tests.handlers.whole import BAD, GOOD, NOW, ROOM, Whole, late_click, whole


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        running.papers["autotask"].companies_ = [
            UpstreamCompany("11", "Contoso Ltd", "https://www.contoso.com"),
            UpstreamCompany("12", "Fabrikam <!channel> Inc", "fabrikam.com"),
            UpstreamCompany("13", "Adventure Works"),
        ]
        running.papers["autotask"].people = [
            UpstreamPerson("21", "11", "Mia", "Huber", "mia@contoso.com"),
            UpstreamPerson("22", "11", "Max", "Moser", "max@contoso.com"),
            UpstreamPerson("23", "12", "Eva", "Evil", "eva@fabrikam.com"),
            UpstreamPerson("31", None, "Sue", "Staff", "sue@northwind-it.example"),
        ]
        yield running


def connect(person: Person, secret: str = GOOD, source: str = "autotask") -> Any:
    person.command("/msp", f"connect {source}", channel=ROOM)
    form = person.wait_for_view("API secret")
    return person.submit(form, {"Region": "EU", "API username": "api@northwind.example", "API secret": secret})


def import_companies(person: Person) -> None:
    person.command("/msp", "import companies from autotask", channel=ROOM)
    person.press(person.wait_for_message(ROOM, "Import companies from Autotask PSA", "Approve"), "Approve")
    person.wait_for_message(ROOM, "Import companies", "Done.")


def test_connecting_tells_in_private_what_was_found(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    assert connect(adam)
    adam.wait_for_view("Connected", "3 companies", "Passwords: *locked*")
    adam.wait_for_message(ROOM, "Connected", "3 companies")
    assert tess.messages(ROOM, "Connected") == []


def test_a_wrong_secret_is_told_at_its_field_and_nothing_is_kept(bot: Whole) -> None:
    adam = bot.person("adam")
    outcome = connect(adam, BAD)
    assert outcome.errors == {"API secret": "The API secret is wrong. Make a new one."}
    adam.cancel(everything=True)
    adam.command("/msp", "integrations", channel=ROOM)
    adam.wait_for_message(ROOM, "Integrations", "not connected")


def test_a_wrong_shape_is_told_without_a_call(bot: Whole) -> None:
    assert connect(bot.person("adam"), "short").errors == {"API secret": "A secret has at least 8 characters."}


def test_testing_keeps_what_was_typed_and_so_do_the_guides(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "connect autotask", channel=ROOM)
    form = adam.wait_for_view("API secret")
    adam.fill(form, {"Region": "EU", "API username": "api@northwind.example", "API secret": BAD})
    adam.press(form, "Test connection")
    form = adam.wait_for_view("Not connected", "The API secret is wrong", "Look at the field *API secret*")
    adam.press(form, "I have a user already")
    form = adam.wait_for_view("1. Open *Admin*")
    adam.press(form, "👍 It helped")
    adam.wait_for_view("your answer was noted")
    outcome = adam.submit(adam.wait_for_view("your answer"), {"API secret": GOOD})
    assert outcome
    adam.wait_for_view("Connected")
    assert bot.papers["autotask"].fields["username"] == "api@northwind.example"


def test_a_slow_source_does_not_keep_slack_waiting_and_the_result_comes_later(bot: Whole) -> None:
    bot.papers["autotask"].slow = threading.Event()
    adam = bot.person("adam")
    assert connect(adam)
    adam.wait_for_view("Testing Autotask PSA")
    bot.papers["autotask"].slow.set()
    adam.wait_for_view("Connected")
    adam.wait_for_message(ROOM, "Connected", "3 companies")


def test_who_was_overtaken_by_a_later_save_is_told_and_nothing_is_replaced(bot: Whole) -> None:
    """The first hangs and is closed; the second connects; the first is answered at last, and the second one's key stays."""
    paper = bot.papers["autotask"]
    paper.slow, first = threading.Event(), bot.person("adam")
    assert connect(first)
    first.wait_for_view("Testing Autotask PSA")
    hanging, paper.slow = paper.slow, None
    later = replace(bot.context, clock=lambda: NOW + timedelta(seconds=1))
    newer = {"region": "US", "username": "new@northwind.example", "secret": "second-secret-of-the-northwind-5678"}
    flow_connect.save(later, bot.system, bot.context.connectors["autotask"], newer)
    hanging.set()
    first.wait_for_view("Not saved", "connected with newer ones, or disconnected")
    first.wait_for_message(ROOM, "connected with newer ones", "nothing was changed")
    assert [each.last_four for each in flow_connect.live(bot.context)] == ["5678"]


def test_each_source_is_told_of_when_one_of_them_was_just_synced(bot: Whole) -> None:
    adam = bot.person("adam")
    for source in ("autotask", "itglue"):
        bot.connected(source)
    adam.command("/msp", "sync autotask", channel=ROOM)
    adam.wait_for_message(ROOM, "Autotask PSA is being synced. What changed is told here")
    adam.command("/msp", "sync", channel=ROOM)
    said = adam.wait_for_message(ROOM, "Autotask PSA is being synced or was just now. Ask again in 120 seconds.")
    assert "IT Glue is being synced. What changed is told here" in words(said)
    with bot.context.store.work() as work:
        assert len(work.journal.newest("sync", 10)) == 2, "Autotask is not started twice"


def test_only_an_admin_may_connect(bot: Whole) -> None:
    connect_first = bot.person("adam")
    assert connect(connect_first)
    tess = bot.person("tess")
    tess.command("/msp", "connect autotask", channel=ROOM)
    tess.wait_for_message(ROOM, "You need another role to manage connections")
    assert tess.view() is None


def test_before_connecting_the_next_step_is_offered(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "import companies", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Connect one first"), "Connect a source")
    adam.wait_for_message(ROOM, "Which source?")


def test_companies_come_in_after_a_preview_and_a_decision_and_ask_for_domains(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    connect(adam)
    tess.command("/msp", "import companies", channel=ROOM)
    preview = tess.wait_for_message(ROOM, "Import companies from Autotask PSA", "*2* new", "*1* held", "Approve")
    assert "<!channel>" not in str(preview)
    tess.press(preview, "See all changes")
    shown = tess.wait_for_view("All changes", "Adventure Works")
    tess.choose(shown, "Show", "New (2)")
    tess.wait_for_view("2 rows fit")
    tess.cancel(everything=True)
    assert tess.press(preview, "Approve")
    done = tess.wait_for_message(ROOM, "Done.", "1 company needs a domain", "Approved by")
    tess.press(done, "Add domain")
    form = tess.wait_for_view("Add domain")
    assert tess.submit(form, {"Adventure Works": "gmail.com"}).errors
    assert tess.submit(form, {"Adventure Works": "adventure-works.com"})
    tess.wait_for_message(ROOM, "adventure-works.com")
    assert companies.find(bot.context, bot.system, "adventure-works.com").name == "Adventure Works"


def test_a_late_click_changes_nothing_and_says_so(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    connect(adam)
    adam.command("/msp", "import companies", channel=ROOM)
    preview = adam.wait_for_message(ROOM, "Approve", "*2* new")
    plan_id = next(value for label, value in buttons(preview) if label == "Approve")
    adam.press(preview, "Deny")
    adam.wait_for_message(ROOM, "Denied by Adam Admin", "Preview again")
    late_click(bot, tess.id, preview, "plan_approve", plan_id)
    tess.wait_for_message(ROOM, "Denied already by Adam Admin. Your click changed nothing.")
    tess.press(tess.wait_for_message(ROOM, "Preview again"), "Preview again")
    tess.wait_for_message(ROOM, "*2* new", "Approve")


def test_of_two_clicks_at_once_one_acts_and_the_other_is_told(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    connect(adam)
    adam.command("/msp", "import companies", channel=ROOM)
    preview = adam.wait_for_message(ROOM, "Approve", "*2* new")
    plan_id = next(value for label, value in buttons(preview) if label == "Approve")
    clicks = [
        threading.Thread(target=late_click, args=(bot, who.id, preview, "plan_approve", plan_id)) for who in (adam, tess)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join(20)
    adam.wait_for_message(ROOM, "Done.", "1 company needs a domain")

    def told() -> list[Any]:
        return adam.messages(ROOM, "Your click changed nothing") + tess.messages(ROOM, "Your click changed nothing")

    assert len(adam.wait_for(told)) == 1
    assert companies.page(bot.context, bot.system).total == 3


def test_a_viewer_or_a_guest_is_told_why_a_click_does_nothing(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    adam.command("/msp", "import companies", channel="#helpdesk")
    preview = adam.wait_for_message("#helpdesk", "Approve")
    gus = bot.person("gus")
    gus.press(preview, "Approve")
    gus.wait_for_message("#helpdesk", "only for the full members")
    adam.wait_for_message("#helpdesk", "Approve", "*2* new")


def test_only_some_rows_are_picked_without_reading_again(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    adam.command("/msp", "import companies", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Approve"), "Only some…")
    form = adam.wait_for_view("Only some")
    assert adam.submit(form, {"Rows": ["Contoso Ltd"]})
    narrowed = adam.wait_for_message(ROOM, "only 1 chosen row", "*1* new", "Approve")
    adam.press(narrowed, "Approve")
    adam.wait_for_message(ROOM, "Done.")
    assert companies.page(bot.context, bot.system, "fabrikam").total == 0


def test_the_mapping_table_suggests_confirms_and_changes(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    companies.add(bot.context, bot.system, "Contoso", "contoso.com")
    companies.add(bot.context, bot.system, "Something Else", "else.example")
    adam.command("/msp", "map autotask", channel=ROOM)
    table = adam.wait_for_view("Suggested", "Contoso Ltd", "0 mapped", timeout=20)
    adam.press(table, "Confirm")
    table = adam.wait_for_view("Mapped to *Contoso Ltd*", "1 mapped")
    adam.press(table, "Change")
    form = adam.wait_for_view("Company at the source")
    assert "Contoso Ltd" not in str(adam.options(form, "Company at the source", "o"))
    assert adam.submit(form, {"Company at the source": "Adventure Works"})
    table = adam.wait_for_view("2 mapped", "Nothing is open")
    adam.choose(table, "Show", "All companies")
    table = adam.wait_for_view("Something Else", "Remove mapping")
    adam.press(table, "Remove mapping", near="Something Else")
    form = adam.wait_for_view("What this does")
    assert adam.submit(form)
    adam.wait_for_view("1 mapped", "Something Else")


def test_with_two_sources_each_has_its_own_table(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    connect(adam, source="itglue")
    adam.cancel(everything=True)
    adam.command("/msp", "map", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "At which source?"), "Map at IT Glue")
    adam.wait_for_view("*IT Glue*: 0 mapped", timeout=20)


def test_the_table_is_drawn_when_the_sources_list_has_been_read(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    companies.add(bot.context, bot.system, "Contoso", "contoso.com")
    bot.worker.hold.clear()
    adam.command("/msp", "map", channel=ROOM)
    adam.wait_for_view("Reading the companies of Autotask PSA")
    bot.worker.hold.set()
    adam.wait_for_view("Suggested", "Contoso Ltd")


def test_users_come_only_after_mapping_and_only_of_the_mapped_company(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    companies.add(bot.context, bot.system, "Contoso", "contoso.com")
    companies.add(bot.context, bot.system, "Zeta", "zeta.example")
    adam.command("/msp", "import users contoso", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Map it first"), "Map now")
    table = adam.wait_for_view("Suggested", "Contoso Ltd", timeout=20)
    assert "Zeta" not in words(table)
    adam.press(table, "Confirm")
    adam.wait_for_view("Mapped to *Contoso Ltd*")
    adam.cancel(everything=True)
    adam.command("/msp", "import users contoso", channel=ROOM)
    preview = adam.wait_for_message(ROOM, "Import users into Contoso from Autotask PSA", "*2* new", "Approve")
    assert "Eva" not in words(preview)
    adam.press(preview, "Approve")
    adam.wait_for_message(ROOM, "Import users into Contoso", "Done.")


def test_importing_alone_offers_what_from_where(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    adam.command("/msp", "import", channel=ROOM)
    picker = adam.wait_for_message(ROOM, "What would you like to import?", "IT Glue is not connected yet", "has no groups")
    adam.press(picker, "From Autotask PSA", near="Staff")
    adam.wait_for_message(ROOM, "Import staff from Autotask PSA", "*1* new")


def test_users_without_a_company_ask_which_one(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    companies.add(bot.context, bot.system, "Contoso", "contoso.com")
    adam.command("/msp", "import users", channel=ROOM)
    form = adam.wait_for_view("Import users")
    adam.submit(form, {"Company": "Contoso"})
    adam.wait_for_view("Map it first")


def test_a_channel_that_closes_meanwhile_does_not_lose_the_preview(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    bot.worker.hold.clear()
    adam.command("/msp", "import companies", channel=ROOM)
    adam.wait_for_message(ROOM, "Reading Autotask PSA")
    bot.workspace.faults.archive(adam.channel_id(ROOM))
    bot.worker.hold.set()
    preview = adam.wait_for_message("@bot", "*2* new", "Approve")
    assert adam.messages("@bot", "is archived. So I tell you here")
    adam.press(preview, "Approve")
    adam.wait_for_message("@bot", "Done.", "1 company needs a domain")


def test_a_channel_without_us_gets_its_answer_directly(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    bot.workspace.faults.remove_bot(adam.channel_id("#leadership"))
    adam.command("/msp", "import companies", channel="#leadership")
    adam.wait_for_message("@bot", "add me with `/invite`", "So I tell you here")
    adam.wait_for_message("@bot", "*2* new", "Approve")


def test_a_deleted_message_is_posted_anew(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    bot.worker.hold.clear()
    adam.command("/msp", "import companies", channel=ROOM)
    reading = adam.wait_for_message(ROOM, "Reading Autotask PSA")
    bot.workspace.faults.delete_message(reading["channel"], reading["ts"])
    bot.worker.hold.set()
    preview = adam.wait_for_message(ROOM, "*2* new", "Approve")
    assert preview["ts"] != reading["ts"]
    adam.press(preview, "Deny")
    adam.wait_for_message(ROOM, "Denied by Adam Admin")
    assert len(adam.messages(ROOM, "Import companies from")) == 1


def test_a_delivery_that_slack_repeats_is_taken_once(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    bot.workspace.faults.duplicate("slash_commands")
    adam.command("/msp", "import companies", channel=ROOM)
    adam.wait_for_message(ROOM, "*2* new", "Approve")
    assert len(adam.messages(ROOM, "Import companies from")) == 1


def test_a_slack_that_is_slow_or_broken_for_a_moment_does_not_lose_the_outcome(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    bot.worker.hold.clear()
    adam.command("/msp", "import companies", channel=ROOM)
    adam.wait_for_message(ROOM, "Reading Autotask PSA")
    bot.workspace.faults.rate_limit("chat.update", times=1)
    bot.workspace.faults.server_error("chat.update", times=1)
    bot.worker.hold.set()
    adam.wait_for_message(ROOM, "*2* new", "Approve", timeout=20)


def test_an_expired_trigger_is_answered_with_another_button(bot: Whole) -> None:
    adam = bot.person("adam")
    bot.workspace.faults.expire_triggers(1)
    adam.command("/msp", "connect autotask", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Slack did not open the form in time"), "Open the form")
    adam.wait_for_view("API secret")


def test_a_form_that_slack_did_not_open_is_asked_for_once_more(bot: Whole) -> None:
    adam = bot.person("adam")
    bot.workspace.faults.expire_triggers(1)
    adam.command("/msp", "settings", channel=ROOM)
    adam.wait_for_message(ROOM, "Slack did not open that in time. Try once more.")
    adam.command("/msp", "settings", channel=ROOM)
    adam.wait_for_view("MSP")


def test_no_secret_ever_goes_to_slack(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam, BAD)
    adam.submit(adam.wait_for_view("API secret"), {"API secret": GOOD})
    adam.wait_for_view("Connected")
    adam.command("/msp", "connect autotask", channel=ROOM)
    adam.command("/msp", "integrations", channel=ROOM)
    adam.wait_for_message(ROOM, "Integrations", "key ending in")
    sent = str([record.content for record in bot.workspace.log.all("from_bot")])
    assert GOOD not in sent
    assert BAD not in sent


def test_the_working_company_is_set_shown_and_left(bot: Whole) -> None:
    tess = bot.person("tess")
    companies.add(bot.context, bot.system, "Contoso", "contoso.com")
    tess.command("/msp", "company contoso", channel=ROOM)
    tess.wait_for_message(ROOM, "You are working in *Contoso*")
    tess.command("/msp", channel=ROOM)
    tess.wait_for_message(ROOM, "You are working in *Contoso* here", "Connect a source")
    tess.command("/msp", "company none", channel=ROOM)
    tess.wait_for_message(ROOM, "You work in no company here")


def test_the_list_of_companies_is_searched_and_a_company_managed(bot: Whole) -> None:
    tess = bot.person("tess")
    for number in range(23):
        companies.add(bot.context, bot.system, f"Shop {number:02}", f"shop{number}.example")
    tess.command("/msp", "companies", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "23 companies", "Page 1 of 3")
    tess.press(shown, "Next")
    shown = tess.wait_for_message(ROOM, "Page 2 of 3")
    tess.fill(shown, {"Search": "shop 07"})
    shown = tess.wait_for_message(ROOM, "1 company fit", "Shop 07")
    tess.press(shown, "Manage")
    tess.wait_for_message(ROOM, "Web address", "shop7.example", "You are working in *Shop 07*")


def test_a_company_is_added_by_hand(bot: Whole) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "companies", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "no companies yet"), "Add company")
    form = tess.wait_for_view("Add company")
    assert tess.submit(form, {"Name": "Wingtip", "Web address": "gmail.com"}).errors.keys() == {"Web address"}
    assert tess.submit(form, {"Web address": "wingtip.example"})
    tess.wait_for_message(ROOM, "Company Wingtip") or tess.wait_for_message(ROOM, "wingtip.example")


def test_a_source_is_tested_synced_and_disconnected_from_its_card(bot: Whole) -> None:
    adam = bot.person("adam")
    connect(adam)
    adam.cancel(everything=True)
    adam.command("/msp", "test", channel=ROOM)
    adam.wait_for_message(ROOM, "Connection test", "Connected")
    adam.command("/msp", "integrations", channel=ROOM)
    card = adam.wait_for_message(ROOM, "Integrations", "key ending in `1234`", "Passwords: *locked*")
    assert GOOD not in str(card)
    adam.press(card, "Disconnect")
    adam.wait_for_message(ROOM, "its credentials are wiped")


def test_a_stranger_and_a_guest_get_nothing(bot: Whole) -> None:
    for handle, channel in (("gus", "#helpdesk"), ("sam", "#client-contoso")):
        person = bot.person(handle)
        person.command("/msp", "help", channel=channel)
        person.wait_for_message(channel, "only for the full members of this workspace")


def test_the_menu_the_help_and_the_nearest_verb(bot: Whole) -> None:
    tess = bot.person("tess")
    tess.command("/msp", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "What would you like to do?"), "Companies")
    tess.wait_for_message(ROOM, "There are no companies yet")
    tess.command("/msp", "help", channel=ROOM)
    shown = words(tess.wait_for_message(ROOM, "What /msp can do"))
    for verb in ("connect", "test", "integrations", "companies", "company", "map", "import", "users", "invites", "digest",
                 "sync", "history", "settings", "status", "why", "feedback", "setup", "doctor", "tickets", "ticket",
                 "opportunities", "opportunity", "assets", "vault", "audit"):
        assert f"/msp {verb}" in shown
    tess.command("/msp", "integratons", channel=ROOM)
    tess.wait_for_message(ROOM, "Did you mean", "integrations")
    tess.command("/msp", "xyzzy", channel="#general")
    tess.wait_for_message("#general", "There is no `xyzzy`")


@pytest.mark.parametrize("text", [
    "connect itglue ITG.0f4e5ab1c9", "connect autotask secret=hunter2", "Xk9mQ2vL8pR4tW7z", "import users P@ssw0rd!2",
])
def test_text_that_looks_like_a_key_is_refused_and_never_repeated(bot: Whole, text: str) -> None:
    tess = bot.person("tess")
    tess.command("/msp", text, channel=ROOM)
    refusal = tess.wait_for_message(ROOM, "looks like a key or a password", "revoke")
    assert text.split()[-1] not in str(refusal)


def test_an_unknown_failure_gives_a_reference_that_stands_in_the_log_without_its_text(
    bot: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    bot.papers["autotask"].trouble = RuntimeError(f"it broke on {GOOD}")
    adam = bot.person("adam")
    outcome = connect(adam)
    said = next(iter(outcome.errors.values()))
    number = said.rsplit(" ", 1)[-1].strip(".")
    assert "reference" in said
    assert f"Reference {number}" in caplog.text
    assert GOOD not in caplog.text + said
