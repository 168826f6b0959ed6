"""Whatever a client sends, a stand-in answers in its vendor's own shape and never falls over."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sandbox.world import World

ODD: list[Any] = [None, 0, "x", [], {}, [[]], {"a": 1}, True]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_bodies_get_a_list_of_errors_from_autotask(world: World, psa: httpx.Client, odd: Any) -> None:
    """Odd JSON in every place of a query or a write is a 200 or a 500 with sentences."""
    bodies: list[tuple[str, Any]] = [
        ("Companies/query", odd),
        ("Companies/query", {"filter": odd}),
        ("Companies/query", {"filter": [odd]}),
        ("Companies/query", {"filter": [{"op": "or", "items": [odd]}]}),
        ("Companies/query", {"filter": [{"op": "eq", "field": odd, "value": odd}]}),
        ("Companies/query", {"filter": [{"op": "in", "field": "id", "value": odd}]}),
        ("Companies/query", {"filter": [{"op": "gt", "field": "createDate", "value": odd}]}),
        ("Companies/query", {"filter": [], "MaxRecords": odd}),
        ("Companies", odd),
        ("Companies", {"companyName": odd, "userDefinedFields": [odd]}),
        ("Tickets", {"companyID": odd, "status": odd, "dueDateTime": odd}),
    ]
    for path, body in bodies:
        answer = psa.post(path, content=json.dumps(body))
        assert answer.status_code in (200, 500), (path, body)
        assert answer.status_code == 200 or answer.json()["errors"], (path, body)
    hook = {"isActive": True, "name": "H", "webhookUrl": "https://h.example/", "deactivationUrl": "https://h.example/"}
    hook |= {"secretKey": "s", "sendThresholdExceededNotification": False}
    under = [
        ("Tickets/1/Notes", "POST"),
        ("Tickets", "PATCH"),
        ("TicketWebhooks", "PATCH"),
        ("Companies/0/ToDos", "POST"),
    ]
    for name in hook:
        bodies.append(("TicketWebhooks", hook | {name: odd}))
    for path, method in under:
        assert psa.request(method, path, content=json.dumps(odd)).status_code == 500
        assert psa.request(method, path, content=json.dumps({"id": odd, "ticketID": odd})).status_code in (200, 500)
    for path, body in bodies[-len(hook) :]:
        assert psa.post(path, content=json.dumps(body)).status_code in (200, 500)
    for url in ("https://[", "https://x:port/", "//x", "ftp://x/"):
        assert psa.post("TicketWebhooks", json=hook | {"webhookUrl": url}).status_code == 500
    for paging in ("{}", "[]", '{"nextIds":[]}', "x"):
        answer = psa.post("Companies/query/next", params={"paging": paging}, json={"filter": []})
        assert answer.status_code in (200, 500)
        assert answer.json()


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_bodies_get_errors_from_it_glue(world: World, glue: httpx.Client, odd: Any) -> None:
    """Odd JSON in every place of a write is answered with an errors array or taken."""
    client = world.add_company("C", linked=False)
    headers = {"content-type": "application/vnd.api+json"}
    attributes = {"organization-id": client.itglue_id, "first-name": "A", "name": "N"}
    bodies: list[Any] = [odd, {"data": odd}, {"data": [odd]}, {"data": {"attributes": odd}}]
    for name in ("contact-emails", "contact-phones", "password-updated-at", "contact-type-id", "notes"):
        bodies.append({"data": {"attributes": attributes | {name: odd}}})
        bodies.append({"data": {"attributes": attributes | {name: [odd]}}})
    for path in ("/contacts", "/passwords"):
        for body in bodies:
            for method in ("POST", "PATCH", "DELETE"):
                answer = glue.request(method, path, content=json.dumps(body), headers=headers)
                assert answer.status_code in (200, 201, 400, 404, 422), (method, path, body)
                assert "errors" in answer.json() or "data" in answer.json()


@pytest.mark.parametrize(
    "query", ["page[size]=x", "page[number]=-1", "filter[updated_at]=x", "filter[id]=x", "filter[]=1", "sort=,"]
)
def test_odd_queries_get_an_answer_from_it_glue(glue: httpx.Client, query: str) -> None:
    """Odd query strings are a list or an errors array."""
    assert glue.get(f"/organizations?{query}").status_code in (200, 400)
