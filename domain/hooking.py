"""Our webhooks at a source: whether it can call us, which ones we want, and what is to be done about those that are there.

Pure rules. A webhook is ours when our own id of it stands in its address, or when it stands below an address that was ours
once. Whatever else a source shows belongs to others and is never touched.
"""

import ipaddress
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from domain.psa import Feature, Hook, Hooked

NEEDED_BY: Mapping[Hooked, Feature] = {  # in the order in which they are made where not all find room
    Hooked.TICKETS: Feature.TICKETS,
    Hooked.NOTES: Feature.TICKETS,
    Hooked.COMPANIES: Feature.COMPANIES,
    Hooked.CONTACTS: Feature.USERS,
    Hooked.ASSETS: Feature.ASSETS,
}
_AT_HOME = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


class HookState(StrEnum):
    """As stored."""

    WANTED = "wanted"  # written down here, perhaps not there yet
    LIVE = "live"
    REFUSED = "refused"  # the source would not have it; its `trouble` says why


class Do(StrEnum):
    MAKE = "make"
    RENEW = "renew"  # it was there and is gone: made anew under a new id, since its count begins anew
    MEND = "mend"
    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True)
class Ours:
    """What we know of one of our webhooks; `external_id` is "" until the source has confirmed it."""

    id: str
    kind: Hooked
    external_id: str = ""


@dataclass(frozen=True)
class Deed:
    """One thing to do. `our_id` is "" where a new one is to be given, or where we do not know the webhook any more."""

    do: Do
    kind: Hooked
    our_id: str = ""
    hook: Hook | None = None


def address(base: str, source: str, our_id: str) -> str:
    return f"{base}/hooks/{source}/{our_id}"


def farewell(base: str, source: str, our_id: str) -> str:
    """Where a source says that it switched the webhook off."""
    return f"{address(base, source, our_id)}/off"


def unreachable(public_url: str, is_near: bool) -> str:
    """The sentence that says why a source cannot call us at this address; "" when it can.

    `is_near`: the source itself stands on this machine, because an operator overrode its address.
    """
    parts = urlsplit(public_url)
    host = (parts.hostname or "").casefold()
    if is_near and _is_loopback(host):
        return ""
    if _is_at_home(host):
        return f"PUBLIC_URL ({public_url}) is an address that nobody outside can reach."
    if parts.scheme != "https" or _port(public_url) not in (None, 443):
        return f"PUBLIC_URL ({public_url}) is not an https address on port 443, and webhooks go nowhere else."
    return ""


def is_loopback(url: str) -> bool:
    return _is_loopback((urlsplit(url).hostname or "").casefold())


def wanted(able: Collection[Hooked], on: Collection[Feature]) -> tuple[Hooked, ...]:
    """The kinds that the switched-on features need, the most useful first."""
    return tuple(kind for kind, feature in NEEDED_BY.items() if kind in able and feature in on)


def decide(
    source: str, bases: Sequence[str], ours: Sequence[Ours], there: Sequence[Hook], kinds: Sequence[Hooked]
) -> tuple[Deed, ...]:
    """What makes the webhooks at the source the ones we want. `bases` are our addresses: today's first, then former ones."""
    known = {each.kind: each for each in ours}
    ids = {each.id.casefold() for each in ours}
    mine = [(found, hook) for hook in there if (found := _our_id(source, bases, ids, hook)) is not None]
    deeds = [_one(source, bases[0], kind, known.get(kind), mine) for kind in kinds]
    used = {(deed.kind, deed.hook.id) for deed in deeds if deed.hook is not None}
    stale = [Deed(Do.DROP, hook.kind, found, hook) for found, hook in mine if (hook.kind, hook.id) not in used]
    return (*stale, *deeds)


def _one(source: str, base: str, kind: Hooked, known: Ours | None, mine: Sequence[tuple[str, Hook]]) -> Deed:
    if known is None:
        return Deed(Do.MAKE, kind)
    fits = [hook for found, hook in mine if found == known.id.casefold() and hook.kind is kind]
    if not fits:
        return Deed(Do.RENEW if known.external_id else Do.MAKE, kind, known.id)
    hook = next((each for each in fits if each.id == known.external_id), fits[0])
    right = hook.is_active and hook.is_ready and hook.is_whole and hook.id == known.external_id
    right = right and hook.url.casefold() == address(base, source, known.id).casefold()
    return Deed(Do.KEEP if right else Do.MEND, kind, known.id, hook)


def _our_id(source: str, bases: Sequence[str], ids: Collection[str], hook: Hook) -> str | None:
    """Our id of a webhook; "" for one of ours that we do not know any more, None for another's."""
    url = hook.url.casefold()
    tail = url.rpartition(f"/hooks/{source}/")[2].strip("/")
    if tail in ids:
        return tail
    return "" if any(url.startswith(f"{base}/hooks/{source}/".casefold()) for base in bases) else None


# --- callouts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """One callout that waits: where it came from, and which item changed."""

    hook_id: str
    sequence: int
    kind: Hooked
    item_id: str
    parent_id: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class Refresh:
    """One item to be read anew, and the callouts that this answers. `deleted`: one of them says that it is gone."""

    kind: Hooked
    item_id: str
    parent_id: str
    answers: tuple[tuple[str, int], ...]
    deleted: bool = False


def merged(heard: Sequence[Heard]) -> tuple[Refresh, ...]:
    """One refresh an item, however often it was called out, in the order in which each item was first named."""
    groups: dict[tuple[Hooked, str], list[Heard]] = {}
    for each in heard:
        groups.setdefault((each.kind, each.item_id), []).append(each)
    return tuple(_refresh(kind, item, group) for (kind, item), group in groups.items())


def _refresh(kind: Hooked, item: str, group: Sequence[Heard]) -> Refresh:
    parent = next((each.parent_id for each in group if each.parent_id), "")
    return Refresh(kind, item, parent, tuple(_answers(group)), any(each.deleted for each in group))


def _answers(group: Sequence[Heard]) -> Iterator[tuple[str, int]]:
    return ((each.hook_id, each.sequence) for each in group)


# --- addresses -------------------------------------------------------------------------------------------------------


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    found = _ip(host)
    return found is not None and found.is_loopback


def _is_at_home(host: str) -> bool:
    found = _ip(host)
    if found is not None:
        return not found.is_global
    return "." not in host or host.endswith(_AT_HOME)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return 0
