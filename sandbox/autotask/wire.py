"""The body and the signature of a callout, byte for byte as .NET's System.Text.Json would write them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.autotask.values import show_date

_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\"}
_ESCAPED = frozenset("\"&'+<>`")  # printable, and yet never sent as they are


def encode(value: Any) -> str:
    """JSON without spaces; the default encoder escapes all but plain ASCII, with capital hex digits."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, datetime):
        return encode(show_date(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{encode(str(key))}:{encode(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(encode, value)) + "]"
    return '"' + "".join(map(_character, str(value))) + '"'


def signature(secret: str, body: bytes) -> str:
    """The header `X-Hook-Signature` for these very bytes."""
    digest = hmac.new(secret.encode(), body, hashlib.sha1).digest()
    return f"sha1={base64.b64encode(digest).decode()}"


def _character(one: str) -> str:
    if one in _SHORT:
        return _SHORT[one]
    if " " <= one <= "~" and one not in _ESCAPED:
        return one
    if "\ud800" <= one <= "\udfff":
        return "\\uFFFD"  # half of a pair cannot be sent
    units = one.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02X}{units[n + 1]:02X}" for n in range(0, len(units), 2))
