"""The schema comes from the migrations, and the migrations say what the tables say."""

from threading import Thread

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from storage.migrate import migrate
from storage.tables import naming
from tests.conftest import open_store


def downgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_upgrading_twice_is_the_same_as_once(empty_url: str) -> None:
    store = open_store(empty_url)
    migrate(store.engine)
    with store.write() as work:
        own = work.companies.own()
        work.companies.rename(own.id, "Northwind", "northwind")
    migrate(store.engine)
    with store.work() as work:
        assert work.companies.own().name == "Northwind"
    assert set(naming.tables) < tables(store.engine)
    store.close()


def test_tables_and_migrations_say_the_same(empty_url: str) -> None:
    store = open_store(empty_url)
    migrate(store.engine)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, naming) == []
    store.close()


def test_going_down_and_up_again_works(empty_url: str) -> None:
    store = open_store(empty_url)
    migrate(store.engine)
    before = tables(store.engine)
    downgrade(store.engine, "base")
    assert tables(store.engine) <= {"alembic_version"}
    migrate(store.engine)
    assert tables(store.engine) == before
    with store.work() as work:
        assert work.companies.own().is_own
    store.close()


def test_replicas_that_start_together_migrate_one_after_the_other(empty_url: str) -> None:
    stores = [open_store(empty_url) for _ in range(3)]
    wrong: list[Exception] = []

    def start(number: int) -> None:
        try:
            migrate(stores[number].engine)
        except Exception as error:  # noqa: BLE001 - shown below
            wrong.append(error)

    threads = [Thread(target=start, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with stores[0].engine.connect() as connection:
        assert connection.execute(text("select count(*) from company where is_own")).scalar() == 1
    for store in stores:
        store.close()


@pytest.mark.parametrize("name", ["uq_link_one_upstream_one_company", "uq_link_one_company_one_upstream"])
def test_the_partial_uniqueness_of_links_stands_in_the_database(database_url: str, name: str) -> None:
    store = open_store(database_url)
    found = {index["name"]: index["unique"] for index in inspect(store.engine).get_indexes("link")}
    assert found[name]
    store.close()
