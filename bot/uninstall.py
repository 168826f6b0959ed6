"""`python -m bot uninstall`: takes Gangway out: sources disconnected, secrets wiped, links revoked; the proof stays.

What stays in the database are facts and the audit trail, none of them secret. Both are written out too, and the hash of
what was written stands in the last line of the trail. Done again, it does what was left undone.
"""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError

import connectors
from bot.export import write_facts
from bot.ids import new_id
from bot.settings import STORED, BadSettings, Settings, keys_for, read
from bot.wiring import OpenSources, utc_now
from domain import audit
from domain.errors import GangwayError
from domain.roles import Actor, Role
from flows import connect
from flows.context import Context, Words
from flows.desk import Desk
from handlers.announce import SlackAnnouncer
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault
from storage.wiping import Wiped, Wiping

WORD = "uninstall"
_SHELL = Actor("command-line", "The command line", Role.ADMIN)
_NEEDED = STORED | {"AUTOTASK_API_URL", "ITGLUE_API_URL", "CONNECTWISE_API_URL"}  # to remove webhooks at the sources


def uninstall(yes: bool, out: Path | None, ask: Callable[[str], str] = input) -> int:
    """Prints what was done and what is left to do by hand. The exit code is 0 only when nothing of ours is left undone."""
    try:
        settings = read(only=_NEEDED)
        store = Store(settings.database_url, Vault(keys_for(settings)))
        migrate(store.engine)
    except BadSettings as error:
        return _failed(*error.problems)
    except (SQLAlchemyError, OSError, ValueError) as error:
        return _failed(f"The database or the key cannot be opened ({type(error).__name__}). Nothing was changed.")
    try:
        folder = out or settings.home
        if not _takes_files(folder):
            return _failed(f"The final export cannot be written to {folder}. Nothing was changed.")
        if not yes and not _confirmed(store, ask):
            return _failed("Nothing was changed.")
        return _done(settings, store, folder)
    except (SQLAlchemyError, OSError) as error:
        return _failed(f"It could not be finished ({type(error).__name__}). Run it again: it goes on with what is left.")
    finally:
        store.close()


def _takes_files(folder: Path) -> bool:
    """Found out before anything is wiped: the export that comes last is the proof."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _confirmed(store: Store, ask: Callable[[str], str]) -> bool:
    with store.work() as work:
        sources = [one.source for one in work.connections.all() if one.trouble != "disconnected"]
        entries = work.entries.search(None, "", None, 1)[1]
    print("Stop every bot first. This cannot be undone:")
    print(f"  {len(sources)} source(s) are disconnected, and their webhooks removed: {', '.join(sources) or 'none'}.")
    print(f"  {entries:,} passwords in the vault are wiped. `python -m bot export --with-secrets FILE` keeps a copy.")
    print("  Invitations and private links that are open stop working.")
    try:
        return ask(f"Type {WORD} to go on: ").strip() == WORD
    except (EOFError, KeyboardInterrupt):  # no terminal, or somebody who thinks better of it
        print()
        return False


def _done(settings: Settings, store: Store, folder: Path) -> int:
    troubles = _disconnected(_context(settings, store))
    now = utc_now()
    with store.write() as work:
        wiping = Wiping(work.session)
        wiped = wiping.everything()
        left = wiping.left()
        work.journal.write(now, _SHELL, "uninstalled", _proof(wiped), data={"left": left})
    print(_proof(wiped))
    hashes = _written_out(store, folder, now)
    with store.write() as work:
        said = "The final export was written; its hashes stand beside this line."
        work.journal.write(utc_now(), _SHELL, "final export", said, data=hashes)
        whole = work.journal.broken_at() is None and not work.journal.cut_off()
    print(f"The audit trail is {'whole' if whole else 'NOT whole'}: see it with python -m bot verify-audit")
    print("Left to you: remove the app on its page at Slack; delete the tokens and the API users at the sources;")
    print("keep the exported files and, to verify the trail in the database, the master key; then delete the rest.")
    return _failed(*troubles) if troubles or left else 0


def _disconnected(context: Context) -> list[str]:
    """Every source, one after the other; what went wrong with each is said and keeps no other from it."""
    desk, troubles = Desk(_SHELL, "", None, None), []
    for connection in connect.live(context):
        try:
            print(connect.disconnect(context, desk, connection.id))
        except GangwayError as error:
            troubles.append(f"{connection.title}: {error.said} Its secrets are wiped; look there for webhooks of ours.")
    return troubles


def _proof(wiped: Wiped) -> str:
    return (
        f"Gangway was uninstalled: {wiped.values:,} sealed values and {wiped.keys:,} data keys were wiped, "
        f"{wiped.links:,} open links revoked."
    )


def _written_out(store: Store, folder: Path, now: datetime) -> dict[str, str]:
    """Facts and audit trail into files of their own; name → hash of each."""
    stamp = f"{now:%Y%m%d-%H%M%S}"
    facts, trail = folder / f"gangway-final-{stamp}.json", folder / f"gangway-final-{stamp}-audit.json"
    with os.fdopen(os.open(facts, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        write_facts(store, file)
    with store.work() as work:
        told = audit.export(work.journal.lines(None), "everything", now)
    with os.fdopen(os.open(trail, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False, indent=1)
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (facts, trail)}
    for path in (facts, trail):
        print(f"Written: {path}  (sha256 {hashes[path.name]})")
    return hashes


class _NoJobs:
    """Nothing is put off any more."""

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:  # noqa: ARG002
        return


def _context(settings: Settings, store: Store) -> Context:
    """What disconnecting needs. Nobody attends the announcer, so that nothing is told in Slack."""
    known = connectors.discover()
    return Context(
        store=store,
        connectors=known,
        sources=OpenSources(store, known, settings),
        jobs=_NoJobs(),
        tell=SlackAnnouncer(WebClient()),
        mailer=None,
        clock=utc_now,
        new_id=new_id,
        new_token=lambda: secrets.token_urlsafe(32),
        words=Words(settings.command, settings.public_url, settings.zone, settings.mail_from),
        defaults=settings.defaults,
    )


def _failed(*said: str) -> int:
    for line in said:
        print(line, file=sys.stderr)
    return 1
