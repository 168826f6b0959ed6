"""A paper that keeps webhooks, calls out with a signature, and says which rights its user has."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from domain.errors import NotAllowed, TellPerson
from domain.ports import Page
from domain.psa import (
    Callout,
    Feature,
    Happened,
    Held,
    Hook,
    Hooked,
    HookRoom,
    HookWanted,
    Right,
    TicketsWanted,
    UpstreamNote,
    UpstreamTicket,
)
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.paper import Paper, _nothing

PUBLIC = "https://gangway.example.com"


@dataclass
class Vendor(Paper):
    """`hooks_` are what the vendor has: ours and others'. `sent` counts the callouts of each."""

    hook_kinds: tuple[Hooked, ...] = tuple(Hooked)
    hooks_: dict[str, Hook] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    room: HookRoom = field(default_factory=lambda: HookRoom(True, 25))
    missing: set[str] = field(default_factory=set)  # names of rights
    held: Held = Held.MISSING  # how those are
    excess: tuple[str, ...] = ()
    tickets: list[tuple[str, str, str]] = field(default_factory=list)  # queue, category, status
    farewell: Callable[[Hook], object] = field(default=lambda _hook: None)  # what it does when one was dropped

    # --- webhooks ---

    def hook_room(self) -> HookRoom:
        self._called("room")
        return self.room

    def hooks(self) -> tuple[Hook, ...]:
        self._called("hooks")
        return tuple(self.hooks_.values())

    def make_hook(self, wanted: HookWanted) -> Hook:
        self._called(f"make {wanted.kind}")
        there = next((hook for hook in self.hooks_.values() if hook.url == wanted.url), None)
        made = there or Hook(f"h{len(self.secrets) + 1}", wanted.kind, wanted.name, wanted.url)
        self._keep(replace(made, is_active=True, is_ready=True, is_whole=True), wanted)
        self.moment()  # made, and the answer may be lost
        return self.hooks_[made.id]

    def mend_hook(self, hook: Hook, wanted: HookWanted) -> Hook:
        self._called(f"mend {wanted.kind}")
        self._keep(replace(hook, url=wanted.url, is_active=True, is_ready=True, is_whole=True), wanted)
        return self.hooks_[hook.id]

    def drop_hook(self, hook: Hook) -> None:
        self._called(f"drop {hook.kind}")
        del self.hooks_[hook.id]
        self.farewell(hook)

    def _keep(self, hook: Hook, wanted: HookWanted) -> None:
        self.hooks_[hook.id] = hook
        self.secrets[hook.id] = wanted.secret

    def read_callout(self, kind: Hooked, headers: Mapping[str, str], body: bytes, secret: str) -> Callout:
        if not hmac.compare_digest(headers.get("x-hook-signature", ""), signed(secret, body)):
            raise NotAllowed("The signature is wrong.")
        try:
            said = json.loads(body)
            return Callout(kind, Happened(said["did"]), said["id"], sequence=said["number"], parent_id=said.get("of", ""))
        except (ValueError, KeyError):
            raise TellPerson("This callout says nothing.") from None

    def callout(self, kind: Hooked, item: str, did: str = "updated", of: str = "", lost: bool = False) -> tuple[str, dict[str, str], bytes]:
        """What the webhook of a kind would send next: our id in its address, headers, body."""
        hook = self.hook(kind)
        self.sent[hook.id] = self.sent.get(hook.id, 0) + 1
        return self.said(hook, {"did": did, "id": item, "of": of, "number": self.sent[hook.id]})

    def said(self, hook: Hook, words: Mapping[str, object] | bytes) -> tuple[str, dict[str, str], bytes]:
        body = words if isinstance(words, bytes) else json.dumps(words).encode()
        return hook.url.rpartition("/")[2], {"x-hook-signature": signed(self.secrets[hook.id], body)}, body

    def hook(self, kind: Hooked) -> Hook:
        return next(hook for hook in self.hooks_.values() if hook.kind is kind and hook.id in self.secrets)

    def kinds(self) -> list[Hooked]:
        return sorted(hook.kind for hook in self.hooks_.values())

    # --- rights ---

    def rights(self, features: frozenset[Feature]) -> tuple[Right, ...]:
        self._called("rights")
        there = [
            Right(f"{feature}: View", f"Security level → {feature} → View: All", (feature,), self._held(f"{feature}: View"))
            for feature in Feature
            if feature in features
        ]
        return (*there, *(Right(name, "Security level", (), Held.EXCESS, "It may do everything.") for name in self.excess))

    def _held(self, name: str) -> Held:
        return self.held if name in self.missing else Held.FOUND

    # --- tickets, as far as they are counted ---

    def all_tickets(self, wanted: TicketsWanted, cursor: str | None) -> Page[UpstreamTicket]:
        self._called("tickets")
        return Page((), as_of=self.clock().isoformat())

    def all_tickets_changed(self, since: str, cursor: str | None) -> Page[UpstreamTicket]:
        return self.all_tickets(TicketsWanted(), cursor)

    def notes_changed(self, since: str, cursor: str | None) -> Page[UpstreamNote]:
        self._called("notes")
        return Page((), as_of=self.clock().isoformat())

    ticket = notes = create_ticket = change_ticket = add_note = ticket_address = required_for = _nothing

    def count_tickets(self, wanted: TicketsWanted) -> int | None:
        self._called("count tickets")
        return sum(
            (not wanted.queues or queue in wanted.queues)
            and (not wanted.categories or category in wanted.categories)
            and status not in wanted.without_statuses
            for queue, category, status in self.tickets
        )


def signed(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def hooked(store: Store, public_url: str = PUBLIC, near: frozenset[str] = frozenset()) -> tuple[Bench, Vendor]:
    """A bench whose Autotask keeps webhooks, reached under a public address."""
    clock = ManualClock()
    vendor = Vendor(clock, page_size=500)
    made = bench(store, clock=clock, papers={"autotask": vendor, "itglue": Paper(clock)})
    at_address(made, public_url, near)
    return made, vendor


def at_address(made: Bench, public_url: str, near: frozenset[str] = frozenset()) -> None:
    """From now on the bot is reached there."""
    made.context = replace(made.context, words=replace(made.context.words, public_url=public_url, near=near))
    made.workshop.context = made.context
