"""What an import will do with each password's record: a pure judgement on one upstream row, with its reason.

A record is recognised by its upstream id and by nothing else: names of passwords are alike in every company. What a list
does not show (the value, the notes) is read only when the plan runs; a print of the record tells whether it may have changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.plan import ONLY_SOME, Action, Verdict, fingerprint
from domain.ports import UpstreamPassword
from domain.secret import Entry, EntryState

ARCHIVED = f"Archived in {{source}}: left out unless you pick it under {ONLY_SOME}."


@dataclass(frozen=True)
class Known:
    """What is known about one row's neighbours, looked up before judging."""

    entry: Entry | None = None  # the vault entry that came with this upstream id, wherever it is
    chosen: bool = False  # a person picked this very row: an archived one comes along
    twin: bool = False  # an earlier row of this read has the same id


def match_key(row: UpstreamPassword) -> str:
    return row.id


def label(row: UpstreamPassword) -> str:
    return row.name.strip() or f"record {row.id}"


def detail(row: UpstreamPassword) -> str:
    return " · ".join(part for part in (row.username, "/".join(row.folder)) if part)


def judge(row: UpstreamPassword, known: Known, company_id: str, source: str, new_id: str) -> Verdict:
    """What will happen to `row` in the vault of `company_id`; `new_id` is the id a new entry would get."""
    entry = known.entry
    if known.twin:
        return Verdict(Action.HELD, f"{source} listed it twice while it was read; the first time counts.")
    if entry is not None and entry.company_id != company_id:
        # Which company it is must not be said: who reads this may not see that one.
        return Verdict(Action.CONFLICT, "It came here before under another company and is still kept there. Remove it there first.")
    if row.is_vaulted:
        return Verdict(Action.HELD, f"Only people can read it: it is in {source}'s vault, which no integration opens.")
    if not row.name.strip():
        return Verdict(Action.HELD, f"Has no name. Give it one in {source} and preview again.", entry.id if entry else "")
    if entry is not None:
        return _judge_known(row, entry, known.chosen, source)
    if row.is_archived and not known.chosen:
        return Verdict(Action.HELD, ARCHIVED.format(source=source))
    return Verdict(Action.NEW, "", new_id)


def _judge_known(row: UpstreamPassword, entry: Entry, chosen: bool, source: str) -> Verdict:
    if print_of(row) == entry.fingerprint:
        return Verdict(Action.UNCHANGED, "", entry.id)
    if entry.touched:
        return Verdict(
            Action.CONFLICT,
            f"Changed here by hand, and in {source} too. What is here stays: compare the two and keep one by hand.",
            entry.id,
        )
    if row.is_archived and not chosen:
        return Verdict(Action.HELD, f"Was archived in {source}. It stays here as it is until you archive it.", entry.id)
    changes = dict(_changes(row, entry))
    return Verdict(Action.CHANGED, "" if changes else f"Its notes or details changed in {source}.", entry.id, changes)


def _changes(row: UpstreamPassword, entry: Entry) -> Mapping[str, tuple[str, str]]:
    told = {
        "name": (entry.name, row.name),
        "username": (entry.username, row.username),
        "address": (entry.url, row.url),
        "category": (entry.category, row.category),
        "folder": ("/".join(entry.folder), "/".join(row.folder)),
        "state": (entry.state.value, state(row).value),
    }
    changes = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    if _rotation(print_of(row)) != _rotation(entry.fingerprint):
        changes["value"] = ("as imported", f"rotated {row.rotated[:10]}" if row.rotated else "rotated")
    return changes


def state(row: UpstreamPassword) -> EntryState:
    return EntryState.ARCHIVED if row.is_archived else EntryState.ACTIVE


def print_of(row: UpstreamPassword) -> str:
    """Three short prints in one: of the record, of when its value was rotated, of when anything of it changed.

    The last one is there for the notes, which no list shows.
    """
    about = {name: getattr(row, name) for name in row.__dataclass_fields__ if name not in ("modified", "rotated")}
    return ".".join((fingerprint(about)[:24], _short(row.rotated), _short(row.modified)))


def _short(text: str) -> str:
    return fingerprint({"at": text})[:12]


def _rotation(print_: str) -> str:
    parts = print_.split(".")
    return parts[1] if len(parts) == 3 else ""
