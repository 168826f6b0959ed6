"""Whoever asks is looked up anew: members, admins, guests, strangers, bots and people who left."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from domain.errors import TryLater
from handlers.actor import standing

TEAM = "T0HERE"


class Slack:
    """Knows one person, or answers with an error."""

    def __init__(self, error: str = "", **facts: Any) -> None:
        self.error, self.facts = error, {"id": "U1", "team_id": TEAM, "profile": {"real_name": "Tess Tran"}} | facts

    def users_info(self, *, user: str) -> dict[str, Any]:
        if self.error:
            raise SlackApiError("no", {"ok": False, "error": self.error})
        return {"user": self.facts}


def of(slack: Slack) -> Any:
    return standing(slack, "U1", TEAM)  # type: ignore[arg-type]


def test_a_member_has_name_mail_and_zone() -> None:
    found = of(Slack(profile={"real_name": "Tess Tran", "email": "tess@northwind-it.example"}, tz="Europe/London"))
    assert (found.name, found.email, found.zone) == ("Tess Tran", "tess@northwind-it.example", "Europe/London")
    assert [found.is_admin, found.is_guest, found.is_stranger] == [False, False, False]


@pytest.mark.parametrize("flag", ["is_admin", "is_owner", "is_primary_owner"])
def test_owners_and_admins_are_admins(flag: str) -> None:
    assert of(Slack(**{flag: True})).is_admin


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted"])
def test_both_kinds_of_guest_are_guests(flag: str) -> None:
    assert of(Slack(**{flag: True})).is_guest


@pytest.mark.parametrize("facts", [{"deleted": True}, {"is_bot": True}, {"is_stranger": True}, {"team_id": "T0THERE"}])
def test_who_left_bots_and_people_of_elsewhere_are_strangers(facts: dict[str, Any]) -> None:
    assert of(Slack(**facts)).is_stranger


def test_a_member_of_several_workspaces_of_one_company_is_no_stranger() -> None:
    assert not of(Slack(team_id="E0ORG", enterprise_user={"teams": ["T0OTHER", TEAM]})).is_stranger


def test_an_unknown_person_is_a_stranger_and_a_silent_slack_is_said() -> None:
    assert of(Slack(error="user_not_found")).is_stranger
    with pytest.raises(TryLater):
        of(Slack(error="internal_error"))
