"""API users: who may sign in, what locks them out, which rights and companies they have."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.autotask.problems import no_permission

_WINDOW = timedelta(minutes=60)


@dataclass(slots=True)
class ApiUser:
    """One API-only user. `denied` holds (entity, verb) pairs in lower case; `*` stands for any entity."""

    username: str
    secret: str
    resource_id: int
    active: bool = True
    may_use_api: bool = True
    locked: bool = False
    failures: int = 0
    denied: set[tuple[str, str]] = field(default_factory=set)
    line_of_business: frozenset[int] | None = None

    def deny(self, entity: str, verb: str) -> None:
        """Take a right away: verb is query, create, update or delete."""
        self.denied.add((entity.lower(), verb))

    def may(self, entity: str, verb: str) -> bool:
        """Whether the security level ticks this verb for this entity."""
        return not self.denied & {(entity.lower(), verb), ("*", verb)}

    def require(self, entity: str, verb: str) -> None:
        """Raise the vendor's 500 when the right is missing."""
        if not self.may(entity, verb):
            raise no_permission(verb)


class Users:
    """The API users of the tenant, and the lock after too many failures in a row."""

    def __init__(self, lockout_after: int = 10) -> None:
        self.lockout_after = lockout_after
        self._users: dict[str, ApiUser] = {}

    def add(self, user: ApiUser) -> ApiUser:
        """Make a user known."""
        self._users[user.username.lower()] = user
        return user

    def named(self, username: str) -> ApiUser | None:
        """A user by name in any case."""
        return self._users.get(username.lower())

    def sign_in(self, username: str, secret: str, code_is_known: bool) -> ApiUser | None:
        """The user, or None for whatever reason: the caller is never told which."""
        user = self.named(username)
        if user is None:
            return None
        if user.secret != secret or not code_is_known:
            user.failures += 1
            # The lock stays until an administrator clears it, even for the right secret.
            user.locked = user.locked or user.failures >= self.lockout_after
            return None
        if user.locked or not user.active or not user.may_use_api:
            return None
        user.failures = 0
        return user


class Budget:
    """External requests of the last sixty minutes, for the whole database."""

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self._moments: deque[datetime] = deque()

    def spend(self, now: datetime) -> bool:
        """Count a request; False when the budget was used up already."""
        self._forget(now)
        if len(self._moments) >= self.limit:
            return False
        self._moments.append(now)
        return True

    def used(self, now: datetime) -> int:
        """Requests in the window that ends now."""
        self._forget(now)
        return len(self._moments)

    def fill(self, count: int, now: datetime) -> None:
        """Pretend that other integrations made this many requests just now."""
        self._moments.extend([now] * count)

    def _forget(self, now: datetime) -> None:
        while self._moments and self._moments[0] <= now - _WINDOW:
            self._moments.popleft()
