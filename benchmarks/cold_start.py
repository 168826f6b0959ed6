"""How long the bot takes until it is connected: `python -m benchmarks.cold_start`.

The first start makes the database and its key; a later one finds them. Both beside a process that only loads the bot's
code and ends.
"""

import argparse
import subprocess
import sys
import time
from statistics import median

from benchmarks.measuring import ROOT, folder, say
from sandbox.town import Town
from sandbox.world import World, real_clock


def loaded() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import bot.__main__, bot.serve"], cwd=ROOT, check=True)
    return time.perf_counter() - began


def connected(town: Town) -> float:
    began = time.perf_counter()
    town.start_bot()
    took = time.perf_counter() - began
    town.stop_bot()
    return took


def measured(rounds: int) -> tuple[float, float, float]:
    """Seconds, medians: code loaded; the first start; a later one."""
    loads, firsts, laters = [], [], []
    for _ in range(rounds):
        loads.append(loaded())
        with folder() as home:
            town = Town(World.bare(clock=real_clock), home=home).start(bot=False)
            try:
                firsts.append(connected(town))
                laters.append(connected(town))
            finally:
                town.stop()
    return median(loads), median(firsts), median(laters)


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    rounds = 1 if wanted.parse_args().small else 5
    load, first, later = measured(rounds)
    say(f"Cold start, {rounds} rounds", {
        "first start / code loaded": f"{first / load:.2f}", "later start / code loaded": f"{later / load:.2f}", "code loaded": f"{load:.1f} s",
    })  # fmt: skip


if __name__ == "__main__":
    main()
