"""Scopes: made from a stored link and nothing else, and no stranger's row passes one."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Stop, Stranger
from domain.isolation import Link, LinkState, Scope, scope_of, sort_out, still_holds

LINK = Link("l1", "k1", "contoso", "10", "Contoso", 3)
CLAIMS = st.none() | st.sampled_from(["10", "20", "30", "", "010", "10 "])


@dataclass(frozen=True)
class Row:
    id: str
    company_id: str | None


ROWS = st.lists(st.builds(Row, st.text(max_size=3), CLAIMS), max_size=8)


@pytest.mark.parametrize("mint", [None, object(), "mint", 0])
def test_nobody_can_make_a_scope_of_their_own(mint: object) -> None:
    with pytest.raises(Stop, match="stored link"):
        Scope("l1", 3, "k1", "contoso", "10", mint)


def test_a_scope_cannot_be_turned_to_another_company_by_copying_it() -> None:
    scope = scope_of(LINK)
    with pytest.raises((Stop, ValueError)):
        replace(scope, company_id="fabrikam", external_id="20")
    assert "object at" not in repr(scope), "what makes a scope is not shown"


@pytest.mark.parametrize("state", [LinkState.ORPHANED, LinkState.RETIRED])
def test_a_link_out_of_use_opens_nothing(state: LinkState) -> None:
    with pytest.raises(Stop, match="frozen"):
        scope_of(replace(LINK, state=state))


@given(ROWS)
def test_all_rows_pass_or_none(rows: list[Row]) -> None:
    scope = scope_of(LINK)
    if all(row.company_id == "10" for row in rows):
        assert scope.keep(rows) == tuple(rows)
    else:
        with pytest.raises(Stranger):
            scope.keep(rows)


def test_the_refusal_names_nobody() -> None:
    with pytest.raises(Stranger) as refusal:
        scope_of(LINK).keep([Row("somebody", "another-company")])
    assert "somebody" not in refusal.value.said
    assert "another-company" not in refusal.value.said


@given(ROWS)
def test_sorting_out_gives_each_company_its_own_rows_and_drops_the_rest(rows: list[Row]) -> None:
    scopes = {"10": scope_of(LINK), "20": scope_of(replace(LINK, company_id="fabrikam", external_id="20"))}
    found = sort_out(rows, scopes)
    assert found.get("contoso", ()) == tuple(row for row in rows if row.company_id == "10")
    assert found.get("fabrikam", ()) == tuple(row for row in rows if row.company_id == "20")
    assert set(found) <= {"contoso", "fabrikam"}


@given(st.integers(0, 5), st.sampled_from(list(LinkState)), st.integers(0, 5))
def test_work_goes_on_only_under_the_same_version_of_a_link_in_use(begun: int, state: LinkState, version: int) -> None:
    link = replace(LINK, state=state, version=version)
    assert still_holds(begun, link) == (state is LinkState.ACTIVE and begun == version)


def test_work_does_not_go_on_without_a_link() -> None:
    assert not still_holds(0, None)
