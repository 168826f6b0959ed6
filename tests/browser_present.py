"""``python -m tests.browser_present``: make sure there is a Chromium, or say which package to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.browser import MISSING, chromium_path


def may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> None:
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]):
        print("Running:", " ".join(command), flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            print("That did not work.", flush=True)


def main() -> int:
    if chromium_path() is None and may_install():
        install()
    path = chromium_path()
    if path is None:
        print(MISSING, file=sys.stderr)
        return 1
    print(f"Chromium is here: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
