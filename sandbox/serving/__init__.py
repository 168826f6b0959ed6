"""What stand-in sources share: serving, faults, the recorder, the status page."""

from sandbox.serving.faults import KINDS, Fault, Faults
from sandbox.serving.recorder import Call, Calls
from sandbox.serving.runner import Runner
from sandbox.serving.standin import StandIn
from sandbox.serving.vendor import Ask, Reply, Vendor, json_reply

__all__ = [
    "KINDS", "Ask", "Call", "Calls", "Fault", "Faults", "Reply", "Runner", "StandIn", "Vendor", "json_reply",
]  # fmt: skip
