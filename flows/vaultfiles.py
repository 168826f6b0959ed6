"""Files of passwords into a vault and out of it, by a private page: a preview first, nothing lost without a word.

Between the preview and the button the rows travel in the page itself, sealed under the company's key and bound to the link:
nothing of a file lies anywhere until somebody says so.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from domain import sealedexport, vaultfile
from domain.company import Company
from domain.errors import NotAllowed, Stop, TellPerson
from domain.invitation import token_hash
from domain.roles import Act
from domain.secret import Entry, EntryState, Secret
from domain.vaultfile import FileRow
from flows import keepass, onetime
from flows.context import Context
from flows.desk import Desk
from flows.onetime import Kind, Ticket
from storage.store import Work

MOST_BYTES = 5 * 1024 * 1024
MOST_SEALED = 16 * 1024 * 1024
SHORTEST = 12  # characters of a file's password
_ARCHIVED = "Archived"


@dataclass(frozen=True)
class Preview:
    """What storing the file would do: names and reasons, never a value."""

    company_name: str
    new: int
    held: tuple[tuple[str, str], ...]  # name, reason
    remarks: tuple[tuple[str, str], ...]
    sealed: str


@dataclass(frozen=True)
class Stored:
    company_name: str
    new: int
    held: int


class Form(StrEnum):
    KEEPASS = "keepass"
    BITWARDEN = "bitwarden"
    CSV = "csv"


@dataclass(frozen=True)
class Exported:
    file_name: str
    data: bytes
    entries: int


# --- in ----------------------------------------------------------------------------------------------------------


def preview(context: Context, token: str, data: bytes, password: str = "") -> Preview:
    """Read a file and say what would come of it. The link stays good. Raises TellPerson for what cannot be read."""
    if not data or len(data) > MOST_BYTES:
        raise TellPerson("Choose a file of at most 5 MB.", field="file")
    rows = _read(vaultfile.decoded(data), password)
    with context.store.write() as work:  # a company without a key gets one here
        _, company = _sit(context, work, token, Kind.FILE, Act.IMPORT)
        judged = _judged(work, company, rows)
        kept = [row for row in judged if not row.held]
        sealed = _seal(context, work, company, token, kept, len(judged) - len(kept))
    held = tuple((row.name or "(no name)", row.held) for row in judged if row.held)
    return Preview(company.name, len(kept), held, tuple((row.name, row.remark) for row in kept if row.remark), sealed)


def store(context: Context, token: str, sealed: str) -> Stored:
    """Keep what the preview showed, all of it or nothing, once. What has come into the vault meanwhile is held."""
    with context.store.write() as work:
        desk, company = _sit(context, work, token, Kind.FILE, Act.IMPORT)
        rows, held = _unseal(context, work, company, token, sealed)
        onetime.take(context, work, token, Kind.FILE)
        kept = [row for row in _judged(work, company, rows) if not row.held]
        ids = [_put(context, work, desk, company, row) for row in kept]
        held += len(rows) - len(kept)
        said = f"{len(ids):,} vault entries came from a file; {held:,} were held."
        work.journal.write(context.clock(), desk.actor, "vault file", said, company.id, company.id, {"entries": ids})
    context.tell.whisper(desk.actor.user_id, desk.channel, f"{said} They are in the vault of {company.name}.")
    return Stored(company.name, len(ids), held)


def _read(text: str, password: str) -> tuple[FileRow, ...]:
    if not text.lstrip().startswith("{"):
        return vaultfile.read_csv(text)
    if password and sealedexport.is_sealed(text):
        text = sealedexport.unseal(text, password)
    return vaultfile.read_bitwarden(text)


def _judged(work: Work, company: Company, rows: Iterable[FileRow]) -> list[FileRow]:
    """The rows, each held that belongs to another company, is there already, or comes twice."""
    there = {_key(entry) for entry in work.entries.search(company.id, "", None, 1_000_000)[0]}
    judged, seen = [], set[tuple[str, str, str]]()
    for row in rows:
        held = row.held or _of_another(row, company)
        if not held and _key(row) in there:
            held = "It is in this vault already."
        elif not held and _key(row) in seen:
            held = "It comes twice in the file: the first is taken."
        seen.add(_key(row))
        judged.append(replace(row, held=held))
    return judged


def _of_another(row: FileRow, company: Company) -> str:
    """A file with a company column says of each line whose it is; that must be the company worked on."""
    if row.company is None or " ".join(row.company.split()).casefold() == " ".join(company.name.split()).casefold():
        return ""
    if not row.company:
        return "The file has a company column, and this line names none."
    return "It names another company than the one worked on."


def _key(of: Entry | FileRow) -> tuple[str, str, str]:
    return of.name.casefold(), of.username.casefold(), of.url.casefold()


def _put(context: Context, work: Work, desk: Desk, company: Company, row: FileRow) -> str:
    entry = Entry(
        context.new_id(), company.id, row.name, row.username, row.url, row.category, row.folder, EntryState.ACTIVE,
        False, False, False, context.clock(), desk.actor.name, touched=True,
    )
    work.entries.put(entry, row.secret)
    return entry.id


def _seal(context: Context, work: Work, company: Company, token: str, rows: Sequence[FileRow], held: int) -> str:
    packed = json.dumps([held, [asdict(row) for row in rows]]).encode()
    wrapped, master = work.datakeys.of(company.id)
    place = f"file:{token_hash(token)}"
    sealed = context.store.vault.seal(wrapped, master, company.id, place, zlib.compress(packed, 1))
    return base64.urlsafe_b64encode(sealed).decode()


def _unseal(context: Context, work: Work, company: Company, token: str, sealed: str) -> tuple[list[FileRow], int]:
    """Raises TellPerson for what was not sealed here, for this company and this link."""
    wrapped, master = work.datakeys.of(company.id)
    try:
        body = base64.urlsafe_b64decode(sealed)
        packed = context.store.vault.open(wrapped, master, company.id, f"file:{token_hash(token)}", body)
    except (Stop, ValueError):
        raise TellPerson("The preview does not belong to this link. Choose the file again.", field="file") from None
    held, rows = json.loads(zlib.decompress(packed))
    return [_row(each) for each in rows], int(held)


def _row(packed: Mapping[str, object]) -> FileRow:
    made = FileRow(**{**packed, "secret": Secret(**packed["secret"])})  # type: ignore[arg-type]
    return replace(made, folder=tuple(made.folder))


def _sit(context: Context, work: Work, token: str, kind: Kind, act: Act) -> tuple[Desk, Company]:
    ticket: Ticket = onetime.look(context, work, token, frozenset({kind}))
    desk = onetime.desk_of(work, ticket)
    desk.require(act)
    desk.must_see(ticket.company_id)
    company = work.companies.get(ticket.company_id)
    if company is None:
        raise NotAllowed(desk.refusal())
    return desk, company


# --- out ---------------------------------------------------------------------------------------------------------


def export(context: Context, token: str, form: Form, password: str, again: str) -> Exported:
    """A company's vault as an encrypted file, once. Raises TellPerson for a password that will not do.

    CSV has no encryption of its own, so it goes as an attachment into a KeePass file.
    """
    if len(password) < SHORTEST:
        raise TellPerson(f"The file's password needs at least {SHORTEST} characters.", field="password")
    if password != again:
        raise TellPerson("The two passwords differ.", field="again")
    with context.store.work() as work:
        _, company = _sit(context, work, token, Kind.EXPORT, Act.EXPORT)
        rows = rows_of(work, company.id)
    data = _made(form, rows, password)
    with context.store.write() as work:
        desk, company = _sit(context, work, token, Kind.EXPORT, Act.EXPORT)
        onetime.take(context, work, token, Kind.EXPORT)
        said = f"The vault of {company.name} was exported: {len(rows):,} entries, as an encrypted file ({form.value})."
        work.journal.write(context.clock(), desk.actor, "vault export", said, company.id, company.id)
    context.tell.whisper(desk.actor.user_id, desk.channel, said)
    return Exported("vault.json" if form is Form.BITWARDEN else "vault.kdbx", data, len(rows))


def rows_of(work: Work, company_id: str) -> list[FileRow]:
    """Every entry of a company with its secret; archived ones in a folder of their own."""
    entries, _ = work.entries.search(company_id, "", None, 1_000_000)
    return [_as_row(entry, work.entries.secret(entry.id)) for entry in entries]


def _as_row(entry: Entry, secret: Secret) -> FileRow:
    folder = (_ARCHIVED, *entry.folder) if entry.state is EntryState.ARCHIVED else entry.folder
    return FileRow(entry.name, entry.username, entry.url, folder, entry.category, None, secret)


def _made(form: Form, rows: list[FileRow], password: str) -> bytes:
    if form is Form.BITWARDEN:
        return sealedexport.seal(vaultfile.bitwarden(rows), password).encode()
    if form is Form.CSV:
        return keepass.around("vault.csv", vaultfile.csv_text(rows).encode("utf-8-sig"), password)
    return keepass.database(((row.folder, row) for row in rows), password)
