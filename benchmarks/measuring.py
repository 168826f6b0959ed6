"""What every benchmark needs: variants run in turn in processes of their own, medians, ratios, and the machine's name."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DLT = ROOT / "benchmarks" / ".venv" / "bin" / "python"
PATIENCE = 1800


@dataclass(frozen=True)
class Told:
    """What a process said of itself, and the most memory it held, in MB."""

    values: dict[str, Any]
    peak: float


def in_a_process(*words: str) -> Told:
    """Run a module or a program, whose last line is JSON."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(words, stdout=out, cwd=ROOT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{words[1:4]} ended with {process.returncode}")
        out.seek(0)
        return Told(json.loads(out.read().splitlines()[-1]), used.ru_maxrss / 1024)


def variant(name: str, source: str, database: str, home: Path) -> Told:
    """One of benchmarks/variants.py, or "dlt" (the same rows) or "dlt one table"."""
    if name.startswith("dlt"):
        tables = "same" if name == "dlt" else "one"
        return in_a_process(str(DLT), str(ROOT / "benchmarks" / "dlt_import.py"), "--source", source, "--home", str(home), "--tables", tables)
    return in_a_process(
        sys.executable, "-m", "benchmarks.variants", name, "--source", source, "--database", database, "--home", str(home)
    )


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is thrown away."""
    made = Path(tempfile.mkdtemp(prefix="gangway-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def middle(told: Sequence[Told], what: str) -> float:
    return median(float(each.values[what]) for each in told)


def spread(told: Sequence[Told], what: str) -> str:
    """How far apart the rounds were: least and most, as shares of the median."""
    values = [float(each.values[what]) for each in told]
    return f"{min(values) / median(values):.2f}–{max(values) / median(values):.2f}"


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores ({model}), {platform.system()}, Python {platform.python_version()}; load before: {load}"


def say(title: str, lines: dict[str, object]) -> None:
    """One question with its answers, for people."""
    print(f"\n{title}\n  on {machine()}")
    width = max(map(len, lines), default=0)
    for name, value in lines.items():
        print(f"  {name:<{width}}  {value}")
