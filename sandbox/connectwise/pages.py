"""The shared page faults for a vendor whose lists are bare arrays."""

from __future__ import annotations

import msgspec

from sandbox.serving.faults import Faults, PageFaults

_ROWS = "rows"


class ArrayFaults(PageFaults):
    """Dresses an array as an object with rows while the faults work on it."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults, _ROWS)

    def spoil(self, what: str, group: str, body: bytes) -> bytes:
        """The array as it should leave."""
        spoilt = super().spoil(what, group, b'{"rows":' + body + b"}")
        return msgspec.json.encode(msgspec.json.decode(spoilt)[_ROWS])
