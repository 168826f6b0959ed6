"""One rule says whose word counts: the PSA's first, then that of the source that was connected first."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.ownership import Claim, overruled_by, owner

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CLAIMS = st.lists(
    st.builds(
        Claim,
        connection_id=st.sampled_from(["a", "b", "c", "d"]),
        title=st.sampled_from(["Autotask PSA", "IT Glue"]),
        is_psa=st.booleans(),
        since=st.integers(0, 3).map(lambda days: BEGIN + timedelta(days=days)),
    ),
    unique_by=lambda claim: claim.connection_id,
)


@given(CLAIMS, st.randoms())
def test_exactly_one_source_owns_the_fields_whatever_the_order(claims: list[Claim], chance: object) -> None:
    first = owner(claims)
    chance.shuffle(claims)  # type: ignore[attr-defined]
    assert owner(claims) == first
    free = [claim for claim in claims if overruled_by(claims, claim.connection_id) == ""]
    assert free == ([] if first is None else [first])


@given(CLAIMS)
def test_a_psa_owns_where_there_is_one(claims: list[Claim]) -> None:
    first = owner(claims)
    if any(claim.is_psa for claim in claims):
        assert first is not None
        assert first.is_psa
