"""Matching: rules that hold in every small world of companies that resemble each other."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching import Certainty, Managed, Reason, Suggestion, Taken, Verdict, match_new, suggest
from domain.ports import UpstreamCompany

# Few names, domains and ids, so that ties and contradictions are the rule rather than the exception.
names = st.sampled_from(
    ["Contoso", "CONTOSO Ltd", "Contoso AG", "Contoso North", "Fabrikam", "The Fabrikam Co", "Fabrikan"]
)
webs = st.sampled_from(
    ["", "", "contoso.com", "www.contoso.com/", "fabrikam.com", "a.city.gov", "b.city.gov", "gmail.com"]
)
psa_ids = st.frozensets(st.sampled_from(["7", "8", "9"]), max_size=2)
managed_lists = st.lists(
    st.builds(
        Managed,
        id=st.sampled_from([f"a{n}" for n in range(12)]),
        name=names,
        domain=webs,
        psa_ids=psa_ids,
        ids_here=st.frozensets(st.sampled_from(["u1", "u2"]), max_size=1),
        is_own=st.sampled_from([False, False, False, True]),
    ),
    max_size=6,
    unique_by=lambda company: company.id,
)
upstream_lists = st.lists(
    st.builds(
        UpstreamCompany,
        id=st.sampled_from([f"u{n}" for n in range(12)]),
        name=names,
        web=webs,
        is_active=st.sampled_from([True, True, True, False]),
        is_own=st.sampled_from([False, False, False, True]),
        psa_ids=psa_ids.map(tuple),
    ),
    max_size=6,
    unique_by=lambda company: company.id,
)
takens = st.builds(
    Taken,
    company_ids=st.frozensets(st.sampled_from(["a1", "a2"])),
    external_ids=st.frozensets(st.sampled_from(["u1", "u2"])),
)


def certain(found: Sequence[Suggestion]) -> set[tuple[str, str]]:
    return {(one.company_id, one.external_id) for one in found if one.certainty is Certainty.CERTAIN}


@given(managed_lists, upstream_lists, takens)
@settings(max_examples=300)
def test_a_certain_pair_is_one_to_one_and_stands_alone(
    managed: list[Managed], upstream: list[UpstreamCompany], taken: Taken
) -> None:
    found = suggest(managed, upstream, taken)
    pairs = certain(found)
    assert all(count == 1 for count in Counter(company for company, _ in pairs).values())
    assert all(count == 1 for count in Counter(external for _, external in pairs).values())
    settled = {company for company, _ in pairs}
    assert all((one.company_id, one.external_id) in pairs for one in found if one.company_id in settled)


@given(managed_lists, upstream_lists, takens)
@settings(max_examples=300)
def test_nothing_taken_inactive_own_or_merely_similar_is_ever_certain_and_every_proposal_that_could_be_says_why_not(
    managed: list[Managed], upstream: list[UpstreamCompany], taken: Taken
) -> None:
    ours, theirs = {one.id: one for one in managed}, {one.id: one for one in upstream}
    for one in suggest(managed, upstream, taken):
        assert one.company_id not in taken.company_ids
        assert one.external_id not in taken.external_ids
        assert ours[one.company_id].is_own == theirs[one.external_id].is_own
        if one.certainty is Certainty.CERTAIN:
            assert theirs[one.external_id].is_active
            assert one.reason <= Reason.NAME
            assert one.detail == ""
        else:
            assert one.detail or one.reason is Reason.SIMILAR


@given(managed_lists, upstream_lists, takens, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_the_order_of_the_input_does_not_matter(
    managed: list[Managed], upstream: list[UpstreamCompany], taken: Taken, chance: random.Random
) -> None:
    before, imported = suggest(managed, upstream, taken), match_new(upstream, managed, taken)
    chance.shuffle(managed)
    chance.shuffle(upstream)
    assert suggest(managed, upstream, taken) == before
    assert match_new(upstream, managed, taken) == imported


@given(managed_lists, upstream_lists, takens)
@settings(max_examples=200)
def test_an_equal_twin_on_either_side_takes_the_certainty_away(
    managed: list[Managed], upstream: list[UpstreamCompany], taken: Taken
) -> None:
    pairs = certain(suggest(managed, upstream, taken))
    for company, external in pairs:
        twin = next(replace(one, id="twin") for one in upstream if one.id == external)
        assert (company, external) not in certain(suggest(managed, [*upstream, twin], taken))
        double = next(replace(one, id="twin") for one in managed if one.id == company)
        after = certain(suggest([*managed, double], upstream, taken))
        assert not {external} & {theirs for _, theirs in after}


@given(managed_lists, upstream_lists, takens)
@settings(max_examples=200)
def test_more_companies_never_make_another_pair_certain_for_the_same_company(
    managed: list[Managed], upstream: list[UpstreamCompany], taken: Taken
) -> None:
    both = dict(certain(suggest(managed, upstream, taken)))
    for left_out in upstream:
        fewer = dict(certain(suggest(managed, [one for one in upstream if one != left_out], taken)))
        for company, external in both.items():
            assert external == left_out.id or fewer.get(company) == external


@given(managed_lists, upstream_lists, takens)
@settings(max_examples=200)
def test_an_import_links_exactly_the_pairs_that_mapping_finds_certain(
    managed: list[Managed], upstream: list[UpstreamCompany], taken: Taken
) -> None:
    found = match_new(upstream, managed, taken)
    assert set(found) == {one.id for one in upstream} - taken.external_ids
    linked = {(match.company_id, id_) for id_, match in found.items() if match.verdict is Verdict.LINK}
    assert linked == certain(suggest(managed, upstream, taken))
    for match in found.values():
        assert bool(match.suggestions) == (match.verdict is not Verdict.NEW)
