"""A sealed secret opens where it was sealed and nowhere else: not in another row, and not under another company."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from domain.company import Company, CompanyState
from domain.errors import Stop
from domain.secret import Entry, EntryState, Secret
from storage.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def put(store: Store, entry_id: str, company_id: str, value: str) -> None:
    with store.write() as work:
        if work.companies.get(company_id) is None:
            made = Company(company_id, company_id, f"{company_id}.example", "", CompanyState.ACTIVE)
            work.companies.add(made, company_id, NOW)
        entry = Entry(
            entry_id, company_id, "Router", "", "", "", (), EntryState.ACTIVE, False, False, False, NOW, "IT Glue"
        )
        work.entries.put(entry, Secret(value))


def moved(store: Store, statement: str) -> None:
    with store.write() as work:
        work.session.execute(text(statement))


def test_it_opens_where_it_belongs(store: Store) -> None:
    put(store, "e1", "contoso", "the-value")
    with store.work() as work:
        assert work.entries.secret("e1").password == "the-value"


def test_a_ciphertext_moved_to_another_row_does_not_open(store: Store) -> None:
    put(store, "e1", "contoso", "the-value")
    put(store, "e2", "contoso", "another")
    moved(store, "update vault_entry set sealed = (select sealed from vault_entry where id = 'e1') where id = 'e2'")
    with store.work() as work, pytest.raises(Stop, match="does not belong"):
        work.entries.secret("e2")


def test_a_ciphertext_moved_to_another_company_does_not_open(store: Store) -> None:
    put(store, "e1", "contoso", "the-value")
    put(store, "e2", "fabrikam", "another")
    moved(store, "update vault_entry set company_id = 'fabrikam' where id = 'e1'")
    with store.work() as work, pytest.raises(Stop, match="does not belong"):
        work.entries.secret("e1")


def test_the_value_is_nowhere_in_the_row(store: Store) -> None:
    put(store, "e1", "contoso", "canary-the-value")
    with store.work() as work:
        row = work.session.execute(text("select * from vault_entry")).one()
    assert "canary" not in repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])
