"""`python -m bot check`: names everything wrong at once, before anything starts.

While a setting is malformed nothing is written: a database that is there is reached and left as it is. It, Slack and mail
are asked all the same where their own settings are right.
"""

import errno
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.manifest import manifest
from bot.settings import COMMAND, STORED, BadSettings, Settings, keys_for, read
from connectors.mail import open_mailer
from domain.errors import GangwayError
from storage.migrate import migrate
from storage.store import Store, make_engine
from storage.vault import Vault

_CLOSED = (SQLAlchemyError, OSError, ValueError)  # what a database that cannot be opened raises


def check() -> int:
    """Prints what is right and what is wrong; the exit code is 0 only when nothing is wrong."""
    try:
        settings = read()
    except BadSettings as error:
        return _told([*error.problems, *_beside(error.problems)])
    print("right  settings")
    found = [*_database(settings), *_slack(settings), *_app_token(settings), *_mail(settings), *_pages(settings)]
    code = _told([*dict.fromkeys(found)])
    for note in _notes(settings):
        print(f"note   {note}")
    return code


def _told(problems: Sequence[str]) -> int:
    for problem in problems:
        print(f"wrong  {problem}")
    return 1 if problems else 0


def _beside(malformed: Sequence[str]) -> Iterable[str]:
    """What else is wrong, as far as it can be seen past the malformed settings."""
    names = {problem.split(" ", 1)[0] for problem in malformed}
    found: list[str] = []
    for needed, look in _looks():
        if not names & needed:
            found += look(read(only=needed))
    return dict.fromkeys(found)  # an unreachable Slack is met by both its tokens


def _looks() -> Sequence[tuple[frozenset[str], Callable[[Settings], Iterable[str]]]]:
    """What can be looked at without writing anything, and the settings each needs."""
    return (
        (STORED, _reached),
        (frozenset({"SLACK_BOT_TOKEN", "SLACK_API_URL"}), _slack),
        (frozenset({"SLACK_APP_TOKEN", "SLACK_API_URL"}), _app_token),
        (frozenset({"SMTP_URL", "MAIL_FROM"}), _mail),
        (frozenset({"LISTEN"}), _pages),
    )


def _notes(settings: Settings) -> Iterable[str]:
    """What is no mistake, and yet not what most want."""
    if settings.app_token and settings.signing_secret:
        yield "SLACK_SIGNING_SECRET is not used while SLACK_APP_TOKEN is set: take that away for HTTP mode."
    if not settings.smtp_url:
        yield "SMTP_URL is not set: invitations will be held until it is."
    public = urlsplit(settings.public_url)
    if public.hostname in ("127.0.0.1", "localhost", "::1"):
        yield "PUBLIC_URL is this machine: nobody else can open the links in invitations."
    elif public.scheme != "https":
        yield "PUBLIC_URL is not https: what people type on its pages can be read on the way."
    if settings.database_url.startswith("postgres") and not settings.keys:
        yield "GANGWAY_KEYS is not set: the key lies in GANGWAY_HOME, where no second bot has it."


def _mail(settings: Settings) -> Iterable[str]:
    if not settings.smtp_url:
        return
    try:
        open_mailer(settings.smtp_url, settings.mail_from).try_out()
    except (GangwayError, ValueError) as error:
        yield f"mail: {error.said if isinstance(error, GangwayError) else error} Check SMTP_URL."
        return
    print("right  mail server")


def _pages(settings: Settings) -> Iterable[str]:
    family = socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.listen_host, settings.listen_port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                print("note   LISTEN's address is in use: by a bot that runs, or by another program.")
                return
            yield f"LISTEN: the web pages cannot be served there ({error.strerror})."
            return
    print("right  address of the web pages")


def _database(settings: Settings) -> Iterable[str]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = Store(settings.database_url, Vault(keys_for(settings)))
        migrate(store.engine)
        with store.work() as work:
            lost = work.datakeys.lost([key.id for key in keys_for(settings)])
        store.close()
    except _CLOSED as error:
        yield _cannot_open(error)
        return
    print("right  database")
    if lost:
        yield f"GANGWAY_KEYS: {lost} data keys are under a master key that is not given. Put the old key back behind the new one."


def _reached(settings: Settings) -> Iterable[str]:
    """Whether the database answers. One in a file that is not there yet is made at the start, and not before."""
    try:
        address = make_url(settings.database_url)
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            yield from _place(Path(address.database or "").absolute().parent)
            return
        engine = make_engine(settings.database_url)
        engine.connect().close()
        engine.dispose()
    except _CLOSED as error:
        yield _cannot_open(error)
        return
    print("right  database")


def _place(folder: Path) -> Iterable[str]:
    """Whether the folder of a database that is still to be made is there, or can be made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield f"database: no file can be made in {folder}. Check DATABASE_URL and GANGWAY_HOME."


def _cannot_open(error: Exception) -> str:
    return f"database: cannot be opened ({type(error).__name__}). Check DATABASE_URL and GANGWAY_HOME."


def _slack(settings: Settings) -> Iterable[str]:
    client = WebClient(token=settings.bot_token, base_url=settings.slack_api_url)
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        yield f"Slack refuses SLACK_BOT_TOKEN ({error.response.get('error')}). Copy the bot token anew from the app's page."
        return
    except (SlackClientError, OSError):
        yield _away(settings)
        return
    print(f"right  Slack bot token ({answer.get('team')}, {answer.get('user')})")
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    wanted = set(manifest(COMMAND)["oauth_config"]["scopes"]["bot"])
    if granted and wanted - granted:
        yield f"Slack: the app lacks the scopes {', '.join(sorted(wanted - granted))}. Update the app from app.yaml and reinstall it."


def _app_token(settings: Settings) -> Iterable[str]:
    if not settings.app_token:
        return
    client = WebClient(base_url=settings.slack_api_url)
    try:
        client.apps_connections_open(app_token=settings.app_token)
    except SlackApiError as error:
        yield f"Slack refuses SLACK_APP_TOKEN ({error.response.get('error')}). It needs the scope connections:write."
        return
    except (SlackClientError, OSError):
        yield _away(settings)
        return
    print("right  Slack app token")


def _away(settings: Settings) -> str:
    return f"Slack cannot be reached at {settings.slack_api_url}. Check SLACK_API_URL, and the way out of this machine."
