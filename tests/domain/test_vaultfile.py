"""Files of other vaults: spellings of headers, separators, encodings and quotes; Bitwarden's shape; what is held and why."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import vaultfile
from domain.errors import TellPerson
from domain.secret import Secret
from domain.vaultfile import FileRow, read_bitwarden, read_csv

HEADER = "name,username,password,url,notes,otp,folder,company\n"


def held(text: str) -> dict[str, str]:
    return {row.name: row.held for row in read_csv(text)}


@pytest.mark.parametrize(
    "data",
    [
        b"Title,Login,Password,Website\nFirewall,root,p;w,https://fw\n",
        "\ufeffTitle;Login;Password;Website\r\nFirewall;root;\"p;w\";https://fw\r\n".encode(),
        "NAME\tUser Name\tPASSWORD\tURL\nFirewall\troot\tp;w\thttps://fw\n".encode("utf-16"),
        "account,login_username,login_password,login_uri\r\n\r\n\"Firewall\",root,p;w,https://fw".encode("cp1252"),
    ],
)
def test_headers_separators_and_encodings_of_many_programs_are_understood(data: bytes) -> None:
    [row] = read_csv(vaultfile.decoded(data))
    assert (row.name, row.username, row.url) == ("Firewall", "root", "https://fw")
    assert row.secret == Secret("p;w")
    assert row.company is None
    assert not row.held


def test_quotes_line_breaks_and_white_space_in_values_stay() -> None:
    [row] = read_csv(HEADER + '"A ""quoted"" name",u," p ""w"" ,x ",,"one\ntwo",,Network\\Core,Contoso\n')
    assert row.name == 'A "quoted" name'
    assert row.secret.password == ' p "w" ,x '
    assert row.secret.notes == "one\ntwo"
    assert row.folder == ("Network", "Core")
    assert row.company == "Contoso"


def test_umlauts_of_an_old_spreadsheet_are_read() -> None:
    [row] = read_csv(vaultfile.decoded("name;password\nMüller;süß".encode("cp1252")))
    assert (row.name, row.secret.password) == ("Müller", "süß")


def test_columns_that_are_not_known_are_kept_as_fields() -> None:
    [row] = read_csv("name,password,PIN,,password\nFirewall,a,1234,x,b,rest\n")
    assert row.secret == Secret("a", fields={"PIN": "1234", "Column 4": "x", "password": "b", "Column 6": "rest"})


def test_each_row_that_stays_out_says_why() -> None:
    text = HEADER + ",u,p,,,,,\nEmpty,u,,,,,,\nShort,u,p\n" + "x" * 300 + ",u,p,,,,,\nGood,u,p,,,,,\nCode,u,p,,,canary!,,\n"
    found = read_csv(text)
    reasons = {row.name[:5]: row.held for row in found}
    assert "no name" in reasons[""]
    assert "no secret" in reasons["Empty"]
    assert "fewer cells" in reasons["Short"]
    assert "too long" in reasons["xxxxx"]
    assert not reasons["Good"]
    assert "gives no code" in found[-1].remark
    assert "canary" not in repr(found)


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2\n", "name,url\nx,y\n", "name,password\n", "<html>"])
def test_what_is_no_such_file_is_said(text: str) -> None:
    with pytest.raises(TellPerson):
        read_csv(text)


def test_a_picture_is_no_text() -> None:
    with pytest.raises(TellPerson):
        vaultfile.decoded(b"\x89PNG\r\n\x00\x00\x00\rIHDR")


def test_a_very_large_file_is_refused_whole() -> None:
    with pytest.raises(TellPerson, match="Split it"):
        read_csv("name,password\n" + "a,b\n" * (vaultfile.MOST_ROWS + 1))


# --- Bitwarden ---


def item(**more: Any) -> dict[str, Any]:
    return {"id": "i", "type": 1, "name": "Firewall", "login": {"password": "p"}} | more


def bitwarden(*items: dict[str, Any], **more: Any) -> str:
    return json.dumps({"encrypted": False, "folders": [{"id": "f1", "name": "Network/Core"}], "items": items} | more)


def test_a_login_comes_with_everything() -> None:
    login = {
        "uris": [{"match": None, "uri": "https://a"}, {"uri": "https://b"}], "username": "root", "password": "p",
        "totp": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP",
    }
    fields = [{"name": "PIN", "value": "1", "type": 1}, {"name": "PIN", "value": "2", "type": 0}, {"name": None, "value": None, "type": 2}]
    [row] = read_bitwarden(bitwarden(item(folderId="f1", notes="n", login=login, fields=fields)))
    assert (row.username, row.url, row.folder) == ("root", "https://a", ("Network", "Core"))
    assert row.secret == Secret(
        "p", "n", login["totp"], {"PIN": "1", "PIN 2": "2", "Field": "", "Web address": "https://b"}  # type: ignore[arg-type]
    )


def test_an_organisation_s_collections_are_folders() -> None:
    text = bitwarden(item(collectionIds=["c1"], organizationId="o"), collections=[{"id": "c1", "name": "Servers"}])
    assert read_bitwarden(text)[0].folder == ("Servers",)


def test_notes_come_and_cards_bins_and_attachments_are_said() -> None:
    note = item(type=2, name="Note", notes="n", login=None, secureNote={"type": 0})
    card, bin_ = item(type=3, name="Card", notes="x"), item(name="Bin", deletedDate="2026-01-01T00:00:00Z")
    found = {row.name: row for row in read_bitwarden(bitwarden(note, card, bin_, item(name="Clip", attachments=[{}])))}
    assert not found["Note"].held
    assert "a card" in found["Card"].held
    assert "bin" in found["Bin"].held
    assert "attachments" in found["Clip"].remark


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"items": 3}', '{"items": [3]}', '{"encrypted": true, "items": []}', "{", '{"items": []}', "[" * 99_999],
)
def test_what_is_no_bitwarden_export_is_said(text: str) -> None:
    with pytest.raises(TellPerson):
        read_bitwarden(text)


# --- out and in again ---

_words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
_names = _words.map(lambda text: " ".join(text.split())).filter(bool)
_values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=40)
_folders = st.lists(_names.map(lambda text: " ".join(text.replace("/", "").replace("\\", "").split())).filter(bool), max_size=3).map(tuple)
_rows = st.builds(
    FileRow, _names, _names, _names, _folders, st.just(""), st.none(),
    st.builds(Secret, _values.map(lambda text: f"p{text}"), _values, st.just("JBSWY3DPEHPK3PXP"), st.dictionaries(st.just("PIN"), _values.filter(bool))),
)


@given(st.lists(_rows, min_size=1, max_size=5))
def test_bitwarden_out_and_in_again_is_the_same(rows: list[FileRow]) -> None:
    assert list(read_bitwarden(json.dumps(vaultfile.bitwarden(rows)))) == rows


@given(st.lists(_rows, min_size=1, max_size=5))
def test_csv_out_and_in_again_is_the_same(rows: list[FileRow]) -> None:
    text = vaultfile.decoded(vaultfile.csv_text(rows).encode("utf-8-sig"))
    assert list(read_csv(text)) == rows


def test_fields_named_like_columns_survive_csv() -> None:
    row = FileRow("Firewall", secret=Secret("p", fields={"user": "x", "Notes": "y"}))
    [back] = read_csv(vaultfile.csv_text([row]))
    assert sorted(back.secret.fields.values()) == ["x", "y"]
