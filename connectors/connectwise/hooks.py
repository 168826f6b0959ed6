"""ConnectWise's callbacks: which are there, making and mending them, and what a call from one of them is worth.

ConnectWise signs with a key of its own, which is fetched from an address that the call itself names. Only an address of the same
site is asked, and nothing of the call is believed but which record it is about: that is read anew.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from connectors._http import Call
from connectors.connectwise import allowing, site
from connectors.connectwise.queries import Walk
from connectors.connectwise.refusals import NotThere
from connectors.connectwise.ticket_rows import Made, replaced
from connectors.connectwise.walking import Walker
from domain.errors import AskOperator, GangwayError, NotAllowed, TellPerson, Trouble
from domain.ports import Opening
from domain.psa import Callout, Happened, Hook, Hooked, HookRoom, HookWanted

CALLBACKS = Walk("system/callbacks", "callbacks")
SIGNATURE = "x-content-signature"
# Notes are called out by nobody, but a new one changes its ticket: they are heard by a callback of their own on tickets.
TYPES = {Hooked.COMPANIES: "company", Hooked.CONTACTS: "contact", Hooked.TICKETS: "ticket", Hooked.NOTES: "ticket"}
ACTIONS = {"added": Happened.CREATED, "updated": Happened.UPDATED, "deleted": Happened.DELETED}
EVERYTHING = {"level": "owner", "objectId": 1}
MOST_KEYS = 32
UNSIGNED = "The signature of this callout is missing or wrong, so nothing was believed."
NOTHING_SAID = "This callout of ConnectWise says nothing that can be understood."


class CallbackRow(msgspec.Struct):
    id: int
    description: str | None = None
    url: str | None = None
    type: str | None = None
    level: str | None = None
    object_id: int | None = msgspec.field(name="objectId", default=None)
    is_inactive: bool | None = msgspec.field(name="inactiveFlag", default=None)


class _Metadata(msgspec.Struct):
    key_url: str = ""


class _Told(msgspec.Struct):
    """{"Action":"updated","ID":60481,"Type":"ticket","CompanyId":"contoso","MemberId":"GHopper","Entity":"{…}","Metadata":
    {"key_url":"https://api-na.myconnectwise.net/…"}}"""

    action: str = msgspec.field(name="Action", default="")
    id: int | None = msgspec.field(name="ID", default=None)
    type: str = msgspec.field(name="Type", default="")
    company: str = msgspec.field(name="CompanyId", default="")
    metadata: _Metadata = msgspec.field(name="Metadata", default_factory=_Metadata)


class _Key(msgspec.Struct):
    signing_key: str


class Hooks(Walker):
    hook_kinds = tuple(TYPES)

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        super().__init__(credentials, opening)
        self._keys: dict[str, str] = {}  # by their address

    def hook_room(self) -> HookRoom:
        """One call. No call tells whether more may be made, or how many."""
        try:
            self._count(CALLBACKS)
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            return HookRoom(may=False, said=allowing.missing(CALLBACKS.path, "POST"))
        return HookRoom(may=True)

    def hooks(self) -> tuple[Hook, ...]:
        """All callbacks of these kinds, those of others too.

        {"id":4,"description":"Gangway","url":"https://…","objectId":1,"type":"ticket","level":"owner","inactiveFlag":false}
        """
        return tuple(self._all(CALLBACKS, CallbackRow, _hook))

    def make_hook(self, wanted: HookWanted) -> Hook:
        """POST system/callbacks; one of the same address and kind is completed instead. ConnectWise takes no secret of ours."""
        for hook in self.hooks():
            if hook.kind is wanted.kind and hook.url.casefold() == wanted.url.casefold():
                return self.mend_hook(hook, wanted)
        made = self._write("POST", CALLBACKS.path, Made, {**_written(wanted), "inactiveFlag": False})
        return Hook(str(made.id), wanted.kind, wanted.name, wanted.url)

    def mend_hook(self, hook: Hook, wanted: HookWanted) -> Hook:
        """PATCH system/callbacks/{id}: active, everything of its kind, our address."""
        steps = [replaced(name, value) for name, value in {**_written(wanted), "inactiveFlag": False}.items()]
        self._write("PATCH", f"{CALLBACKS.path}/{int(hook.id)}", Made, steps)
        return Hook(hook.id, wanted.kind, wanted.name, wanted.url)

    def drop_hook(self, hook: Hook) -> None:
        """DELETE system/callbacks/{id}; one that is gone already is no failure."""
        try:
            self._send("DELETE", f"{CALLBACKS.path}/{int(hook.id)}", type(None), is_read=False)
        except NotThere:
            return

    def read_callout(self, kind: Hooked, headers: Mapping[str, str], body: bytes, secret: str) -> Callout:  # noqa: ARG002 - it signs with a key of its own
        """What a call is about, once its signature was verified. `secret` is ours, and ConnectWise knows nothing of it.

        Raises NotAllowed for a wrong signature, a key from elsewhere or another company's call, TellPerson for one that says
        nothing or whose key cannot be had now: that is a reason to look for changes, no more.
        """
        try:
            told = msgspec.json.decode(body, type=_Told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NotAllowed(UNSIGNED) from None
        given = headers.get(SIGNATURE, "").strip()
        if not given or told.company.casefold() != self._company_id.casefold():
            raise NotAllowed(UNSIGNED)
        if not hmac.compare_digest(signed(body, self._key(told.metadata.key_url)).encode(), given.encode()):
            raise NotAllowed(UNSIGNED)
        happened = ACTIONS.get(told.action.casefold())
        if happened is None or told.id is None or told.id <= 0 or told.type.casefold() != TYPES.get(kind):
            raise TellPerson(NOTHING_SAID)
        # Which note it was is not said, but its ticket is: whatever became of that, its notes are what to look at.
        return Callout(kind, happened, str(told.id), parent_id=str(told.id) if kind is Hooked.NOTES else "")

    def _key(self, url: str) -> str:
        """The signing key behind an address, if that is this site's; fetched once, without our credentials."""
        if not site.is_same_site(url, self._base):
            raise NotAllowed(UNSIGNED)
        if url not in self._keys:
            try:
                found = self._gate.send(Call("GET", url, site.KEYS, bare=True, once=True), _Key).body.signing_key
            except AskOperator:
                raise NotAllowed(UNSIGNED) from None
            except GangwayError:
                raise TellPerson(NOTHING_SAID) from None
            if len(self._keys) >= MOST_KEYS:
                self._keys.clear()  # somebody makes them up
            self._keys[url] = found
        return self._keys[url]


def signed(body: bytes, signing_key: str) -> str:
    """Base64 of HMAC-SHA256 over the raw body, keyed with the SHA-256 digest of the signing key."""
    key = hashlib.sha256(signing_key.encode()).digest()
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()


def _hook(row: CallbackRow) -> Hook | None:
    kind = next((kind for kind, name in TYPES.items() if name == (row.type or "").casefold()), None)
    if kind is None:
        return None
    if kind is Hooked.TICKETS and Hooked.NOTES.value in (row.description or ""):
        kind = Hooked.NOTES  # both are of one type; our name of it says which
    whole = (row.level or "").casefold() == EVERYTHING["level"] and row.object_id == EVERYTHING["objectId"]
    return Hook(
        str(row.id), kind, row.description or "", row.url or "", is_active=not row.is_inactive, is_whole=whole
    )


def _written(wanted: HookWanted) -> dict[str, Any]:
    return {"description": wanted.name, "url": wanted.url, "type": TYPES[wanted.kind], **EVERYTHING}
