"""What of a password import comes along, what changes its shape, and what stays behind: each record in exactly one column.

Every aspect is counted over all records: a record has it and is carried, changed or left, or it does not have it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.ports import UpstreamPassword

EXAMPLES = 3


class Column(StrEnum):
    CARRIED = "carried"
    CHANGED = "changed"
    LEFT = "left"
    NONE = "none"  # the record has nothing of this kind


class Aspect(StrEnum):
    """In the order people read them."""

    VALUE = "Password values"
    OTP = "One-time code seeds"
    VAULTED = "Vaulted entries"
    ARCHIVED = "Archived entries"
    EMBEDDED = "Embedded in another item"
    ATTACHMENTS = "Attachments"
    CUSTOM_FIELDS = "Further fields"
    FOLDERS = "Folders"
    OLD_VERSIONS = "Earlier values"


@dataclass(frozen=True)
class Record:
    """One upstream record and its fate: whether it comes along (or is here already), else why not."""

    row: UpstreamPassword
    comes: bool
    why: str = ""


@dataclass(frozen=True)
class Example:
    name: str
    url: str  # where a person mends it at the source
    why: str = ""


@dataclass(frozen=True)
class Line:
    """One aspect: how many records fell into each column; `examples` are of those that changed or were left."""

    aspect: Aspect
    carried: int = 0
    changed: int = 0
    left: int = 0
    none: int = 0
    examples: tuple[Example, ...] = ()

    @property
    def concerned(self) -> int:
        return self.carried + self.changed + self.left

    @property
    def total(self) -> int:
        return self.concerned + self.none


@dataclass(frozen=True)
class Report:
    records: int
    lines: tuple[Line, ...] = field(default=())

    def of(self, aspect: Aspect) -> Line:
        return next(line for line in self.lines if line.aspect is aspect)

    @property
    def is_whole(self) -> bool:
        """Whether nothing but earlier values stays behind or changes its shape."""
        return not any(line.changed or line.left for line in self.lines if line.aspect is not Aspect.OLD_VERSIONS)


def column(aspect: Aspect, record: Record) -> Column:
    """The one column in which a record counts for an aspect."""
    has, when_it_comes = _RULES[aspect]
    if not has(record.row):
        return Column.NONE
    return when_it_comes if record.comes else Column.LEFT


def report(records: Iterable[Record]) -> Report:
    tallies = {aspect: dict.fromkeys(Column, 0) for aspect in Aspect}
    examples: dict[Aspect, list[Example]] = {aspect: [] for aspect in Aspect}
    total = 0
    for record in records:
        total += 1
        for aspect in Aspect:
            where = column(aspect, record)
            tallies[aspect][where] += 1
            if where in (Column.CHANGED, Column.LEFT) and len(examples[aspect]) < EXAMPLES:
                examples[aspect].append(_example(aspect, record))
    return Report(total, tuple(_line(aspect, tallies[aspect], examples[aspect]) for aspect in Aspect))


def _line(aspect: Aspect, tally: dict[Column, int], examples: list[Example]) -> Line:
    return Line(
        aspect, tally[Column.CARRIED], tally[Column.CHANGED], tally[Column.LEFT], tally[Column.NONE], tuple(examples)
    )


def _example(aspect: Aspect, record: Record) -> Example:
    row = record.row
    why = f"was part of {row.embedded_in}" if aspect is Aspect.EMBEDDED and record.comes else record.why
    return Example(row.name.strip() or f"record {row.id}", row.resource_url, why)


def _always(_row: UpstreamPassword) -> bool:
    return True


# Who has it, and its column where the record comes along.
_RULES: dict[Aspect, tuple[Callable[[UpstreamPassword], bool], Column]] = {
    Aspect.VALUE: (_always, Column.CARRIED),
    Aspect.OTP: (lambda row: row.has_otp, Column.LEFT),  # no source hands out the seed
    Aspect.VAULTED: (lambda row: row.is_vaulted, Column.LEFT),
    Aspect.ARCHIVED: (lambda row: row.is_archived, Column.CARRIED),
    Aspect.EMBEDDED: (lambda row: bool(row.embedded_in), Column.CHANGED),  # the parent is kept as text
    Aspect.ATTACHMENTS: (lambda row: row.attachments > 0, Column.LEFT),
    Aspect.CUSTOM_FIELDS: (lambda row: bool(row.custom_fields), Column.CARRIED),
    Aspect.FOLDERS: (lambda row: bool(row.folder), Column.CARRIED),
    Aspect.OLD_VERSIONS: (_always, Column.LEFT),
}
