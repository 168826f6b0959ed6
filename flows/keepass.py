"""Writes vault entries as a KeePass file (KDBX 4): encrypted with a password, folders as groups, secrets protected."""

import io
import re
from collections.abc import Iterable

from pykeepass import PyKeePass, create_database
from pykeepass.entry import Entry as KeePassEntry
from pykeepass.group import Group

from domain import otp
from domain.vaultfile import FileRow

# What XML cannot hold, and a KeePass file is XML inside.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESERVED = frozenset({"Title", "UserName", "Password", "URL", "Tags", "IconID", "Times", "History", "Notes", "otp"})


def database(rows: Iterable[tuple[tuple[str, ...], FileRow]], password: str) -> bytes:
    """A KeePass file of these rows, each in the group its path names. A character that XML cannot hold becomes “\ufffd”."""
    made = create_database(io.BytesIO(), password=password)
    groups: dict[tuple[str, ...], Group] = {(): made.root_group}
    for path, row in rows:
        _add(made, _group(made, groups, path), row)
    return _written(made)


def around(file_name: str, data: bytes, password: str) -> bytes:
    """A KeePass file that holds one file as an attachment, for formats without encryption of their own."""
    made = create_database(io.BytesIO(), password=password)
    entry = KeePassEntry(title=file_name, username="", password="", notes="Save the attachment.", kp=made)
    made.root_group.append(entry)
    entry.add_attachment(made.add_binary(data), file_name)
    return _written(made)


def _written(made: PyKeePass) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _group(made: PyKeePass, groups: dict[tuple[str, ...], Group], path: tuple[str, ...]) -> Group:
    if path not in groups:
        groups[path] = made.add_group(_group(made, groups, path[:-1]), _fit(path[-1]) or "–")
    return groups[path]


def _add(made: PyKeePass, group: Group, row: FileRow) -> None:
    """Appended directly: `add_entry` looks for namesakes first, by a query that some names break."""
    secret = row.secret
    entry = KeePassEntry(
        title=_fit(row.name), username=_fit(row.username), password=_fit(secret.password), url=_fit(row.url),
        notes=_fit(secret.notes), otp=_fit(otp.address(secret.otp_seed, row.name)) if secret.otp_seed else None,
        tags=[_fit(row.category).replace(";", ",")] if row.category else None, kp=made,
    )
    group.append(entry)
    used = set(_RESERVED)
    for name, value in secret.fields.items():
        # The library looks a name up by a query in double quotes.
        plain = _fit(name).replace('"', "'") or "Field"
        free, number = plain, 2
        while free in used:
            free, number = f"{plain} {number}", number + 1
        used.add(free)
        entry.set_custom_property(free, _fit(value), protect=True)


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
