"""What an import will do with each group: a pure judgement on one upstream row, with its reason.

A group is recognised by its upstream id; its members are those of our own people who came from the same source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.group import Group, fold, tidy
from domain.person import Person
from domain.plan import Action, Verdict
from domain.ports import UpstreamGroup

NAMED = 10


@dataclass(frozen=True)
class Known:
    """What is known about one group, looked up before judging."""

    by_id: Group | None = None  # which came with this upstream id
    by_name: Group | None = None  # which has this name in the company
    is_name_free: bool = False  # what has the name came from this source, which no longer has it
    members: Sequence[Person] = ()  # who is in it here
    here: Mapping[str, Person] | None = None  # upstream id → our person, of those who are in it there
    twin_label: str = ""  # an earlier row of this plan with the same name


def match_key(row: UpstreamGroup) -> str:
    return fold(row.name)


def label(row: UpstreamGroup) -> str:
    return tidy(row.name) or f"record {row.id}"


def detail(row: UpstreamGroup) -> str:
    number = len(row.member_ids)
    return f"{number} member{'' if number == 1 else 's'}"


def judge(row: UpstreamGroup, known: Known, source: str, new_id: str) -> Verdict:
    """What will happen to `row`; `new_id` is the id a new group would get."""
    name, here = tidy(row.name), known.here or {}
    if not name:
        return Verdict(Action.HELD, f"Has no name. Give it one in {source} and preview again.")
    if known.twin_label:
        return Verdict(Action.CONFLICT, f"Has the same name as {known.twin_label}, which comes first. Rename one of them in {source}.")
    missing = _missing(row, here, source)
    if row.member_ids and not here:
        return Verdict(Action.HELD, missing, known.by_id.id if known.by_id else "")
    there = known.by_id
    if known.by_name is not None and (there is None or known.by_name.id != there.id):
        if there is not None or not (known.by_name.connection_id is None or known.is_name_free):
            return Verdict(Action.CONFLICT, f"A group that came otherwise has this name here already. Rename it in {source}.")
        there = known.by_name
    if there is None:
        return Verdict(Action.NEW, missing, new_id)
    changes = _changes(there, name, known.members, list(here.values()))
    if there is not known.by_id:
        said = f"Is here already: follows {source} from now on."
        return Verdict(Action.CHANGED, f"{said} {missing}".strip(), there.id, changes)
    return Verdict(Action.CHANGED if changes else Action.UNCHANGED, missing, there.id, changes)


def _missing(row: UpstreamGroup, here: Mapping[str, Person], source: str) -> str:
    told = dict(zip(row.member_ids, row.member_names, strict=False))
    missing = [told.get(id_, "") or f"record {id_}" for id_ in row.member_ids if id_ not in here]
    if not missing:
        return ""
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    verb = "is" if len(missing) == 1 else "are"
    rest = "" if not here else " The group comes with those who are here."
    return f"{', '.join(missing[:NAMED])}{more} {verb} not imported yet: import staff from {source} first.{rest}"


def _changes(group: Group, name: str, before: Sequence[Person], after: Sequence[Person]) -> dict[str, tuple[str, str]]:
    changes = {"name": (group.name, name)} if group.name != name else {}
    if {person.id for person in before} != {person.id for person in after}:
        changes["members"] = (_names(before), _names(after))
    return changes


def _names(people: Sequence[Person]) -> str:
    """All of them: what is approved covers everybody who comes or goes."""
    return ", ".join(sorted({person.id: person.name for person in people}.values())) or "nobody"
