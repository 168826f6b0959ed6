"""Callbacks: what changed is posted to whoever registered for it, signed with a key that is fetched from a URL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec

from sandbox.connectwise.catalogue import OF_TABLE, Resource
from sandbox.connectwise.rendering import Renderer
from sandbox.world import Change, Row
from sandbox.world.connectwise import ConnectWiseSide

_ACTIONS = {"Create": "added", "Update": "updated", "Delete": "deleted"}
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One posted callback; status 0 means that nobody answered."""

    url: str
    body: bytes
    signature: str
    status: int


def sign(signing_key: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over the raw body, keyed with the SHA-256 digest of the signing key."""
    return base64.b64encode(hmac.new(hashlib.sha256(signing_key.encode()).digest(), body, hashlib.sha256).digest()).decode()


@dataclass(slots=True)
class _Waiting:
    table: str
    row_id: int
    action: str
    entity: Row | None


@dataclass
class Callbacks:
    """Takes note of changes and delivers them one after the other in a thread of its own, while it is started.

    `base` gives the address of the server, which the key's URL is made of.
    """

    side: ConnectWiseSide
    company_id: str
    base: Callable[[], str]
    keys: dict[str, str] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self.side.watchers.append(self._note)

    def start(self) -> None:
        """Deliver from now on."""
        self._thread = threading.Thread(target=self._work, name="connectwise-callbacks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop delivering; what waits is dropped."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(_SECONDS)
            self._thread = None

    def settle(self) -> None:
        """Block until all that changed so far was delivered."""
        self._waiting.join()

    def _note(self, change: Change) -> None:
        resource = OF_TABLE.get(change.table)
        if self._thread is None or resource is None or not resource.callback or not self.side.tables["callbacks"].rows:
            return
        row = self.side.tables[change.table].get(change.row_id)
        entity = Renderer(self.side.tables, f"{self.base()}/v4_6_release/apis/3.0").record(resource, row) if row else None
        self._waiting.put(_Waiting(change.table, change.row_id, _ACTIONS[change.action], entity))

    def _work(self) -> None:
        # The environment's proxies would capture loopback traffic.
        with httpx.Client(trust_env=False, timeout=_SECONDS) as client:
            while True:
                waiting = self._waiting.get()
                try:
                    if waiting is None:
                        return
                    self._deliver(client, waiting)
                finally:
                    self._waiting.task_done()

    def _deliver(self, client: httpx.Client, waiting: _Waiting) -> None:
        resource = OF_TABLE[waiting.table]
        with self.side.world.lock:
            wanted = [dict(row) for row in self.side.tables["callbacks"].rows.values() if _concerns(row, resource, waiting)]
        for callback in wanted:
            body = self._body(callback["id"], resource, waiting)
            url = _with_query(callback["url"], waiting)
            signature = sign(self.keys[str(callback["id"])], body)
            headers = {"Content-Type": "application/json", "x-content-signature": signature}
            try:
                status = client.post(url, content=body, headers=headers).status_code
            except httpx.HTTPError:
                status = 0
            self.deliveries.append(Delivery(url, body, signature, status))

    def _body(self, callback_id: int, resource: Resource, waiting: _Waiting) -> bytes:
        self.keys.setdefault(str(callback_id), hashlib.sha256(f"signing key {callback_id}".encode()).hexdigest())
        entity = None if waiting.entity is None else msgspec.json.encode(waiting.entity).decode()
        return msgspec.json.encode({
            "MessageId": f"{callback_id}-{waiting.row_id}-{len(self.deliveries)}",
            "FromUrl": urlsplit(self.base()).netloc, "CompanyId": self.company_id, "MemberId": "zadmin",
            "Action": waiting.action, "Type": resource.callback, "ID": waiting.row_id, "ProductInstanceId": None,
            "Metadata": {"key_url": f"{self.base()}/login/callbackkeys/{callback_id}"}, "Entity": entity,
        })  # fmt: skip


def _concerns(callback: Row, resource: Resource, waiting: _Waiting) -> bool:
    if callback.get("inactiveFlag") or str(callback["type"]).lower() != resource.callback:
        return False
    everything = str(callback["level"]).lower() == "owner"
    return everything or callback["objectId"] == waiting.row_id


def _with_query(url: str, waiting: _Waiting) -> str:
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), ("action", waiting.action), ("id", str(waiting.row_id))]
    return parts._replace(query=urlencode(pairs)).geturl()
