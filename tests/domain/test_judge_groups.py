"""What an import does with each group, and why."""

import pytest

from domain.group import Group, listed
from domain.judge_groups import Known, judge
from domain.person import Person, PersonKind
from domain.plan import Action
from domain.ports import UpstreamGroup
from domain.roles import Role


def person(id_: str, first: str) -> Person:
    email = f"{first.lower()}@msp.example"
    return Person(id_, "own", PersonKind.STAFF, email, email, first, "", "", Role.TECHNICIAN)


ANN, BOB = person("p1", "Ann"), person("p2", "Bob")
ROW = UpstreamGroup("3", None, "Service  Desk", ("1", "2"), ("Ann", "Bob"))
MINE = Group("g1", "own", "Service Desk", "c1", "3", "plan")
BOTH = {"1": ANN, "2": BOB}


@pytest.mark.parametrize(
    ("row", "known", "action", "said"),
    [
        (ROW, Known(here=BOTH), Action.NEW, ""),
        (UpstreamGroup("3", None, " "), Known(), Action.HELD, "Has no name. Give it one in IT Glue and preview again."),
        (UpstreamGroup("3", None, "Empty"), Known(), Action.NEW, ""),
        (ROW, Known(), Action.HELD, "Ann, Bob are not imported yet: import staff from IT Glue first."),
        (
            ROW, Known(here={"1": ANN}), Action.NEW,
            "Bob is not imported yet: import staff from IT Glue first. The group comes with those who are here.",
        ),
        (ROW, Known(by_id=MINE, by_name=MINE, members=(ANN, BOB), here=BOTH), Action.UNCHANGED, ""),
        (ROW, Known(here=BOTH, twin_label="Service Desk"), Action.CONFLICT, "same name as Service Desk"),
        (ROW, Known(by_name=Group("g2", "own", "service desk", "c2", "9"), here=BOTH), Action.CONFLICT, "came otherwise"),
        (
            ROW, Known(by_id=MINE, by_name=Group("g2", "own", "x"), here=BOTH), Action.CONFLICT, "came otherwise",
        ),
        (ROW, Known(by_name=Group("g2", "own", "service desk"), here=BOTH), Action.CHANGED, "follows IT Glue from now on"),
        (
            ROW, Known(by_name=Group("g2", "own", "service desk", "c1", "1"), is_name_free=True, here=BOTH),
            Action.CHANGED, "follows IT Glue",
        ),
    ],
)  # fmt: skip
def test_each_group_has_its_verdict(row: UpstreamGroup, known: Known, action: Action, said: str) -> None:
    verdict = judge(row, known, "IT Glue", "new")
    assert verdict.action is action
    assert said in verdict.reason
    assert bool(said) is bool(verdict.reason)


def test_a_new_name_and_who_came_and_went_are_listed() -> None:
    old = Group("g1", "own", "Help", "c1", "3")
    verdict = judge(ROW, Known(by_id=old, members=(ANN,), here={"2": BOB}), "IT Glue", "new")
    assert (verdict.action, verdict.target) == (Action.CHANGED, "g1")
    assert verdict.changes == {"name": ("Help", "Service Desk"), "members": ("Ann", "Bob")}


def test_names_parted_by_semicolons() -> None:
    assert listed(" VPN; Board  Room;;vpn ") == ("VPN", "Board Room")
