"""The share of a vendor's call limit that one connection may use, as a sliding window."""

from datetime import datetime

from pyrate_limiter import Decision, InMemoryBucket, Rate, RateItem


class Budget:
    """So many calls in so many seconds, whichever second one starts counting at.

    A sliding window and not a leaky bucket: burst plus refill lets a leaky bucket through with nearly
    twice the limit in the first window.
    """

    def __init__(self, share: int, window: float) -> None:
        self.share = share
        self.window = window
        self._bucket = InMemoryBucket([Rate(share, int(window * 1000))])
        self._latest = 0

    def take(self, now: datetime) -> float | None:
        """Take one call; None when there was one, else the seconds until there is."""
        stamp = self._stamp(now)
        self._bucket.leak(stamp)
        decision = self._bucket.put_decision(RateItem("call", stamp))
        assert isinstance(decision, Decision)  # only asynchronous buckets answer with an awaitable
        if decision.allowed:
            return None
        wait_ms = decision.retry_after_ms
        # A millisecond more: the window is inclusive at its far end.
        return self.window if wait_ms is None else (wait_ms + 1) / 1000

    def used(self, now: datetime) -> int:
        self._bucket.leak(self._stamp(now))
        return self._bucket.count()

    def _stamp(self, now: datetime) -> int:
        # The bucket keeps its entries sorted; a clock set back must not unsort them.
        self._latest = max(self._latest, int(now.timestamp() * 1000))
        return self._latest
