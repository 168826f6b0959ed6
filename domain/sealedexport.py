"""Bitwarden's password-protected export: PBKDF2-SHA256, keys by HKDF, AES-256-CBC with HMAC-SHA256.

Bitwarden and its clients open it with "Import data", format "Bitwarden (json)", and ask for the password. The salt is used
as it is written, base64 text and all. https://bitwarden.com/help/encrypted-export/
"""

import base64
import json
import secrets
import uuid
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from domain.errors import TellPerson

ITERATIONS = 600_000
_MOST_ITERATIONS = 5_000_000  # a file may name any number, and we would have to work it off
_PBKDF2 = 0


def seal(export: dict[str, Any], password: str) -> str:
    """An export, encrypted, as the JSON text of a file."""
    salt = base64.b64encode(secrets.token_bytes(16)).decode()
    keys = _keys(password, salt, ITERATIONS)
    made = {"encrypted": True, "passwordProtected": True, "salt": salt, "kdfType": _PBKDF2, "kdfIterations": ITERATIONS}
    made["encKeyValidation_DO_NOT_EDIT"] = _encrypt(str(uuid.uuid4()).encode(), *keys)
    made["data"] = _encrypt(json.dumps(export, ensure_ascii=False).encode(), *keys)
    return json.dumps(made, indent=2)


def is_sealed(text: str) -> bool:
    try:
        return bool(json.loads(text).get("encrypted"))
    except (ValueError, AttributeError, RecursionError):
        return False


def unseal(text: str, password: str) -> str:
    """The export inside, as JSON text. Raises TellPerson(field="password")."""
    try:
        found = json.loads(text)
        if not found.get("passwordProtected") or found.get("kdfType") != _PBKDF2:
            raise TellPerson(
                "Only an export protected with a password of its own (PBKDF2) can be opened here. Export it that way, "
                "or as plain .json.", field="file",
            )
        iterations = int(found["kdfIterations"])
        if not 5_000 <= iterations <= _MOST_ITERATIONS:
            raise TellPerson("This export's key settings are out of range. Export it as plain .json.", field="file")
        keys = _keys(password, str(found["salt"]), iterations)
        _decrypt(str(found["encKeyValidation_DO_NOT_EDIT"]), *keys)
        return _decrypt(str(found["data"]), *keys).decode()
    except InvalidSignature:
        raise TellPerson("The file's password is wrong.", field="password") from None
    except (ValueError, KeyError, TypeError):
        raise TellPerson("This is not a Bitwarden export.", field="file") from None


def _keys(password: str, salt: str, iterations: int) -> tuple[bytes, bytes]:
    key = PBKDF2HMAC(SHA256(), 32, salt.encode(), iterations).derive(password.encode())
    encrypting, signing = (HKDFExpand(SHA256(), 32, info).derive(key) for info in (b"enc", b"mac"))
    return encrypting, signing


def _encrypt(plain: bytes, encrypting: bytes, signing: bytes) -> str:
    iv, padder = secrets.token_bytes(16), PKCS7(128).padder()
    cipher = Cipher(algorithms.AES256(encrypting), modes.CBC(iv)).encryptor()
    body = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    parts = (iv, body, _signature(signing, iv + body).finalize())
    return "2." + "|".join(base64.b64encode(part).decode() for part in parts)


def _decrypt(text: str, encrypting: bytes, signing: bytes) -> bytes:
    kind, _, rest = text.partition(".")
    parts = [base64.b64decode(part, validate=True) for part in rest.split("|")]
    if kind != "2" or len(parts) != 3:
        raise ValueError("not an encrypted text of kind 2")
    iv, body, mac = parts
    _signature(signing, iv + body).verify(mac)
    cipher, unpadder = Cipher(algorithms.AES256(encrypting), modes.CBC(iv)).decryptor(), PKCS7(128).unpadder()
    return unpadder.update(cipher.update(body) + cipher.finalize()) + unpadder.finalize()


def _signature(signing: bytes, signed: bytes) -> HMAC:
    made = HMAC(signing, SHA256())
    made.update(signed)
    return made
