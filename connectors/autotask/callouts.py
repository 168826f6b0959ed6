"""What an Autotask webhook tells us: the signature over the raw bytes first, the words after it.

https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/Webhooks/SecretKeyPayloadVerification.htm
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from connectors._paging import iso
from domain.errors import NotAllowed, TellPerson
from domain.psa import Callout, Happened, Hooked

SIGNATURE = "x-hook-signature"
# Webhooks use the older names of two objects; the newer ones are taken too.
ALIASES = {
    "account": Hooked.COMPANIES,
    "company": Hooked.COMPANIES,
    "companies": Hooked.COMPANIES,
    "contact": Hooked.CONTACTS,
    "ticket": Hooked.TICKETS,
    "ticketnote": Hooked.NOTES,
    "installedproduct": Hooked.ASSETS,
    "configurationitem": Hooked.ASSETS,
}
ACTIONS = {
    "create": Happened.CREATED,
    "update": Happened.UPDATED,
    "delete": Happened.DELETED,
    "deactivated": Happened.DEACTIVATED,
}
NOTHING_SAID = "This callout of Autotask says nothing that can be understood."


def read(kind: Hooked, headers: Mapping[str, str], body: bytes, secret: str) -> Callout:
    """{"Action":"Update","Guid":"a1da…","EntityType":"Ticket","Id":351181,"Fields":{"TicketNumber":"T20250915.0001"},
    "EventTime":"2025-09-15T14:57:50Z","SequenceNumber":1,"PersonId":30691780}

    Raises NotAllowed without a right signature, also for Autotask's word that it switched a webhook off: a stranger could say so.
    """
    if not secret or not hmac.compare_digest(
        signed(body, secret).encode(), headers.get(SIGNATURE, "").strip().encode()
    ):
        raise NotAllowed("The signature of this callout is missing or wrong, so nothing was believed.")
    told = _decoded(body)
    happened = ACTIONS.get(str(told.get("action", "")).lower())
    named = str(told.get("entitytype") or "").lower()
    about = ALIASES.get(named) or ALIASES.get(named.removesuffix("s"))
    item_id = _id(told.get("id"))
    is_odd = happened is None or (about or kind) is not kind
    if happened is None or is_odd or (not item_id and happened is not Happened.DEACTIVATED):
        raise TellPerson(NOTHING_SAID)
    return Callout(
        kind,
        happened,
        item_id,
        guid=str(told.get("guid") or ""),
        sequence=int(_id(told.get("sequencenumber")) or 0),
        at=iso(str(told.get("eventtime") or "")),
        parent_id=_id(_fields(told.get("fields")).get("ticketid")) if kind is Hooked.NOTES else "",
    )


def signed(body: bytes, secret: str) -> str:
    """The word sha1= and the HMAC-SHA1 of the body as it came over the wire, in Base64."""
    digest = hmac.new(secret.encode(), body, hashlib.sha1).digest()
    return f"sha1={base64.b64encode(digest).decode()}"


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    if not isinstance(told, dict):
        raise TellPerson(NOTHING_SAID)
    return {str(key).lower(): value for key, value in told.items()}


def _fields(value: object) -> dict[str, Any]:
    """The fields that came along: an object, or (seen elsewhere) a list of names and values."""
    if isinstance(value, dict):
        return {str(name).lower(): told for name, told in value.items()}
    listed = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    pairs = [{str(key).lower(): told for key, told in each.items()} for each in listed]
    return {str(pair.get("name", "")).lower(): pair.get("value") for pair in pairs}


def _id(value: object) -> str:
    """A number, also one in quotes, as text; "" for anything else."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text.isdecimal() else ""
