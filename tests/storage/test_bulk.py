"""Writing many rows: what did not change is not touched, and what is there is not doubled."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from storage.bulk import upsert, written
from storage.store import Store
from storage.tables import OriginRow
from tests.storage.rows import NOW, company, filled, origin, person


@pytest.fixture
def there(store: Store) -> Store:
    filled(store)
    return store


def test_rows_that_did_not_change_are_left_untouched(there: Store) -> None:
    """Written rows get the new run's id; an unchanged one keeps the run that brought it."""
    with there.write() as work:
        work.people.add_many([person(f"p{n}", "a") for n in range(3)], NOW, "")
        rows = [origin(f"p{n}", "a", "l1", "10") for n in range(3)]
        work.people.put_origins(rows)
    later = [replace(row, plan_id="later") for row in rows]
    with there.write() as work:
        work.people.put_origins([later[0], replace(later[1], fingerprint="changed"), replace(later[2], gone=True)])
        plans = {one.external_id: one.plan_id for many in work.people.origins(["p0", "p1", "p2"]).values() for one in many}
    assert plans == {"xp0": "plan", "xp1": "later", "xp2": "later"}


def test_nothing_to_write_is_nothing_done(there: Store) -> None:
    with there.write() as work:
        work.people.put_origins([])
        work.people.add_many([], NOW, "")
        work.people.change_many([])
        upsert(work.session, OriginRow, [], ("connection_id",))


def test_a_company_has_one_person_of_an_address_and_another_company_may_have_them_too(there: Store) -> None:
    with there.write() as work:
        work.people.add_many([person("q", "a", "p@example.com"), person("r", "b", "p@example.com")], NOW, "")
        holders = work.people.by_email("a", ["p@example.com"]), work.people.by_email("b", ["p@example.com"])
    assert (holders[0]["p@example.com"].id, holders[1]["p@example.com"].id) == ("p", "r")


def test_two_companies_cannot_have_one_web_address(there: Store) -> None:
    with there.write() as work:
        work.companies.add_many([(company("d", "D", "a.example"), "d"), (company("e"), "e"), (company("f"), "f")], NOW, "")
    with there.work() as work:
        assert {one.id for one in work.companies.all_clients()} == {"a", "b", "c", "e", "f"}, "none is no address to share"


def test_the_count_of_touched_rows_is_told(there: Store) -> None:
    with there.write() as work:
        assert written(work.session, text("update company set web = 'x' where id in ('a', 'b', 'nonsense')")) == 2


def test_work_that_fails_leaves_nothing(there: Store) -> None:
    def fail() -> None:
        with there.write() as work:
            work.companies.add(company("d"), "d", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with there.work() as work:
        assert work.companies.get("d") is None


def test_times_come_back_as_they_were_put_with_their_zone(there: Store) -> None:
    with there.work() as work:
        found = work.connections.get("k1")
    assert found is not None
    assert found.created_at == NOW
    assert found.created_at.tzinfo is not None
