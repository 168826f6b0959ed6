"""`python -m sandbox.rehearsal`: three bots on one PostgreSQL show that nothing is lost and nothing is done twice.

Plain words on the terminal, a line a fact; the exit code is 0 when all of them held.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.postgres import NoPostgres
from sandbox.replicas import PATIENCE, Replicas, running
from sandbox.workspace.finding import words
from sandbox.world import World, real_clock

ROOM = "#onboarding"
TAKEOVER = 20.0  # seconds: the promise
STOP = 10.0
COMPANIES = _KILLED, _ROLLED, _TWICE = "Killed Cloth Ltd", "Rolling Ropes Ltd", "Double Doors Ltd"

Json = dict[str, Any]


def crowd(people: int, *names: str) -> World:
    """Companies with that many people each."""
    world = World.bare(clock=real_clock)
    for name in names:
        domain = f"{name.lower().replace(' ', '')}.example"
        company = world.add_company(name, domain, itglue=False)
        for number in range(people):
            world.add_contact(company, f"P{number:04}", "Person", f"p{number:04}@{domain}", itglue=False)
    return world


class Rehearsal:
    """The steps, each a method; `facts` counts what held and what did not."""

    def __init__(self, replicas: Replicas, say: Callable[[str], None] = print) -> None:
        self.replicas = replicas
        self.adam, self.olivia = replicas.town.person("adam"), replicas.town.person("olivia")
        self._say = say
        self.failed: list[str] = []

    def close(self) -> None:
        self.adam.close()
        self.olivia.close()

    def holds(self, fact: bool, said: str) -> None:
        self._say(f"  {'yes' if fact else 'NO '}  {said}")
        if not fact:
            self.failed.append(said)

    # --- what people do --------------------------------------------------------------------------------

    def connect(self) -> None:
        """Adam connects Autotask and imports the companies."""
        stand_in = self.replicas.town.autotask
        self.adam.command("/msp", "connect autotask", channel=ROOM)
        form = self.adam.wait_for_view("Connect Autotask", "API secret", timeout=PATIENCE)
        self.adam.submit(form, {
            "API username": stand_in.username, "API secret": stand_in.secret,
            "API tracking identifier": stand_in.tracking_identifier,
        })  # fmt: skip
        self.adam.wait_for_view("Connected", timeout=PATIENCE)
        self.adam.cancel(everything=True)
        shown = self.preview("companies")
        self.adam.press(shown, "Approve")
        self.until(shown, "Done.")

    def preview(self, what: str) -> Json:
        before = {message["ts"] for message in self.adam.messages(ROOM)}
        self.adam.command("/msp", f"import {what}", channel=ROOM)

        def look() -> Json | None:
            fresh = [m for m in self.adam.messages(ROOM, "See all changes") if m["ts"] not in before]
            return fresh[-1] if fresh else None

        found = self.adam.wait_for(look, PATIENCE)
        assert found is not None
        return found

    def until(self, shown: Json, *containing: str, seconds: float = PATIENCE) -> Json:
        """This very message, once it has all these words."""
        def look() -> Json | None:
            found = [m for m in self.adam.messages(ROOM) if m["ts"] == shown["ts"]]
            return next((m for m in found if all(part in words(m) for part in containing)), None)

        found = self.adam.wait_for(look, seconds)
        assert found is not None
        return found

    # --- the facts -------------------------------------------------------------------------------------

    def killed(self, people: int) -> float:
        """The replica that runs an approved import is killed; another one finishes it. Returns the seconds until it went on."""
        shown = self.preview(f"users {_KILLED}")
        self.adam.press(shown, "Approve")
        victim = self.replicas.until(lambda: self.replicas.at_work("apply"))
        self.replicas.kill(victim)
        died = time.monotonic()
        self._say(f"  …    {victim.name} ran the import and was killed with SIGKILL")
        heir = self.replicas.until(lambda: self._goes_on(shown))
        took = time.monotonic() - died
        self.holds(took < TAKEOVER, f"{heir} went on with it after {took:.1f} s")
        done = words(self.until(shown, "Done."))
        self.holds(f"{people} people imported" in done, f"the message says: {people} people imported")
        self.holds(self._imported(_KILLED) == people, f"{people} people are stored, each once")
        self.replicas.start(self.replicas.all.index(victim))
        return took

    def _goes_on(self, shown: Json) -> str:
        """Who runs it now; "another replica" when it is through already."""
        heir = self.replicas.at_work("apply")
        if heir is not None:
            return heir.name
        now = [m for m in self.adam.messages(ROOM) if m["ts"] == shown["ts"]]
        return "another replica" if now and "Done." in words(now[0]) else ""

    def rolled(self, people: int) -> float:
        """Every replica is restarted, one after the other, while an import runs and mails go out. Returns the longest stop."""
        shown = self.preview(f"users {_ROLLED}")
        self.adam.press(shown, "Approve")
        stops = [self.replicas.restart(number) for number in range(len(self.replicas.all))]
        self.holds(max(stops) < STOP, f"each stopped within {max(stops):.1f} s of SIGTERM and was replaced")
        done = words(self.until(shown, "Done."))
        self.holds(f"{people} people imported" in done, f"the import ended: {people} people imported")
        self.holds(self._imported(_ROLLED) == people, f"{people} people are stored, each once")
        return max(stops)

    def approved_once(self, people: int) -> None:
        """Two people press Approve at the same moment, each on another replica's socket."""
        shown = self.preview(f"users {_TWICE}")
        presses = [threading.Thread(target=person.press, args=(shown, "Approve")) for person in (self.adam, self.olivia)]
        for press in presses:
            press.start()
        for press in presses:
            press.join()
        self.until(shown, "Done.")
        decisions = self.replicas.rows(
            "select count(*) from journal where what = 'decision' and subject = (select id from plan where company_name = %s)", _TWICE
        )
        self.holds(decisions == [(1,)], "one of two simultaneous approvals took effect")
        self.holds(self._imported(_TWICE) == people, f"{people} people are stored, each once")

    def digest_once(self) -> None:
        """The slot of a digest comes; three clocks see it."""
        self.adam.command("/msp", "digest", channel=ROOM)
        form = self.adam.wait_for_view("Digest", "Post now", timeout=PATIENCE)
        at = (datetime.now(ZoneInfo("Europe/London")) - timedelta(minutes=5)).strftime("%H:%M")
        zone = self.adam.options(form, "Time zone", "London")[0]
        self.adam.submit(form, {"Time": at, "Days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "Time zone": zone})
        self.adam.wait_for_message(ROOM, "Saved", at, timeout=PATIENCE)
        self.replicas.digest_is_due()
        self.olivia.wait_for_message(ROOM, "Digest", "pending", timeout=PATIENCE)
        looks = self._looked()
        self.replicas.until(lambda: all(now > then for then, now in zip(looks, self._looked(), strict=True)))
        posted = len(self.olivia.messages(ROOM, "Invitations pending by age"))
        self.holds(posted == 1, f"the digest of one slot was posted {posted} time(s), with {len(looks)} clocks looking")

    def synced_apart(self) -> None:
        """Both ask for a sync at once, again and again: the source is read by one job at a time."""
        for person in (self.adam, self.olivia):
            person.command("/msp", "sync autotask", channel=ROOM)

    def invited_once(self, people: int) -> None:
        """Every mail is out, and nobody got two."""
        expected = people * 3
        self.replicas.until(lambda: len(self.replicas.town.mailbox.messages()) >= expected, 3 * PATIENCE)
        mails = Counter(mail.recipients[0] for mail in self.replicas.town.mailbox.messages())
        once = sum(number == 1 for number in mails.values())
        self.holds(once == expected == len(mails), f"{once} of {expected} people have exactly one invitation in their mailbox")

    def _imported(self, name: str) -> int:
        rows = self.replicas.rows(
            "select count(*), count(distinct email_fold) from person where company_id = (select id from company where name = %s)", name
        )
        total, distinct = rows[0]
        return int(total) if total == distinct else -1

    def _looked(self) -> list[float]:
        """How often each replica's clock has looked for digests."""
        return [_value(replica.asked("/metrics")[1], 'gangway_looks_total{name="digests"}') for replica in self.replicas.all]


def _value(metrics: str, name: str) -> float:
    return next((float(line.rpartition(" ")[2]) for line in metrics.splitlines() if line.startswith(name)), 0.0)


def rehearse(replicas: Replicas, people: int, say: Callable[[str], None] = print) -> list[str]:
    """Everything in order; gives what did not hold."""
    made = Rehearsal(replicas, say)
    try:
        say(f"{len(replicas.all)} bots are up on one PostgreSQL: {', '.join(one.id for one in replicas.all)}")
        with replicas.watched() as together:
            made.connect()
            say("An import is approved, and the replica that runs it dies:")
            made.killed(people)
            say("A rolling restart while an import runs and mails go out:")
            made.rolled(people)
            say("Two people approve at the same moment:")
            made.approved_once(people)
            say("The slot of a digest comes:")
            made.digest_once()
            made.synced_apart()
            say("All invitations are out:")
            made.invited_once(people)
        made.holds(not together, "no two jobs of one connection ever ran at once")
    finally:
        made.close()
    return made.failed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.rehearsal", description=__doc__)
    parser.add_argument("--people", type=int, default=300, metavar="N", help="people of each of the three companies (default 300)")
    parser.add_argument("--stay", action="store_true", help="keep everything running afterwards, with the page")
    options = parser.parse_args()
    began = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it takes its bots along
    try:
        with running(crowd(options.people, *COMPANIES)) as replicas:
            failed = rehearse(replicas, options.people)
            said = f"NOT all of it held: {'; '.join(failed)}" if failed else "All of it held"
            print(f"{said} ({time.monotonic() - began:.0f} s).", flush=True)
            if options.stay:
                print(f"\n  Open {replicas.town.workspace.page_url}\n  Logs {replicas.log}\n\nCtrl-C ends it.", flush=True)
                threading.Event().wait()
    except NoPostgres as reason:
        print(reason, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
