"""Every record of a password import is counted once an aspect, whatever it is and whatever becomes of it."""

from hypothesis import given
from hypothesis import strategies as st

from domain.nothing_lost import EXAMPLES, Aspect, Column, Record, column, report
from domain.ports import UpstreamPassword

ROWS = st.builds(
    UpstreamPassword,
    id=st.integers(1, 10**16).map(str),
    company_id=st.just("7"),
    name=st.text(max_size=5),
    folder=st.lists(st.text(min_size=1, max_size=3), max_size=2).map(tuple),
    is_archived=st.booleans(),
    has_otp=st.booleans(),
    is_vaulted=st.booleans(),
    embedded_in=st.sampled_from(["", "Configuration: SRV-01"]),
    attachments=st.integers(0, 3),
    custom_fields=st.sampled_from([(), ("Autofill selectors",)]),
    resource_url=st.just("https://example.itglue.com/7/passwords/1"),
)
RECORDS = st.lists(st.builds(Record, ROWS, st.booleans(), st.sampled_from(["", "Archived."])), max_size=30)


@given(RECORDS)
def test_the_columns_of_every_aspect_sum_to_the_records(records: list[Record]) -> None:
    found = report(records)
    assert found.records == len(records)
    assert [line.aspect for line in found.lines] == list(Aspect)
    for line in found.lines:
        assert line.total == len(records)
        assert line.concerned == sum(column(line.aspect, record) is not Column.NONE for record in records)
        assert len(line.examples) == min(EXAMPLES, line.changed + line.left)


@given(RECORDS)
def test_what_does_not_come_along_is_left_in_all_it_has(records: list[Record]) -> None:
    for record in records:
        if not record.comes:
            assert {column(aspect, record) for aspect in Aspect} <= {Column.LEFT, Column.NONE}


def row(number: int = 1, **about: object) -> UpstreamPassword:
    return UpstreamPassword(str(number), "7", f"Entry {number}", **about)  # type: ignore[arg-type]


def test_each_kind_falls_into_its_column() -> None:
    has = {
        Aspect.OTP: row(has_otp=True),
        Aspect.VAULTED: row(is_vaulted=True),
        Aspect.ARCHIVED: row(is_archived=True),
        Aspect.EMBEDDED: row(embedded_in="Configuration: SRV-01"),
        Aspect.ATTACHMENTS: row(attachments=2),
        Aspect.CUSTOM_FIELDS: row(custom_fields=("Autofill selectors",)),
        Aspect.FOLDERS: row(folder=("Infrastructure",)),
    }
    columns = {aspect: column(aspect, Record(one, comes=True)) for aspect, one in has.items()}
    assert columns == {
        Aspect.OTP: Column.LEFT,
        Aspect.VAULTED: Column.LEFT,
        Aspect.ARCHIVED: Column.CARRIED,
        Aspect.EMBEDDED: Column.CHANGED,
        Aspect.ATTACHMENTS: Column.LEFT,
        Aspect.CUSTOM_FIELDS: Column.CARRIED,
        Aspect.FOLDERS: Column.CARRIED,
    }


def test_examples_lead_to_where_a_person_mends_it() -> None:
    url = "https://example.itglue.com/7/passwords/1"
    found = report([Record(row(has_otp=True, resource_url=url), True)]).of(Aspect.OTP)
    assert [(each.name, each.url) for each in found.examples] == [("Entry 1", url)]


def test_an_embedded_one_says_what_it_was_part_of() -> None:
    found = report([Record(row(embedded_in="Contact: Ada"), True)]).of(Aspect.EMBEDDED)
    assert found.examples[0].why == "was part of Contact: Ada"


def test_nothing_but_earlier_values_left_is_whole() -> None:
    assert report([Record(row(), True)]).is_whole
    assert not report([Record(row(has_otp=True), True)]).is_whole
