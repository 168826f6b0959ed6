"""IT Glue's passwords: one walk over two lists, values one by one, what a refusal means, and the use of the allowance."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from connectors import discover
from domain.errors import AskOperator, SkipRecord, Stranger, Trouble, TryLater
from domain.isolation import Scope
from domain.ports import HasPasswords, Opening, Page, UpstreamPassword
from sandbox.itglue import ITGlueStandIn
from sandbox.world import Client, ManualClock, World
from sandbox.world.vault import add_password
from tests.connectors.conformance import CANARY, FakeTime, ITGlueVendor, pages_of, scope

LIMIT, WINDOW = 3_000, 300


@dataclass
class Glue:
    """A served account with one client, and the open connector."""

    stand_in: ITGlueStandIn
    clock: ManualClock
    world: World
    client: Client
    source: Any

    @property
    def id(self) -> int:
        assert self.client.itglue_id is not None
        return self.client.itglue_id

    @property
    def scope(self) -> Scope:
        return scope(str(self.id))

    def add(self, name: str = "Router", folder: int | None = None, **columns: Any) -> str:
        return str(add_password(self.world, self.id, name, "Network", folder, **columns))

    def folder(self, name: str, parent: int | None = None, organization: int | None = None) -> int:
        row = {"organization-id": organization or self.id, "name": name, "parent-id": parent}
        return self.world.itglue["password-folders"].insert(row, self.clock())

    def all(self) -> tuple[list[UpstreamPassword], list[Page[UpstreamPassword]]]:
        pages = pages_of(partial(self.source.passwords, self.scope))
        return [row for page in pages for row in page.rows], pages

    def value(self, external_id: str) -> Any:
        return self.source.password_value(self.scope, external_id)


@pytest.fixture
def glue() -> Iterator[Glue]:
    clock = ManualClock()
    world = World.bare(clock)
    client = world.add_company("Contoso")
    with ITGlueStandIn(world, clock) as stand_in:
        opening = Opening(stand_in.url, clock, clock.advance)
        source = discover()["itglue"].open({"region": "US", "key": stand_in.api_key}, opening)
        yield Glue(stand_in, clock, world, client, source)
        source.close()


# --- records -----------------------------------------------------------------------------------------


def test_it_is_a_source_of_passwords(glue: Glue) -> None:
    assert isinstance(glue.source, HasPasswords)


def test_a_record_tells_everything_but_its_secrets(glue: Glue) -> None:
    top = glue.folder("Infrastructure")
    below = glue.folder("Switches", top)
    glue.add(
        "Core switch", below, notes=CANARY, password=CANARY, url="https://10.0.0.1/", **{"otp-enabled": True},
        **{"resource-type": "Configuration", "resource-id": 5, "cached-resource-type-name": "Configuration"},
        **{"cached-resource-name": "SRV-01", "autofill-selectors": "#user"},
    )  # fmt: skip
    (row,), _ = glue.all()
    assert (row.company_id, row.name, row.username, row.url) == (str(glue.id), "Core switch", "administrator", "https://10.0.0.1/")
    assert row.folder == ("Infrastructure", "Switches")
    assert (row.category, row.has_otp, row.is_vaulted, row.is_archived) == ("Network", True, False, False)
    assert row.embedded_in == "Configuration: SRV-01"
    assert row.custom_fields == ("Autofill selectors",)
    assert row.resource_url.startswith("https://")
    assert row.rotated
    assert CANARY not in repr(row)


def test_archived_ones_come_behind_the_others_in_one_walk(glue: Glue) -> None:
    gone = glue.add("Old mail server", archived=True)
    used = glue.add("Router")
    rows, pages = glue.all()
    assert [(row.id, row.is_archived) for row in rows] == [(used, False), (gone, True)]
    assert pages[-1].total == 2


def listed(number: int, organization: int, **about: Any) -> dict[str, Any]:
    said = {"organization-id": organization, "name": f"Entry {number}", **about}
    return {"id": str(number), "type": "passwords", "attributes": said}


def test_a_service_that_does_not_heed_the_filter_gives_each_once(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.lists["passwords"] += [listed(1, 7, archived=True), listed(2, 7, archived=False)]
    source = itglue.open(time)
    first = source.passwords(scope("7"), None)
    second = source.passwords(scope("7"), first.next)
    assert [[row.id for row in page.rows] for page in (first, second)] == [["2"], ["1"]]
    assert second.next is None


def test_values_and_notes_in_a_list_are_not_read(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.lists["passwords"].append(listed(1, 7, password=CANARY, notes=CANARY, otp_secret=CANARY, archived=False))
    assert CANARY not in repr(itglue.open(time).passwords(scope("7"), None))


def test_a_record_of_another_organisation_stops_the_read(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.lists["passwords"] += [listed(1, 7), listed(2, 8)]
    itglue.heeds_organization = False
    with pytest.raises(Stranger):
        itglue.open(time).passwords(scope("7"), None)


def test_attachments_are_counted_without_a_call_of_their_own(itglue: ITGlueVendor, time: FakeTime) -> None:
    attached = {"attachments": {"data": [{"id": "5", "type": "attachments"}, {"id": "6", "type": "attachments"}]}}
    itglue.lists["passwords"].append({**listed(1, 7), "relationships": attached})
    page = itglue.open(time).passwords(scope("7"), None)
    assert page.rows[0].attachments == 2
    assert len(itglue.requests) == 1


def test_folders_are_read_once_a_walk_and_only_where_something_lies_in_one(glue: Glue) -> None:
    glue.add("Router")
    glue.all()
    assert glue.stand_in.calls("organizations/{id}/relationships/password_folders") == 0
    folder = glue.folder("Infrastructure")
    for number in range(3):
        glue.add(f"Switch {number}", folder)
    glue.add("Old", folder, archived=True)
    rows, _ = glue.all()
    assert glue.stand_in.calls("organizations/{id}/relationships/password_folders") == 1
    assert [row.folder for row in rows] == [(), *[("Infrastructure",)] * 4]


def test_folders_in_a_circle_do_not_hang_the_read(glue: Glue) -> None:
    first = glue.folder("A")
    second = glue.folder("B", first)
    glue.world.itglue["password-folders"].update(first, {"parent-id": second}, glue.clock())
    glue.add("Router", second)
    (row,), _ = glue.all()
    assert row.folder[-1] == "B"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://admin:hunter2@fw.example/", "https://admin@fw.example/"),
        ("https://fw.example/?user=a&api_token=hunter2#x", "https://fw.example/?user=a&api_token=…#x"),
        ("https://fw.example/key", "https://fw.example/key"),
    ],
)
def test_an_address_that_signs_in_is_kept_whole_only_where_it_is_sealed(glue: Glue, typed: str, shown: str) -> None:
    entry = glue.add("Firewall", url=typed)
    (row,), _ = glue.all()
    assert row.url == shown
    assert glue.value(entry).fields == ({} if typed == shown else {"Address with its sign-in": typed})


# --- values ------------------------------------------------------------------------------------------


def test_a_value_comes_with_its_notes(glue: Glue) -> None:
    secret = glue.value(glue.add(password="Tr0ub4dor", notes="Line one\nLine two"))
    assert (secret.password, secret.notes, secret.otp_seed) == ("Tr0ub4dor", "Line one\nLine two", "")
    assert "Tr0ub4dor" not in repr(secret)


def test_another_companys_entry_is_a_stranger(glue: Glue) -> None:
    other = glue.world.add_company("Fabrikam")
    assert other.itglue_id is not None
    theirs = add_password(glue.world, other.itglue_id, "Theirs")
    with pytest.raises(Stranger):
        glue.value(str(theirs))


def test_an_entry_that_is_gone_is_skipped(glue: Glue) -> None:
    with pytest.raises(SkipRecord, match="deleted meanwhile"):
        glue.value("987654")


def test_a_vaulted_entry_is_skipped(glue: Glue) -> None:
    with pytest.raises(SkipRecord, match="Only people"):
        glue.value(glue.add(**{"vault-id": 90_210}))


@pytest.mark.parametrize("mode", ["absent", "null", "empty", "forbidden"])
def test_a_key_that_lost_its_right_is_told_with_the_tick(glue: Glue, mode: Any) -> None:
    first, second = glue.add(), glue.add("Switch")
    assert glue.value(first).password
    glue.stand_in.account.keys[glue.stand_in.api_key] = False
    glue.stand_in.account.without_access = mode
    with pytest.raises(AskOperator, match="Password Access") as lost:
        glue.value(second)
    assert lost.value.trouble is Trouble.MISSING_RIGHT


@pytest.mark.parametrize("mode", ["absent", "null", "empty"])
def test_the_only_entry_without_a_value_means_that_the_right_is_gone(glue: Glue, mode: Any) -> None:
    only = glue.add()
    glue.stand_in.account.keys[glue.stand_in.api_key] = False
    glue.stand_in.account.without_access = mode
    with pytest.raises(AskOperator, match="Password Access"):
        glue.value(only)


def test_one_refused_entry_is_skipped_and_the_next_one_comes(glue: Glue) -> None:
    first, second, third = (glue.add(name) for name in ("Router", "Personal", "Switch"))
    glue.value(first)
    glue.stand_in.faults.set("no_right", on="passwords", times=1)
    with pytest.raises(SkipRecord, match="refuses this entry"):
        glue.value(second)
    assert glue.value(third).password


def test_an_entry_left_empty_is_no_lost_right(glue: Glue) -> None:
    glue.add("Router")
    assert glue.value(glue.add("Empty", password="", notes="by hand")).notes == "by hand"


def test_an_emptied_first_entry_does_not_lock_the_key(glue: Glue) -> None:
    glue.add("Empty", password="")
    glue.add("Router")
    assert glue.source.test().locked == {}


def test_a_witness_that_is_gone_is_replaced(glue: Glue) -> None:
    first, empty = glue.add(), glue.add("Empty", password="")
    glue.add("Switch")
    glue.value(first)
    glue.world.itglue["passwords"].delete(int(first), glue.clock())
    assert glue.value(empty).password == ""


def test_a_revoked_key_is_told_from_a_refused_entry(glue: Glue) -> None:
    first, second = glue.add(), glue.add("Switch")
    glue.value(first)
    del glue.stand_in.account.keys[glue.stand_in.api_key]
    with pytest.raises(AskOperator) as refused:
        glue.value(second)
    assert refused.value.trouble is Trouble.WRONG_KEY


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("calls", range(12))
def test_a_key_that_dies_at_any_call_is_told_as_such(glue: Glue, calls: int, status: int) -> None:
    """Lists, folders, archived ones, values, an empty one whose neighbours are asked: never a missing right, never less."""
    glue.stand_in.account.refused_key_status = status
    folder = glue.folder("Infrastructure")
    wanted = [glue.add("Router", folder), glue.add("Empty", password=""), glue.add("Switch"), glue.add("Firewall")]
    glue.add("Old", folder, archived=True)
    glue.stand_in.faults.set("revoked", after=calls)
    steps: list[Callable[[], object]] = [glue.all, *(partial(glue.value, entry) for entry in wanted)]
    with pytest.raises(AskOperator) as refused:
        deque((step() for step in [*steps, *steps]), maxlen=0)
    assert refused.value.trouble is Trouble.WRONG_KEY
    assert "was revoked" in refused.value.said


@pytest.mark.parametrize("calls", range(6))
def test_a_key_that_dies_while_it_is_tested_is_not_told_to_lack_a_right(glue: Glue, calls: int) -> None:
    glue.add()
    glue.stand_in.faults.set("revoked", after=calls)
    glue.stand_in.account.keys[glue.stand_in.api_key] = False
    with pytest.raises(AskOperator) as refused:
        glue.source.test()
    assert "tick" not in refused.value.said


def test_a_list_refused_to_a_key_that_works_is_the_missing_right(glue: Glue) -> None:
    glue.add()
    glue.stand_in.faults.set("no_right", on="passwords")
    with pytest.raises(AskOperator, match="Password Access") as refused:
        glue.all()
    assert refused.value.trouble is Trouble.MISSING_RIGHT


def test_refused_folders_end_the_walk_instead_of_looking_as_if_all_was_moved(glue: Glue) -> None:
    glue.add("Switch", glue.folder("Infrastructure"))
    glue.all()
    glue.stand_in.faults.set("no_right", on="organizations/{id}/relationships/password_folders")
    with pytest.raises(AskOperator, match="folders of passwords") as refused:
        glue.all()
    assert refused.value.trouble is Trouble.MISSING_RIGHT


def test_an_entry_and_the_list_refused_together_are_the_missing_right(glue: Glue) -> None:
    only = glue.add()
    glue.stand_in.faults.set("no_right", on="passwords")
    with pytest.raises(AskOperator, match="Password Access"):
        glue.value(only)


def test_the_only_entry_refused_is_not_said_to_be_one_of_many(glue: Glue) -> None:
    only = glue.add()
    glue.stand_in.faults.set("no_right", on="passwords/{id}")
    with pytest.raises(SkipRecord, match="no other to try"):
        glue.value(only)


def test_no_value_reaches_the_log(glue: Glue, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    entry = glue.add(password=CANARY, notes=f"note {CANARY}")
    glue.all()
    glue.value(entry)
    assert CANARY not in caplog.text


# --- the allowance -----------------------------------------------------------------------------------


def test_eight_thousand_values_use_the_allowance_and_are_never_refused(glue: Glue) -> None:
    """At least 95 % of 3,000 calls in five minutes over the whole run; who waits is told how long and comes back."""
    wanted = [glue.add(f"Entry {number}") for number in range(8_000)]
    began = glue.clock()
    rows, _ = glue.all()
    assert len(rows) == 8_000
    for entry in wanted:
        while True:
            try:
                assert glue.value(entry).password
                break
            except TryLater as busy:
                glue.clock.advance(busy.after or 0)
    seconds = (glue.clock() - began).total_seconds()
    assert glue.stand_in.calls(status=429) == 0
    assert sorted(glue.stand_in.account.value_reads) == sorted(int(each) for each in wanted)  # each once
    # The first share goes out at once; from then on a share a window. Whole windows tell the rate of a long run.
    whole_windows = int(seconds // 302)
    assert whole_windows == 2
    share = 2_900 * whole_windows / seconds * WINDOW / LIMIT
    assert share >= 0.95
    assert seconds <= 8_011 / (0.95 * LIMIT) * WINDOW
