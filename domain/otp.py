"""One-time codes (TOTP, RFC 6238) from what people and sources keep as a seed: base32, or an otpauth:// address."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, quote, urlsplit

import pyotp

from domain.errors import TellPerson

_UNREADABLE = (
    "The one-time code's seed cannot be read: it must be base32 letters (A–Z, 2–7) or an otpauth://totp/ address. "
    "Enter it anew."
)
_DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


@dataclass(frozen=True)
class Code:
    digits: str
    seconds_left: int


def code(seed: str, now: datetime) -> Code:
    """The code of this moment. Raises TellPerson for a seed that cannot be read; the sentence never quotes it."""
    totp = _parsed(seed)
    moment = int(now.timestamp())
    return Code(totp.at(moment), totp.interval - moment % totp.interval)


def check(seed: str) -> None:
    """Raises TellPerson(field="otp_seed") for a seed that would give no code."""
    _parsed(seed)


def is_readable(seed: str) -> bool:
    try:
        _parsed(seed)
    except TellPerson:
        return False
    return True


def address(seed: str, name: str) -> str:
    """The seed as an otpauth:// address, as other vaults take it; one that cannot be read is left as it is."""
    if seed.strip().casefold().startswith("otpauth:") or not is_readable(seed):
        return seed
    letters = "".join(seed.split()).replace("-", "").rstrip("=").upper()
    return f"otpauth://totp/{quote(name, safe='') or 'entry'}?secret={letters}"


class _Seed(pyotp.TOTP):
    """pyotp refuses seeds under 112 bits; many services still hand out 80 (16 letters), and their codes are wanted too."""

    def byte_secret(self) -> bytes:
        letters = "".join(self.secret.split()).replace("-", "").rstrip("=").upper()
        if not letters:
            raise ValueError("an empty seed")
        return base64.b32decode(letters + "=" * (-len(letters) % 8))


def _parsed(seed: str) -> pyotp.TOTP:
    text = seed.strip()
    try:
        return _of_address(text) if text.casefold().startswith("otpauth:") else _Seed(text)
    except (ValueError, KeyError, IndexError):  # what is said of it may quote the seed
        raise TellPerson(_UNREADABLE, field="otp_seed") from None


def _of_address(text: str) -> pyotp.TOTP:
    """https://github.com/google/google-authenticator/wiki/Key-Uri-Format"""
    parts = urlsplit(text)
    asked = parse_qs(parts.query)
    if parts.netloc.casefold() != "totp":
        raise ValueError("not a time-based seed")
    interval = int(asked.get("period", ["30"])[0])
    if not 1 <= interval <= 3600:
        raise ValueError("no such period")
    digest = _DIGESTS[asked.get("algorithm", ["SHA1"])[0].upper().replace("-", "")]
    return _Seed(asked["secret"][0], digits=int(asked.get("digits", ["6"])[0]), digest=digest, interval=interval)
