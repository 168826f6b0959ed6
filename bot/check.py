"""`python -m bot check`: names everything wrong at once, before anything starts."""

from collections.abc import Iterable

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.manifest import manifest
from bot.settings import BadSettings, Settings, keys_for, read
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault


def check() -> int:
    """Prints what is right and what is wrong; the exit code is 0 only when nothing is wrong."""
    try:
        settings = read()
    except BadSettings as error:
        for problem in error.problems:
            print(f"wrong  {problem}")
        return 1
    print("right  settings")
    problems = [*_database(settings), *_slack(settings), *_app_token(settings)]
    for problem in problems:
        print(f"wrong  {problem}")
    if not settings.smtp_url:
        print("note   SMTP_URL is not set: invitations will be held until it is.")
    return 1 if problems else 0


def _database(settings: Settings) -> Iterable[str]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = Store(settings.database_url, Vault(keys_for(settings)))
        migrate(store.engine)
        store.ping()
        store.close()
    except (SQLAlchemyError, OSError, ValueError) as error:
        yield f"database: cannot be opened ({type(error).__name__}). Check DATABASE_URL and GANGWAY_HOME."
        return
    print("right  database")


def _slack(settings: Settings) -> Iterable[str]:
    client = WebClient(token=settings.bot_token, base_url=settings.slack_api_url)
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        yield f"Slack refuses SLACK_BOT_TOKEN ({error.response.get('error')}). Copy the bot token anew from the app's page."
        return
    except (SlackClientError, OSError) as error:
        yield f"Slack cannot be reached at {settings.slack_api_url} ({type(error).__name__})."
        return
    print(f"right  Slack bot token ({answer.get('team')}, {answer.get('user')})")
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    wanted = set(manifest(settings.command)["oauth_config"]["scopes"]["bot"])
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
        return  # said above already
    print("right  Slack app token")
