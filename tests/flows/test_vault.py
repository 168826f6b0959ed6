"""The vault by hand: who sees what where, adding, changing, archiving; all of it written down, and never a value."""

import pytest

from domain.company import Company
from domain.errors import NotAllowed, TellPerson
from domain.roles import Role
from domain.secret import Entry, EntryState, Secret
from flows import desk as desks
from flows import onetime, removing, vault
from flows.desk import Desk
from flows.vault import Draft
from tests.flows.bench import Bench
from tests.handlers.samples import HOSTILE

CANARY = "canary-pa55word-4711"


def in_company(made: Bench, company: Company | None, role: Role = Role.TECHNICIAN) -> Desk:
    return Desk(made.desk(role).actor, "C1", None, company)


def kept(made: Bench, company: Company | None, name: str = "Firewall", secret: Secret | None = None) -> Entry:
    desk = in_company(made, company)
    entry = vault.add(made.context, desk, vault.place(made.context, desk).id, Draft(name, "root", "https://fw.example", "Network/Core", "Device")).entry
    with made.store.write() as work:
        work.entries.put(entry, secret or Secret(CANARY, CANARY))
    return entry


def two(made: Bench) -> tuple[Company, Company]:
    return made.company("Contoso GmbH", "contoso.com"), made.company("Acme Inc", "acme.com")


def names(made: Bench, desk: Desk, typed: str = "") -> list[str]:
    """As `/msp vault` with these words shows it."""
    company = None if typed and desk.company is None else vault.place(made.context, desk).id
    return [line.entry.name for line in vault.search(made.context, desk, company, typed).lines]


def test_a_company_shows_its_own_entries_only(both: Bench) -> None:
    contoso, acme = two(both)
    kept(both, contoso, "Contoso firewall")
    kept(both, acme, "Acme firewall")
    kept(both, None, "Our firewall")
    assert names(both, in_company(both, contoso)) == ["Contoso firewall"]
    assert names(both, in_company(both, contoso), "acme") == []
    assert names(both, both.desk(Role.TECHNICIAN, bound=acme)) == ["Acme firewall"]
    assert names(both, both.desk(Role.TECHNICIAN, bound=acme), "firewall") == ["Acme firewall"]


def test_without_a_company_it_is_the_own_vault_and_with_words_all(both: Bench) -> None:
    contoso, _ = two(both)
    kept(both, contoso, "Contoso firewall")
    kept(both, None, "Our firewall")
    assert names(both, both.admin) == ["Our firewall"]
    found = vault.search(both.context, both.admin, None, "FIRE")
    assert next((line.entry.name, line.company.name) for line in found.lines) == ("Contoso firewall", "Contoso GmbH")
    assert found.company is None
    assert found.total == 2


def test_search_looks_at_name_username_and_address_word_by_word(both: Bench) -> None:
    kept(both, None)
    for typed in ("fire root", "FW.EXAMPLE", "root wall"):
        assert names(both, both.admin, typed) == ["Firewall"]
    for typed in ("fire nobody", "%", "_", CANARY):
        assert names(both, both.admin, typed) == []


def test_another_company_s_entry_and_none_at_all_are_refused_in_the_same_words(quick: Bench) -> None:
    contoso, acme = two(quick)
    theirs = kept(quick, acme)
    desk = quick.desk(Role.ADMIN, bound=contoso)
    said = set()
    for entry_id in (theirs.id, "no-such-entry"):
        for act in (
            lambda entry_id: vault.card(quick.context, desk, entry_id),
            lambda entry_id: vault.reveal_link(quick.context, desk, entry_id),
            lambda entry_id: vault.secret_link(quick.context, desk, entry_id),
            lambda entry_id: vault.edit(quick.context, desk, entry_id, Draft("x")),
            lambda entry_id: vault.set_state(quick.context, desk, entry_id, EntryState.ARCHIVED),
        ):
            with pytest.raises(NotAllowed) as refused:
                act(entry_id)
            said.add(refused.value.said)
    assert said == {vault.NO_ENTRY}
    assert vault.card(quick.context, quick.admin, theirs.id).entry == vault.card(quick.context, quick.admin, theirs.id).entry


def test_a_viewer_sees_nothing_of_it_and_changes_nothing(quick: Bench) -> None:
    entry = kept(quick, None)
    desk = quick.desk(Role.VIEWER)
    for act in (
        lambda: vault.search(quick.context, desk, None), lambda: vault.card(quick.context, desk, entry.id),
        lambda: vault.add(quick.context, desk, "own", Draft("x")), lambda: vault.edit(quick.context, desk, entry.id, Draft("x")),
        lambda: vault.set_state(quick.context, desk, entry.id, EntryState.ARCHIVED), lambda: vault.file_link(quick.context, desk, "own"),
        lambda: vault.export_link(quick.context, desk, "own"), lambda: vault.secret_link(quick.context, desk, entry.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_was_drawn_for_a_company_acts_on_exactly_that_one(both: Bench) -> None:
    """Wherever one works by now: the entry, the file's page and the export belong to the company that was named."""
    contoso, acme = two(both)
    both.two_eyes_are_enough()
    desk = in_company(both, acme, Role.ADMIN)
    vault.add(both.context, desk, contoso.id, Draft("Contoso switch"))
    assert names(both, in_company(both, contoso)) == ["Contoso switch"]
    assert names(both, desk) == []
    assert [line.entry.name for line in vault.search(both.context, desk, contoso.id).lines] == ["Contoso switch"]
    for address in (vault.file_link(both.context, desk, contoso.id), vault.export_link(both.context, desk, contoso.id)):
        with both.store.work() as work:
            found = onetime.look(both.context, work, address.rpartition("/")[2], onetime.ENTERING)
        assert found.company_id == contoso.id


def test_a_company_that_is_another_s_or_was_removed_since_is_refused_and_no_vault_stands_in_for_it(quick: Bench) -> None:
    contoso, acme = two(quick)
    elsewhere = quick.desk(Role.ADMIN, bound=contoso)
    quick.two_eyes_are_enough()
    removing.remove(quick.context, quick.admin, acme.id)
    for desk, company_id, said in (
        (quick.admin, acme.id, desks.REMOVED), (in_company(quick, contoso, Role.ADMIN), acme.id, desks.REMOVED), (quick.admin, "", desks.REMOVED),
        (elsewhere, acme.id, elsewhere.refusal()), (elsewhere, "own", elsewhere.refusal()), (elsewhere, "", elsewhere.refusal()),
    ):
        for act in (
            lambda desk, id_: vault.search(quick.context, desk, id_), lambda desk, id_: vault.drawn(quick.context, desk, id_),
            lambda desk, id_: vault.add(quick.context, desk, id_, Draft("x")), lambda desk, id_: vault.file_link(quick.context, desk, id_),
            lambda desk, id_: vault.export_link(quick.context, desk, id_),
        ):
            with pytest.raises(NotAllowed) as refused:
                act(desk, company_id)
            assert refused.value.said == said
    assert names(quick, quick.admin) == names(quick, in_company(quick, contoso)) == []


def test_of_all_companies_a_bound_channel_sees_its_own(quick: Bench) -> None:
    contoso, acme = two(quick)
    kept(quick, contoso, "Contoso firewall")
    kept(quick, acme, "Acme firewall")
    found = vault.search(quick.context, quick.desk(Role.TECHNICIAN, bound=contoso), None, "firewall")
    assert (found.company, [line.entry.name for line in found.lines]) == (contoso, ["Contoso firewall"])


def test_editing_keeps_the_secret_and_counts_as_touched(both: Bench) -> None:
    entry = kept(both, None)
    line = vault.edit(both.context, both.admin, entry.id, Draft("  Edge   firewall ", folder=" A / / B "))
    assert (line.entry.name, line.entry.username, line.entry.folder) == ("Edge firewall", "", ("A", "B"))
    assert line.entry.touched
    with both.store.work() as work:
        assert work.entries.secret(entry.id) == Secret(CANARY, CANARY)


def test_archived_leaves_the_list_and_comes_back(both: Bench) -> None:
    entry = kept(both, None)
    vault.set_state(both.context, both.admin, entry.id, EntryState.ARCHIVED)
    assert names(both, both.admin) == []
    assert vault.search(both.context, both.admin, "own", archived=True).total == 1
    with pytest.raises(TellPerson, match="archived already"):
        vault.set_state(both.context, both.admin, entry.id, EntryState.ARCHIVED)
    vault.set_state(both.context, both.admin, entry.id, EntryState.ACTIVE)
    assert names(both, both.admin) == ["Firewall"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(" "), "name"), (Draft("x" * 201), "name"), (Draft("x", url="y" * 2001), "url"), (Draft("x", "y" * 301), "username"),
        (Draft("x", folder="a/" * 11), "folder"), (Draft("x", folder="a" * 301), "folder"), (Draft("x", category="y" * 301), "category"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(quick: Bench, draft: Draft, field: str) -> None:
    with pytest.raises(TellPerson) as told:
        vault.add(quick.context, quick.admin, "own", draft)
    assert told.value.field == field


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
def test_hostile_names_are_kept_as_they_are(quick: Bench, name: str) -> None:
    tidy = " ".join(name.split())[:200].strip()
    line = vault.add(quick.context, quick.admin, "own", Draft(tidy, tidy, tidy, tidy.replace("/", ""), tidy))
    assert vault.card(quick.context, quick.admin, line.entry.id).entry.name == tidy


def test_nothing_to_reveal_is_said_before_a_link_is_made(quick: Bench) -> None:
    entry = vault.add(quick.context, quick.admin, "own", Draft("Empty")).entry
    with pytest.raises(TellPerson, match="no secret"):
        vault.reveal_link(quick.context, quick.admin, entry.id)
    with pytest.raises(TellPerson, match="no one-time code"):
        vault.reveal_link(quick.context, quick.admin, entry.id, vault.CODE)


def test_every_act_is_written_down_with_company_and_entry_and_no_value(quick: Bench) -> None:
    contoso, _ = two(quick)
    desk = in_company(quick, contoso)
    entry = kept(quick, contoso)
    vault.edit(quick.context, desk, entry.id, Draft("Edge"))
    vault.set_state(quick.context, desk, entry.id, EntryState.ARCHIVED)
    vault.set_state(quick.context, desk, entry.id, EntryState.ACTIVE)
    vault.reveal_link(quick.context, desk, entry.id)
    with quick.store.work() as work:
        every = list(work.journal.all())
    lines = [line for line in every if line.subject == entry.id]
    assert CANARY not in repr(every)
    assert len(lines) == 5
    assert {line.company_id for line in lines} == {contoso.id}


def test_pages_hold_ten_and_never_run_past_the_end(quick: Bench) -> None:
    for number in range(21):
        vault.add(quick.context, quick.admin, "own", Draft(f"Entry {number:02}"))
    found = vault.search(quick.context, quick.admin, "own", page=99)
    assert (found.page, found.pages, found.total) == (3, 3, 21)
    assert [line.entry.name for line in found.lines] == ["Entry 20"]
