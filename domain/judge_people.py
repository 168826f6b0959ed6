"""What an import will do with each person: a pure judgement on one upstream row, with its reason.

One person per folded e-mail address and company. A person is recognised by the upstream id first; the address only joins
people of different sources, and never where the same source says they are two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.email import Address, BadAddress, check
from domain.person import Person, full_name
from domain.plan import Action, Verdict
from domain.ports import UpstreamPerson


@dataclass(frozen=True)
class Known:
    """What is known about one row's neighbours, looked up before judging."""

    by_id: Person | None = None  # who came with this upstream id
    by_email: Person | None = None  # who has this address in the company
    email_ids: tuple[str, ...] = ()  # upstream ids by which this same connection knows that person
    email_sources: tuple[str, ...] = ()  # titles of the sources that person came from
    twin_label: str = ""  # an earlier row of this plan with the same address
    moved_from: str = ""  # the row's upstream id is known, under another company
    owner: str = ""  # another source of theirs, whose word counts before this one's
    will_own: bool = False  # once it is a source of whoever has this address, this one's word counts first


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    address: Address | None = field(default=None)


def match_key(row: UpstreamPerson) -> str:
    """The folded address under which twins of one read are found; "" where there is none."""
    try:
        return check(row.email).folded if row.email.strip() else ""
    except BadAddress:
        return ""


def label(row: UpstreamPerson) -> str:
    return full_name(row.first_name, row.last_name) or row.email or f"record {row.id}"


def judge(row: UpstreamPerson, known: Known, source: str, new_id: str) -> Judged:
    """What will happen to `row`; `new_id` is the id a new person would get."""
    address, trouble = _address(row, source)
    if known.moved_from:
        return Judged(Verdict(Action.CONFLICT, f"This person moved here from another company in {source}. Un-invite them there first."), address)
    if known.by_id is not None:
        return Judged(_judge_known(row, known.by_id, known, address, source), address)
    if not row.is_active:
        return Judged(Verdict(Action.HELD, f"Inactive in {source}: not invited."), address)
    if address is None:
        return Judged(Verdict(Action.HELD, trouble))
    if known.twin_label:
        return Judged(Verdict(Action.CONFLICT, f"Has the same address as {known.twin_label}, who comes first. Give one of them another address in {source}."), address)
    if known.by_email is not None:
        return Judged(_judge_same_email(row, known, address, source), address)
    return Judged(Verdict(Action.NEW, "", new_id), address)


def _address(row: UpstreamPerson, source: str) -> tuple[Address | None, str]:
    if not row.email.strip():
        return None, f"Has no e-mail address. Add one in {source} and preview again."
    try:
        return check(row.email), ""
    except BadAddress as wrong:
        return None, f"{wrong} Correct it in {source} and preview again."


def _judge_known(row: UpstreamPerson, person: Person, known: Known, address: Address | None, source: str) -> Verdict:
    if not row.is_active:
        return Verdict(Action.HELD, f"Became inactive in {source}. They keep what they have until you suspend them.", person.id)
    changes = _changes(row, person, address)
    if known.owner:
        return _judge_overruled(row, person, changes, known.owner, source)
    if "e-mail" in changes and known.by_email is not None and known.by_email.id != person.id:
        return Verdict(Action.CONFLICT, f"Their new address belongs to {known.by_email.name} here already.", person.id)
    if "e-mail" in changes and known.twin_label:
        return Verdict(Action.CONFLICT, f"Their new address is also that of {known.twin_label}.", person.id)
    return Verdict(Action.CHANGED, "", person.id, changes) if changes else Verdict(Action.UNCHANGED, "", person.id)


def _judge_overruled(
    row: UpstreamPerson, person: Person, changes: Mapping[str, tuple[str, str]], owner: str, source: str
) -> Verdict:
    """Another source owns the fields: this one only fills what is empty, and its other words are shown."""
    filled = _filled(row, person)
    if filled:
        return Verdict(Action.CHANGED, "", person.id, filled)
    words = ", ".join(f"{name} “{told}”" for name, (_, told) in changes.items())
    return Verdict(Action.UNCHANGED, f"{owner} owns these fields; {source} says {words}." if words else "", person.id)


def _judge_same_email(row: UpstreamPerson, known: Known, address: Address | None, source: str) -> Verdict:
    person = known.by_email
    assert person is not None
    if known.email_ids:
        return Verdict(
            Action.CONFLICT,
            f"The address belongs to {person.name} here, whom {source} knows under another record. It may have been given to somebody else.",
            person.id,
        )
    told = _changes(row, person, address) if known.will_own else _filled(row, person)
    where = f" from {' and '.join(known.email_sources)}" if known.email_sources else ""
    return Verdict(Action.CHANGED, f"Is here already{where}: gets {source} as a second source, and no second invitation.", person.id, told)


def adds_source(verdict: Verdict) -> bool:
    """Whether a changed person got the source as another one of theirs: only then the verdict has a reason."""
    return verdict.action is Action.CHANGED and bool(verdict.reason)


def _changes(row: UpstreamPerson, person: Person, address: Address | None) -> Mapping[str, tuple[str, str]]:
    """What the source says differently. An empty field upstream never wipes what we have."""
    told = {"first name": (person.first_name, row.first_name), "last name": (person.last_name, row.last_name), "title": (person.title, row.title)}
    changes = {name: pair for name, pair in told.items() if pair[1].strip() and pair[0] != pair[1]}
    if address is not None and address.folded != person.email_fold:
        changes["e-mail"] = (person.email, address.original)
    return changes


def _filled(row: UpstreamPerson, person: Person) -> Mapping[str, tuple[str, str]]:
    """A second source only fills what is empty: the first one owns the fields."""
    told = {"first name": (person.first_name, row.first_name), "last name": (person.last_name, row.last_name), "title": (person.title, row.title)}
    return {name: pair for name, pair in told.items() if pair[1].strip() and not pair[0].strip()}
