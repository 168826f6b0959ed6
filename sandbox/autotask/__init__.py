"""A stand-in of the Autotask REST API: `build` makes its app, `AutotaskStandIn` serves it on loopback."""

from __future__ import annotations

from starlette.applications import Starlette

from sandbox.autotask.callers import ApiUser
from sandbox.autotask.service import SECRET, TRACKING_IDENTIFIER, USERNAME, Autotask
from sandbox.serving import StandIn
from sandbox.serving.door import app_for
from sandbox.world import Clock, World

__all__ = ["ApiUser", "Autotask", "AutotaskStandIn", "build"]


def build(world: World, clock: Clock | None = None, *, lockout_after: int = 10) -> Starlette:
    """The app alone; its vendor is `app.state.vendor`."""
    return app_for(Autotask(world, clock, lockout_after=lockout_after))


class AutotaskStandIn(StandIn):
    """`url` is what goes into the setting AUTOTASK_API_URL."""

    def __init__(self, world: World, clock: Clock | None = None, *, port: int = 0, lockout_after: int = 10) -> None:
        self.tenant = Autotask(world, clock, lockout_after=lockout_after)
        super().__init__(self.tenant, port=port)
        self.username = USERNAME
        self.secret = SECRET
        self.tracking_identifier = TRACKING_IDENTIFIER

    @property
    def headers(self) -> dict[str, str]:
        """The three headers of a signed-in call."""
        return {
            "ApiIntegrationCode": self.tracking_identifier,
            "UserName": self.username,
            "Secret": self.secret,
        }

    @property
    def user(self) -> ApiUser:
        """The API user these credentials belong to: take its rights, lock it, make it inactive."""
        user = self.tenant.users.named(self.username)
        assert user is not None, "made with the tenant"
        return user
