"""API users: who may sign in, what locks them out, which rights and lines of business they have."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.autotask.levels import Access, SecurityLevel
from sandbox.autotask.problems import no_permission

_WINDOW = timedelta(minutes=60)


@dataclass(slots=True)
class ApiUser:
    """One API-only user. `denied` holds (entity, verb) pairs in lower case; `*` stands for any entity.

    `lines_of_business` are the associations the user is in, None for all; rows without one are seen by everybody.
    """

    username: str
    secret: str
    resource_id: int
    active: bool = True
    may_use_api: bool = True
    locked: bool = False
    failures: int = 0
    denied: set[tuple[str, str]] = field(default_factory=set)
    level: SecurityLevel = field(default_factory=SecurityLevel)
    lines_of_business: frozenset[int] | None = None
    secret_made: datetime | None = None

    def deny(self, entity: str, verb: str) -> None:
        """Take a right away: verb is query, create, update or delete."""
        self.denied.add((entity.lower(), verb))

    def may(self, entity: str, verb: str) -> bool:
        """Whether the security level leaves anything of this verb for this entity."""
        return self.access(entity, verb) != "None"

    def access(self, entity: str, verb: str) -> Access:
        """All, Restricted or None, as `entityInformation` words it."""
        if self.denied & {(entity.lower(), verb), ("*", verb)}:
            return "None"
        return self.level.access(entity, verb)

    def require(self, entity: str, verb: str) -> None:
        """Raise the vendor's 500 when the right is missing."""
        if not self.may(entity, verb):
            raise no_permission(verb)

    def secret_ran_out(self, now: datetime) -> bool:
        """Whether the secret is older than the level lets it become."""
        if self.secret_made is None or self.level.has("Password"):
            return False
        return now - self.secret_made > timedelta(days=self.level.password_days)


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

    def with_resource(self, resource_id: int) -> ApiUser | None:
        """The API user that is this resource."""
        return next((one for one in self._users.values() if one.resource_id == resource_id), None)

    def sign_in(self, username: str, secret: str, code_is_known: bool, now: datetime) -> ApiUser | None:
        """The user, or None for whatever reason: the caller is never told which."""
        user = self.named(username)
        if user is None:
            return None
        if user.secret != secret or not code_is_known:
            user.failures += 1
            # The lock stays until an administrator clears it, even for the right secret.
            user.locked = user.locked or user.failures >= self.lockout_after
            return None
        allowed = user.active and user.may_use_api and user.level.has("Web Services API")
        if user.locked or not allowed or user.secret_ran_out(now):
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
