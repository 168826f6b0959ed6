"""Which webhooks are ours, whether a source can call us, and what one change after another comes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hooking import Do, Heard, Ours, address, decide, merged, unreachable, wanted
from domain.psa import Feature, Hook, Hooked

BASE = "https://gangway.example.com"
KINDS = (Hooked.TICKETS, Hooked.COMPANIES)


def hook(id_: str, kind: Hooked, url: str, **more: bool) -> Hook:
    return Hook(id_, kind, "Gangway", url, **more)  # type: ignore[arg-type]


def at(our_id: str, base: str = BASE) -> str:
    return address(base, "autotask", our_id)


def done(ours: list[Ours], there: list[Hook], kinds: tuple[Hooked, ...] = KINDS, bases: tuple[str, ...] = (BASE,)) -> list[tuple[Do, str]]:
    return [(deed.do, deed.hook.id if deed.hook else "") for deed in decide("autotask", bases, ours, there, kinds)]


def test_what_is_not_there_is_made() -> None:
    assert done([], []) == [(Do.MAKE, ""), (Do.MAKE, "")]


def test_what_was_never_confirmed_is_made_under_the_same_id_and_what_was_is_made_anew() -> None:
    lost, gone = Ours("a", Hooked.TICKETS), Ours("b", Hooked.COMPANIES, "7")
    deeds = decide("autotask", (BASE,), [lost, gone], [], KINDS)
    assert [(deed.do, deed.our_id) for deed in deeds] == [(Do.MAKE, "a"), (Do.RENEW, "b")]


def test_what_is_right_is_kept_and_what_is_not_is_mended() -> None:
    ours = [Ours("a", Hooked.TICKETS, "7")]
    assert done(ours, [hook("7", Hooked.TICKETS, at("a"))], (Hooked.TICKETS,)) == [(Do.KEEP, "7")]
    for wrong in ({"is_active": False}, {"is_ready": False}, {"is_whole": False}):
        assert done(ours, [hook("7", Hooked.TICKETS, at("a"), **wrong)], (Hooked.TICKETS,)) == [(Do.MEND, "7")]
    assert done(ours, [hook("8", Hooked.TICKETS, at("a"))], (Hooked.TICKETS,)) == [(Do.MEND, "8")]


def test_ours_under_a_former_address_is_mended_and_one_we_do_not_know_any_more_is_dropped() -> None:
    moved = hook("7", Hooked.TICKETS, at("a", "https://old.example.com"))
    lost = hook("8", Hooked.TICKETS, at("zzz", "https://old.example.com"))
    deeds = done([Ours("a", Hooked.TICKETS, "7")], [moved, lost], (Hooked.TICKETS,), (BASE, "https://old.example.com"))
    assert deeds == [(Do.DROP, "8"), (Do.MEND, "7")]


def test_a_double_and_a_kind_that_is_not_wanted_any_more_are_dropped() -> None:
    ours = [Ours("a", Hooked.TICKETS, "7"), Ours("b", Hooked.ASSETS, "9")]
    there = [hook("7", Hooked.TICKETS, at("a")), hook("8", Hooked.TICKETS, at("a")), hook("9", Hooked.ASSETS, at("b"))]
    assert done(ours, there, (Hooked.TICKETS,)) == [(Do.DROP, "8"), (Do.DROP, "9"), (Do.KEEP, "7")]


@given(st.lists(st.tuples(st.sampled_from(Hooked), st.text(max_size=20), st.booleans()), max_size=8), st.sets(st.sampled_from(Hooked)))
def test_what_belongs_to_others_is_never_touched(others: list[tuple[Hooked, str, bool]], kinds: set[Hooked]) -> None:
    """Whatever others call their webhooks and wherever they point, no deed names one of them."""
    there = [hook(f"o{number}", kind, f"https://other.example.com/{word}", is_active=on) for number, (kind, word, on) in enumerate(others)]
    ours = [Ours("0123456789abcdef", Hooked.TICKETS, "o0")]
    assert all(deed.hook is None for deed in decide("autotask", (BASE,), ours, there, tuple(kinds)))


@pytest.mark.parametrize("url", [
    "http://gangway.example.com", "https://gangway.example.com:8443", "https://localhost", "https://127.0.0.1", "https://10.1.2.3",
    "https://192.168.0.9", "https://[::1]", "https://nas.local", "https://gangway", "https://bot.internal", "http://127.0.0.1:8730",
])
def test_an_address_that_no_source_can_call_is_named(url: str) -> None:
    said = unreachable(url, is_near=False)
    assert "PUBLIC_URL" in said
    assert url in said


def test_a_public_https_address_can_be_called_and_our_own_machine_only_from_itself() -> None:
    assert unreachable(BASE, is_near=False) == ""
    assert unreachable("https://gangway.example.com:443", is_near=False) == ""
    assert unreachable("http://127.0.0.1:8730", is_near=True) == ""
    assert unreachable("http://10.1.2.3", is_near=True) != ""


def test_only_kinds_that_a_feature_needs_are_wanted() -> None:
    able = tuple(Hooked)
    assert wanted(able, {Feature.COMPANIES, Feature.USERS}) == (Hooked.COMPANIES, Hooked.CONTACTS)
    assert wanted(able, {Feature.TICKETS}) == (Hooked.TICKETS, Hooked.NOTES)
    assert wanted((Hooked.COMPANIES,), set(Feature)) == (Hooked.COMPANIES,)


@given(st.lists(st.tuples(st.sampled_from((Hooked.TICKETS, Hooked.NOTES)), st.sampled_from("abc"), st.sampled_from(("", "t1"))), max_size=30))
def test_merging_answers_every_callout_once_and_reads_no_item_twice(named: list[tuple[Hooked, str, str]]) -> None:
    """However often an item is called out, it is read once, and no callout is left without an answer."""
    heard = [Heard("h", number, kind, item, of) for number, (kind, item, of) in enumerate(named)]
    found = merged(heard)
    assert sorted(number for refresh in found for _, number in refresh.answers) == list(range(len(heard)))
    assert len({(refresh.kind, refresh.item_id) for refresh in found}) == len(found)
    firsts = [min(number for _, number in refresh.answers) for refresh in found]
    assert firsts == sorted(firsts)
