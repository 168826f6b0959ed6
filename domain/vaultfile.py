"""Files of passwords as other vaults write them: read into rows, each with its secret and what speaks against it.

A row is held for a reason rather than dropped, and a column or field that is not known is kept with the secret: nothing is lost
without a word. Values never stand in a reason.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain import otp
from domain.errors import TellPerson
from domain.secret import Secret

MOST_ROWS = 5_000
_NAME, _TEXT = 200, 2_000


@dataclass(frozen=True)
class FileRow:
    """One entry of a file. `held` says why it stays out; `remark` what a person should know though it comes along."""

    name: str
    username: str = ""
    url: str = ""
    folder: tuple[str, ...] = ()
    category: str = ""
    company: str | None = None  # None: the file has no company column
    secret: Secret = field(default_factory=Secret, repr=False)
    held: str = ""
    remark: str = ""


def decoded(data: bytes) -> str:
    """The text of a file, whatever program on whatever system saved it. Raises TellPerson for what is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TellPerson("This file is no text. Choose a CSV file or a Bitwarden JSON export.", field="file")


# --- CSV ---------------------------------------------------------------------------------------------------------

_HEADERS = {
    "name": ("name", "title", "account", "entry", "item"),
    "username": ("username", "user", "login", "login_username", "login name", "user name", "e-mail", "email"),
    "password": ("password", "pass", "login_password"),
    "url": ("url", "uri", "login_uri", "website", "web site", "web address", "address"),
    "notes": ("notes", "note", "extra", "comments", "comment", "description"),
    "otp": ("otp", "totp", "login_totp", "otpauth", "otpauth url", "otp secret", "one-time code", "2fa"),
    "folder": ("folder", "group", "grouping", "path"),
    "category": ("category", "type"),
    "company": ("company", "organization", "organisation", "client", "customer"),
}
_KNOWN = {spelling: meaning for meaning, spellings in _HEADERS.items() for spelling in spellings}


def read_csv(text: str) -> tuple[FileRow, ...]:
    """Rows of a CSV file with a header line. Raises TellPerson for one that cannot be read."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    csv.field_size_limit(1_000_000)
    try:
        header = next(lines, [])
        meanings = _meanings(header)
        if "name" not in meanings or not {"password", "notes", "otp"} & set(meanings):
            raise TellPerson(
                "The first line must name the columns, with at least “name” (or “title”) and “password”.", field="file"
            )
        rows = tuple(_csv_row(header, meanings, line) for line in lines if any(cell.strip() for cell in line))
    except csv.Error:
        raise TellPerson("This CSV file cannot be read: a quote is missing somewhere.", field="file") from None
    return _few(rows)


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _meanings(header: Iterable[str]) -> list[str]:
    """What each column means: one of ours, once each, or "" for one that is kept under its own name."""
    found: list[str] = []
    for cell in header:
        meaning = _KNOWN.get(" ".join(cell.split()).casefold(), "")
        found.append("" if meaning in found else meaning)
    return found


def _csv_row(header: list[str], meanings: list[str], line: list[str]) -> FileRow:
    known, others = dict[str, str](), dict[str, str]()
    for number, cell in enumerate(line):
        meaning = meanings[number] if number < len(meanings) else ""
        if meaning:
            known[meaning] = cell
        elif cell:
            title = header[number].strip() if number < len(header) else ""
            others[title or f"Column {number + 1}"] = cell
    secret = Secret(known.get("password", ""), known.get("notes", ""), known.get("otp", "").strip(), others)
    company = known.get("company", "").strip() if "company" in meanings else None
    made = FileRow(
        known.get("name", ""), known.get("username", ""), known.get("url", ""), _path(known.get("folder", "")),
        known.get("category", ""), company, secret,
    )
    short = "" if len(line) >= len(header) else "The line has fewer cells than the header."
    return _checked(made, short)


# --- Bitwarden ---------------------------------------------------------------------------------------------------

_LOGIN, _NOTE = 1, 2
_OTHER_KINDS = {3: "a card", 4: "an identity", 5: "an SSH key"}


def read_bitwarden(text: str) -> tuple[FileRow, ...]:
    """Rows of an unencrypted Bitwarden export. Raises TellPerson for one that cannot be read."""
    try:
        export = json.loads(text)
        if export.get("encrypted"):
            raise TellPerson("This Bitwarden export is encrypted. Type its password below, or export it as plain .json.", field="password")
        places = {str(each["id"]): str(each["name"]) for each in (*(export.get("folders") or ()), *(export.get("collections") or ()))}
        return _few(tuple(_bitwarden_row(item, places) for item in export["items"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise TellPerson("This is not a Bitwarden JSON export.", field="file") from None


def _bitwarden_row(item: Mapping[str, Any], places: Mapping[str, str]) -> FileRow:
    login = item.get("login") or {}
    uris = [str(each["uri"]) for each in login.get("uris") or () if each.get("uri")]
    custom = _custom(item.get("fields") or (), uris[1:])
    category = custom.pop("Category", "")
    where = [item.get("folderId"), *(item.get("collectionIds") or ())]
    folder = next((places[str(each)] for each in where if str(each) in places), "")
    secret = Secret(_word(login.get("password")), _word(item.get("notes")), _word(login.get("totp")).strip(), custom)
    made = FileRow(
        _word(item.get("name")), _word(login.get("username")), uris[0] if uris else "", _path(folder), category, None, secret
    )
    kind = item.get("type")
    if kind not in (_LOGIN, _NOTE):
        return _checked(made, f"It is {_OTHER_KINDS.get(int(kind or 0), 'of an unknown kind')}, not a login or a note.")
    remark = "Its attachments do not come along." if item.get("attachments") else ""
    remark = remark or ("Its former passwords do not come along." if item.get("passwordHistory") else "")
    return _checked(made, "It lies in the bin." if item.get("deletedDate") else "", remark)


def _custom(fields: Iterable[Mapping[str, Any]], more_uris: Iterable[str]) -> dict[str, str]:
    """Custom fields by name; a name that comes twice gets a number."""
    found: dict[str, str] = {}
    pairs = [(_word(each.get("name")) or "Field", _word(each.get("value"))) for each in fields]
    for name, value in [*pairs, *(("Web address", uri) for uri in more_uris)]:
        free, number = name, 2
        while free in found:
            free, number = f"{name} {number}", number + 1
        found[free] = value
    return found


def _word(value: object) -> str:
    return "" if value is None else str(value)


# --- both --------------------------------------------------------------------------------------------------------


def _path(text: str) -> tuple[str, ...]:
    return tuple(part for part in (" ".join(each.split()) for each in text.replace("\\", "/").split("/")) if part)


def _few(rows: tuple[FileRow, ...]) -> tuple[FileRow, ...]:
    if len(rows) > MOST_ROWS:
        raise TellPerson(f"This file has {len(rows):,} entries; at most {MOST_ROWS:,} come at once. Split it.", field="file")
    if not rows:
        raise TellPerson("This file has no entries.", field="file")
    return rows


def _checked(row: FileRow, held: str = "", remark: str = "") -> FileRow:
    """The row, tidied, with what speaks against it."""
    name, username, url, category = (" ".join(each.split()) for each in (row.name, row.username, row.url, row.category))
    if not name:
        held = held or "It has no name."
    elif len(name) > _NAME or max(len(username), len(url), len(category)) > _TEXT or len(row.folder) > 10:
        held = held or "Its name, username, address or folder is too long."
    if row.secret == Secret():
        held = held or "It holds no secret."
    if row.secret.otp_seed and not otp.is_readable(row.secret.otp_seed):
        remark = remark or "Its one-time code's seed gives no code; it is kept as it is."
    return FileRow(name, username, url, row.folder, category, row.company, row.secret, held, remark)


# --- writing -----------------------------------------------------------------------------------------------------


def bitwarden(rows: Iterable[FileRow]) -> dict[str, Any]:
    """An unencrypted Bitwarden export; it is never handed out as it is."""
    folders: dict[tuple[str, ...], str] = {}
    items = []
    for number, row in enumerate(rows):
        folder = None
        if row.folder:
            folder = folders.setdefault(row.folder, f"00000000-0000-4000-8000-{len(folders) + 1:012x}")
        items.append(_item(f"00000000-0000-4000-9000-{number + 1:012x}", folder, row))
    named = [{"id": id_, "name": "/".join(part.replace("/", "∕") for part in path)} for path, id_ in folders.items()]
    return {"encrypted": False, "folders": named, "items": items}


def _item(id_: str, folder: str | None, row: FileRow) -> dict[str, Any]:
    custom = dict(row.secret.fields) | ({"Category": row.category} if row.category else {})
    item: dict[str, Any] = {
        "id": id_, "organizationId": None, "folderId": folder, "collectionIds": None, "type": _LOGIN, "reprompt": 0,
        "name": row.name, "notes": row.secret.notes or None, "favorite": False,
        "fields": [{"name": name, "value": value, "type": 1} for name, value in custom.items()],
    }
    item["login"] = {
        "uris": [{"match": None, "uri": row.url}] if row.url else [], "username": row.username or None,
        "password": row.secret.password or None, "totp": row.secret.otp_seed or None,
    }
    return item


def csv_text(rows: Iterable[FileRow]) -> str:
    """A CSV file that `read_csv` reads back; it is never handed out as it is."""
    every = list(rows)
    extra = sorted({name for row in every for name in row.secret.fields})
    titles = [f"{name} (field)" if name.strip().casefold() in _KNOWN else name for name in extra]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["name", "username", "password", "url", "notes", "otp", "folder", "category", *titles])
    for row in every:
        secret = row.secret
        known = [row.name, row.username, secret.password, row.url, secret.notes, secret.otp_seed, "/".join(row.folder), row.category]
        writer.writerow([*known, *(secret.fields.get(name, "") for name in extra)])
    return out.getvalue()
