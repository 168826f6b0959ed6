"""Writing many rows: what did not change is not touched, and what is there is not doubled."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import col

from storage.bulk import among, upsert, written
from storage.store import Store
from storage.tables import CompanyRow, OriginRow, PersonRow
from tests.storage.rows import NOW, company, filled, origin, person, plan


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


def test_the_count_of_new_rows_is_told(there: Store) -> None:
    """Who is there already is not counted, by whichever key they are there."""
    some = [person("n1", "a"), person("p", "a"), person("n2", "a", "p@example.com"), person("n3", "b")]
    with there.write() as work:
        assert work.people.add_many(some, NOW, "") == 2
        assert work.people.add_many(some, NOW, "") == 0
        assert work.people.add_many([], NOW, "") == 0


def test_every_kind_of_value_comes_back_as_it_was_put(there: Store) -> None:
    """Text of any script and sign, JSON inside rows, truth, numbers, times and nothing at all."""
    row = {"name": "Zoë \\ \"q\" 'a' \n\t 日本 \U0001f600 {x}, (1)", "emails": ["a", "b"], "n": 1.5, "none": None, "yes": True}
    with there.write() as work:
        work.plans.add(plan("p1"))
        work.plans.stage("p1", [(7, "x", row["name"], "%s ? :a", row, "")])
    with there.work() as work:
        (item,) = work.plans.batch("p1", -1, 5)
        (kept,) = work.people.by_email("a", ["p@example.com"]).values()
    assert (item.seq, item.label, item.detail, item.row) == (7, row["name"], "%s ? :a", row)
    assert kept.suspended is False


ODD = ("o'brien", 'say "hi"', "back\\slash", "ключ", "🙂", "100%", "_", "null", "0", "")


@given(asked=st.lists(st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_looking_up_many_finds_exactly_those_that_were_asked_for(odd_names: Store, asked: list[str]) -> None:
    """Whatever stands in a text, it is a text: nothing is matched loosely, and nothing breaks out."""
    with odd_names.work() as work:
        found = work.session.execute(select(col(CompanyRow.name)).where(among(col(CompanyRow.name), asked))).scalars()
        assert sorted(found) == sorted(set(asked) & set(ODD))


@pytest.fixture
def odd_names(store: Store) -> Store:
    with store.write() as work:
        work.companies.add_many([(company(f"c{n}", name), name) for n, name in enumerate(ODD) if name], NOW, "")
        work.companies.add_many([(replace(company("blank"), name=""), "")], NOW, "")
    return store


def test_more_can_be_looked_up_at_once_than_a_statement_takes_parameters(odd_names: Store) -> None:
    """PostgreSQL takes 65,535 of them, SQLite half as many."""
    with odd_names.work() as work:
        many = [*(f"nobody {n}" for n in range(70_000)), "ключ"]
        assert work.session.scalars(select(col(CompanyRow.name)).where(among(col(CompanyRow.name), many))).all() == ["ключ"]


def test_looking_up_a_few_of_many_does_not_walk_them_all(there: Store) -> None:
    """Both databases go by the index, PostgreSQL also while it knows nothing of the table yet."""
    with there.write() as work:
        work.people.add_many([person(f"p{n}", "a") for n in range(3_000)], NOW, "")
    looked = select(col(PersonRow.id)).where(col(PersonRow.company_id) == "a", among(col(PersonRow.email_fold), ["p7@a.example", "none"]))
    explain = "explain query plan " if there.is_sqlite else "explain "
    with there.work() as work:
        connection = work.session.connection()
        said = looked.compile(connection, compile_kwargs={"render_postcompile": True})
        values = [said.params[name] for name in said.positiontup] if said.positiontup else dict(said.params)
        steps = [str(row) for row in connection.exec_driver_sql(explain + str(said), tuple(values) if said.positiontup else values)]
    assert any("email_fold" in step and ("Index Cond" in step or "USING INDEX" in step or "USING COVERING INDEX" in step) for step in steps), steps
