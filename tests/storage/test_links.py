"""Links: one upstream company feeds one company, at the database's word; and what was imported stays under its link."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.isolation import Link, LinkState
from storage.store import Store
from tests.storage.rows import NOW, filled, link, origin, person


@pytest.fixture
def there(store: Store) -> Store:
    filled(store)
    return store


def add(store: Store, *links: Link) -> None:
    with store.write() as work:
        work.links.add_many(links, "test", "U1", NOW)


def mapped(store: Store, connection_id: str = "k1") -> dict[str, str]:
    with store.work() as work:
        return {one.company_id: one.external_id for one in work.links.live(connection_id)}


def test_one_upstream_company_feeds_one_company_and_one_company_one_upstream(there: Store) -> None:
    add(there, link("l2", "b", "10"), link("l3", "a", "11"))
    assert mapped(there) == {"a": "10"}


def test_equal_ids_at_two_connections_are_two_companies(there: Store) -> None:
    add(there, link("l2", "b", "10", "k2"))
    assert mapped(there) == {"a": "10"}
    assert mapped(there, "k2") == {"b": "10"}


def test_even_a_raw_write_cannot_map_an_upstream_company_twice(there: Store) -> None:
    add(there, link("l2", "b", "20"))
    with pytest.raises(IntegrityError), there.write() as work:
        work.session.execute(text("update link set external_id = '10' where id = 'l2'"))


def test_a_retired_link_frees_both_sides_and_is_retired_once(there: Store) -> None:
    with there.write() as work:
        assert work.links.retire("l1")
        assert not work.links.retire("l1")
    add(there, link("l2", "b", "10"), link("l3", "a", "11"))
    assert mapped(there) == {"b": "10", "a": "11"}
    with there.work() as work:
        kept = work.links.get("l1")
    assert kept is not None
    assert (kept.state, kept.version) == (LinkState.RETIRED, 2)


def test_two_mappings_are_swapped_in_one_transaction(there: Store) -> None:
    add(there, link("l2", "b", "20"))
    with there.write() as work:
        for old in ("l1", "l2"):
            assert work.links.retire(old)
        work.links.add_many([link("l3", "a", "20"), link("l4", "b", "10")], "swap", "U1", NOW)
    assert mapped(there) == {"a": "20", "b": "10"}


def test_freezing_raises_the_version_once_and_a_retired_link_cannot_be_thawed(there: Store) -> None:
    with there.write() as work:
        assert work.links.set_state("l1", LinkState.ORPHANED)
        assert not work.links.set_state("l1", LinkState.ORPHANED)
        assert work.links.set_state("l1", LinkState.ACTIVE)
        assert work.links.retire("l1")
        assert not work.links.set_state("l1", LinkState.ACTIVE)
        kept = work.links.get("l1")
    assert kept is not None
    assert (kept.state, kept.version) == (LinkState.RETIRED, 4)


# --- wall 3 ---


def test_the_database_takes_an_item_under_its_links_company(there: Store) -> None:
    with there.write() as work:
        work.people.put_origins([origin("p", "a", "l1", "10")])
    with there.work() as work:
        assert work.people.of_link("l1") == ("p",)


@pytest.mark.parametrize(
    ("company_id", "person_id", "link_id", "external"),
    [
        ("b", "q", "l1", "10"),  # the link is another company's
        ("a", "p", "l1", "11"),  # the row claims another upstream company
        ("a", "q", "l1", "10"),  # the person is another company's
        ("b", "p", "l2", "20"),  # the same, the other way round
        ("a", "p", "nonsense", "10"),
    ],
)
def test_the_database_refuses_an_item_under_another_company_than_its_links(
    there: Store, company_id: str, person_id: str, link_id: str, external: str
) -> None:
    add(there, link("l2", "b", "20"))
    with there.write() as work:
        work.people.add_many([person("q", "b")], NOW, "")
    with pytest.raises(IntegrityError), there.write() as work:
        work.people.put_origins([origin(person_id, company_id, link_id, external)])


@pytest.mark.parametrize("statement", ["update link set company_id = 'b' where id = 'l1'", "update link set external_id = '99' where id = 'l1'"])
def test_a_link_with_items_cannot_be_bent_to_another_company(there: Store, statement: str) -> None:
    with there.write() as work:
        work.people.put_origins([origin("p", "a", "l1", "10")])
    with pytest.raises(IntegrityError), there.write() as work:
        work.session.execute(text(statement))


def test_a_person_with_items_cannot_be_moved_to_another_company(there: Store) -> None:
    with there.write() as work:
        work.people.put_origins([origin("p", "a", "l1", "10")])
    with pytest.raises(IntegrityError), there.write() as work:
        work.session.execute(text("update person set company_id = 'b' where id = 'p'"))
