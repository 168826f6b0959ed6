"""`python -m bot export`: writes everything out as JSON, so that nobody is locked in; secrets only into an encrypted file.

The JSON holds no secret. With `--with-secrets FILE` the vaults go into a KeePass file too, one group a company, encrypted
with a password that is read from the terminal and kept nowhere.
"""

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy.exc import SQLAlchemyError

from bot.settings import STORED, BadSettings, keys_for, read
from domain.errors import Stop
from domain.roles import Actor, Role
from domain.vaultfile import FileRow
from flows import keepass
from flows.vaultfiles import SHORTEST, rows_of
from storage.migrate import migrate
from storage.store import Store, Work
from storage.vault import Vault

_EVERYBODY = 10_000_000
_SHELL = Actor("command-line", "The command line", Role.ADMIN)


def export(out: Path | None, secrets_file: Path | None, ask: Callable[[str], str] = getpass.getpass) -> int:
    """JSON to `out`, else to standard output. The exit code is 0 only when everything was written."""
    try:
        settings = read(only=STORED)
        password = _password(ask) if secrets_file else ""
        store = Store(settings.database_url, Vault(keys_for(settings)))
        migrate(store.engine)
    except BadSettings as error:
        return _failed(*error.problems)
    except ValueError as error:
        return _failed(str(error))
    except (SQLAlchemyError, OSError) as error:
        return _failed(f"The database cannot be opened ({type(error).__name__}). Check DATABASE_URL.")
    try:
        if secrets_file:
            print(_write_secrets(store, secrets_file, password), file=sys.stderr)
        if out is None:
            write_facts(store, sys.stdout)
        else:
            with _fresh(out) as file:
                write_facts(store, file)
    except FileExistsError as error:
        return _failed(f"{error.filename} exists already, and nothing is written over.")
    except (Stop, OSError) as error:
        return _failed(error.said if isinstance(error, Stop) else f"A file cannot be written ({type(error).__name__}).")
    finally:
        store.close()
    return 0


def write_facts(store: Store, file: TextIO) -> None:
    with store.work() as work:
        json.dump(facts(work, datetime.now(UTC)), file, ensure_ascii=False, indent=1, default=_plain)
    file.write("\n")


def facts(work: Work, now: datetime) -> dict[str, Any]:
    """Everything but secrets, as plain values."""
    companies = (work.companies.own(), *work.companies.all_clients())
    invitees, _ = work.invitations.search(now, None, "", (), _EVERYBODY)
    entries, _ = work.entries.search(None, "", None, _EVERYBODY)
    return {
        "exported_at": now,
        "companies": [asdict(company) for company in companies],
        "people": [
            {**asdict(one.person), "invitation": asdict(one.invitation) if one.invitation else None} for one in invitees
        ],
        "connections": [asdict(connection) for connection in work.connections.all()],
        "links": [asdict(link) for link in work.links.every_live()],
        "vault_entries": [asdict(entry) for entry in entries],
        "roles": dict(work.roles.all()),
        "channels": {channel: company.id for channel, company in work.desks.bindings()},
        "audit_broken_at": work.journal.broken_at(),
        "audit_cut_off": work.journal.cut_off(),
        "audit": [asdict(line) for line in work.journal.all()],
    }


def _write_secrets(store: Store, path: Path, password: str) -> str:
    with store.work() as work:
        rows = list(_all_rows(work))
    data = keepass.database(rows, password)
    with store.write() as work:
        said = f"Every vault was exported from the command line: {len(rows):,} entries, as an encrypted file."
        work.journal.write(datetime.now(UTC), _SHELL, "vault export", said)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return said


def _all_rows(work: Work) -> Iterator[tuple[tuple[str, ...], FileRow]]:
    """Each entry under a group of its company; namesakes are told apart by their ids."""
    taken = set[str]()
    for company in (work.companies.own(), *work.companies.all_clients()):
        group = company.name if company.name not in taken else f"{company.name} ({company.id})"
        taken.add(group)
        for row in rows_of(work, company.id):
            yield (group, *row.folder), row


def _password(ask: Callable[[str], str]) -> str:
    """Raises ValueError with the sentence."""
    try:
        first = ask(f"Password of the file (at least {SHORTEST} characters): ")
        if len(first) < SHORTEST:
            raise ValueError(f"The file's password needs at least {SHORTEST} characters.")
        if ask("The same once more: ") != first:
            raise ValueError("The two passwords differ.")
    except (EOFError, KeyboardInterrupt):  # no terminal, or somebody who thinks better of it
        raise ValueError("No password was entered: nothing was written. Run it where you can type one.") from None
    return first


def _fresh(path: Path) -> TextIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _failed(*said: str) -> int:
    for line in said:
        print(line, file=sys.stderr)
    return 1
