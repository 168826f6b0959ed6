"""Connecting to the stand-in vendors over HTTP: what is wrong is told apart, and nothing is stored until all is right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble, TryLater
from domain.ports import Finding, Kind
from domain.roles import Role
from flows import connect, psa_lists
from sandbox.world import ManualClock
from sandbox.world.vault import add_password
from storage.store import Store
from tests.flows.bench import SECRET, Bench, bench
from tests.flows.conftest import Town
from tests.flows.paper import Paper


def stored(bench: Bench) -> int:
    with bench.store.work() as work:
        return len(work.connections.all())


def failed(town: Town, source: str, fields: dict[str, str]) -> AskOperator | TryLater:
    bench = town.bench
    found = connect.connector_named(bench.context, source)
    with pytest.raises((AskOperator, TryLater)) as failure:
        connect.save(bench.context, bench.admin, found, fields)
    assert stored(bench) == 0, "nothing is stored until the test has passed"
    for value in fields.values():
        assert len(value) < 12 or value not in str(failure.value), "what was typed is never repeated"
    return failure.value


@pytest.mark.parametrize("source", ["autotask", "itglue"])
def test_good_credentials_are_kept_with_what_was_found(town: Town, source: str) -> None:
    town.world.add_company("Contoso", "contoso.com")
    made = town.connect_autotask() if source == "autotask" else town.connect_itglue()
    assert made.counts["companies"] >= 2, "Contoso and the MSP itself"
    assert made.trouble == ""
    assert len(made.last_four) == 4
    secret = town.autotask.secret if source == "autotask" else town.itglue.api_key
    assert secret not in repr(made)
    with town.bench.store.work() as work:
        assert secret in work.connections.credentials(made.id).values()
    assert town.bench.journal("connection")


def test_a_wrong_secret_is_a_wrong_key(town: Town) -> None:
    wrong = failed(town, "autotask", town.autotask_fields | {"secret": "not-the-secret-at-all"})
    assert isinstance(wrong, AskOperator)
    assert wrong.trouble is Trouble.WRONG_KEY


def test_a_wrong_key_at_it_glue_is_blamed_on_key_or_region(town: Town) -> None:
    wrong = failed(town, "itglue", town.itglue_fields | {"key": "ITG.0000000000000000.never-given-out"})
    assert isinstance(wrong, AskOperator)
    assert wrong.trouble in (Trouble.WRONG_KEY, Trouble.WRONG_REGION)
    assert "region" in wrong.said.casefold(), "IT Glue cannot tell the two apart, so both are named"


def test_an_unknown_user_is_no_zone_and_so_a_wrong_user_name(town: Town) -> None:
    wrong = failed(town, "autotask", town.autotask_fields | {"username": "nobody@northwind-it.example"})
    assert isinstance(wrong, AskOperator)
    assert wrong.field == "username"


def test_a_missing_right_is_told_apart_from_a_wrong_key(town: Town) -> None:
    town.autotask.faults.set("no_right", value="query")
    wrong = failed(town, "autotask", town.autotask_fields)
    assert isinstance(wrong, AskOperator)
    assert wrong.trouble in (Trouble.MISSING_RIGHT, Trouble.NO_API_RIGHT)


def test_a_key_without_password_access_connects_and_says_what_stays_locked(town: Town) -> None:
    client = town.world.add_company("Contoso", "contoso.com")
    for number in range(10):
        add_password(town.world, int(client.itglue_id or 0), f"Router {number}")
    made = town.bench.connected("itglue", town.itglue_fields | {"key": town.itglue.key_without_passwords})
    assert "Password Access" in made.locked[Kind.PASSWORDS.value]


@pytest.mark.parametrize("kind", ["too_many", "down"])
@pytest.mark.parametrize("source", ["autotask", "itglue"])
def test_a_source_that_is_busy_or_down_is_not_blamed_on_the_key(town: Town, source: str, kind: str) -> None:
    stand_in = town.autotask if source == "autotask" else town.itglue
    stand_in.faults.set(kind)
    fields = town.autotask_fields if source == "autotask" else town.itglue_fields
    assert isinstance(failed(town, source, fields), TryLater)


def test_a_source_that_cannot_be_reached_is_not_blamed_on_the_key(town: Town) -> None:
    town.autotask.stop()
    assert isinstance(failed(town, "autotask", town.autotask_fields), TryLater)


def test_missing_fields_are_named_before_any_call(town: Town) -> None:
    bench = town.bench
    found = connect.connector_named(bench.context, "autotask")
    for name in town.autotask_fields:
        with pytest.raises(TellPerson) as refusal:
            connect.test(bench.context, bench.admin, found, town.autotask_fields | {name: ""})
        assert refusal.value.field == name
    assert town.autotask.calls() == 0


def test_connecting_anew_replaces_the_credentials_of_the_same_connection(town: Town) -> None:
    first = town.connect_itglue()
    again = town.bench.connected("itglue", town.itglue_fields | {"key": town.itglue.key_without_passwords})
    assert again.id == first.id
    assert stored(town.bench) == 1


def test_disconnecting_wipes_the_credentials_keeps_the_people_and_voids_open_previews(quick: Bench) -> None:
    quick.papers["autotask"].company("10", "Contoso", "contoso.com")
    connection = quick.connected("autotask")
    quick.imported(Kind.COMPANIES)
    quick.papers["autotask"].person("1", "10", "ada@contoso.com")
    quick.imported(Kind.USERS, "Contoso")
    quick.papers["autotask"].person("2", "10", "bob@contoso.com")
    plan = quick.preview(Kind.USERS, "Contoso")
    connect.disconnect(quick.context, quick.admin, connection.id)
    assert quick.plan(plan.id).state == "void"
    assert list(quick.people()) == ["ada@contoso.com"]
    with quick.store.work() as work:
        assert work.connections.credentials(connection.id) == {}
    with pytest.raises(TellPerson, match="Connect"):
        quick.preview(Kind.COMPANIES)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.VIEWER, Role.CLIENT, None])
def test_only_an_admin_connects(quick: Bench, role: Role | None) -> None:
    found = connect.connector_named(quick.context, "autotask")
    with pytest.raises(NotAllowed):
        connect.save(quick.context, quick.desk(role), found, {"secret": "a-secret-of-length"})
    assert quick.papers["autotask"].calls == []


@pytest.mark.parametrize(("typed", "meant"), [("autotask", "autotask"), ("IT Glue", "itglue"), ("it-glue", "itglue"), ("Autotask PSA", "autotask")])
def test_sources_are_found_by_the_names_people_type(quick: Bench, typed: str, meant: str) -> None:
    assert connect.connector_named(quick.context, typed).name == meant


def test_an_unknown_source_is_answered_with_the_nearest_one(quick: Bench) -> None:
    with pytest.raises(TellPerson, match="Did you mean Autotask PSA"):
        connect.connector_named(quick.context, "autotsk")


def test_a_connection_that_broke_is_told_once_and_forgotten_when_it_works_again(quick: Bench) -> None:
    connection = quick.connected("autotask")

    def trouble() -> str:
        return connect.one(quick.context, connection.id).trouble

    steps: list[Callable[[], None]] = [lambda: connect.note_trouble(quick.context, connection.id, "The key was revoked.")] * 3
    for step in steps:
        step()
    assert quick.ear.notices == ["The key was revoked."]
    assert trouble() == "The key was revoked."
    connect.note_trouble(quick.context, connection.id, "")
    assert trouble() == ""


def test_a_test_leaves_a_source_that_works_open_and_opens_one_that_was_refused_anew(town: Town) -> None:
    """Jobs may be in the middle of it, and what was called is counted there; a refused one takes no more calls itself."""
    made, context = town.connect_autotask(), town.bench.context
    before = context.sources.of(made.id)
    connect.retest(context, town.bench.admin, made.id)
    assert context.sources.of(made.id) is before
    connect.note_trouble(context, made.id, "Autotask refused the credentials.")
    connect.retest(context, town.bench.admin, made.id)
    assert context.sources.of(made.id) is not before
    assert connect.one(context, made.id).trouble == ""


def test_a_refusal_that_a_click_met_is_told_and_the_next_test_asks_the_source_all_the_same(town: Town) -> None:
    made, context = town.connect_autotask(), town.bench.context
    right, town.autotask.user.secret = town.autotask.user.secret, "another-secret-of-northwind"
    with pytest.raises(AskOperator) as refused:
        psa_lists.refresh(context, town.bench.admin, made.id)
    assert connect.one(context, made.id).trouble == refused.value.said
    with context.store.write() as work:
        work.connections.note(made.id, "", context.clock())  # nobody noted it here: another process met it
    town.autotask.user.secret = right
    connect.retest(context, town.bench.admin, made.id)
    assert connect.one(context, made.id).trouble == ""


# --- the later wish counts ---------------------------------------------------------------------------------------


@dataclass
class Slow(Paper):
    """A paper at which something else happens while it is tested, once."""

    meanwhile: Callable[[], object] | None = None

    def test(self) -> Finding:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        return super().test()


FIRST, SECOND = ({"region": "US", "secret": f"a-secret-of-the-northwind-{end}"} for end in ("1st1", "2nd2"))


@pytest.fixture
def slow(store: Store) -> Bench:
    clock = ManualClock()
    return bench(store, clock=clock, papers={"itglue": Slow(clock), "autotask": Slow(clock)})


def meanwhile(made: Bench, act: Callable[[], object]) -> None:
    """What happens a second after the next test of IT Glue began."""

    def later() -> None:
        made.clock.advance(1)
        act()
        made.clock.advance(1)

    paper = made.papers["itglue"]
    assert isinstance(paper, Slow)
    paper.meanwhile = later


def kept(made: Bench) -> Mapping[str, str]:
    with made.store.work() as work:
        found = work.connections.of_source("itglue")
        return work.connections.credentials(found.id) if found else {}


@pytest.mark.parametrize("before", ["first", "again"])
def test_what_was_saved_while_older_credentials_were_tried_stays(slow: Bench, before: str) -> None:
    if before == "again":
        slow.connected("itglue", {"region": "EU", "secret": SECRET})
    meanwhile(slow, lambda: slow.connected("itglue", SECOND))
    with pytest.raises(connect.Overtaken, match="IT Glue was connected with newer ones, or disconnected"):
        slow.connected("itglue", FIRST)
    assert kept(slow) == SECOND
    assert connect.live(slow.context)[0].last_four == "2nd2"
    assert len(slow.journal("connection")) == (2 if before == "again" else 1)


def test_what_was_disconnected_while_credentials_were_tried_stays_disconnected(slow: Bench) -> None:
    there = slow.connected("itglue", SECOND)
    meanwhile(slow, lambda: connect.disconnect(slow.context, slow.admin, there.id))
    with pytest.raises(connect.Overtaken):
        slow.connected("itglue", FIRST)
    assert (kept(slow), connect.live(slow.context)) == ({}, ())


def test_a_later_wish_counts_after_an_earlier_one_that_came_true_meanwhile(slow: Bench) -> None:
    """Each began while the one before it was tried; they end the other way round, and only the last is kept."""
    refused: list[str] = []

    def second() -> None:
        meanwhile(slow, lambda: slow.connected("itglue", third))
        with pytest.raises(connect.Overtaken) as told:
            slow.connected("itglue", SECOND)
        refused.append(told.value.said)

    third = {"region": "AU", "secret": SECRET}
    meanwhile(slow, second)
    with pytest.raises(connect.Overtaken):
        slow.connected("itglue", FIRST)
    assert (kept(slow), len(refused)) == (third, 1)
    slow.connected("itglue", FIRST)
    assert kept(slow) == FIRST, "pressed again, it is the latest wish"


def test_another_source_s_wish_does_not_matter(slow: Bench) -> None:
    meanwhile(slow, lambda: slow.connected("autotask", SECOND))
    slow.connected("itglue", FIRST)
    assert kept(slow) == FIRST
