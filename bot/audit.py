"""`python -m bot verify-audit`: whether a line of the audit trail was changed, removed or moved."""

import json
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.settings import STORED, BadSettings, keys_for, read
from domain.audit import broken
from storage.store import Store
from storage.vault import Vault


def verify(file: str | None) -> int:
    """0 while it is whole; 1 with the first broken line, or where it cannot be read."""
    return _file(Path(file)) if file else _database()


def _file(path: Path) -> int:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{path} cannot be read: {type(error).__name__}.", file=sys.stderr)
        return 1
    found = broken(told)
    if found is None:
        print(f"Whole: {told['count']} lines of {told['of']}, exported {told['made_at']}. Seal {told['seal']}.")
        return 0
    where = f"Line {found.line}" if found.line else "The head"
    print(f"Broken. {where}: {found.why}.", file=sys.stderr)
    return 1


def _database() -> int:
    try:
        settings = read(only=STORED)
        store = Store(settings.database_url, Vault(keys_for(settings)))
        with store.work() as work:
            at, count, cut = work.journal.broken_at(), work.journal.count(), work.journal.cut_off()
        store.close()
    except BadSettings as error:
        print("\n".join(["Wrong settings:", *(f"  {problem}" for problem in error.problems)]), file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"The database cannot be read ({type(error).__name__}). Check DATABASE_URL.", file=sys.stderr)
        return 1
    if at is None and not cut:
        print(f"Whole: {count} lines of the journal, up to its sealed end.")
        return 0
    if at is None:
        print(f"Broken. The end of the journal: {cut}.", file=sys.stderr)
        return 1
    print(f"Broken. Line {at} of the journal was changed, or a line before it was removed or moved.", file=sys.stderr)
    return 1
