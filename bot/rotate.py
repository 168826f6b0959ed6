"""`python -m bot rotate-keys`: puts every data key under the newest master key, while the bot runs.

Stored secrets stay as they are: each is sealed with a data key of its company or connection, and only those few keys are
wrapped anew. With GANGWAY_KEYS the operator has put the new key before the old one and restarted the bot; else a new key is
made in GANGWAY_HOME, which a running bot reads when it meets it.
"""

import sys

from sqlalchemy.exc import SQLAlchemyError

from bot.settings import STORED, BadSettings, Settings, add_key, read
from domain.errors import Stop
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault


def rotate() -> int:
    """Prints what was done; the exit code is 0 only when every data key is under the newest master key."""
    try:
        settings = read(only=STORED)
        count, made = rotated(settings)
    except BadSettings as error:
        return _failed(*error.problems)
    except FileExistsError:
        return _failed("Another rotation is at it. If none is, delete master.key.new in GANGWAY_HOME.")
    except Stop as error:
        return _failed(error.said, "Nothing was changed in the database.")
    except (SQLAlchemyError, OSError, ValueError) as error:
        return _failed(f"The database or the key file cannot be used ({type(error).__name__}).")
    if made:
        print("A new master key stands first in master.key in GANGWAY_HOME. Back that file up; keep the old key in it.")
    print(f"{count} data key{'' if count == 1 else 's'} put under the newest master key.")
    return 0


def rotated(settings: Settings) -> tuple[int, bool]:
    """How many data keys were wrapped anew, and whether a master key was made."""
    keys = settings.keys or add_key(settings)
    store = Store(settings.database_url, Vault(keys))
    try:
        migrate(store.engine)
        with store.write() as work:
            return work.datakeys.rewrap_all(), not settings.keys
    finally:
        store.close()


def _failed(*said: str) -> int:
    for line in said:
        print(line, file=sys.stderr)
    return 1
