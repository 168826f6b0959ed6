"""The command line: `python -m bot` runs the bot; see `python -m bot --help`."""

import argparse
import logging
import os
import sys
from pathlib import Path
from urllib.error import URLError

from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot import audit, check, export, log, rotate, uninstall
from bot.manifest import as_yaml
from bot.serve import serve
from bot.settings import BadSettings, read
from bot.wiring import build
from storage.vault import new_master_key


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Gangway, the Slack bot for managed service providers."
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="run the bot (the default)")
    commands.add_parser("check", help="verify settings, database, Slack token and scopes")
    shown = commands.add_parser("manifest", help="print the Slack app manifest")
    shown.add_argument("--command", default="/msp", dest="slash", help="the slash command")
    shown.add_argument("--http-url", default=None, help="the public address, for HTTP mode instead of Socket Mode")
    commands.add_parser("new-key", help="print a new master key for GANGWAY_KEYS")
    commands.add_parser("rotate-keys", help="put every data key under the newest master key, while the bot runs")
    verified = commands.add_parser("verify-audit", help="verify the audit trail: the database's, or an exported file's")
    verified.add_argument("file", nargs="?", help="an exported JSON file; without it the database is verified")
    left = commands.add_parser("export", help="write everything out as JSON: companies, people, links, audit")
    left.add_argument("--out", type=Path, default=None, help="the file to write; standard output without it")
    left.add_argument("--with-secrets", type=Path, default=None, metavar="FILE", dest="secrets",
                      help="every vault too, into this KeePass file, with a password read from the terminal")
    gone = commands.add_parser("uninstall", help="disconnect every source, wipe every secret, revoke links; the audit trail stays")
    gone.add_argument("--yes", action="store_true", help="do not ask")
    gone.add_argument("--out", type=Path, default=None, metavar="FOLDER", help="where the final export goes; GANGWAY_HOME without it")
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "check":
            return check.check()
        case "manifest":
            print(as_yaml(chosen.slash, chosen.http_url), end="")
            return 0
        case "export":
            return export.export(chosen.out, chosen.secrets)
        case "rotate-keys":
            return rotate.rotate()
        case "verify-audit":
            return audit.verify(chosen.file)
        case "uninstall":
            return uninstall.uninstall(chosen.yes, chosen.out)
        case "new-key":
            print(new_master_key())
            return 0
        case _:
            return run()


def run() -> int:
    """Settings first, all that is wrong with them at once; then the database and Slack; then everything starts."""
    try:
        settings = read()
    except BadSettings as error:
        print("Gangway cannot start. Wrong settings:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 1
    log.set_up(settings.log_level, settings.log_format)
    # Bolt reads these by itself: the first two would silently turn it to OAuth, the third would be said to be unused.
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        os.environ.pop(name, None)
    try:
        bot = build(settings)
    except (SlackApiError, BoltError):
        logging.getLogger(__name__).error("Slack refuses SLACK_BOT_TOKEN. See what is wrong with: python -m bot check")
        return 1
    except URLError:
        logging.getLogger(__name__).error("Slack cannot be reached at %s.", settings.slack_api_url)
        return 1
    except SQLAlchemyError as error:
        logging.getLogger(__name__).error(
            "The database cannot be opened (%s). Check DATABASE_URL.", type(error).__name__
        )
        return 1
    return serve(bot)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # Python itself would wait for the threads of jobs that sleep until a source or a mail server is to be asked again. What
    # they did is stored, and the next process goes on with it.
    os._exit(code)
