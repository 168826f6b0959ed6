"""Secrets at rest: a sealed value opens only where it belongs, and nothing shows it by accident."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.errors import Stop
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys
from tests.storage.rows import connection

SECRET = "a1B#2c~D3$e4F*5g@6H7i8J9k"


def vault(*keys: str) -> Vault:
    return Vault(parse_master_keys(" ".join(keys or (new_master_key(),))))


@given(st.binary(max_size=300), st.text(max_size=20), st.text(max_size=20))
def test_what_was_sealed_opens_again(value: bytes, owner: str, entry: str) -> None:
    made = vault()
    key = made.new_data_key(owner)
    assert made.open(*key, owner, entry, made.seal(*key, owner, entry, value)) == value


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_a_value_opens_under_no_other_owner_or_entry(owner: str, entry: str, other: str, place: str) -> None:
    """The names are bound without doubt: owner "a|b" with entry "c" is not owner "a" with entry "b|c"."""
    made = vault()
    key = made.new_data_key(owner)
    sealed = made.seal(*key, owner, entry, b"secret")
    if (owner, entry) == (other, place):
        return
    with pytest.raises(Stop):
        made.open(*key, other, place, sealed)


def test_a_data_key_does_not_open_for_another_owner() -> None:
    made = vault()
    key = made.new_data_key("contoso")
    other = made.new_data_key("fabrikam")
    sealed = made.seal(*key, "contoso", "entry", b"secret")
    with pytest.raises(Stop):
        made.open(*other, "contoso", "entry", sealed)
    with pytest.raises(Stop):
        made.open(*other, "fabrikam", "entry", sealed)


def test_without_the_master_key_nothing_opens_and_the_sentence_says_what_to_do() -> None:
    made = vault()
    key = made.new_data_key("contoso")
    sealed = made.seal(*key, "contoso", "entry", b"secret")
    with pytest.raises(Stop, match="GANGWAY_KEYS"):
        vault().open(*key, "contoso", "entry", sealed)


@given(st.integers(0, 60))
def test_a_changed_bit_is_noticed(place: int) -> None:
    made = vault()
    key = made.new_data_key("contoso")
    sealed = bytearray(made.seal(*key, "contoso", "entry", b"a secret of some length, as they are"))
    sealed[1 + place % (len(sealed) - 1)] ^= 1
    with pytest.raises(Stop):
        made.open(*key, "contoso", "entry", bytes(sealed))


def test_rewrapping_moves_a_data_key_to_the_newest_master_without_touching_what_it_sealed() -> None:
    old, new = new_master_key(), new_master_key()
    before = vault(old)
    wrapped, master = before.new_data_key("contoso")
    sealed = before.seal(wrapped, master, "contoso", "entry", b"secret")
    both = vault(new, old)
    again, by = both.rewrap(wrapped, master, "contoso")
    assert by != master
    assert vault(new).open(again, by, "contoso", "entry", sealed) == b"secret"


def test_equal_values_look_different_each_time() -> None:
    made = vault()
    key = made.new_data_key("contoso")
    assert made.seal(*key, "contoso", "entry", b"secret") != made.seal(*key, "contoso", "entry", b"secret")


def test_nothing_printed_shows_a_master_key() -> None:
    text_ = new_master_key()
    (key,) = parse_master_keys(text_)
    for shown in (repr(key), str(key), f"{key}", repr([key]), repr(vault(text_))):
        assert text_[:10] not in shown
        assert repr(key.key)[2:12] not in shown


@pytest.mark.parametrize("wrong", ["short", "x" * 42, "!!!!", "a" * 88])
def test_a_malformed_master_key_is_refused_without_being_repeated(wrong: str) -> None:
    with pytest.raises(ValueError, match="32 random bytes") as refusal:
        parse_master_keys(wrong)
    assert wrong not in str(refusal.value)


# --- in the database ---


def test_credentials_are_sealed_in_the_database_and_come_back_in_clear(store: Store) -> None:
    with store.write() as work:
        work.connections.put(connection(), {"secret": SECRET, "username": "u"})
    with store.work() as work:
        assert work.connections.credentials("k1") == {"secret": SECRET, "username": "u"}
        rows = work.session.execute(text("select * from connection")).all() + work.session.execute(text("select * from data_key")).all()
    assert SECRET not in repr(rows)
    assert SECRET.encode() not in b"".join(bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview))


def test_credentials_moved_to_another_row_do_not_open(store: Store) -> None:
    with store.write() as work:
        work.connections.put(connection("k1"), {"secret": SECRET})
        work.connections.put(connection("k2", "itglue"), {"secret": "another"})
        work.session.execute(text("update connection set sealed = (select sealed from connection where id = 'k1') where id = 'k2'"))
    with store.work() as work, pytest.raises(Stop):
        work.connections.credentials("k2")


def test_credentials_do_not_open_even_when_their_key_is_moved_along(store: Store) -> None:
    with store.write() as work:
        work.connections.put(connection("k1"), {"secret": SECRET})
        work.connections.put(connection("k2", "itglue"), {"secret": "another"})
        for table, column in (("connection", "sealed"), ("data_key", "wrapped")):
            key = "id" if table == "connection" else "owner"
            statement = f"update {table} set {column} = (select {column} from {table} where {key} = 'k1') where {key} = 'k2'"
            work.session.execute(text(statement))
    with store.work() as work, pytest.raises(Stop):
        work.connections.credentials("k2")


def test_disconnecting_leaves_neither_value_nor_key(store: Store) -> None:
    with store.write() as work:
        work.connections.put(connection(), {"secret": SECRET})
        work.connections.wipe("k1")
    with store.work() as work:
        assert work.connections.credentials("k1") == {}
        assert work.session.execute(text("select count(*) from data_key")).scalar() == 0


def test_new_credentials_replace_the_old(store: Store) -> None:
    with store.write() as work:
        work.connections.put(connection(), {"secret": "old"})
        work.connections.put(replace(connection(), account="Renamed"), {"secret": "new"})
    with store.work() as work:
        assert json.dumps(dict(work.connections.credentials("k1"))) == '{"secret": "new"}'
