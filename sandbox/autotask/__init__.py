"""A stand-in of the Autotask REST API: `build` makes its app, `AutotaskStandIn` serves it on loopback."""

from __future__ import annotations

from typing import Self

from starlette.applications import Starlette

from sandbox.autotask.callers import ApiUser
from sandbox.autotask.delivery import Delivery
from sandbox.autotask.levels import SecurityLevel
from sandbox.autotask.picklists import Picklists
from sandbox.autotask.service import SECRET, TRACKING_IDENTIFIER, USERNAME, Autotask, Pause
from sandbox.serving import StandIn
from sandbox.serving.door import app_for
from sandbox.world import Clock, World

__all__ = ["ApiUser", "Autotask", "AutotaskStandIn", "SecurityLevel", "build"]


def build(world: World, clock: Clock | None = None, *, lockout_after: int = 10) -> Starlette:
    """The app alone; its vendor is `app.state.vendor`."""
    return app_for(Autotask(world, clock, lockout_after=lockout_after))


class AutotaskStandIn(StandIn):
    """`url` is what goes into the setting AUTOTASK_API_URL.

    `pause` waits between the attempts of a callout, for 30 seconds by the real clock unless it is given.
    """

    def __init__(
        self,
        world: World,
        clock: Clock | None = None,
        *,
        port: int = 0,
        lockout_after: int = 10,
        https_only_webhooks: bool = True,
        pause: Pause | None = None,
    ) -> None:
        self.tenant = Autotask(
            world, clock, lockout_after=lockout_after, https_only_webhooks=https_only_webhooks, pause=pause
        )
        super().__init__(self.tenant, port=port)
        self.username = USERNAME
        self.secret = SECRET
        self.tracking_identifier = TRACKING_IDENTIFIER

    def start(self) -> Self:
        """Listen and deliver callouts, those too that have gathered since the last stop."""
        super().start()
        self.delivery.open()
        return self

    def stop(self) -> None:
        """Refuse connections and deliver nothing from now on."""
        self.delivery.close()
        super().stop()

    @property
    def delivery(self) -> Delivery:
        """The callouts on their way: every attempt, and `settle` to wait for them."""
        return self.tenant.delivery

    @property
    def picklists(self) -> Picklists:
        """The tenant's lists, to be edited as its administrator would."""
        return self.tenant.picklists

    @property
    def headers(self) -> dict[str, str]:
        """The three headers of a signed-in call."""
        return {
            "ApiIntegrationCode": self.tracking_identifier,
            "UserName": self.username,
            "Secret": self.secret,
        }

    @property
    def level(self) -> SecurityLevel:
        """The security level of that user: `level.take("Tickets", "view")`."""
        return self.user.level

    def copy_level(self, name: str) -> SecurityLevel:
        """Put the user under a copy of its level: the one trace of that in the API is the label of its `userType`."""
        number = self.picklists.add("Resources", "userType", name)
        self.level.name = name
        self.world.desk.change("Resources", self.user.resource_id, userType=number)
        return self.level

    @property
    def user(self) -> ApiUser:
        """The API user these credentials belong to: take its rights, lock it, make it inactive."""
        return self.tenant.own
