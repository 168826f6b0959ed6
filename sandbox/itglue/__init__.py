"""A stand-in of the IT Glue API: `build` makes its app, `ITGlueStandIn` serves it on loopback."""

from __future__ import annotations

from starlette.applications import Starlette

from sandbox.itglue.service import API_KEY, KEY_WITHOUT_PASSWORDS, ITGlue
from sandbox.serving import StandIn
from sandbox.serving.door import app_for
from sandbox.world import Clock, World

__all__ = ["ITGlue", "ITGlueStandIn", "build"]


def build(world: World, clock: Clock | None = None) -> Starlette:
    """The app alone; its vendor is `app.state.vendor`."""
    return app_for(ITGlue(world, clock))


class ITGlueStandIn(StandIn):
    """`url` is what goes into the setting ITGLUE_API_URL."""

    def __init__(self, world: World, clock: Clock | None = None, *, port: int = 0) -> None:
        self.account = ITGlue(world, clock)
        super().__init__(self.account, port=port)
        self.api_key = API_KEY
        self.key_without_passwords = KEY_WITHOUT_PASSWORDS

    @property
    def headers(self) -> dict[str, str]:
        """The header of a call with Password Access."""
        return {"x-api-key": self.api_key}
