"""Builds everything. The product and the tests call the same function with other arguments."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_bolt import App
from slack_sdk import WebClient

import connectors
from bot.engine import Engine
from bot.ids import new_id
from bot.jobs import JOBS, failed
from bot.settings import Settings, keys_for
from connectors.mail import open_mailer
from domain.errors import TellPerson
from domain.hooking import is_loopback
from domain.ports import Connector, Opening, Source
from flows.context import Context, Words
from handlers import hands, register
from handlers.announce import SlackAnnouncer
from handlers.web.metrics import Acks
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault

LISTENERS = 30  # threads that answer Slack; Bolt's default of 5 makes the sixth person wait
HANDS = 12  # threads that then do what was asked; more of them would only take turns from those that answer


class OpenSources:
    """Open sources, one a connection, so that all its calls pass one gate."""

    def __init__(self, store: Store, known: Mapping[str, Connector], settings: Settings) -> None:
        self._store = store
        self._known = known
        self._settings = settings
        self._open: dict[str, tuple[str, Source]] = {}
        self._lock = threading.Lock()

    def of(self, connection_id: str) -> Source:
        """Opened anew when another replica renewed the credentials; closed when one wiped them."""
        with self._lock:
            with self._store.work() as work:
                mark = work.connections.mark(connection_id)
            known, source = self._open.get(connection_id, ("", None))
            if source is not None and known == mark:
                return source
            if source is not None:
                del self._open[connection_id]
                source.close()
            opened = self._opened(connection_id)
            self._open[connection_id] = (mark, opened)
            return opened

    def trial(self, connector: Connector, fields: Mapping[str, str]) -> Source:
        return connector.open(fields, self._opening(connector.name))

    def forget(self, connection_id: str) -> None:
        with self._lock:
            _, source = self._open.pop(connection_id, ("", None))
        if source is not None:
            source.close()

    def used(self, connection_id: str) -> int:
        """Calls made with the credentials that count now: another replica may have renewed or wiped them."""
        with self._store.work() as work:
            mark = work.connections.mark(connection_id)
        source = self._with(connection_id, mark)
        return source.used().used if source is not None else 0

    def budgets(self) -> Mapping[str, tuple[int, int, float]]:
        """Source → (calls used, our share, the window's seconds), for those that are open."""
        with self._store.work() as work:
            marks = {each.source: (each.id, work.connections.mark(each.id)) for each in work.connections.all()}
        found = {name: self._with(connection_id, mark) for name, (connection_id, mark) in marks.items()}
        uses = {name: source.used() for name, source in found.items() if source is not None}
        return {name: (use.used, use.share, use.window) for name, use in uses.items()}

    def _with(self, connection_id: str, mark: str) -> Source | None:
        """The source that is open under these very credentials."""
        with self._lock:
            known, source = self._open.get(connection_id, ("", None))
        return source if known == mark else None

    def close(self) -> None:
        for connection_id in list(self._open):
            self.forget(connection_id)

    def _opened(self, connection_id: str) -> Source:
        with self._store.work() as work:
            connection = work.connections.get(connection_id)
            fields = work.connections.credentials(connection_id)
        if connection is None or not fields or connection.source not in self._known:
            raise TellPerson("That source is not connected any more. Connect it first.", remedy="connect")
        return self.trial(self._known[connection.source], fields)

    def _opening(self, name: str) -> Opening:
        return Opening(self._settings.api_urls.get(name), utc_now, time.sleep, self._settings.defaults.get(name, {}))


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Bot:
    """Everything, built and not yet started."""

    settings: Settings
    context: Context
    app: App
    engine: Engine
    store: Store
    sources: OpenSources
    listeners: ThreadPoolExecutor
    hands: ThreadPoolExecutor
    acks: Acks


def build(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Bot:
    """Build the bot. Opens and migrates the database and asks Slack who we are; starts nothing."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.database_url, Vault(keys_for(settings), lambda: keys_for(settings)))
    migrate(store.engine)
    known = connectors.discover()
    sources = OpenSources(store, known, settings)
    engine = Engine(store.engine, settings.home, JOBS, failed)
    client = WebClient(token=settings.bot_token, base_url=settings.slack_api_url)
    context = Context(
        store=store,
        connectors=known,
        sources=sources,
        jobs=engine,
        tell=SlackAnnouncer(client),
        mailer=open_mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None,
        clock=clock,
        new_id=new_id,
        new_token=lambda: secrets.token_urlsafe(32),
        words=Words(
            settings.command, settings.public_url, settings.zone, settings.mail_from, settings.credentials_in_slack,
            frozenset(source for source, url in settings.api_urls.items() if is_loopback(url)),
        ),
        defaults=settings.defaults,
    )
    listeners = ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener")
    working = ThreadPoolExecutor(HANDS, thread_name_prefix="hand")
    app = App(client=client, signing_secret=settings.signing_secret or None, listener_executor=listeners)
    hands.bind(app, working)
    register(app, context)
    return Bot(settings, context, app, engine, store, sources, listeners, working, Acks())
