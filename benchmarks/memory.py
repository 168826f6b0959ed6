"""The most memory the bot's process holds while it imports, at two sizes: `python -m benchmarks.memory`.

The real bot over the wire, a new one for each size; the system's own count of the most it held.
"""

import argparse
from pathlib import Path

from benchmarks import source
from benchmarks.acks import connect, run
from benchmarks.measuring import folder, say
from sandbox.town import Town
from sandbox.world import World, real_clock

SIZES = (25_000, 250_000)


def peak(rows: int) -> int:
    """Kilobytes, after an import of so many contacts."""
    with folder() as home, source.running(rows) as served:
        given = {"AUTOTASK_API_URL": served.url, "SMTP_URL": "", "MAIL_FROM": ""}
        with Town(World.bare(clock=real_clock), home=home, settings=given) as town:
            adam = town.person("adam")
            connect(adam)
            said = run(adam, "import users contoso from autotask")
            adam.close()
            assert f"{rows} people imported" in said, said
            assert town.bot is not None
            status = Path(f"/proc/{town.bot.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    sizes = (500, 2_000) if wanted.parse_args().small else SIZES
    small, large = (peak(rows) for rows in sizes)
    say("Memory of the bot's process", {f"{sizes[1]:,} contacts / {sizes[0]:,}": f"{large / small:.2f} ({large // 1024} MB / {small // 1024} MB)"})


if __name__ == "__main__":
    main()
