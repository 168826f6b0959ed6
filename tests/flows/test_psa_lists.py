"""A PSA's lists: read anew at a press, searched, and settings that say what is gone are flagged."""

import pytest

from domain.errors import NotAllowed, TellPerson
from domain.psa import Choice, Pick
from domain.roles import Role
from flows import psa_lists, setup_steps
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.psa import paper_of, psa_bench, ready


@pytest.fixture
def made(store: Store) -> Bench:
    return psa_bench(store)


def labels(made: Bench, connection_id: str, pick: Pick, typed: str = "") -> list[str]:
    return [one.label for one in psa_lists.options(made.context, made.admin, connection_id, pick, typed)]


def test_pickers_use_new_values_at_once_after_a_reading(made: Bench) -> None:
    connection = ready(made)
    paper_of(made).lists[Pick.QUEUES]["12"] = "Projects"  # type: ignore[index]
    assert labels(made, connection.id, Pick.QUEUES) == ["Service desk", "Monitoring"]
    found = psa_lists.refresh(made.context, made.admin, connection.id)
    assert found.counts[Pick.QUEUES] == 3
    assert labels(made, connection.id, Pick.QUEUES) == ["Service desk", "Monitoring", "Projects"]
    assert labels(made, connection.id, Pick.QUEUES, "MON") == ["Monitoring"]


def test_what_begins_with_what_was_typed_comes_first(made: Bench) -> None:
    """Else in the PSA's order; an owner is found by the address too."""
    connection = ready(made)
    with made.store.write() as work:
        owners = (Choice("1", "Van Dan"), Choice("2", "Dan Dean", email="double.d@northwind.example"), Choice("3", "Eve Dante"))
        work.picks.put(connection.id, {Pick.OWNERS: owners})
    assert labels(made, connection.id, Pick.OWNERS, " dan") == ["Dan Dean", "Van Dan", "Eve Dante"]
    assert labels(made, connection.id, Pick.OWNERS, "double.d@") == ["Dan Dean"]


@pytest.mark.parametrize("number", [0, 101, 1000])
def test_no_answer_has_more_than_slack_takes_and_every_value_can_be_found(made: Bench, number: int) -> None:
    paper_of(made).lists = {Pick.QUEUES: {str(each): f"Queue {each:04}" for each in range(number)}}
    connection = ready(made)
    assert len(labels(made, connection.id, Pick.QUEUES)) == min(number, 100)
    if number:
        assert labels(made, connection.id, Pick.QUEUES, f"queue {number - 1:04}") == [f"Queue {number - 1:04}"]


def test_settings_that_name_what_is_gone_are_flagged_with_its_last_label(made: Bench) -> None:
    connection = ready(made)
    chosen = {"queues": ("10", "11"), "types": ("6",)}
    setup_steps.keep_sync(made.context, made.admin, connection.id, chosen)
    stages = {"closed": ("5",), "comment": ("5",), "stage-Resolved": ("5", "4"), "owner": ("50",), "days": ("30",)}
    setup_steps.keep_configure(made.context, made.admin, connection.id, stages)
    lists = paper_of(made).lists
    for pick, id_ in ((Pick.QUEUES, "11"), (Pick.TICKET_STATUSES, "5"), (Pick.COMPANY_TYPES, "6"), (Pick.OWNERS, "50")):
        del lists[pick][id_]  # type: ignore[attr-defined]
    gone = psa_lists.refresh(made.context, made.admin, connection.id).gone
    assert [(one.setting, one.label) for one in gone] == [
        ("Queues to sync", "Monitoring"), ("Closed statuses", "Complete"), ("Client comment status", "Complete"),
        ("Stage Resolved", "Complete"), ("Fallback owner", "Tess Tran"), ("Company types", "Vendor"),
    ]
    shown = setup_steps.facts(made.context, made.admin, connection.id, {})
    assert shown.gone == gone
    assert [one.label for one in shown.labels["queues"]] == ["Service desk", "Monitoring (gone)"]


def test_a_list_that_cannot_be_read_any_more_flags_nothing(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"queues": ("10",)})
    paper_of(made).lists = {}
    assert psa_lists.refresh(made.context, made.admin, connection.id).gone == ()
    assert labels(made, connection.id, Pick.QUEUES) == ["Service desk", "Monitoring"]


def test_inactive_values_are_not_offered_and_say_so_where_they_are_chosen(made: Bench) -> None:
    connection = ready(made)
    with made.store.write() as work:
        work.picks.put(connection.id, {Pick.QUEUES: (Choice("10", "Service desk"), Choice("11", "Old", is_active=False))})
        assert [one.label for one in psa_lists.chosen(work, connection.id, Pick.QUEUES, {"11"})] == ["Old (inactive)"]
    assert labels(made, connection.id, Pick.QUEUES) == ["Service desk"]


def test_what_tickets_may_still_stand_in_is_offered_last_though_it_is_inactive(made: Bench) -> None:
    connection = ready(made)
    with made.store.write() as work:
        queues = (Choice("11", "Old", is_active=False), Choice("10", "Service desk"), Choice("12", "Older", is_active=False))
        work.picks.put(connection.id, {Pick.QUEUES: queues})
    found = psa_lists.options(made.context, made.admin, connection.id, Pick.QUEUES, "", with_inactive=True)
    assert [(one.id, one.label) for one in found] == [("10", "Service desk"), ("11", "Old (inactive)"), ("12", "Older (inactive)")]
    found = psa_lists.options(made.context, made.admin, connection.id, Pick.QUEUES, "older", with_inactive=True)
    assert [one.id for one in found] == ["12"]


@pytest.mark.parametrize(("field", "there"), [("queues", ["Old (inactive)"]), ("without", ["Old (inactive)"]), ("types", []), ("closed", [])])
def test_only_what_narrows_the_tickets_to_sync_offers_inactive_values(made: Bench, field: str, there: list[str]) -> None:
    connection = ready(made)
    with made.store.write() as work:
        work.picks.put(connection.id, {setup_steps.PICKED[field]: (Choice("11", "Old", is_active=False),)})
    found = setup_steps.offered(made.context, made.admin, connection.id, field, "")
    assert [one.label for one in found] == there


@pytest.mark.parametrize("number", [101, 1000])
def test_with_inactive_values_there_are_no_more_than_slack_takes(made: Bench, number: int) -> None:
    connection = ready(made)
    with made.store.write() as work:
        work.picks.put(connection.id, {Pick.QUEUES: tuple(Choice(str(each), f"Queue {each}", each == 7) for each in range(number))})
    found = psa_lists.options(made.context, made.admin, connection.id, Pick.QUEUES, "", with_inactive=True)
    assert (len(found), found[0].id) == (100, "7")


def test_statuses_that_belong_to_queues_bear_the_queues_name(made: Bench) -> None:
    connection = ready(made)
    with made.store.write() as work:
        work.picks.put(connection.id, {Pick.TICKET_STATUSES: (Choice("1", "New", parent_id="10"), Choice("2", "New", parent_id="11"))})
    assert labels(made, connection.id, Pick.TICKET_STATUSES) == ["Service desk: New", "Monitoring: New"]


def test_who_may_only_look_reads_nothing_anew(made: Bench) -> None:
    connection = ready(made)
    with pytest.raises(NotAllowed):
        psa_lists.refresh(made.context, made.desk(Role.VIEWER), connection.id)


def test_a_source_without_lists_says_so(quick: Bench) -> None:
    connection = quick.connected("itglue")
    assert not psa_lists.has_lists(quick.context, connection.id)
    with pytest.raises(TellPerson, match="no lists of its own"):
        psa_lists.refresh(quick.context, quick.admin, connection.id)
