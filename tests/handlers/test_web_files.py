"""The private pages with files, as a browser uses them: choose, preview, store; choose a format, get a file."""

import io
import re
from typing import Any

import pytest
from pykeepass import PyKeePass  # type: ignore[import-untyped]

from domain.secret import Secret
from flows import vault
from flows.vault import Draft
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.handlers.browsing import browse

CANARY = "canary-pa55word-4711"
PASSWORD = "correct horse battery"


@pytest.fixture
def quick(quick_store: Store) -> Bench:
    return bench(quick_store)


def chosen(data: bytes) -> dict[str, Any]:
    return {"files": {"file": ("vault.csv", data, "text/csv")}, "data": {"password": ""}}


def test_a_file_is_shown_then_stored_once(quick: Bench) -> None:
    address = vault.file_link(quick.context, quick.admin, "own")
    hostile = f'name,password\n"<script>x</script>",{CANARY}\n,{CANARY}\n'.encode()
    form, preview = browse(quick.context, ("GET", address), ("POST", address, chosen(hostile)))
    assert 'type="file"' in form.text
    assert "1 new" in preview.text
    assert "1 held" in preview.text
    assert CANARY not in preview.text
    assert "<script" not in preview.text
    assert vault.search(quick.context, quick.admin, "own").total == 0
    found = re.search(r'name="sealed" value="([^"]+)"', preview.text)
    assert found
    sealed = {"files": {"none": ("", b"")}, "data": {"sealed": found[1]}}
    stored, again = browse(quick.context, ("POST", address, sealed), ("POST", address, sealed))
    assert (stored.status_code, again.status_code) == (200, 410)
    assert "Stored" in stored.text
    assert vault.search(quick.context, quick.admin, "own").total == 1


def test_a_bad_file_is_told_and_uses_nothing_up(quick: Bench) -> None:
    address = vault.file_link(quick.context, quick.admin, "own")
    picture, nothing, good = browse(
        quick.context, ("POST", address, chosen(b"\x89PNG\x00\x00")), ("POST", address, {"data": {}}),
        ("POST", address, chosen(b"name,password\nA,x\n")),
    )
    assert (picture.status_code, nothing.status_code, good.status_code) == (400, 400, 200)
    assert "no text" in picture.text


def test_more_than_five_megabytes_are_refused(quick: Bench) -> None:
    address = vault.file_link(quick.context, quick.admin, "own")
    large, huge = browse(
        quick.context, ("POST", address, chosen(b"x" * (5 * 1024 * 1024 + 1))), ("POST", address, chosen(b"x" * (17 * 1024 * 1024)))
    )
    assert (large.status_code, huge.status_code) == (400, 413)


def test_a_vault_comes_as_an_encrypted_file(quick: Bench) -> None:
    entry = vault.add(quick.context, quick.admin, "own", Draft("Firewall", "root")).entry
    with quick.store.write() as work:
        work.entries.put(entry, Secret(CANARY))
    quick.two_eyes_are_enough()
    address = vault.export_link(quick.context, quick.admin, "own")
    typed = {"form": "keepass", "password": PASSWORD, "again": PASSWORD}
    form, wrong, odd, made, again = browse(
        quick.context, ("GET", address), ("POST", address, {"data": typed | {"again": "other"}}),
        ("POST", address, {"data": typed | {"form": "zip"}}), ("POST", address, {"data": typed}), ("POST", address, {"data": typed}),
    )
    assert [page.status_code for page in (form, wrong, odd, made, again)] == [200, 400, 400, 200, 410]
    assert PASSWORD not in wrong.text
    assert made.headers["content-disposition"] == 'attachment; filename="vault.kdbx"'
    assert made.headers["cache-control"] == "no-store"
    assert PyKeePass(io.BytesIO(made.content), password=PASSWORD).entries[0].password == CANARY
