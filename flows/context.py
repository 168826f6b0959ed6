"""What every flow is handed: the store, the sources, the clock, the ways to put work off and to tell people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.ports import Announcer, Connector, Mailer, Source
from storage.store import Store


class Jobs(Protocol):
    """Long work, put off. The same key runs once, however often it is asked for, also over a restart."""

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:
        """Run job(argument) once for this key; jobs of one partition run one after the other."""
        ...


class Steps(Protocol):
    """Inside a job: work whose result is remembered, so that a restart goes on behind it."""

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        """Do `work` once and remember what it returned (plain JSON values, never a secret)."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait, over a restart too."""
        ...


class Sources(Protocol):
    """Open sources, one a connection, so that all its calls pass one gate."""

    def of(self, connection_id: str) -> Source:
        """The open source of a stored connection. Raises TellPerson when there is no such connection."""
        ...

    def trial(self, connector: Connector, fields: Mapping[str, str]) -> Source:
        """A source for credentials that are not stored; the caller closes it."""
        ...

    def forget(self, connection_id: str) -> None:
        """Close it: its credentials changed or are gone."""
        ...

    def used(self, connection_id: str) -> int:
        """Calls made in the last hour by this process."""
        ...


@dataclass(frozen=True)
class Words:
    """Names and addresses that sentences need."""

    command: str
    public_url: str
    zone: str  # the MSP's time zone
    mail_from: str
    credentials_in_slack: bool = True  # whether modals offer secret fields
    near: frozenset[str] = frozenset()  # sources on this very machine: an operator overrode their address


@dataclass(frozen=True)
class Context:
    store: Store
    connectors: Mapping[str, Connector]
    sources: Sources
    jobs: Jobs
    tell: Announcer
    mailer: Mailer | None
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    words: Words
    defaults: Mapping[str, Mapping[str, str]]  # source → credential field → what the operator set for everybody
