"""Exports and removals wait for a second person: nothing happens before, it happens once, and only the asker gets the link."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.approval import Choice
from domain.company import Company
from domain.errors import TellPerson
from domain.four_eyes import Request, RequestState
from domain.roles import Role
from domain.secret import Secret
from flows import onetime, overview, private, removing, requests, second, settings, vault, vaultfiles
from flows.desk import Desk
from flows.performers import PERFORMERS
from flows.vault import Draft
from tests.flows.bench import Bench

PASSWORD = "correct horse battery"
WHY = "Nobody else is on call tonight."


def stocked(bench: Bench) -> Company:
    company = bench.company("Contoso", "contoso.com")
    entry = vault.add(bench.context, at(bench, company), company.id, Draft("Router")).entry
    with bench.store.write() as work:
        work.entries.put(entry, Secret("the-value"))
    return company


def at(bench: Bench, company: Company, user: str = "U1") -> Desk:
    return Desk(bench.desk(user=user).actor, "C1", None, company)


def asked_export(bench: Bench, company: Company, user: str = "U1") -> Request:
    assert vault.export_link(bench.context, at(bench, company, user), company.id) == ""
    return requests.drawn(bench.context, bench.ear.requests[-1])


def asked_removal(bench: Bench, company: Company) -> Request:
    assert removing.remove(bench.context, bench.admin, company.id) == removing.ASKED
    return requests.drawn(bench.context, bench.ear.requests[-1])


def decide(bench: Bench, request: Request, user: str = "U2", choice: Choice = Choice.APPROVE) -> RequestState | None:
    desk = bench.desk(Role.TECHNICIAN, user)
    return requests.decide(bench.context, desk, request.id, choice, PERFORMERS)[1].moves_to


def token(bench: Bench) -> str:
    """Of the one link that was told."""
    [(user, channel, text)] = bench.ear.private
    assert (user, channel) == ("U1", "")
    return text.rsplit("/", 1)[1]


def test_an_approved_export_sends_its_asker_a_link_of_one_use(both: Bench) -> None:
    company = stocked(both)
    request = asked_export(both, company)
    assert "Contoso (1 entries" in request.summary
    assert decide(both, request, "U1") is None
    assert both.ear.private == []
    assert decide(both, request) is RequestState.DONE
    assert decide(both, request, "U3") is None
    link = token(both)
    assert link not in requests.drawn(both.context, request.id).note
    assert private.look_enter(both.context, link).company_name == "Contoso"
    vaultfiles.export(both.context, link, vaultfiles.Form.BITWARDEN, PASSWORD, PASSWORD)
    with pytest.raises(onetime.Closed):
        vaultfiles.export(both.context, link, vaultfiles.Form.BITWARDEN, PASSWORD, PASSWORD)


def test_the_link_lives_15_minutes_from_the_approval(quick: Bench) -> None:
    request = asked_export(quick, stocked(quick))
    quick.clock.advance(20 * 3600)
    decide(quick, request)
    quick.clock.advance(14 * 60)
    assert private.look_enter(quick.context, token(quick)).company_name == "Contoso"
    quick.clock.advance(60)
    with pytest.raises(onetime.Closed):
        private.look_enter(quick.context, token(quick))


def test_each_asks_for_their_own_export_and_twice_is_once(quick: Bench) -> None:
    company = stocked(quick)
    assert asked_export(quick, company).id == asked_export(quick, company).id
    assert asked_export(quick, company, "U5").id != asked_export(quick, company).id


def test_a_denied_or_late_export_gives_nothing(quick: Bench) -> None:
    company = stocked(quick)
    assert decide(quick, asked_export(quick, company), choice=Choice.DENY) is RequestState.DENIED
    late = asked_export(quick, company)
    quick.clock.advance(24 * 3600 + 1)
    assert decide(quick, late) is RequestState.EXPIRED
    assert quick.ear.private == []


def test_who_lost_the_right_meanwhile_gets_no_link(quick: Bench) -> None:
    settings.assign(quick.context, quick.desk(user="U9"), "U9", Role.ADMIN)
    request = asked_export(quick, stocked(quick))
    settings.assign(quick.context, quick.desk(user="U9"), "U1", Role.TECHNICIAN)
    assert decide(quick, request) is RequestState.FAILED
    assert quick.ear.private == []


def test_a_channel_bound_meanwhile_to_another_company_gives_no_link(quick: Bench) -> None:
    request = asked_export(quick, stocked(quick))
    other = quick.company("Fabrikam", "fabrikam.com")
    with quick.store.write() as work:
        work.desks.bind("C1", other.id, "U9")
    assert decide(quick, request) is RequestState.FAILED
    assert quick.ear.private == []


def test_the_glass_is_broken_and_a_stand_in_decides_for_these_too(quick: Bench) -> None:
    company = stocked(quick)
    request = asked_export(quick, company)
    requests.break_glass(quick.context, quick.admin, request.id, WHY, PERFORMERS)
    assert token(quick)
    second.stand_in(quick.context, quick.admin, "U4", "U7")
    removal = asked_removal(quick, company)
    desk = quick.desk(Role.VIEWER, "U7")
    assert requests.decide(quick.context, desk, removal.id, Choice.APPROVE, PERFORMERS)[1].moves_to is RequestState.DONE


def test_a_removal_waits_and_happens_once_and_its_request_outlives_the_company(both: Bench) -> None:
    company = stocked(both)
    request = asked_removal(both, company)
    assert "Contoso" in both.companies()
    assert decide(both, request, "U1") is None
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda number: decide(both, request, f"U{number}"), range(2, 6)))
    assert sorted(str(end) for end in ends) == ["None"] * 3 + ["done"]
    assert "Contoso" not in both.companies()
    assert len(both.journal("company removed")) == 1
    assert "data key is destroyed" in requests.drawn(both.context, request.id).note


def test_nobody_is_needed_for_an_empty_company_or_with_the_setting_off(quick: Bench) -> None:
    empty = quick.company("Fabrikam", "fabrikam.com")
    assert "was removed" in removing.remove(quick.context, quick.admin, empty.id)
    company = stocked(quick)
    second.choose(quick.context, quick.admin, frozenset())
    assert vault.export_link(quick.context, at(quick, company), company.id).startswith("http")
    assert "was removed" in removing.remove(quick.context, quick.admin, company.id)
    assert quick.ear.requests == []


def test_what_no_longer_holds_is_not_done(quick: Bench) -> None:
    company = stocked(quick)
    export, removal = asked_export(quick, company), asked_removal(quick, company)
    assert decide(quick, removal) is RequestState.DONE
    with pytest.raises(TellPerson):
        requests.drawn(quick.context, export.id)
    assert quick.ear.private == []


def test_what_waits_is_among_the_facts_until_it_is_void_and_only_for_its_company(quick: Bench) -> None:
    company = stocked(quick)
    other = quick.company("Fabrikam", "fabrikam.com")
    export, removal = asked_export(quick, company), asked_removal(quick, company)
    assert [each.id for each in overview.facts(quick.context, quick.admin).requests] == [export.id, removal.id]
    assert [each.id for each in overview.facts(quick.context, quick.desk(bound=company)).requests] == [export.id]
    assert overview.facts(quick.context, quick.desk(bound=other)).requests == ()
    quick.clock.advance(24 * 3600 + 1)
    assert overview.facts(quick.context, quick.admin).requests == ()
