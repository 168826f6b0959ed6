"""Which company at a source is which of ours, with a reason a person can judge and a certainty that is
never guessed.

A wrong link would put one client's passwords into another's. So certain is only what is said by the PSA's
id, the domain or the name, points from one company to one company, and is contradicted by nothing else that
is known. All else is a proposal. The order of the input never changes the answer.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import islice

from domain.matching_index import (
    STRONG,
    Index,
    Known,
    Managed,
    Reason,
    Similar,
    are_unlike,
    know_managed,
    know_upstream,
)
from domain.naming import short
from domain.ports import UpstreamCompany
from domain.webaddress import looks_alike, registered

__all__ = ["Certainty", "Managed", "Match", "Reason", "Suggestion", "Taken", "Verdict", "match_new", "suggest"]

_MOST = 5  # proposals for one company: more are not read


class Certainty(StrEnum):
    CERTAIN = "certain"  # may be confirmed together with others
    PROPOSAL = "proposal"  # a person has to look at it


@dataclass(frozen=True)
class Taken:
    """What is settled at this source: linked companies, and those that a person set aside."""

    company_ids: frozenset[str] = frozenset()  # ours
    external_ids: frozenset[str] = frozenset()


NOTHING_TAKEN = Taken()


@dataclass(frozen=True)
class Suggestion:
    """One company of ours and one of the source that may be the same."""

    company_id: str
    external_id: str
    reason: Reason  # the strongest
    words: str  # all reasons, for people: "same domain contoso.com, same name without legal form"
    certainty: Certainty
    detail: str = ""  # what speaks against it or has to be looked at; "" where nothing does
    likeness: int = 100  # of the names, in percent; below 100 only where the reason is SIMILAR


class Verdict(StrEnum):
    """What an import does with an upstream company."""

    LINK = "link"  # it is one of ours: link, do not add
    ASK = "ask"  # it may be one of ours: a person decides
    NEW = "new"  # nothing of ours resembles it


@dataclass(frozen=True)
class Match:
    """What one upstream company is to us."""

    external_id: str
    verdict: Verdict
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def company_id(self) -> str | None:
        """The company of ours to link to; None unless that is certain."""
        return self.suggestions[0].company_id if self.verdict is Verdict.LINK else None


def suggest(
    managed: Collection[Managed],
    upstream: Collection[UpstreamCompany],
    taken: Taken = NOTHING_TAKEN,
    source: str = "the source",
) -> list[Suggestion]:
    """For each company of ours that is still free, the free upstream companies that may be it, ordered by
    our id.

    A company has either one certain suggestion, or up to five proposals, or none. `source` is what people
    call the source.
    """
    matching = _Matching(managed, upstream, taken, source)
    return [found for ours in matching.ours.companies if ours.is_open for found in matching.for_ours(ours)]


def match_new(
    upstream: Collection[UpstreamCompany],
    managed: Collection[Managed],
    taken: Taken = NOTHING_TAKEN,
    source: str = "the source",
) -> dict[str, Match]:
    """What each free upstream company is to us, by its id, so that a second source links to a company
    instead of doubling it.

    Give all upstream companies at once: whether a name is the only one of its kind shows only among all of
    them. One that equals a company of ours which is already linked here is asked about, for adding it would
    make a double.
    """
    matching = _Matching(managed, upstream, taken, source)
    return {theirs.id: matching.for_theirs(theirs) for theirs in matching.theirs.companies if theirs.is_open}


class _Matching:
    """One run over both sides."""

    def __init__(
        self, managed: Iterable[Managed], upstream: Iterable[UpstreamCompany], taken: Taken, source: str
    ) -> None:
        self.ours = Index(know_managed(company, company.id not in taken.company_ids) for company in managed)
        self.theirs = Index(know_upstream(company, company.id not in taken.external_ids) for company in upstream)
        self._source = source
        certain = [found for found in map(self._certain, self.ours.companies) if found is not None]
        self._by_ours = {found.company_id: found for found in certain}
        self._by_theirs = {found.external_id: found for found in certain}

    def for_ours(self, ours: Known) -> list[Suggestion]:
        """The one that is certain, or what a person may choose from."""
        if ours.id in self._by_ours:
            return [self._by_ours[ours.id]]
        found = self._judge_all((ours, theirs) for theirs in self.theirs.sharing(ours, STRONG, with_taken=False))
        if found or ours.is_own:
            return found
        owned = self.theirs.sharing(ours, {Reason.OWNER}, with_taken=False)
        weak = self._judge_all((ours, theirs) for theirs in owned if theirs.id not in self._by_theirs)
        return _merged(weak, [self._liken(ours, theirs, score) for theirs, score in self._like_ours.find(ours)])

    def for_theirs(self, theirs: Known) -> Match:
        """The same from the other side, where a company of ours that is linked already is a warning, not a
        choice.
        """
        if theirs.id in self._by_theirs:
            return Match(theirs.id, Verdict.LINK, (self._by_theirs[theirs.id],))
        found = self._judge_all((ours, theirs) for ours in self.ours.sharing(theirs, STRONG, with_taken=True))
        if not found and not theirs.is_own:
            owned = self.ours.sharing(theirs, {Reason.OWNER}, with_taken=False)
            weak = self._judge_all((ours, theirs) for ours in owned if ours.id not in self._by_ours)
            alike = [self._liken(ours, theirs, score) for ours, score in self._like_theirs.find(theirs)]
            found = _merged(weak, alike)
        return Match(theirs.id, Verdict.ASK if found else Verdict.NEW, tuple(found))

    @cached_property
    def _like_ours(self) -> Similar:
        free = (known for known in self.theirs.companies if known.id not in self._by_theirs)
        return Similar(known for known in free if known.is_open and not known.is_own)

    @cached_property
    def _like_theirs(self) -> Similar:
        free = (known for known in self.ours.companies if known.id not in self._by_ours)
        return Similar(known for known in free if known.is_open and not known.is_own)

    def _certain(self, ours: Known) -> Suggestion | None:
        theirs = self.theirs.sole(ours)
        if theirs is None or ours.is_own != theirs.is_own:
            return None
        found = self._judge(ours, theirs)
        return found if found.certainty is Certainty.CERTAIN else None

    def _judge_all(self, pairs: Iterable[tuple[Known, Known]]) -> list[Suggestion]:
        right = (pair for pair in pairs if pair[0].is_own == pair[1].is_own)  # the MSP is only ever the MSP
        return [self._judge(*pair) for pair in islice(right, _MOST)]

    def _judge(self, ours: Known, theirs: Known) -> Suggestion:
        """What the evidence that the two share is worth."""
        reasons = ours.shares(theirs)
        doubts = [*_doubts(ours, theirs, reasons, self._source), *self._ties(ours, theirs)]
        is_certain = not doubts and reasons[0] in STRONG
        return Suggestion(
            ours.id,
            theirs.id,
            reasons[0],
            ", ".join(_words(reason, ours, theirs, self._source) for reason in reasons),
            Certainty.CERTAIN if is_certain else Certainty.PROPOSAL,
            "; ".join(doubts),
        )

    def _liken(self, ours: Known, theirs: Known, score: float) -> Suggestion:
        likeness = min(99, int(score))  # never shown as equal, not even with the words in another order
        doubts = _doubts(ours, theirs, (Reason.SIMILAR,), self._source)
        words = f"similar name ({likeness} %)"
        detail = "; ".join(doubts)
        return Suggestion(ours.id, theirs.id, Reason.SIMILAR, words, Certainty.PROPOSAL, detail, likeness)

    def _ties(self, ours: Known, theirs: Known) -> list[str]:
        """Who else fits. Empty exactly where all strong evidence of either points to the other."""
        doubts = []
        if self.theirs.sole(ours) is not theirs:
            rivals = self.theirs.sharing(ours, STRONG, with_taken=True)
            doubts += _rivals("at " + self._source, (known for known in rivals if known.id != theirs.id))
        if self.ours.sole(theirs) is not ours:
            rivals = self.ours.sharing(theirs, STRONG, with_taken=True)
            doubts += _rivals("of yours", (known for known in rivals if known.id != ours.id))
        return doubts


def _words(reason: Reason, ours: Known, theirs: Known, source: str) -> str:
    if reason is Reason.PSA_ID:
        carried = any(key[0] is reason and key[1].startswith("psa ") for key in set(ours.keys) & set(theirs.keys))
        return f"the PSA id carried by {source}" if carried else f"the id at {source}, carried by another source"
    if reason is Reason.OWN:
        return "your own company"
    if reason is Reason.DOMAIN:
        return f"same domain {_shown(min(ours.hosts & theirs.hosts))}"
    if reason is Reason.OWNER:
        return "hosts under one registered domain"
    is_same = ours.name.strip().casefold() == theirs.name.strip().casefold()
    return "same name" if is_same else "same name without legal form"


def _doubts(ours: Known, theirs: Known, reasons: Collection[Reason], source: str) -> list[str]:
    """What is known of the two that speaks against them being one."""
    doubts = []
    if ours.hosts and theirs.hosts and not ours.hosts & theirs.hosts:
        doubts.append(_different_hosts(ours, theirs, source))
    if are_unlike(ours, theirs):
        doubts.append("the names have nothing in common")
    if set(reasons) == {Reason.NAME} and ours.forms and theirs.forms and ours.forms != theirs.forms:
        here, there = " ".join(ours.forms), " ".join(theirs.forms)
        doubts.append(f"the legal forms differ: {here} with you, {there} at {source}")
    if not theirs.is_active:
        doubts.append(f"it is inactive at {source}")
    if not ours.is_open:
        doubts.append("your company is linked or set aside here already")
    if not theirs.is_open:
        doubts.append(f"the company at {source} is linked or set aside already")
    return doubts


def _different_hosts(ours: Known, theirs: Known, source: str) -> str:
    here, there = min(ours.hosts), min(theirs.hosts)
    one, other = registered(here), registered(there)
    how = "only look alike" if one and other and looks_alike(one, other) else "differ"
    return f"the domains {how}: {_shown(here)} with you, {_shown(there)} at {source}"


def _shown(host: str) -> str:
    found = registered(host)
    return found.shown if found else host


def _rivals(where: str, rivals: Iterable[Known]) -> list[str]:
    """The first two by name, for a tie has to be seen whole to be judged."""
    some = list(islice(rivals, 3))
    names = ", ".join(f"“{short(known.name, 40)}”{_where(known)}" for known in some[:2])
    more = " and others" if len(some) > 2 else ""
    return [f"{names}{more} {where} {'fit' if len(some) > 1 else 'fits'} as well"] if some else []


def _where(known: Known) -> str:
    """What tells namesakes apart for people: an address, else the source's number; never one of our opaque ids."""
    host = next(iter(sorted(known.hosts)), "")
    mark = host or (known.id if known.id.isdigit() else "")
    return f" ({mark})" if mark else ""


def _merged(first: list[Suggestion], second: list[Suggestion]) -> list[Suggestion]:
    """Both without the second mention of a pair."""
    seen = {(found.company_id, found.external_id) for found in first}
    rest = [found for found in second if (found.company_id, found.external_id) not in seen]
    return [*first[:2], *rest, *first[2:]][:_MOST]
