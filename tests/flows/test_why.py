"""`why`: where something came from, or why it is not here."""

import re
from dataclasses import replace

from bot.ids import new_id
from domain.ports import Kind
from flows import why
from tests.flows.bench import Bench


def asked(made: Bench, thing: str) -> str:
    return "\n".join(why.why(made.context, made.admin, thing))


def filled(made: Bench) -> None:
    paper = made.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    paper.company("20", "No Web")
    paper.company("30", "Inactive Ltd", "inactive.example", is_active=False)
    paper.person("1", "10", "ada@contoso.com", "Ada", last="Lovelace")
    paper.person("2", "10", "", "Nora", last="Nomail")
    made.connected("autotask")
    made.imported(Kind.COMPANIES)
    made.imported(Kind.USERS, "Contoso")


def test_a_person_is_told_with_source_company_record_and_who_approved(both: Bench) -> None:
    filled(both)
    said = asked(both, "lovelace")
    for part in ("Ada Lovelace (ada@contoso.com)", "Contoso", "Autotask PSA", "company 10", "record 1", "approved by Person U1"):
        assert part in said


def test_a_row_that_was_left_out_is_told_with_its_reason(both: Bench) -> None:
    filled(both)
    assert "Has no e-mail address" in asked(both, "Nomail")
    assert "Inactive in Autotask PSA" in asked(both, "inactive ltd")


def test_a_row_that_can_be_picked_is_told_with_where_it_can_be_picked_now(both: Bench) -> None:
    """The run is over, so its own button is not there any more."""
    both.papers["autotask"].company("40", "Twin One", "twin.example")
    both.papers["autotask"].company("41", "Twin Two", "twin.example")
    filled(both)
    assert "with the button “Only some…” of a new preview" in asked(both, "Twin")


def test_a_company_is_told_with_its_mapping_and_what_it_waits_for(both: Bench) -> None:
    filled(both)
    assert "mapped to Contoso (Autotask PSA, record 10)" in asked(both, "contoso.com")
    assert "waits because it has no web address" in asked(both, "No Web")


def test_somebody_no_longer_at_the_source_is_said_to_be_gone(both: Bench) -> None:
    filled(both)
    with both.store.write() as work:
        connection = work.connections.all()[0]
        person = both.people()["ada@contoso.com"].person
        work.people.mark_gone(connection.id, person.kind, ["1"])
    assert "no longer there" in asked(both, "ada")


def test_what_nobody_knows_is_answered_and_the_words_are_cut(both: Bench) -> None:
    filled(both)
    said = asked(both, "zzz" * 100)
    assert said.startswith("Nothing here is called")
    assert len(said) < 250
    assert asked(both, "   ").startswith("Nothing here is called")


def test_two_runs_have_two_names_though_their_ids_begin_alike(both: Bench) -> None:
    both.context = replace(both.context, new_id=new_id)
    both.workshop.context = both.context
    filled(both)
    both.two_eyes_are_enough()
    both.papers["autotask"].person("3", "10", "bob@contoso.com", "Bob", last="Babbage")
    both.imported(Kind.USERS, "Contoso")
    runs = {found[1] for name in ("lovelace", "babbage") if (found := re.search(r"run (\w{8}) approved", asked(both, name)))}
    assert len(runs) == 2
