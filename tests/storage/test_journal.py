"""The journal: append-only, each line chained to the one before."""

import pytest
from sqlalchemy import text

from domain.roles import SYSTEM
from storage.journal import Entry
from storage.store import Store, Work
from tests.crowd import at_once
from tests.storage.rows import NOW


def written(store: Store, lines: int = 5) -> None:
    with store.write() as work:
        for number in range(lines):
            work.journal.write(NOW, SYSTEM, "test", f"Line {number}: ß ½ 🙂", None, f"s{number}", {"number": number, "list": [1, None]})


def broken(store: Store) -> int | None:
    with store.work() as work:
        return work.journal.broken_at()


def of_subject(work: Work, subject: str) -> list[Entry]:
    return [line for line in work.journal.all() if line.subject == subject]


def test_an_untouched_chain_is_whole(store: Store) -> None:
    assert broken(store) is None
    written(store)
    assert broken(store) is None


@pytest.mark.parametrize(
    "statement",
    [
        "update journal set said = 'Line 9' where subject = 's2'",
        "update journal set actor = 'U9' where subject = 's2'",
        "update journal set company_id = 'b' where subject = 's2'",
        """update journal set data = '{"number": 7, "list": [1, null]}' where subject = 's2'""",
        "update journal set at = '2020-01-01 00:00:00' where subject = 's2'",
    ],
)
def test_a_changed_line_is_found(store: Store, statement: str) -> None:
    written(store)
    with store.write() as work:
        (line,) = of_subject(work, "s2")
        work.session.execute(text(statement))
    assert broken(store) == line.seq


def test_a_removed_line_is_found_at_the_one_behind_it(store: Store) -> None:
    written(store)
    with store.write() as work:
        (behind,) = of_subject(work, "s3")
        work.session.execute(text("delete from journal where subject = 's2'"))
    assert broken(store) == behind.seq


def test_two_lines_that_changed_places_are_found(store: Store) -> None:
    written(store)
    with store.write() as work:
        (one,), (other,) = of_subject(work, "s1"), of_subject(work, "s2")
        for seq, place in ((one.seq, 10_000), (other.seq, one.seq), (10_000, other.seq)):
            work.session.execute(text(f"update journal set seq = {place} where seq = {seq}"))
    assert broken(store) == one.seq


def test_writers_at_once_keep_the_chain_whole(store: Store) -> None:
    def write(number: int) -> None:
        with store.write() as work:
            work.journal.write(NOW, SYSTEM, "test", f"Line {number}", subject="crowd")

    at_once(20, write)
    with store.work() as work:
        assert len(of_subject(work, "crowd")) == 20
    assert broken(store) is None


def test_a_line_of_work_that_failed_was_never_written(store: Store) -> None:
    def fail() -> None:
        with store.write() as work:
            work.journal.write(NOW, SYSTEM, "test", "never")
            raise ZeroDivisionError

    written(store, 1)
    with pytest.raises(ZeroDivisionError):
        fail()
    with store.work() as work:
        assert [entry.said for entry in work.journal.all() if entry.what == "test"] == ["Line 0: ß ½ 🙂"]
    assert broken(store) is None


def cut_off(store: Store) -> str:
    with store.work() as work:
        return work.journal.cut_off()


def rewritten(store: Store) -> None:
    """What somebody does who knows how the chain is made: leave a line out, and chain the rest anew."""
    with store.write() as work:
        work.session.execute(text("delete from journal where subject = 's4'"))
        work.journal.write(NOW, SYSTEM, "test", "Made up", None, "s4")


HARM = [
    "delete from journal where subject = 's4'",
    "delete from journal where subject in ('s2', 's3', 's4')",
    "delete from journal",
    "delete from setting where key = 'journal end'",
    "update setting set value = '\"AAAA\"' where key = 'journal end'",
    "delete from data_key where owner = 'journal'",
]


@pytest.mark.parametrize("statement", HARM)
def test_lines_cut_off_at_the_end_are_found_and_stay_found(store: Store, statement: str) -> None:
    written(store)
    assert cut_off(store) == ""
    with store.write() as work:
        work.session.execute(text(statement))
    assert cut_off(store) != ""
    if statement != "delete from journal":
        written(store, 2)
        assert cut_off(store) != "", "what is written afterwards mends nothing"


def test_an_end_that_was_made_up_is_found_though_the_chain_is_whole(store: Store) -> None:
    written(store)
    rewritten(store)
    assert broken(store) is None
    assert "5 are there" in cut_off(store)


def test_an_empty_journal_has_no_end_to_miss(store: Store) -> None:
    assert cut_off(store) == ""
