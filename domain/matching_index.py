"""What is known of a company on either side of a matching, as keys: two companies that share a key have
evidence in common.

Our companies and a source's are brought to one shape here, so that `domain.matching` can look from either
side.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz, process

from domain.naming import bare_name, legal_form
from domain.ports import UpstreamCompany
from domain.webaddress import is_public_mail, is_shared_site, registered

_SIMILAR = 85.0  # percent; below it, a person sees more wrong proposals than right ones
_AHEAD = 3.0  # a proposal this far behind the best one is not worth showing
_MOST_SIMILAR = 3
_UNLIKE = 50.0


class Reason(IntEnum):
    """Why two companies may be one, the strongest first. Those after NAME are never enough without a
    person.
    """

    PSA_ID = 1  # both know the same id in a PSA
    OWN = 2  # both are the MSP itself
    DOMAIN = 3
    NAME = 4  # equal without legal form, case and punctuation
    OWNER = 5  # hosts under one registered domain: a holding's, a city's
    SIMILAR = 6


STRONG = frozenset({Reason.PSA_ID, Reason.OWN, Reason.DOMAIN, Reason.NAME})
Key = tuple[Reason, str]


@dataclass(frozen=True)
class Managed:
    """What is known of one of our companies."""

    id: str
    name: str
    domain: str | None = None  # as stored or typed; it is normalised here
    psa_ids: frozenset[str] = frozenset()  # its ids in a PSA, to compare with the PSA ids that upstream rows carry
    ids_here: frozenset[str] = frozenset()  # its ids at this very source, where another source's record carries them
    is_own: bool = False  # the MSP itself


@dataclass(frozen=True)
class Known:
    """A company of either side, with everything that matching compares."""

    id: str
    name: str
    bare: str
    forms: tuple[str, ...]
    hosts: frozenset[str]
    keys: tuple[Key, ...]  # the strongest first
    is_own: bool
    is_open: bool  # neither linked nor ignored
    is_active: bool

    def shares(self, other: "Known") -> tuple[Reason, ...]:
        """What the two have in common, the strongest first."""
        found = sorted({key[0] for key in set(self.keys) & set(other.keys)})
        return tuple(reason for reason in found if not (reason is Reason.OWNER and Reason.DOMAIN in found))


def know_managed(company: Managed, is_open: bool) -> Known:
    ids = [f"psa {id_}" for id_ in company.psa_ids] + [f"here {id_}" for id_ in company.ids_here]
    return _known(company.id, company.name, [company.domain or ""], ids, company.is_own, is_open, is_active=True)


def know_upstream(company: UpstreamCompany, is_open: bool) -> Known:
    ids = [f"psa {id_}" for id_ in company.psa_ids] + [f"here {company.id}"]
    webs = [company.web, *company.domains]
    return _known(company.id, company.name, webs, ids, company.is_own, is_open, company.is_active)


def _known(id_: str, name: str, webs: list[str], ids: list[str], is_own: bool, is_open: bool, is_active: bool) -> Known:
    domains = [domain for domain in map(registered, webs) if domain is not None]
    domains = [found for found in domains if not is_public_mail(found.ascii) and not is_shared_site(found.ascii)]
    keys = {(Reason.PSA_ID, found) for found in ids}
    keys |= {(Reason.DOMAIN, domain.ascii) for domain in domains}
    keys |= {(Reason.OWNER, domain.registrable) for domain in domains}
    bare = bare_name(name)
    if bare:
        keys.add((Reason.NAME, bare))
    if is_own:
        keys.add((Reason.OWN, ""))
    hosts = frozenset(domain.ascii for domain in domains)
    return Known(id_, name, bare, legal_form(name), hosts, tuple(sorted(keys)), is_own, is_open, is_active)


def are_unlike(one: Known, other: Known) -> bool:
    """Whether the names have nothing in common: no word, no spelling, not the initials. Unknown names are
    not unlike.
    """
    if not one.bare or not other.bare:
        return False
    if _initials(one.bare) == other.bare or one.bare == _initials(other.bare):
        return False
    return fuzz.token_set_ratio(one.bare, other.bare) < _UNLIKE


def _initials(bare: str) -> str:
    words = bare.split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""


class Index:
    """The companies of one side, found by what they share with a company of the other. The order given is
    of no effect.
    """

    def __init__(self, companies: Iterable[Known]) -> None:
        ordered = sorted(companies, key=lambda known: (known.id, known.name, known.keys))
        self.companies = tuple({known.id: known for known in ordered}.values())
        self._by_key: dict[Key, list[Known]] = {}
        for known in self.companies:
            for key in known.keys:
                self._by_key.setdefault(key, []).append(known)
        self._open = {key: [known for known in found if known.is_open] for key, found in self._by_key.items()}
        self._hostless = {
            key: [known for known in found if not known.hosts]
            for key, found in self._by_key.items()
            if key[0] is Reason.NAME
        }

    def sole(self, company: Known) -> Known | None:
        """The one company that all strong evidence points to; None where it points to none or to several.

        Linked and ignored companies and the MSP's own count as well: they are as likely the ones meant.
        """
        pointed = {known.id: known for key in company.keys if key[0] < Reason.NAME for known in self._two(key)}
        name = (Reason.NAME, company.bare)
        named = self._two(name)
        if not pointed:
            return named[0] if len(named) == 1 else None
        if len(pointed) > 1:
            return None
        (only,) = pointed.values()
        if not named:
            return only
        if only.bare != company.bare:
            return None  # the name points elsewhere
        # Namesakes count, unless their domains tell them apart: there are eleven Washington Counties.
        namesakes = self._hostless[name][:2] if company.hosts else named
        return only if all(known.id == only.id for known in namesakes) else None

    def _two(self, key: Key) -> list[Known]:
        """Two of the group are enough to see that it is not one; thousands may share a name."""
        return self._by_key.get(key, [])[:2]

    def sharing(self, company: Known, reasons: Collection[Reason], with_taken: bool) -> Iterator[Known]:
        """Those that share a key of these reasons with the company, by the strongest first, each once."""
        groups = self._by_key if with_taken else self._open
        seen: set[str] = set()
        for key in company.keys:
            for known in groups.get(key, ()) if key[0] in reasons else ():
                if known.id not in seen:
                    seen.add(known.id)
                    yield known


class Similar:
    """Finds similar names. Compares only names whose lengths allow the similarity asked for."""

    def __init__(self, companies: Iterable[Known]) -> None:
        self._by_text: dict[str, list[Known]] = {}
        for known in companies:
            if known.bare:
                self._by_text.setdefault(_sorted_words(known.bare), []).append(known)
        self._texts = sorted(self._by_text, key=lambda text: (len(text), text))
        self._lengths = [len(text) for text in self._texts]

    def find(self, company: Known) -> list[tuple[Known, float]]:
        """The most similar ones with the likeness in percent, the best first; those whose numbers differ
        are left out.
        """
        text = _sorted_words(company.bare)
        if not text:
            return []
        shortest = _SIMILAR / (200 - _SIMILAR)  # the ratio counts what is common twice over both lengths
        low = bisect_left(self._lengths, int(len(text) * shortest))
        high = bisect_right(self._lengths, int(len(text) / shortest) + 1)
        found = process.extract(
            text, self._texts[low:high], scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=_MOST_SIMILAR * 3
        )
        return self._worth_showing(text, found)

    def _worth_showing(self, text: str, found: list[tuple[str, float, int]]) -> list[tuple[Known, float]]:
        right = [(other, score) for other, score, _ in found if _numbers(other) == _numbers(text)]
        best = max((score for _, score in right), default=0.0)
        near = sorted((-score, other) for other, score in right if score > best - _AHEAD)
        return [(known, -score) for score, other in near for known in self._by_text[other]][:_MOST_SIMILAR]


def _sorted_words(bare: str) -> str:
    return " ".join(sorted(bare.split()))


def _numbers(text: str) -> list[str]:
    return [word for word in text.split() if any(char.isdigit() for char in word)]
