"""E-mail addresses: the key by which two spellings are one person, with the spelling that was typed kept
for sending.

Only what every mail system treats alike is folded: case, the form of the characters, the spelling of the
domain. Plus tags and dots stay, since only some providers ignore them, and sending keeps the typed
spelling, since the part before the @ may matter to its server.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from domain.naming import short

_LONGEST = 254  # RFC 5321, with the angle brackets taken off
_NAMED = re.compile(r"^[^<>]*<([^<>]*)>$")  # Ann Example <ann@contoso.com>
# Nearly every address there is: plain letters on both sides, so only its domain wants a closer look, and once.
_PLAIN = re.compile(r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_LONGEST_LOCAL = 64  # RFC 5321
_INTERNAL = (".local", ".localhost", ".localdomain", ".lan", ".internal", ".invalid")


class BadAddress(ValueError):
    """The text is not one e-mail address. Its text is a sentence for people, with what to do."""


@dataclass(frozen=True)
class Address:
    """One e-mail address."""

    original: str  # the spelling to send to
    folded: str  # the key for comparison
    domain: str  # ASCII (punycode), lower case

    def __str__(self) -> str:
        return self.original


@lru_cache(maxsize=2_000)  # an import asks of each address three times in a row
def check(text: str) -> Address:
    """The one address in the text, which may stand in angle brackets behind a name. Raises BadAddress."""
    plain = _PLAIN.fullmatch(text)
    if plain and len(plain[1]) <= _LONGEST_LOCAL and len(text) <= _LONGEST and (known := _plain_domain(plain[2])):
        return Address(text, f"{plain[1].lower()}@{known}", known)
    typed = " ".join(text.split())
    if not typed:
        raise BadAddress("The e-mail address is missing. Add one, such as ann@contoso.com.")
    quoted = f"“{short(typed, 60)}”"
    if typed.count("@") > 1 and re.search(r"[\s,;<>|/]", typed):
        raise BadAddress(f"{quoted} holds several addresses, so none is taken. Give exactly one.")
    named = _NAMED.match(typed)
    bare = named[1].strip() if named else re.sub(r"^mailto:", "", typed, flags=re.IGNORECASE)
    _refuse_common_mistakes(bare, quoted)
    try:
        # `test_environment` lets .test through: rehearsals use it, and it can never reach a stranger.
        found = validate_email(bare, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        why = _lowered(str(error))
        raise BadAddress(f"{quoted} is not an e-mail address: {why} Correct it where it comes from.") from error
    domain = (found.ascii_domain or found.domain).lower()
    return Address(bare, f"{_folded(found.local_part)}@{domain}", domain)


@lru_cache(maxsize=10_000)
def _plain_domain(domain: str) -> str:
    """The domain as it is compared; "" where an address there wants all of `check`."""
    if domain.lower().endswith(_INTERNAL):
        return ""
    try:
        found = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return ""
    return (found.ascii_domain or found.domain).lower()


def _refuse_common_mistakes(bare: str, quoted: str) -> None:
    """The mistakes met most often, each with words of its own."""
    if "@" not in bare:
        raise BadAddress(f"{quoted} has no @, so it is not an e-mail address. Add one, such as ann@contoso.com.")
    if " " in bare:
        raise BadAddress(f"{quoted} has a space inside. Take it out, or give exactly one address.")
    if len(bare) > _LONGEST:
        raise BadAddress(f"{quoted} is too long: {len(bare)} characters, where {_LONGEST} are allowed. Shorten it.")
    if bare.lower().endswith(_INTERNAL):
        raise BadAddress(f"{quoted} works only inside a network. Give an address that mail can reach.")


def _folded(local: str) -> str:
    # Folding case can undo the composed form, so it is composed again afterwards.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).casefold())


def _lowered(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    return sentence[:1].lower() + sentence[1:]
