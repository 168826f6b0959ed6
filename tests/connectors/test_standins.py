"""The connectors against the stand-in sources, over real HTTP and with a clock that nobody waits for."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from connectors import discover
from domain.errors import AskOperator, GangwayError, Trouble, TryLater
from domain.ports import HasGroups, Kind, Opening
from sandbox.autotask import AutotaskStandIn
from sandbox.connectwise import ConnectWiseStandIn
from sandbox.itglue import ITGlueStandIn
from sandbox.world import Client, ManualClock, World
from tests.connectors.conformance import pages_of, rows_of, scope


@dataclass
class Served:
    """A stand-in and the connector's way to it."""

    name: str
    stand_in: AutotaskStandIn | ITGlueStandIn | ConnectWiseStandIn
    clock: ManualClock
    credentials: dict[str, str]
    contacts: str  # the route of a page of contacts
    page_size: int

    def open(self, **credentials: str) -> Any:
        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.clock.advance(seconds)

        self.slept: list[float] = []
        opening = Opening(self.stand_in.url, self.clock, sleep)
        return discover()[self.name].open({**self.credentials, **credentials}, opening)

    def pages(self) -> int:
        return self.stand_in.calls(self.contacts)


def _autotask(world: World, clock: ManualClock) -> Served:
    stand_in = AutotaskStandIn(world, clock)
    given = {"username": stand_in.username, "secret": stand_in.secret, "tracking": stand_in.tracking_identifier}
    return Served("autotask", stand_in, clock, given, "Contacts/query", 500)


def _itglue(world: World, clock: ManualClock) -> Served:
    stand_in = ITGlueStandIn(world, clock)
    return Served("itglue", stand_in, clock, {"region": "US", "key": stand_in.api_key}, "contacts", 1000)


def _connectwise(world: World, clock: ManualClock) -> Served:
    stand_in = ConnectWiseStandIn(world, clock)
    given = {"site": stand_in.site, "company_id": stand_in.company, "public_key": stand_in.public_key}
    given |= {"private_key": stand_in.private_key, "client_id": stand_in.client_id}
    return Served("connectwise", stand_in, clock, given, "company/contacts", 1000)


MAKERS = {"autotask": _autotask, "itglue": _itglue, "connectwise": _connectwise}


def _serve(name: str, fill: Callable[[ManualClock], World]) -> Iterator[Served]:
    clock = ManualClock()
    served = MAKERS[name](fill(clock), clock)
    with served.stand_in:
        yield served


@pytest.fixture(params=sorted(MAKERS))
def demo(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The demo's awkward clients."""
    yield from _serve(request.param, lambda clock: World.demo(clock=clock))


@pytest.fixture(params=sorted(MAKERS))
def many(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Two clients with 2,000 contacts between them: full pages only, in both vendors' sizes."""

    def fill(clock: ManualClock) -> World:
        world = World.bare(clock)
        for name, count in (("Contoso", 1200), ("Fabrikam", 800)):
            client = world.add_company(name)
            for number in range(count):
                world.add_contact(client, "Ada", f"No {number}", f"ada{number}@{name}.example")
        return world

    yield from _serve(request.param, fill)


def companies_there(served: Served) -> int:
    world = served.stand_in.world
    return len(world.itglue["organizations"].ids if served.name == "itglue" else world.autotask["Companies"].ids)


def external_id(served: Served, client: Client) -> str:
    match served.stand_in:
        case ConnectWiseStandIn() as connectwise:
            return str(connectwise.company_id(client))
        case AutotaskStandIn():
            return str(client.psa_id)
        case _:
            return str(client.itglue_id)


# --- reading -----------------------------------------------------------------------------------------


def test_the_demo_is_read_whole(demo: Served) -> None:
    source = demo.open()
    companies = rows_of(source.companies)
    assert len(companies) == companies_there(demo)
    assert len([company for company in companies if company.is_own]) == 1
    pages = pages_of(source.all_users)
    people = [row for page in pages for row in page.rows]
    assert not [bad for page in pages for bad in page.bad]
    assert source.all_users_changed(pages[0].as_of, None).total == len(people) > 0
    staff = rows_of(source.staff)
    assert staff
    assert all(person.company_id is None and person.email for person in staff)
    if isinstance(source, HasGroups):
        assert {id_ for group in rows_of(source.groups) for id_ in group.member_ids} <= {one.id for one in staff}
    found = source.test()
    assert found.counts["companies"] == len(companies)
    assert found.counts["users"] == len(people)
    assert found.locked == {}


def test_every_company_gets_its_own_people_and_no_others(demo: Served) -> None:
    source = demo.open()
    companies = rows_of(source.companies)
    everyone = rows_of(source.all_users)
    gathered: list[Any] = []
    for company in companies:
        people = rows_of(partial(source.users, scope(company.id)))
        assert {person.company_id for person in people} <= {company.id}
        gathered += people
    assert sorted(person.id for person in gathered) == sorted(person.id for person in everyone)


def test_itglue_carries_autotasks_ids() -> None:
    for served in _serve("itglue", lambda clock: World.demo(clock=clock)):
        companies = rows_of(served.open().companies)
        known = {str(company_id) for company_id in served.stand_in.world.autotask["Companies"].ids}
        linked = {psa_id for company in companies for psa_id in company.psa_ids}
        assert linked
        assert linked <= known
        assert any(company.domains for company in companies)


def test_full_pages_cost_no_empty_call(many: Served) -> None:
    pages = pages_of(many.open().all_users)
    people = [row for page in pages for row in page.rows]
    assert len({person.id for person in people}) == len(people) == 2000
    assert many.pages() == len(pages) == 2000 // many.page_size


def test_many_threads_on_one_connection_are_never_refused(many: Served) -> None:
    source = many.open()
    source.staff(None)
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(source.all_users, [None] * 16))
    assert {len(page.rows) for page in pages} == {many.page_size}
    assert many.stand_in.calls(status=429) == 0


def test_any_page_opens_in_a_new_source(many: Served) -> None:
    first = many.open().all_users(None)
    second = many.open().all_users(first.next)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}


def test_only_changes_are_read_and_nothing_when_there_are_none(many: Served) -> None:
    source = many.open()
    since = source.all_users(None).as_of
    many.clock.advance(60)
    mark = source.all_users_changed("2026-11-21T09:00:30Z", None)
    assert (mark.rows, mark.total) == ((), 2000)
    many.stand_in.calls.clear()
    source.all_users_changed("2026-11-21T09:00:30Z", None)
    assert many.stand_in.calls() <= 2
    assert since == "2026-11-21T09:00:00Z"
    world = many.stand_in.world
    world.add_contact(world.add_company("Late"), "New", "Comer", "new@late.example")
    changed = source.all_users_changed("2026-11-21T09:00:30Z", None)
    assert [(row.last_name, row.email) for row in changed.rows] == [("Comer", "new@late.example")]
    assert changed.total == 2001


# --- faults ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reset", "truncated", "down"])
def test_a_passing_fault_is_outlived(many: Served, kind: str) -> None:
    many.stand_in.faults.set(kind, times=2, on=many.contacts)
    people = rows_of(many.open().all_users)
    assert len(people) == 2000


def test_a_pause_is_kept(many: Served) -> None:
    many.stand_in.faults.set("too_many", times=1, value=7, on=many.contacts)
    source = many.open()
    source.all_users(None)
    assert sum(many.slept) == pytest.approx(7)


def test_a_dead_source_is_tried_later(many: Served) -> None:
    source = many.open()
    many.stand_in.stop()
    with pytest.raises(TryLater, match="could not be reached"):
        source.all_users(None)


@pytest.mark.parametrize(("kind", "said"), [("repeated_page", "same page twice"), ("empty_page", "half-read")])
def test_a_list_that_misbehaves_stops_the_read(many: Served, kind: str, said: str) -> None:
    source = many.open()
    first = source.all_users(None)
    many.stand_in.faults.set(kind, on=many.contacts)
    with pytest.raises(TryLater, match=said):
        source.all_users(first.next)


def test_a_cut_list_is_not_believed(many: Served) -> None:
    source = many.open()
    first = source.all_users(None)
    many.stand_in.faults.set("shorter", value=3, on=many.contacts)
    if first.total is not None:
        with pytest.raises(GangwayError, match=r"half-read|start again"):
            source.all_users(first.next)
        return
    # A list that does not say how long it is: counting afterwards shows it.
    seen = len(first.rows) + len(source.all_users(first.next).rows)
    many.stand_in.faults.clear()
    assert seen < (source.all_users_changed(first.as_of, None).total or 0)


def test_a_row_without_an_id_is_named(many: Served) -> None:
    many.stand_in.faults.set("no_id", times=1, on=many.contacts)
    page = many.open().all_users(None)
    assert [(bad.id, bad.reason) for bad in page.bad] == [("", "has no id")]
    assert len(page.rows) == many.page_size - 1


def test_a_contact_that_moved_away_is_no_longer_in_scope(many: Served) -> None:
    world = many.stand_in.world
    a, b = world.add_company("A"), world.add_company("B")
    person = world.add_contact(a, "Mo", "Ving", "mo@a.example")
    external = external_id(many, a)
    source = many.open()
    assert len(source.users(scope(external), None).rows) == 1
    world.move_contact(person, b)
    assert source.users(scope(external), None).rows == ()


# --- credentials -------------------------------------------------------------------------------------


def test_a_revoked_key_is_tried_once(many: Served) -> None:
    source = many.open()
    source.staff(None)
    many.stand_in.faults.set("revoked")
    many.stand_in.calls.clear()
    for _ in range(3):
        with pytest.raises(AskOperator):
            source.companies(None)
    assert with_keys(many) == 1


def with_keys(many: Served) -> int:
    """Calls that carried the credentials: where a tenant lives is asked without them, and locks nobody."""
    return sum("companyinfo" not in call.path for call in many.stand_in.calls.of())


def test_wrong_credentials_are_told_in_one_try(many: Served) -> None:
    field = discover()[many.name].secret_field
    wrong = {field: "ITG.wrong" if field == "key" else "wrong"}
    with pytest.raises(AskOperator) as refused:
        many.open(**wrong).test()
    assert refused.value.trouble is Trouble.WRONG_KEY
    assert with_keys(many) <= 2


def test_no_secret_reaches_a_log_even_at_its_chattiest(demo: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = demo.open()
    source.test()
    rows_of(source.companies)
    demo.stand_in.faults.set("reset", times=1)
    rows_of(source.all_users)
    assert "httpcore" in {record.name.split(".")[0] for record in caplog.records}
    for name, value in demo.credentials.items():
        if name not in ("username", "region", "site", "company_id"):
            assert value not in caplog.text


@pytest.mark.parametrize("how", ["absent", "null", "empty", "forbidden"])
def test_password_access_is_seen_however_it_is_refused(how: Any) -> None:
    for served in _serve("itglue", lambda clock: World.demo(clock=clock)):
        assert isinstance(served.stand_in, ITGlueStandIn)
        served.stand_in.account.without_access = how
        found = served.open(key=served.stand_in.key_without_passwords).test()
        assert set(found.locked) == {Kind.PASSWORDS}


@pytest.mark.parametrize(("entity", "kind"), [("Companies", Kind.COMPANIES), ("Resources", Kind.STAFF)])
def test_a_missing_right_is_named(entity: str, kind: Kind) -> None:
    for served in _serve("autotask", lambda clock: World.demo(clock=clock)):
        assert isinstance(served.stand_in, AutotaskStandIn)
        served.stand_in.user.deny(entity, "query")
        assert set(served.open().test().locked) == {kind}


def test_an_unknown_user_is_told_apart() -> None:
    for served in _serve("autotask", World.bare):
        with pytest.raises(AskOperator) as refused:
            served.open(username="nobody@x.example").test()
        assert refused.value.field == "username"
