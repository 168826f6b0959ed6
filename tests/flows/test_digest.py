"""Digests: at the chosen time, once a slot, about what the channel may see."""

from datetime import UTC, datetime

import pytest

from domain.errors import NotAllowed, TellPerson
from domain.ports import Kind
from domain.roles import Role
from flows import companies, digest, invitations
from sandbox.world import ManualClock
from storage.store import Store
from tests.crowd import at_once
from tests.flows.bench import Bench, bench

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def schedule(made: Bench, channel: str = "C1", time: str = "09:00", days: tuple[int, ...] = EVERY_DAY, zone: str = "Europe/Vienna", clear: bool = False) -> None:
    digest.schedule(made.context, made.admin, channel, time, days, zone, clear)


def looked(made: Bench) -> int:
    """The clock looks, and what is due is posted; returns how many digests were posted."""
    before = len(made.ear.digests)
    digest.tick(made.context)
    made.workshop.run()
    return len(made.ear.digests) - before


def people(made: Bench) -> None:
    paper = made.papers["autotask"]
    for id_, name in (("10", "Contoso"), ("20", "Fabrikam")):
        paper.company(id_, name, f"{name.lower()}.com")
        for number in range(2):
            paper.person(f"{id_}{number}", id_, f"p{number}@{name.lower()}.com")
    made.connected("autotask")
    made.imported(Kind.COMPANIES)
    for name in ("Contoso", "Fabrikam"):
        made.imported(Kind.USERS, name)


def test_a_digest_comes_at_its_time_and_once(both: Bench) -> None:
    schedule(both, time="11:00", zone="UTC")
    assert looked(both) == 0, "it is nine o'clock"
    both.clock.advance(2 * 3600 - 1)
    assert looked(both) == 0
    both.clock.advance(1)
    assert [looked(both) for _ in range(5)] == [1, 0, 0, 0, 0]
    both.clock.advance(24 * 3600)
    assert looked(both) == 1


def test_of_many_replicas_that_look_at_once_one_takes_the_slot(both: Bench) -> None:
    schedule(both)

    def take(_: int) -> bool:
        with both.store.write() as work:
            return work.digests.take_slot("C1", "2026-11-22")

    assert sum(at_once(12, take)) == 1


def test_a_time_that_had_passed_when_it_was_scheduled_is_not_made_up_for(both: Bench) -> None:
    schedule(both, time="08:00", zone="UTC")
    assert looked(both) == 0
    both.clock.advance(23 * 3600)
    assert looked(both) == 1


def test_a_slot_missed_for_long_is_left_out(both: Bench) -> None:
    schedule(both, time="11:00", zone="UTC")
    both.clock.advance(5 * 3600)
    assert looked(both) == 0
    both.clock.advance(22 * 3600)
    assert looked(both) == 1, "the next day's comes, a little late"


def test_only_the_chosen_days_count_in_the_zone_of_the_schedule(quick: Bench) -> None:
    """2026-11-21 is a Saturday in London, and a Sunday in Auckland half of the day."""
    schedule(quick, time="09:00", days=(0,), zone="Pacific/Auckland")
    posted = []
    for _ in range(7 * 24):
        quick.clock.advance(3600)
        if looked(quick):
            posted.append(quick.clock())
    assert posted == [datetime(2026, 11, 22, 20, tzinfo=UTC)], "Monday at nine in Auckland"


@pytest.mark.parametrize(
    ("start", "zone", "time"),
    [
        (datetime(2026, 3, 28, 0, tzinfo=UTC), "Europe/Vienna", "02:30"),  # the hour that is skipped
        (datetime(2026, 10, 24, 0, tzinfo=UTC), "Europe/Vienna", "02:30"),  # the hour that comes twice
        (datetime(2026, 3, 7, 0, tzinfo=UTC), "America/New_York", "02:30"),
    ],
)
def test_the_days_on_which_clocks_change_have_one_digest_each(quick_store: Store, start: datetime, zone: str, time: str) -> None:
    made = bench(quick_store, clock=ManualClock(start))
    schedule(made, time=time, zone=zone)
    posted = 0
    for _ in range(3 * 24 * 4):
        made.clock.advance(900)
        posted += looked(made)
    assert posted == 3


@pytest.mark.parametrize(
    ("time", "days", "zone", "field"),
    [("25:00", (0,), "UTC", "time"), ("9", (0,), "UTC", "time"), ("", (0,), "UTC", "time"), ("09:00", (), "UTC", "days"),
     ("09:00", (7,), "UTC", "days"), ("09:00", (0,), "Europe/Vienn", "zone"), ("09:00", (0,), "", "zone")],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_is_refused_at_its_field(quick: Bench, time: str, days: tuple[int, ...], zone: str, field: str) -> None:
    with pytest.raises(TellPerson) as refusal:
        schedule(quick, time=time, days=days, zone=zone)
    assert refusal.value.field == field
    assert digest.every_schedule(quick.context) == ()


def test_a_stopped_digest_comes_no_more_and_stopping_twice_is_no_harm(quick: Bench) -> None:
    schedule(quick, time="11:00", zone="UTC")
    assert digest.stop(quick.context, quick.admin, "C1") == "No more digests come here."
    assert digest.stop(quick.context, quick.admin, "C1") == "No digest was scheduled here."
    quick.clock.advance(2 * 3600)
    assert looked(quick) == 0


def test_who_may_only_look_schedules_nothing(quick: Bench) -> None:
    with pytest.raises(NotAllowed):
        digest.schedule(quick.context, quick.desk(Role.VIEWER), "C1", "09:00", (0,), "UTC", False)


# --- what it says ------------------------------------------------------------------------------------------------


def test_a_workspace_in_which_all_is_well_has_an_empty_report(both: Bench) -> None:
    assert digest.compose(both.context, "C1").empty


def test_a_report_holds_what_rots_unseen(both: Bench) -> None:
    people(both)
    both.company("Nowhere Mapped", "nowhere.example")
    both.company("Waits For Domain")
    first, second, third, _ = sorted(both.people().values(), key=lambda line: line.person.email + line.company.name)
    invitations.accept(both.context, both.post.links(first.person.email)[0])
    invitations.uninvite(both.context, both.admin, second.person.id)
    both.clock.advance(4 * 24 * 3600)
    report = digest.compose(both.context, "C1")
    assert report.counts | {} == {"pending": 2, "expired": 0, "bounced": 0, "accepted": 1, "needing_domain": 1, "unmapped": 2}
    assert report.pending_by_age == (("3 to 7 days", 2),)
    assert {line.person.id for line in report.accepted} == {first.person.id}
    assert second.person.id not in {line.person.id for line in report.pending}
    assert third.person.id in {line.person.id for line in report.pending}


def test_ages_cover_every_pending_invitation_once(both: Bench) -> None:
    people(both)
    for hours in (0, 71, 1, 24, 71):
        both.clock.advance(hours * 3600)
        report = digest.compose(both.context, "C1")
        assert sum(many for _, many in report.pending_by_age) == report.counts["pending"]


def test_a_bound_channels_report_is_about_its_company_alone(both: Bench) -> None:
    people(both)
    both.company("Waits For Domain")
    there = both.companies()
    companies.bind(both.context, both.admin, "C-bound", there["Contoso"].id)
    report = digest.compose(both.context, "C-bound")
    assert {line.company.name for line in report.pending} == {"Contoso"}
    assert (report.counts["pending"], report.counts["needing_domain"], report.counts["unmapped"]) == (2, 0, 0)
    assert "Fabrikam" not in repr(report)


def test_the_second_digest_tells_only_of_those_who_accepted_since_the_first(both: Bench) -> None:
    people(both)
    schedule(both, time="10:00", zone="UTC")
    invitations.accept(both.context, both.post.links("p0@contoso.com")[0])
    both.clock.advance(3600)
    looked(both)
    both.clock.advance(3600)
    invitations.accept(both.context, both.post.links("p1@contoso.com")[0])
    assert {line.person.email for line in digest.compose(both.context, "C1").accepted} == {"p1@contoso.com"}


def test_a_report_about_thousands_holds_whole_counts_and_few_lines(quick_store: Store) -> None:
    made = bench(quick_store, mailer=None)
    paper = made.papers["autotask"]
    paper.page_size = 1000
    paper.company("10", "Contoso", "contoso.com")
    for number in range(1200):
        paper.person(str(number), "10", f"p{number:04}@contoso.com")
    made.connected("autotask")
    made.imported(Kind.COMPANIES)
    made.imported(Kind.USERS, "Contoso")
    report = digest.compose(made.context, "C1")
    assert report.counts["pending"] == 1200
    assert len(report.pending) == digest.SHOWN
