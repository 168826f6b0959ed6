"""The audit trail outside the database: an export that shows by itself whether a line was changed, removed or moved.

Each line carries the hash it has in the journal with the hash of the line before it there, so its words can be checked
alone. Over the exported lines runs a chain of its own, whose end stands in the head: an export of one company leaves
lines out on purpose, and what is cut off at the end would otherwise not be missed.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FORMAT = "gangway-audit-1"
COLUMNS = ("seq", "at", "actor", "actor_name", "what", "company_id", "subject", "said", "data", "before", "hash")
_HASHED = ("at", "actor", "actor_name", "what", "company_id", "subject", "said", "data")


@dataclass(frozen=True)
class Break:
    """Where an export is not what was written: the number of the line in the export (from 1; 0: its head), and why."""

    line: int
    why: str


def line_hash(before: str, line: Mapping[str, Any]) -> str:
    """The hash of a journal line; `before` is that of the line before it, "" for the first."""
    return _hash([before, *(line[name] for name in _HASHED)])


def export(lines: Iterable[Mapping[str, Any]], of: str, at: datetime) -> dict[str, Any]:
    """The export as it is written down. `lines` have COLUMNS; `of` says whose lines these are."""
    kept = [{name: line[name] for name in COLUMNS} for line in lines]
    head = {"format": FORMAT, "of": of, "made_at": at.isoformat(), "count": len(kept)}
    chain = _hash([FORMAT, of])
    for line in kept:
        chain = _hash([chain, line])
        line["chain"] = chain
    return {**head, "seal": _hash([chain, head]), "lines": kept}


def broken(told: Any) -> Break | None:
    """The first break of an export, None while it is whole."""
    if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("lines"), list):
        return Break(0, "this is no audit export of Gangway")
    chain = _hash([FORMAT, told.get("of")])
    for number, line in enumerate(told["lines"], 1):
        why = _broken_line(chain, line)
        if why:
            return Break(number, why)
        chain = line["chain"]
    head = {name: told.get(name) for name in ("format", "of", "made_at", "count")}
    if told.get("count") != len(told["lines"]):
        return Break(len(told["lines"]) + 1, f"lines are missing at the end: {told.get('count')} were written")
    return None if told.get("seal") == _hash([chain, head]) else Break(0, "the head was changed")


def _broken_line(chain: str, line: Any) -> str:
    if not isinstance(line, dict) or set(line) != {*COLUMNS, "chain"}:
        return "it has other fields than were written"
    if line["hash"] != line_hash(str(line["before"]), line):
        return "it was changed"
    said = {name: line[name] for name in COLUMNS}
    return "" if line["chain"] == _hash([chain, said]) else "it does not follow the line before it: one was removed, added or moved"


def as_json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1)


def as_csv(told: Mapping[str, Any]) -> str:
    """For spreadsheets; what could be taken for a formula is made plain text. Only the JSON can be verified."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in told["lines"]:
        data = json.dumps(line["data"], ensure_ascii=False, sort_keys=True)
        writer.writerow([_plain(data if name == "data" else line[name]) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def _plain(value: Any) -> Any:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _hash(parts: Any) -> str:
    packed = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(packed.encode()).hexdigest()
