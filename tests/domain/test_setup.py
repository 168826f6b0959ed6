"""A status has one stage, many statuses may share one, and a status without a stage is named."""

from hypothesis import given
from hypothesis import strategies as st

from domain.setup import Stage, Tickets, stepper, twice, unmapped

STATUS = st.sampled_from([str(number) for number in range(12)])
STAGES = st.dictionaries(st.sampled_from(list(Stage)), st.frozensets(STATUS))


@given(STAGES)
def test_a_status_in_two_stages_is_found(stages: dict[Stage, frozenset[str]]) -> None:
    for status in {status for each in stages.values() for status in each}:
        times = sum(status in each for each in stages.values())
        assert (status in twice(stages)) == (times > 1)


@given(STAGES, st.lists(STATUS, unique=True))
def test_what_has_no_stage_is_listed_in_its_order(stages: dict[Stage, frozenset[str]], statuses: list[str]) -> None:
    left = unmapped(stages, statuses)
    tickets = Tickets(stages=stages)
    assert list(left) == [status for status in statuses if tickets.stage_of(status) is None]


def test_the_stepper_fills_up_to_the_stage() -> None:
    assert stepper(Stage.TRIAGED) == "●●○○○ Triaged"
    assert stepper(Stage.RESOLVED) == "●●●●● Resolved"
    assert stepper(None) == "○○○○○ no stage"
