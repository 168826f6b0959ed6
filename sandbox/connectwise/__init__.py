"""A stand-in of the ConnectWise PSA REST API: `build` makes its app, `ConnectWiseStandIn` serves it on loopback."""

from __future__ import annotations

from typing import Self

from starlette.applications import Starlette

from sandbox.connectwise.callbacks import Callbacks, Delivery, sign
from sandbox.connectwise.callers import ApiMember
from sandbox.connectwise.service import CLIENT_ID, COMPANY_ID, PRIVATE_KEY, PUBLIC_KEY, ConnectWise
from sandbox.serving import StandIn
from sandbox.serving.door import app_for
from sandbox.world import Client, Clock, Person, Table, World

__all__ = ["ApiMember", "Callbacks", "ConnectWise", "ConnectWiseStandIn", "Delivery", "build", "sign"]


def build(world: World, clock: Clock | None = None) -> Starlette:
    """The app alone; its vendor is `app.state.vendor`."""
    return app_for(ConnectWise(world, clock))


class ConnectWiseStandIn(StandIn):
    """`url` is what goes into the setting CONNECTWISE_API_URL."""

    def __init__(self, world: World, clock: Clock | None = None, *, port: int = 0) -> None:
        self.server = ConnectWise(world, clock)
        super().__init__(self.server, port=port)
        self.site = "na.myconnectwise.net"
        self.company = COMPANY_ID
        self.public_key = PUBLIC_KEY
        self.private_key = PRIVATE_KEY
        self.client_id = CLIENT_ID

    def start(self) -> Self:
        """Listen and deliver callbacks."""
        super().start()
        self.server.url = self.url
        self.callbacks.start()
        return self

    def stop(self) -> None:
        """Refuse connections and deliver nothing any more."""
        self.callbacks.stop()
        super().stop()

    @property
    def member(self) -> ApiMember:
        """The API member the keys belong to: take and give its rights, make it inactive."""
        return self.server.member

    @property
    def callbacks(self) -> Callbacks:
        """Who is called back, and what was delivered."""
        return self.server.callbacks

    @property
    def tables(self) -> dict[str, Table]:
        """ConnectWise's tables by name."""
        return self.server.tables

    def company_id(self, client: Client) -> int:
        """The id ConnectWise gives a client of the world."""
        return self.server.side.company_id(client)

    def contact_id(self, person: Person) -> int:
        """The id ConnectWise gives a person of the world."""
        return self.server.side.contact_id(person)
