"""The only reader of the environment. Names every missing or malformed setting at once, with its meaning."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from connectors.mail import parse_smtp_url
from domain.slots import check_zone
from storage.vault import MasterKey, new_master_key, parse_master_keys

MEANING = {
    "SLACK_BOT_TOKEN": "the bot token of the Slack app, xoxb-…",
    "SLACK_APP_TOKEN": "the app-level token for Socket Mode, xapp-…",
    "SLACK_SIGNING_SECRET": "the signing secret, set instead of SLACK_APP_TOKEN for HTTP mode",
    "SLACK_API_URL": "the base address of Slack's Web API",
    "SLACK_COMMAND": "the slash command, such as /msp",
    "DATABASE_URL": "the database: sqlite:///file or postgresql://user:password@host/name",
    "GANGWAY_HOME": "the folder of the embedded database and key",
    "GANGWAY_KEYS": "master keys for secrets at rest, newest first",
    "PUBLIC_URL": "how browsers and webhooks reach us",
    "LISTEN": "the address of the web pages, host:port",
    "SMTP_URL": "the mail server: smtp://, smtps:// or smtp+starttls://",
    "MAIL_FROM": "the sender of invitations",
    "TIMEZONE": "the time zone of schedules and dates, such as Europe/Berlin",
    "AUTOTASK_API_URL": "where Autotask's zone discovery starts",
    "AUTOTASK_INTEGRATION_CODE": "the vendor-wide Autotask tracking identifier",
    "ITGLUE_API_URL": "IT Glue's address, instead of the regional one",
    "CONNECTWISE_API_URL": "ConnectWise's address, instead of the site's",
    "CREDENTIALS_IN_SLACK": "whether modals offer secret fields: true or false",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "LOG_FORMAT": "text or json",
}
STORED = frozenset({"DATABASE_URL", "GANGWAY_HOME", "GANGWAY_KEYS"})  # all that is needed to open what is remembered
SLACK_API = "https://slack.com/api/"
COMMAND = "/msp"
PAGES = "127.0.0.1:8730"


class BadSettings(Exception):
    """All that is wrong with the settings, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    slack_api_url: str
    command: str
    database_url: str = field(repr=False)
    home: Path
    keys: tuple[MasterKey, ...] = field(repr=False)
    public_url: str
    listen_host: str
    listen_port: int
    smtp_url: str = field(repr=False)
    mail_from: str
    zone: str
    api_urls: Mapping[str, str]  # source → an operator's override of the vendor's address
    defaults: Mapping[str, Mapping[str, str]] = field(repr=False)  # source → credential field → value
    credentials_in_slack: bool
    log_level: str
    log_format: str


def read(
    environment: Mapping[str, str] | None = None, folder: Path | None = None, only: frozenset[str] | None = None
) -> Settings:
    """The settings of the environment and, behind it, of `.env` in the working folder. Raises BadSettings.

    `only` names what is needed: what is wrong with the others does not matter, and is not to be used.
    """
    folder = folder or Path.cwd()
    stored = {
        key: value for key, value in dotenv_values(folder / ".env", interpolate=False).items() if value is not None
    }
    given = {
        key: value.strip() for key, value in {**stored, **(os.environ if environment is None else environment)}.items()
    }
    return _Reader(given, folder, only).read()


class _Reader:
    """Collects what is wrong, so that all of it is said at once."""

    def __init__(self, given: Mapping[str, str], folder: Path, only: frozenset[str] | None) -> None:
        self._given = given
        self._folder = folder
        self._only = only
        self._problems: list[str] = []

    def read(self) -> Settings:
        home = Path(self._given.get("GANGWAY_HOME") or self._folder / ".gangway")
        bot, app, signing = self._tokens()
        host, port = self._listen()
        smtp, sender = self._mail()
        values = Settings(
            bot_token=bot,
            app_token=app,
            signing_secret=signing,
            slack_api_url=self._url("SLACK_API_URL", SLACK_API).rstrip("/") + "/",
            command=self._command(),
            database_url=self._database(home),
            home=home,
            keys=self._keys(),
            public_url=self._url("PUBLIC_URL", f"http://{PAGES}").rstrip("/"),
            listen_host=host,
            listen_port=port,
            smtp_url=smtp,
            mail_from=sender,
            zone=self._zone(),
            api_urls={
                source: self._url(f"{source.upper()}_API_URL", "")
                for source in ("autotask", "itglue", "connectwise")
                if self._given.get(f"{source.upper()}_API_URL")
            },
            defaults=self._defaults(),
            credentials_in_slack=self._one_of("CREDENTIALS_IN_SLACK", ("true", "false")) == "true",
            log_level=self._one_of("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
            log_format=self._one_of("LOG_FORMAT", ("text", "json")),
        )
        if self._problems:
            raise BadSettings(self._problems)
        return values

    def _wrong(self, name: str, why: str) -> None:
        if self._only is None or name in self._only:
            self._problems.append(f"{name} ({MEANING[name]}): {why}")

    def _tokens(self) -> tuple[str, str, str]:
        bot, app, signing = (
            self._given.get(name, "") for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
        )
        if not bot:
            self._wrong("SLACK_BOT_TOKEN", "is missing.")
        elif not bot.startswith("xoxb-"):
            self._wrong("SLACK_BOT_TOKEN", "must start with xoxb-.")
        if not app and not signing:
            self._wrong("SLACK_APP_TOKEN", "is missing (or set SLACK_SIGNING_SECRET for HTTP mode).")
        elif app and not app.startswith("xapp-"):
            self._wrong("SLACK_APP_TOKEN", "must start with xapp-.")
        return bot, app, signing

    def _url(self, name: str, default: str) -> str:
        text = self._given.get(name) or default
        wrong = _wrong_url(text) if text else ""
        if wrong:
            self._wrong(name, wrong)
        return text

    def _command(self) -> str:
        text = self._given.get("SLACK_COMMAND") or COMMAND
        if not text.startswith("/") or not 2 <= len(text) <= 32 or any(char.isspace() for char in text):
            self._wrong("SLACK_COMMAND", "must start with / and have 2 to 32 characters without spaces.")
        return text

    def _database(self, home: Path) -> str:
        text = self._given.get("DATABASE_URL") or f"sqlite:///{home.absolute() / 'gangway.db'}"
        try:
            backend = make_url(text).get_backend_name()
        except (ArgumentError, ValueError):  # the latter for a port that is no number
            self._wrong("DATABASE_URL", "is not a database address.")
            return text
        if backend not in ("sqlite", "postgresql", "postgres"):
            self._wrong("DATABASE_URL", f"{backend} is not supported; SQLite and PostgreSQL are.")
        return text

    def _keys(self) -> tuple[MasterKey, ...]:
        try:
            return parse_master_keys(self._given.get("GANGWAY_KEYS", ""))
        except ValueError as error:
            self._wrong("GANGWAY_KEYS", f"{error}.")
            return ()

    def _listen(self) -> tuple[str, int]:
        host, _, port = (self._given.get("LISTEN") or PAGES).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            self._wrong("LISTEN", f"must be host:port, such as {PAGES}.")
            return "127.0.0.1", 0
        return host.strip("[]"), int(port)

    def _mail(self) -> tuple[str, str]:
        url, sender = self._given.get("SMTP_URL", ""), self._given.get("MAIL_FROM", "")
        if url:
            try:
                parse_smtp_url(url)
            except ValueError as error:
                self._wrong("SMTP_URL", str(error))
            if not sender:
                self._wrong("MAIL_FROM", "is missing, though SMTP_URL is set.")
        if sender and "@" not in sender:
            self._wrong("MAIL_FROM", "must be an e-mail address.")
        return url, sender

    def _zone(self) -> str:
        text = self._given.get("TIMEZONE") or _host_zone()
        wrong = check_zone(text)
        if wrong:
            self._wrong("TIMEZONE", wrong)
        return text

    def _defaults(self) -> Mapping[str, Mapping[str, str]]:
        code = self._given.get("AUTOTASK_INTEGRATION_CODE", "")
        return {"autotask": {"tracking": code}} if code else {}

    def _one_of(self, name: str, words: tuple[str, ...]) -> str:
        text = self._given.get(name) or words[0]
        for word in words:
            if text.casefold() == word.casefold():
                return word
        self._wrong(name, f"must be one of {', '.join(words)}.")
        return words[0]


def _wrong_url(text: str) -> str:
    """Why it is no address that paths can be put behind; "" where it is one. Never repeats it: a password may stand in it."""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        is_address = False
    if not is_address or any(char.isspace() for char in text):
        return "must be an address that starts with http:// or https://, such as https://gangway.example."
    if "?" in text or "#" in text:
        return "must end before the ? or #: paths are put behind it. Take off what begins there."
    return ""


def _host_zone() -> str:
    """The host's IANA zone; UTC where the host does not say."""
    link = Path("/etc/localtime")
    parts = str(link.resolve()).split("zoneinfo/") if link.exists() else []
    name = parts[-1] if len(parts) > 1 else "UTC"
    return "UTC" if check_zone(name) else name


def keys_for(settings: Settings) -> tuple[MasterKey, ...]:
    """The master keys: the operator's, else one made once in GANGWAY_HOME, readable by its owner only."""
    if settings.keys:
        return settings.keys
    file = settings.home / "master.key"
    if not file.exists():
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(new_master_key())
    return parse_master_keys(file.read_text())


def add_key(settings: Settings) -> tuple[MasterKey, ...]:
    """Put a new master key before the ones in GANGWAY_HOME, in one stroke, and return them all.

    Raises FileExistsError while another rotation is at it.
    """
    keys_for(settings)
    file = settings.home / "master.key"
    beside = file.with_name("master.key.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"{new_master_key()}\n{file.read_text()}")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    return parse_master_keys(file.read_text())
