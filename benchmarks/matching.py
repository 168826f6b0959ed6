"""How often matching is certain, how often that is right, and how its cost grows: `python -m benchmarks.matching`.

Made-up companies whose pairs are known: a company and an upstream company are the same exactly when their ids are. Each
side lacks some, and knows some without a domain. The names are spoilt as people spoil them: legal forms, abbreviations,
slips of the finger, capitals, "&". Holdings share one domain among several companies, and some names differ by one word.
"""

import argparse
import random
import time
from dataclasses import dataclass

from benchmarks.measuring import say
from domain.matching import Certainty, Managed, Suggestion, suggest
from domain.ports import UpstreamCompany

SIZES = (1_000, 10_000)
FORMS = (" Inc.", ", Inc", " LLC", " Ltd.", " Limited", " Corp", " GmbH", " & Co. KG", " PLC", " S.A.")
SHORTER = (
    ("International", "Intl"), ("Services", "Svcs"), ("Manufacturing", "Mfg"), (" and ", " & "), ("Company", "Co."),
    ("Associates", "Assoc."), ("Brothers", "Bros"), ("Management", "Mgmt"),
)  # fmt: skip
FIRST = ("Alder", "Birch", "Cedar", "Dover", "Elm", "Falcon", "Granite", "Harbor", "Iron", "Juniper", "Kestrel", "Linden",
         "Maple", "North", "Oak", "Pine", "Quarry", "River", "Stone", "Timber", "Union", "Valley", "West", "Yarrow")  # fmt: skip
SECOND = ("bridge", "brook", "dale", "field", "ford", "gate", "haven", "hill", "land", "mont", "point", "ridge", "shore",
          "side", "stead", "ton", "view", "ville", "wick", "wood")  # fmt: skip
TRADES = ("Accounting", "Advisors and Associates", "Brothers Bakery", "Capital Management", "Dental Care", "Engineering",
          "Family Law", "Freight Services", "Garden Company", "Hospitality International", "Insurance", "Kitchen and Bath",
          "Logistics", "Manufacturing", "Medical Services", "Motors", "Paper Company", "Plumbing", "Property Management",
          "Roofing", "School District", "Software", "Tooling", "Veterinary Clinic", "Wine Trading")  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """What was found, beside what is true."""

    size: int
    seconds: float
    certain: int
    wrong: int
    true: int  # pairs there are
    offered: int  # pairs that were found at all: certain, or among the proposals

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.certain if self.certain else 1.0

    @property
    def recall(self) -> float:
        return (self.certain - self.wrong) / self.true

    @property
    def reach(self) -> float:
        return self.offered / self.true


def spoilt(name: str, chance: random.Random) -> str:
    """The name as somebody else would have typed it."""
    if chance.random() < 0.30:
        for long, short in SHORTER:
            name = name.replace(long, short)
    if chance.random() < 0.10:
        at = chance.randrange(1, len(name))
        name = name[:at] + name[at + 1 :] if chance.random() < 0.5 else name[:at] + name[at - 1] + name[at:]
    if chance.random() < 0.40:
        name += chance.choice(FORMS)
    if chance.random() < 0.05:
        name = f"The {name}"
    return chance.choice([name, name, name.upper(), name.lower()])


def world(size: int, seed: int = 7) -> tuple[list[Managed], list[UpstreamCompany]]:
    """Both sides of a matching."""
    chance = random.Random(seed)
    names = [f"{first}{second} {trade}" for first in FIRST for second in SECOND for trade in TRADES]
    managed, upstream = [], []
    for number, name in enumerate(chance.sample(names, size)):
        own = f"{name.split()[0]}-{name.split()[1]}{number}.example.com".lower()
        domain = f"holding{number // 3}.example.com" if number % 20 < 3 else own  # three of twenty belong to a holding
        if chance.random() < 0.9:
            managed.append(Managed(str(number), name, domain if chance.random() < 0.6 else None))
        if chance.random() < 0.9:
            upstream.append(UpstreamCompany(str(number), spoilt(name, chance), f"https://www.{domain}/" if chance.random() < 0.6 else ""))
    chance.shuffle(upstream)
    return managed, upstream


def scored(size: int) -> Scored:
    managed, upstream = world(size)
    began = time.process_time()
    found = suggest(managed, upstream)
    seconds = time.process_time() - began
    certain = [each for each in found if each.certainty is Certainty.CERTAIN]
    true = len({each.id for each in managed} & {each.id for each in upstream})
    right = {each.company_id for each in found if _is_right(each)}
    return Scored(size, seconds, len(certain), sum(not _is_right(each) for each in certain), true, len(right))


def _is_right(one: Suggestion) -> bool:
    return one.company_id == one.external_id


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    sizes = (200, 1_000) if wanted.parse_args().small else SIZES
    told = [scored(size) for size in sizes]
    lines: dict[str, object] = {
        f"{one.size:,} × {one.size:,}": f"precision {one.precision:.4f} ({one.wrong} wrong of {one.certain:,} certain), recall {one.recall:.3f} certain, {one.reach:.3f} with proposals"
        for one in told
    }
    lines["cost of the larger / of the smaller"] = f"{told[1].seconds / told[0].seconds:.1f} for {sizes[1] / sizes[0]:g} times the companies on each side"
    say("Matching companies", lines)


if __name__ == "__main__":
    main()
