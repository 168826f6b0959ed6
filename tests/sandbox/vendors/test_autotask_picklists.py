"""The tenant's lists while it runs: edited by an administrator, of any length, and what that does to rows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn
from sandbox.world import World

TICKET = {"companyID": 0, "title": "Help", "status": 1, "priority": 2}


def picks(psa: httpx.Client, entity: str, name: str) -> dict[str, dict[str, Any]]:
    """A field's list as the metadata has it, by value."""
    fields = psa.get(f"{entity}/entityInformation/fields").json()["fields"]
    listed = next(one for one in fields if one["name"] == name)["picklistValues"]
    return {one["value"]: one for one in listed}


def test_a_status_in_use_can_be_taken_away(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """The ticket keeps a status that the metadata no longer knows, can be changed otherwise, and nobody else gets it."""
    number = psa.post("Tickets", json=TICKET | {"status": 8}).json()["itemId"]
    autotask.picklists.remove("Tickets", "status", 8)
    assert "8" not in picks(psa, "Tickets", "status")
    assert psa.get(f"Tickets/{number}").json()["item"]["status"] == 8
    assert psa.patch("Tickets", json={"id": number, "title": "Still"}).status_code == 200
    refused = psa.post("Tickets", json=TICKET | {"status": 8})
    assert refused.json()["errors"] == ["Picklist value [8] does not exist for status. ; on record number [1]."]


def test_a_queue_can_be_added_renamed_and_put_to_rest(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """A new queue gets the next value and takes tickets at once."""
    lists = autotask.picklists
    queue = lists.add("Tickets", "queueID", "Level III")
    assert psa.post("Tickets", json=TICKET | {"queueID": queue}).status_code == 200
    lists.rename("Tickets", "queueID", queue, "Level 3")
    lists.deactivate("Tickets", "queueID", 5)
    listed = picks(psa, "Tickets", "queueID")
    assert (listed[str(queue)]["label"], listed["5"]["isActive"]) == ("Level 3", False)
    with pytest.raises(ValueError, match=r"Tickets\.queueID has no entry 99"):
        lists.remove("Tickets", "queueID", 99)


@pytest.mark.parametrize("count", [0, 101, 1_000])
@pytest.mark.parametrize("name", ["queueID", "status", "ticketCategory"])
def test_lists_can_have_any_length(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World, name: str, count: int
) -> None:
    """Nothing, a hundred and one, a thousand: in the metadata, and accepted or refused accordingly."""
    autotask.picklists.fill("Tickets", name, count)
    listed = picks(psa, "Tickets", name)
    assert len(listed) == count
    last = int(list(listed)[-1]) if listed else 1
    answer = psa.post("Tickets", json=TICKET | ({"status": 1} if name == "status" and count else {}) | {name: last})
    assert answer.status_code == (200 if count else 500)
    if name == "ticketCategory":
        assert len(world.autotask["TicketCategories"].ids) == count


def test_lists_of_one_tenant_are_not_those_of_another(autotask: AutotaskStandIn) -> None:
    """An edit stays with the tenant it was made on."""
    autotask.picklists.fill("Tickets", "queueID", 0)
    with AutotaskStandIn(World.bare()) as other:
        assert other.picklists.of("Tickets", "queueID")
