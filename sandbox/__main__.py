"""`python -m sandbox`: the local workspace with its page, the stand-in sources, a mailbox, and the real bot."""

import argparse
import json
import signal
import socket
import sys
import threading
from pathlib import Path

from sandbox.town import Town
from sandbox.world import World, real_clock

PAGE_PORT = 8740


def main() -> int:
    options = _options()
    if options.companies is not None and not options.companies.is_file():
        print(
            f"There is no file {options.companies}. Give a CSV with the columns name, domain, city, state, type.",
            file=sys.stderr,
        )
        return 2
    world = (
        World.demo(clock=real_clock)
        if options.companies is None
        else World.from_csv(options.companies, options.contacts, clock=real_clock)
    )
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    town = Town(world, home=options.home, page_port=_port(options.port), log=options.log)
    try:
        town.start(bot=not options.no_bot)
        print(json.dumps(town.addresses()) if options.json else _welcome(town), flush=True)
        while not end.wait(0.5):
            if town.bot is not None and town.bot.poll() is not None:
                print("The bot ended. See its messages above.", file=sys.stderr)
                return 1
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        town.stop()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument(
        "--companies",
        type=Path,
        metavar="FILE.csv",
        help="real organizations as the world (name, domain, city, state, type)",
    )
    parser.add_argument(
        "--contacts", type=int, default=4, metavar="N", help="contacts per company of that file (default 4)"
    )
    parser.add_argument(
        "--port", type=int, default=None, help=f"port of the page (default {PAGE_PORT}, or any when it is taken)"
    )
    parser.add_argument(
        "--home", type=Path, default=None, help="keep the bot's data in this folder (default: thrown away at the end)"
    )
    parser.add_argument("--json", action="store_true", help="print the addresses and credentials as one line of JSON")
    parser.add_argument("--no-bot", action="store_true", help="everything but the bot, to start it by hand")
    parser.add_argument("--log", type=Path, default=None, help="the bot's messages go to this file")
    return parser.parse_args()


def _port(asked: int | None) -> int:
    if asked is not None:
        return asked
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return 0 if probe.connect_ex(("127.0.0.1", PAGE_PORT)) == 0 else PAGE_PORT


def _welcome(town: Town) -> str:
    return f"""
Gangway's local workspace is ready. Nothing here leaves this machine.

  Open         {town.workspace.page_url}

  Then type    /msp connect autotask   with these:
      API username             {town.autotask.username}
      API secret               {town.autotask.secret}
      API tracking identifier  {town.autotask.tracking_identifier}
  and later    /msp connect itglue     with region US and
      API key                  {town.itglue.api_key}

  Mailbox      {town.mailbox.page_url}
  Autotask     {town.autotask.page_url}
  IT Glue      {town.itglue.page_url}
  ConnectWise  {town.connectwise.page_url}

Ctrl-C ends it."""


if __name__ == "__main__":
    sys.exit(main())
