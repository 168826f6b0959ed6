"""What every room's tests share: both databases, fresh for each test, and how thoroughly the rules are tried.

GANGWAY_TRIES multiplies how many examples each property is tried with: 1 by default, 20 for a long night.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from sandbox.postgres import NoPostgres, Postgres, running
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys

TRIES = int(os.environ.get("GANGWAY_TRIES", "1"))
settings.register_profile("gangway", deadline=None)
settings.register_profile("first-failure", deadline=None, phases=[Phase.explicit, Phase.generate])  # no time is spent on shrinking
settings.load_profile("gangway")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes or browsers come first: they mostly wait, so the quick ones fill the time beside them."""
    waiting = {item.path for item in items if item.get_closest_marker("process") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in waiting)


def open_store(url: str) -> Store:
    return Store(url, Vault(parse_master_keys(new_master_key())))


def _migrated(url: str) -> None:
    store = open_store(url)
    migrate(store.engine)
    store.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL; started with the first test that asks for it."""
    try:
        with running() as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> Iterator[str]:
    """The name of a migrated database, to be copied."""
    name = postgres.create()
    _migrated(postgres.url(name))
    yield name
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("template") / "gangway.db"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "gangway.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    template = request.getfixturevalue("postgres_template")
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(template)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store of the test's own, on SQLite and on PostgreSQL."""
    made = open_store(database_url)
    yield made
    made.close()


@pytest.fixture
def quick_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A store for what does not depend on the database."""
    file = tmp_path / "gangway.db"
    shutil.copyfile(sqlite_template, file)
    made = open_store(f"sqlite:///{file}")
    yield made
    made.close()
