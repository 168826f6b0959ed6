"""`python -m tests.tracked_secrets`: no tracked file holds a key of a shape that is known. Needs no network.

Shapes only: what merely looks random is left to the reader, or every hash of a locked requirement would be one.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parent.parent
SHAPES = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "CloudantDetector", "DiscordBotTokenDetector", "GitHubTokenDetector",
    "GitLabTokenDetector", "IbmCloudIamDetector", "JwtTokenDetector", "MailchimpDetector", "NpmDetector", "OpenAIDetector",
    "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector", "SquareOAuthDetector", "StripeDetector",
    "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
# Made up, because the test is about what looks like a key.
INVENTED = {
    ("tests/bot/test_log.py", "Slack Token"),
    ("tests/bot/test_rotate.py", "Slack Token"),
    ("tests/handlers/test_command.py", "Slack Token"),
    ("tests/handlers/test_command.py", "Private Key"),
    ("tests/handlers/test_command.py", "JSON Web Token"),
    ("tests/journeys/test_operating.py", "Slack Token"),
}


def found(files: Iterable[Path]) -> Iterator[tuple[str, int, str]]:
    """File, line and kind of each key."""
    with transient_settings({"plugins_used": [{"name": name} for name in SHAPES], "filters_used": []}):
        seen = SecretsCollection(root=str(ROOT))
        for file in files:
            seen.scan_file(str(file))
        for name, secret in seen:
            yield name, secret.line_number, secret.type


def tracked() -> list[Path]:
    """What is kept in git, but for the locked requirements: they hold nothing but hashes."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and not name.startswith("requirements/")]


def main() -> int:
    if not (ROOT / ".git").exists():
        print("This is no git checkout: nothing is tracked here, and nothing was scanned for keys.")
        return 0
    keys = [(name, line, kind) for name, line, kind in found(tracked()) if (name, kind) not in INVENTED]
    for name, line, kind in keys:
        print(f"{name}:{line}: this looks like a {kind}. Take it out, and revoke it: it is in the history now.", file=sys.stderr)
    return 1 if keys else 0


if __name__ == "__main__":
    sys.exit(main())
