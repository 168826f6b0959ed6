"""`python -m tests.advisories`: whether a locked requirement is known to be vulnerable.

Where the database of advisories cannot be reached it says so and passes: a build must not fail for want of a network.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCKED = ROOT / "requirements" / "runtime.txt"
_PATIENCE = 120


def judged(told: Sequence[dict[str, Any]]) -> tuple[int, list[str]]:
    """Exit code and sentences for what pip-audit said of each requirement."""
    known = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in told
        for hole in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in told if "skip_reason" in one]
    if told and len(skipped) == len(told):
        return 0, ["The database of advisories says nothing of any requirement from here: nothing was audited."]
    looked = f"{len(told) - len(skipped)} locked requirements looked up, {len(known)} known vulnerabilities."
    not_looked = [f"Not known there: {', '.join(skipped)}."] if skipped else []
    return (1 if known else 0), [*known, looked, *not_looked]


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--require-hashes", "-r", str(LOCKED), "-f", "json"]
    try:
        ended = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, timeout=_PATIENCE)
        told = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("The database of advisories could not be reached: nothing was audited.")
        return 0
    code, said = judged(told)
    print("\n".join(said), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
