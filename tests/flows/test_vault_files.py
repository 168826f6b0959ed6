"""Files into a vault and out of it: previews with reasons, once, only the company worked on, encrypted, and round trips."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from pykeepass import PyKeePass  # type: ignore[import-untyped]
from pykeepass.exceptions import CredentialsError  # type: ignore[import-untyped]

from domain import sealedexport, vaultfile
from domain.company import Company
from domain.errors import NotAllowed, TellPerson
from domain.roles import Role
from domain.secret import EntryState, Secret
from flows import onetime, vault, vaultfiles
from flows.vault import Draft
from flows.vaultfiles import Exported, Form
from tests.flows.bench import Bench
from tests.handlers.samples import HOSTILE

CANARY = "canary-pa55word-4711"
FILE = f"name,username,password,company\nFirewall,root,{CANARY},contoso gmbh\nRouter,adm,{CANARY},Acme Inc\nSwitch,adm,{CANARY},\n".encode()
PASSWORD = "correct horse battery"


def file_token(made: Bench, company: Company | None = None) -> str:
    return vault.file_link(made.context, made.admin, company.id if company else "own").rsplit("/", 1)[1]


def exported(made: Bench, form: Form, company: Company | None = None) -> Exported:
    made.two_eyes_are_enough()
    token = vault.export_link(made.context, made.admin, company.id if company else "own").rsplit("/", 1)[1]
    return vaultfiles.export(made.context, token, form, PASSWORD, PASSWORD)


def secrets_of(made: Bench, company_id: str = "own") -> dict[str, Secret]:
    with made.store.work() as work:
        entries, _ = work.entries.search(company_id, "", None, 10_000)
        return {entry.name: work.entries.secret(entry.id) for entry in entries}


def test_a_preview_stores_nothing_and_names_what_is_held(both: Bench) -> None:
    contoso = both.company("Contoso GmbH", "contoso.com")
    both.company("Acme Inc", "acme.com")
    found = vaultfiles.preview(both.context, file_token(both, contoso), FILE)
    assert (found.company_name, found.new) == ("Contoso GmbH", 1)
    assert dict(found.held) == {
        "Router": "It names another company than the one worked on.",
        "Switch": "The file has a company column, and this line names none.",
    }
    assert not secrets_of(both, contoso.id)
    assert CANARY not in repr(found)


def test_the_button_stores_once_and_only_what_was_shown(both: Bench) -> None:
    contoso = both.company("Contoso GmbH", "contoso.com")
    token = file_token(both, contoso)
    sealed = vaultfiles.preview(both.context, token, FILE).sealed
    stored = vaultfiles.store(both.context, token, sealed)
    assert (stored.new, stored.held) == (1, 2)
    assert secrets_of(both, contoso.id) == {"Firewall": Secret(CANARY)}
    with pytest.raises(onetime.Closed):
        vaultfiles.store(both.context, token, sealed)
    with both.store.work() as work:
        [line] = work.journal.newest("vault file", 5)
        assert line.company_id == contoso.id
        assert len(line.data["entries"]) == 1
        assert CANARY not in repr(list(work.journal.all())) + repr(both.ear)


def test_twenty_presses_store_once(quick: Bench) -> None:
    token = file_token(quick)
    sealed = vaultfiles.preview(quick.context, token, b"name,password\nA,x\n").sealed

    def press(_number: int) -> bool:
        try:
            vaultfiles.store(quick.context, token, sealed)
        except onetime.Closed:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(press, range(20))) == 1
    assert len(secrets_of(quick)) == 1


def test_what_is_there_or_comes_twice_is_held(quick: Bench) -> None:
    first = file_token(quick)
    vaultfiles.store(quick.context, first, vaultfiles.preview(quick.context, first, b"name,password\nA,x\n").sealed)
    found = vaultfiles.preview(quick.context, file_token(quick), b"name,password\nA,x\nB,y\nb,z\n")
    assert found.new == 1
    assert [reason for _, reason in found.held] == [
        "It is in this vault already.", "It comes twice in the file: the first is taken.",
    ]


def test_a_preview_of_another_link_or_company_does_not_open(quick: Bench) -> None:
    contoso = quick.company("Contoso GmbH", "contoso.com")
    sealed = vaultfiles.preview(quick.context, file_token(quick, contoso), b"name,password\nA,x\n").sealed
    for token in (file_token(quick, contoso), file_token(quick)):
        for forged in (sealed, sealed[:-8], "", "%%%", "AAAA"):
            with pytest.raises(TellPerson, match="Choose the file again"):
                vaultfiles.store(quick.context, token, forged)
    assert not secrets_of(quick, contoso.id)


def test_it_expires_and_asks_for_the_role_again(quick: Bench) -> None:
    token = file_token(quick)
    quick.clock.advance(15 * 60)
    with pytest.raises(onetime.Closed):
        vaultfiles.preview(quick.context, token, b"name,password\nA,x\n")
    with pytest.raises(NotAllowed):
        vault.file_link(quick.context, quick.desk(Role.VIEWER), "own")


def test_a_thousand_rows_are_stored_in_one_go(quick: Bench) -> None:
    token = file_token(quick)
    lines = "".join(f"Entry {number},u,p{number},Folder {number % 9}\n" for number in range(1000))
    sealed = vaultfiles.preview(quick.context, token, f"name,username,password,folder\n{lines}".encode()).sealed
    assert vaultfiles.store(quick.context, token, sealed).new == 1000


# --- out ---


def furnished(made: Bench) -> dict[str, Secret]:
    """Entries with everything, an archived one and hostile names; name → secret."""
    kept = {"Firewall": Secret(CANARY, "line one\nline <two>", "JBSWY3DPEHPK3PXP", {"PIN": "12&34", 'a "quoted" name': "x", "Title": "y"})}
    kept |= {f"{number} {' '.join(name.split())[:150]}".strip(): Secret(name or "x", name) for number, name in enumerate(HOSTILE)}
    for name, secret in kept.items():
        entry = vault.add(made.context, made.admin, "own", Draft(name, "root", "https://fw.example", "Network/Core", "Device")).entry
        with made.store.write() as work:
            work.entries.put(entry, secret)
    old = vault.add(made.context, made.admin, "own", Draft("Old", "root")).entry
    with made.store.write() as work:
        work.entries.put(old, Secret("old"))
    vault.set_state(made.context, made.admin, old.id, EntryState.ARCHIVED)
    return kept


def test_a_keepass_file_opens_and_holds_everything(quick: Bench) -> None:
    kept = furnished(quick)
    made = exported(quick, Form.KEEPASS)
    opened = PyKeePass(io.BytesIO(made.data), password=PASSWORD)
    found = {entry.title: entry for entry in opened.entries}
    assert set(found) == {*kept, "Old"}
    for name, secret in kept.items():
        assert (found[name].password, found[name].notes) == (secret.password, secret.notes)
    firewall = found["Firewall"]
    assert (firewall.username, firewall.url, firewall.group.path) == ("root", "https://fw.example", ["Network", "Core"])
    assert sorted(firewall.custom_properties.values()) == ["12&34", "x", "y"]
    assert firewall.otp.startswith("otpauth://totp/")
    assert found["Old"].group.path == ["Archived"]
    assert CANARY.encode() not in made.data
    with pytest.raises(CredentialsError):
        PyKeePass(io.BytesIO(made.data), password="wrong password here")


def test_a_bitwarden_file_is_encrypted_and_comes_back_the_same(quick: Bench) -> None:
    kept = furnished(quick)
    made = exported(quick, Form.BITWARDEN)
    assert CANARY.encode() not in made.data
    contoso = quick.company("Contoso GmbH", "contoso.com")
    token = file_token(quick, contoso)
    with pytest.raises(TellPerson, match="encrypted"):
        vaultfiles.preview(quick.context, token, made.data)
    with pytest.raises(TellPerson, match="password is wrong"):
        vaultfiles.preview(quick.context, token, made.data, "wrong password here")
    found = vaultfiles.preview(quick.context, token, made.data, PASSWORD)
    assert not found.held
    vaultfiles.store(quick.context, token, found.sealed)
    assert secrets_of(quick, contoso.id) == kept | {"Old": Secret("old")}


def test_a_csv_goes_inside_a_keepass_file(quick: Bench) -> None:
    kept = furnished(quick)
    made = exported(quick, Form.CSV)
    [entry] = PyKeePass(io.BytesIO(made.data), password=PASSWORD).entries
    rows = vaultfile.read_csv(vaultfile.decoded(entry.attachments[0].data))
    assert {row.name: row.secret.password for row in rows} == {name: secret.password for name, secret in kept.items()} | {"Old": "old"}


def test_an_export_holds_one_company_and_is_written_down(quick: Bench) -> None:
    furnished(quick)
    contoso = quick.company("Contoso GmbH", "contoso.com")
    made = exported(quick, Form.BITWARDEN, contoso)
    assert json.loads(sealedexport.unseal(made.data.decode(), PASSWORD))["items"] == []
    assert any("0 entries" in line for line in quick.journal("vault export"))


def test_an_export_is_made_once_and_a_bad_password_uses_nothing_up(quick: Bench) -> None:
    quick.two_eyes_are_enough()
    token = vault.export_link(quick.context, quick.admin, "own").rsplit("/", 1)[1]
    for password, again in (("short", "short"), (PASSWORD, PASSWORD + "x")):
        with pytest.raises(TellPerson):
            vaultfiles.export(quick.context, token, Form.KEEPASS, password, again)
    vaultfiles.export(quick.context, token, Form.KEEPASS, PASSWORD, PASSWORD)
    with pytest.raises(onetime.Closed):
        vaultfiles.export(quick.context, token, Form.KEEPASS, PASSWORD, PASSWORD)


def test_a_technician_exports_nothing(quick: Bench) -> None:
    with pytest.raises(NotAllowed):
        vault.export_link(quick.context, quick.desk(Role.TECHNICIAN), "own")


def test_a_changed_file_does_not_open() -> None:
    made = json.loads(sealedexport.seal({"items": []}, PASSWORD))
    kind, body, mac = made["data"].split("|")
    made["data"] = f"{kind}|{'B' if body[0] == 'A' else 'A'}{body[1:]}|{mac}"
    with pytest.raises(TellPerson):
        sealedexport.unseal(json.dumps(made), PASSWORD)


@pytest.mark.parametrize("more", [{"kdfIterations": 10**9}, {"kdfIterations": 1}, {"kdfType": 1}, {"salt": None, "data": None}])
def test_a_file_with_other_key_settings_is_refused_at_once(more: dict[str, object]) -> None:
    made = json.loads(sealedexport.seal({"items": []}, PASSWORD)) | more
    with pytest.raises(TellPerson):
        sealedexport.unseal(json.dumps(made), PASSWORD)
