"""ConnectWise served on loopback over the small world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.connectwise import ConnectWiseStandIn
from sandbox.world import World


@pytest.fixture
def connectwise(world: World) -> Iterator[ConnectWiseStandIn]:
    with ConnectWiseStandIn(world) as stand_in:
        yield stand_in


class Client:
    """A signed-in caller of the present codebase."""

    def __init__(self, stand_in: ConnectWiseStandIn, **changes: str) -> None:
        given = {"company": stand_in.company, "public": stand_in.public_key, "private": stand_in.private_key} | changes
        self.stand_in = stand_in
        self.client_id = given.get("client_id", stand_in.client_id)
        self.auth = (f"{given['company']}+{given['public']}", given["private"])

    def ask(self, method: str, path: str, body: Any = None, codebase: str = "v4_6_release", **params: Any) -> httpx.Response:
        headers = {"clientId": self.client_id} if self.client_id else {}
        headers |= params.pop("headers", {})
        url = f"{self.stand_in.url}/{codebase}/apis/3.0/{path}"
        return httpx.request(method, url, params=params, json=body, auth=self.auth, headers=headers, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        """A good answer's JSON."""
        answer = self.ask("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def cw(connectwise: ConnectWiseStandIn) -> Client:
    return Client(connectwise)
