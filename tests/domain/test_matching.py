"""Matching: what is certain, what is a proposal, and what is said about it."""

import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from domain.matching import Certainty, Managed, Reason, Suggestion, Taken, Verdict, match_new, suggest
from domain.ports import UpstreamCompany

CERTAIN, PROPOSAL = Certainty.CERTAIN, Certainty.PROPOSAL


def ours(name: str, domain: str | None = None, id_: str = "a", **more: object) -> Managed:
    return Managed(id_, name, domain, **more)  # type: ignore[arg-type]


def theirs(name: str, web: str = "", id_: str = "1", **more: object) -> UpstreamCompany:
    return UpstreamCompany(id_, name, web, **more)  # type: ignore[arg-type]


def only(managed: Managed, upstream: UpstreamCompany) -> Suggestion:
    (found,) = suggest([managed], [upstream], source="IT Glue")
    return found


@pytest.mark.parametrize(
    ("managed", "upstream", "reason", "words"),
    [
        (
            ours("Contoso", psa_ids=frozenset({"77"})),
            theirs("Contoso Group", psa_ids=("77",)),
            Reason.PSA_ID,
            "the PSA id carried by IT Glue",
        ),
        (
            ours("Contoso", ids_here=frozenset({"1"})),
            theirs("Contoso Group"),
            Reason.PSA_ID,
            "the id at IT Glue, carried by another source",
        ),
        (
            ours("Contoso", "contoso.com"),
            theirs("Contoso Group", "https://WWW.contoso.com/home"),
            Reason.DOMAIN,
            "same domain contoso.com",
        ),
        (
            ours("Contoso", "contoso.com"),
            theirs("Contoso Group", domains=("contoso.net", "contoso.com")),
            Reason.DOMAIN,
            "same domain contoso.com",
        ),
        (ours("Contoso Ltd"), theirs("CONTOSO, Limited"), Reason.NAME, "same name without legal form"),
        (ours("Contoso"), theirs("contoso", "contoso.com"), Reason.NAME, "same name"),
        (ours("Our MSP", is_own=True), theirs("Our MSP Inc", is_own=True), Reason.OWN, "your own company, "),
        (ours("IBM", "ibm.com"), theirs("International Business Machines", "ibm.com"), Reason.DOMAIN, "same "),
    ],
)
def test_one_piece_of_strong_evidence_between_one_and_one_is_certain(
    managed: Managed, upstream: UpstreamCompany, reason: Reason, words: str
) -> None:
    found = only(managed, upstream)
    assert (found.certainty, found.reason, found.detail) == (CERTAIN, reason, "")
    assert found.words.startswith(words)


@pytest.mark.parametrize(
    ("managed", "upstream", "detail"),
    [
        (
            ours("Contoso", "contoso.com"),
            theirs("Contoso Inc", "fabrikam.com"),
            "the domains differ: contoso.com with you, fabrikam.com at IT Glue",
        ),
        (
            ours("Contoso", "contoso.com"),
            theirs("Contoso", "c\u043entoso.com"),
            "the domains only look alike: contoso.com with you, c\u043entoso.com (xn--cntoso-wqf.com) at IT Glue",
        ),
        (ours("Contoso", "contoso.com"), theirs("Fabrikam", "contoso.com"), "the names have nothing in common"),
        (
            ours("Contoso GmbH"),
            theirs("Contoso AG"),
            "the legal forms differ: gmbh with you, ag at IT Glue",
        ),
        (ours("Contoso"), theirs("Contoso", is_active=False), "it is inactive at IT Glue"),
        (
            ours("Contoso", "contoso.com", psa_ids=frozenset({"7"})),
            theirs("Contoso", "contoso.net", psa_ids=("7",)),
            "the domains differ: contoso.com with you, contoso.net at IT Glue",
        ),
    ],
)
def test_evidence_that_something_contradicts_is_a_proposal_that_says_so(
    managed: Managed, upstream: UpstreamCompany, detail: str
) -> None:
    found = only(managed, upstream)
    assert (found.certainty, found.detail) == (PROPOSAL, detail)


def test_two_that_fit_equally_are_both_proposed_and_each_names_the_other() -> None:
    found = suggest([ours("Contoso")], [theirs("Contoso", id_="1"), theirs("Contoso Inc", id_="2")])
    assert [(one.external_id, one.certainty) for one in found] == [("1", PROPOSAL), ("2", PROPOSAL)]
    assert found[0].detail == "“Contoso Inc” (2) at the source fits as well"
    assert found[1].detail == "“Contoso” (1) at the source fits as well"


def test_two_owners_of_a_domain_make_it_no_proof() -> None:
    holding, shop = ours("Contoso Holding", "contoso.com", "a"), ours("Contoso Shop", "contoso.com", "b")
    found = suggest([holding, shop], [theirs("Contoso Shops", "contoso.com")])
    assert [one.certainty for one in found] == [PROPOSAL, PROPOSAL]
    assert found[0].detail == "“Contoso Shop” (contoso.com) of yours fits as well"


def test_evidence_that_points_to_two_companies_is_not_certain_for_either() -> None:
    managed = [ours("Contoso", "fabrikam.com", psa_ids=frozenset({"7"}))]
    upstream = [
        theirs("Contoso", id_="1"),
        theirs("Contoso Two", "fabrikam.com", id_="2"),
        theirs("Contoso Three", id_="3", psa_ids=("7",)),
    ]
    found = suggest(managed, upstream)
    assert [one.external_id for one in found] == ["3", "2", "1"], "the strongest evidence first"
    assert {one.certainty for one in found} == {PROPOSAL}


def test_a_domain_that_points_to_one_and_a_name_that_points_to_another_are_a_question() -> None:
    upstream = [theirs("Contoso South", "contoso.com", "1"), theirs("Contoso North", "contoso-north.com", "2")]
    found = suggest([ours("Contoso North", "contoso.com")], upstream)
    assert [(one.external_id, one.certainty) for one in found] == [("1", PROPOSAL), ("2", PROPOSAL)]
    assert found[0].detail == "“Contoso North” (contoso-north.com) at the source fits as well"


def test_a_psa_id_that_two_companies_of_ours_have_in_two_psas_decides_nothing() -> None:
    managed = [ours("Contoso", id_="a", psa_ids=frozenset({"7"})), ours("Fabrikam", id_="b", psa_ids=frozenset({"7"}))]
    found = suggest(managed, [theirs("Woodgrove", psa_ids=("7",))])
    assert {one.certainty for one in found} == {PROPOSAL}


def test_namesakes_do_not_disturb_when_every_domain_tells_them_apart() -> None:
    managed = [ours("Washington County", f"washington{n}.gov", f"a{n}") for n in range(4)]
    upstream = [theirs("Washington County", f"washington{n}.gov", f"{n}") for n in range(4)]
    found = suggest(managed, upstream)
    assert [(one.company_id[1:], one.certainty) for one in found] == [(str(n), CERTAIN) for n in range(4)]
    nameless = suggest(managed, [*upstream, theirs("Washington County", "", "9")])
    assert {one.certainty for one in nameless} == {PROPOSAL}, "one without a domain may be any of them"


@pytest.mark.parametrize("web", ["gmail.com", "yahoo.co.uk", "https://facebook.com/contoso", "n/a", "wordpress.com"])
def test_a_domain_that_strangers_share_is_no_evidence(web: str) -> None:
    assert suggest([ours("Contoso", web)], [theirs("Fabrikam", web)]) == []
    assert only(ours("Contoso", web), theirs("Contoso", "contoso.com")).certainty is CERTAIN


def test_a_similar_name_is_only_ever_proposed_with_its_likeness() -> None:
    found = only(ours("Blue Heron Dental"), theirs("Blue Herron Dental LLC"))
    assert (found.reason, found.certainty, found.words) == (Reason.SIMILAR, PROPOSAL, "similar name (97 %)")
    turned = only(ours("Heron Blue Dental"), theirs("Blue Heron Dental"))
    assert (turned.certainty, turned.words) == (PROPOSAL, "similar name (99 %)")


def test_names_with_different_numbers_are_not_similar() -> None:
    assert suggest([ours("Water District 12")], [theirs("Water District 13")]) == []


def test_hosts_under_one_registered_domain_are_proposed_and_never_certain() -> None:
    found = only(ours("Police Department", "police.city.gov"), theirs("City Library", "library.city.gov"))
    assert (found.reason, found.certainty) == (Reason.OWNER, PROPOSAL)
    assert "the domains differ" in found.detail


def test_what_is_linked_or_set_aside_is_left_out_on_both_sides_but_still_counts_as_a_rival() -> None:
    managed = [ours("Contoso", id_="a"), ours("Fabrikam", id_="b"), ours("Contoso", id_="c")]
    upstream = [theirs("Contoso", id_="1"), theirs("Fabrikam", id_="2")]
    assert suggest(managed, upstream, Taken(frozenset({"a", "b", "c"}))) == []
    assert suggest(managed, upstream, Taken(external_ids=frozenset({"1", "2"}))) == []
    (first, second) = suggest(managed, upstream, Taken(company_ids=frozenset({"a"})))
    assert (first.company_id, first.certainty) == ("b", CERTAIN)
    assert (second.company_id, second.certainty) == ("c", PROPOSAL)
    assert second.detail == "“Contoso” of yours fits as well"


def test_the_msps_own_company_matches_only_itself() -> None:
    own, client = ours("Our MSP", "msp.com", "own", is_own=True), ours("Contoso", "contoso.com", "a")
    assert suggest([own], [theirs("Our MSP", "msp.com")]) == []
    assert suggest([client], [theirs("Contoso", "contoso.com", is_own=True)]) == []
    found = suggest([own, client], [theirs("Our MSP", id_="0", is_own=True), theirs("Contoso", id_="1")])
    assert [(one.company_id, one.external_id, one.certainty) for one in found] == [
        ("a", "1", CERTAIN),
        ("own", "0", CERTAIN),
    ]


def test_an_import_links_what_is_certain_asks_what_may_be_and_adds_the_rest() -> None:
    managed = [
        ours("Contoso", "contoso.com", "a"),
        ours("Fabrikam", None, "b"),
        ours("Woodgrove", None, "c"),
    ]
    upstream = [
        theirs("Contoso Ltd", "contoso.com", "1"),
        theirs("Fabricam", "", "2"),
        theirs("Woodgrove Bank", "", "3"),
        theirs("Northwind", "", "4"),
    ]
    found = match_new(upstream, managed)
    assert {id_: match.verdict for id_, match in found.items()} == {
        "1": Verdict.LINK,
        "2": Verdict.ASK,
        "3": Verdict.NEW,
        "4": Verdict.NEW,
    }
    assert [found[id_].company_id for id_ in "1234"] == ["a", None, None, None]


def test_an_import_asks_before_it_doubles_a_company_that_is_linked_here_already() -> None:
    linked = Taken(frozenset({"a"}), frozenset({"1"}))
    upstream = [theirs("Contoso", id_="1"), theirs("Contoso GmbH", id_="2")]
    found = match_new(upstream, [ours("Contoso")], linked)
    assert list(found) == ["2"]
    assert found["2"].verdict is Verdict.ASK
    assert "linked or set aside here already" in found["2"].suggestions[0].detail


def test_an_import_of_a_name_that_thousands_have_asks_for_each() -> None:
    managed = [ours("Contoso", id_=f"a{n}") for n in range(30)]
    found = match_new([theirs("Contoso", id_=str(n)) for n in range(30)], managed)
    assert {(match.verdict, len(match.suggestions)) for match in found.values()} == {(Verdict.ASK, 5)}


def test_nothing_on_either_side_gives_nothing() -> None:
    assert suggest([], []) == suggest([ours("Contoso")], []) == suggest([], [theirs("Contoso")]) == []
    assert match_new([], [ours("Contoso")]) == {}
    assert suggest([ours(" ")], [theirs("")]) == [], "two blank names are not the same name"


def strangers(count: int) -> tuple[list[Managed], list[UpstreamCompany]]:
    """Two lists that have words in common and no company."""
    chance = random.Random(7)
    letters = "abcdefghijklmnoprstuvw"
    words = ["".join(chance.choices(letters, k=chance.randint(4, 9))) for _ in range(900)]
    names = [" ".join(chance.choices(words, k=3)) for _ in range(2 * count)]
    managed = [ours(name, id_=str(n)) for n, name in enumerate(names[:count])]
    return managed, [theirs(name, id_=str(n)) for n, name in enumerate(names[count:])]


def effort(managed: list[Managed], upstream: list[UpstreamCompany]) -> int:
    """Steps it takes: lines run, each round of a loop anew. The same on a busy machine as on a quiet one."""
    steps = 0

    def count(_frame: FrameType, _event: str, _about: object) -> Callable[..., Any]:
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)
    try:
        suggest(managed, upstream)
    finally:
        sys.settrace(None)
    return steps


def test_four_times_as_many_strangers_cost_far_less_than_every_pair_of_them() -> None:
    """Every pair would cost sixteen times as much."""
    small, large = effort(*strangers(500)), effort(*strangers(2_000))
    assert large < 6 * small, f"{large / small:.1f} times"


def namesakes(count: int) -> tuple[list[Managed], list[UpstreamCompany]]:
    managed = [ours("Contoso", f"contoso{n}.com" if n % 2 else None, f"a{n}") for n in range(count)]
    return managed, [theirs("Contoso", f"contoso{n}.com" if n % 3 else "", str(n)) for n in range(count)]


def test_a_name_that_thousands_share_does_not_make_every_pair_of_them() -> None:
    assert {one.certainty for one in suggest(*namesakes(1_000))} == {PROPOSAL}
    small, large = effort(*namesakes(1_000)), effort(*namesakes(4_000))
    assert large < 12 * small, f"{large / small:.1f} times"
