"""The one way out to a vendor's API: a gate per connection that waits, counts, retries, names failures.

    gate = Gate(MANNERS, headers, clock=opening.clock, sleep=opening.sleep)
    reply = gate.send(Call("GET", url, endpoint="organizations"), Envelope)
    reply.body    # an Envelope
    reply.as_of   # "2026-11-21T10:00:00Z", the vendor's own clock
"""

from connectors._http.answers import Answer, Call, Reply, clean, error_texts, web_address
from connectors._http.gate import Garbled, Gate, Manners, TimedOut, Unreachable, Use

__all__ = [
    "Answer",
    "Call",
    "Garbled",
    "Gate",
    "Manners",
    "Reply",
    "TimedOut",
    "Unreachable",
    "Use",
    "clean",
    "error_texts",
    "web_address",
]
