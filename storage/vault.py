"""Secrets at rest: AES-256-GCM bound to owner and entry, one data key an owner, wrapped by a versioned master key.

A sealed value moved to another row or another company does not open: the owner and the entry are part of what is
authenticated. Master keys never touch the database.
"""

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from domain.errors import Stop

_NONCE = 12
_FORMAT = b"\x01"


@dataclass(frozen=True)
class MasterKey:
    """32 random bytes. `id` is a short fingerprint, so that a wrapped key says which master it needs."""

    id: str
    key: bytes

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


def parse_master_keys(text: str) -> tuple[MasterKey, ...]:
    """Master keys from the setting: base64, 32 bytes each, newest first, by commas or spaces. Or ValueError."""
    return tuple(_master(part) for part in text.replace(",", " ").split())


def new_master_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _master(text: str) -> MasterKey:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("each master key must be 32 random bytes in base64; make one with: python -m bot new-key")
    digest = Hash(SHA256())
    digest.update(b"gangway master key" + key)
    return MasterKey(digest.finalize().hex()[:12], key)


class Vault:
    """Wraps data keys and seals values. Holds no state but the master keys.

    `again` reads the master keys anew: it is asked when a key is met that is not known yet or a data key is made, as
    happens to a running bot after `rotate-keys` made one beside it.
    """

    def __init__(
        self, masters: Sequence[MasterKey], again: Callable[[], Sequence[MasterKey]] | None = None
    ) -> None:
        self._again = again
        self._take(masters)

    def _take(self, masters: Sequence[MasterKey]) -> None:
        if not masters:
            raise ValueError("a vault needs a master key")
        self._masters = {master.id: master for master in masters}
        self.newest = masters[0].id

    def new_data_key(self, owner: str) -> tuple[bytes, str]:
        """A fresh wrapped data key for an owner, and the id of the master key that wraps it.

        The master keys are read anew first: one that was made beside a running bot is the newest from then on.
        """
        if self._again is not None:
            self._take(self._again())
        return self._wrap(AESGCM.generate_key(256), owner), self.newest

    def rewrap(self, wrapped: bytes, master: str, owner: str) -> tuple[bytes, str]:
        """The same data key under the newest master key."""
        return self._wrap(self._unwrap(wrapped, master, owner), owner), self.newest

    def seal(self, wrapped: bytes, master: str, owner: str, entry: str, value: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return (
            _FORMAT + nonce + AESGCM(self._unwrap(wrapped, master, owner)).encrypt(nonce, value, _bound(owner, entry))
        )

    def open(self, wrapped: bytes, master: str, owner: str, entry: str, sealed: bytes) -> bytes:
        """Raises Stop when the value was sealed for another owner or entry, or under a lost key."""
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return AESGCM(self._unwrap(wrapped, master, owner)).decrypt(nonce, body, _bound(owner, entry))
        except (InvalidTag, ValueError):  # the latter for what is too short to be sealed at all
            raise Stop(
                "A stored secret could not be opened: it does not belong where it was found. Nothing was used."
            ) from None

    def _wrap(self, key: bytes, owner: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._masters[self.newest].key).encrypt(nonce, key, _bound(owner, "data key"))

    def _unwrap(self, wrapped: bytes, master: str, owner: str) -> bytes:
        if master not in self._masters and self._again is not None:
            self._take(self._again())
        if master not in self._masters:
            raise Stop(
                "The master key that protects this is not among GANGWAY_KEYS. Put the old key back behind the new one."
            )
        try:
            return AESGCM(self._masters[master].key).decrypt(
                wrapped[:_NONCE], wrapped[_NONCE:], _bound(owner, "data key")
            )
        except InvalidTag:
            raise Stop("A data key could not be opened: it does not belong to its owner. Nothing was used.") from None


def _bound(owner: str, entry: str) -> bytes:
    return f"gangway|1|{len(owner)}:{owner}|{entry}".encode()
