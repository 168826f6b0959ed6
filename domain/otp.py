"""One-time codes (TOTP, RFC 6238) from what people and sources keep as a seed: base32, or an otpauth:// address."""

from dataclasses import dataclass
from datetime import datetime

import pyotp

from domain.errors import TellPerson

_UNREADABLE = (
    "The one-time code's seed cannot be read: it must be base32 letters (A–Z, 2–7) or an otpauth://totp/ address. "
    "Enter it anew."
)


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
    if seed.strip().casefold().startswith("otpauth://") or not is_readable(seed):
        return seed
    return _parsed(seed).provisioning_uri(name=name.replace(":", " ") or "entry")


def _parsed(seed: str) -> pyotp.TOTP:
    text = seed.strip()
    try:
        if text.casefold().startswith("otpauth://"):
            found = pyotp.parse_uri(text)
        else:
            found = pyotp.TOTP("".join(text.split()).replace("-", "").upper())
        if not isinstance(found, pyotp.TOTP) or not found.interval > 0:
            raise ValueError("not a time-based seed")
        if not found.secret:
            raise ValueError("an empty seed")
        found.at(0)
    except (ValueError, TypeError, KeyError):  # what pyotp and base64 say of it may quote the seed
        raise TellPerson(_UNREADABLE, field="otp_seed") from None
    return found
