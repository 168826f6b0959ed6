"""Matching on real organizations whose names and domains are known: how often certain is right, and how much it finds.

The list is not part of the project. It is looked for where the environment variable GANGWAY_ORGANIZATIONS says, else
in the folder `shared/data` beside the checkout: a CSV with the columns name, domain, city, state, type.
"""

import csv
import os
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.matching import Certainty, Managed, Reason, Suggestion, Verdict, match_new, suggest
from domain.naming import bare_name
from domain.ports import UpstreamCompany

FALLBACK = Path(__file__).parents[2].parent / "shared" / "data" / "organizations.csv"
FORMS = [" Inc.", ", Inc", " LLC", " Ltd.", " Limited", " Corp", " GmbH", ", L.L.C.", " PLC", " S.A."]


@dataclass(frozen=True)
class World:
    """Both sides of a matching; a company and an upstream company are the same exactly when their ids are."""

    managed: list[Managed]
    upstream: list[UpstreamCompany]


@pytest.fixture(scope="module")
def organizations() -> list[dict[str, str]]:
    path = Path(os.environ.get("GANGWAY_ORGANIZATIONS") or FALLBACK)
    if not path.is_file():
        pytest.skip(f"the list of organizations is absent: set GANGWAY_ORGANIZATIONS to its CSV file (no {path.name})")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def respelled(name: str, chance: random.Random) -> str:
    """The name as somebody else would have typed it."""
    if chance.random() < 0.25:
        name = name.replace(" and ", " & ") if " and " in name else name.replace(" ", "  ")
    if chance.random() < 0.25:
        name = name.replace("-", " ").replace(",", "").replace("'", "’")
    if chance.random() < 0.10:  # a slip of the finger
        at = chance.randrange(len(name))
        name = name[:at] + name[at + 1 :]
    if chance.random() < 0.30:
        name += chance.choice(FORMS)
    if chance.random() < 0.10 and not name.lower().startswith("the "):
        name = f"The {name}"
    return chance.choice([name, name, name.upper(), name.lower()])


def world(organizations: list[dict[str, str]], missing: float) -> World:
    """Both sides know the organizations but for the share `missing` on each; each leaves out 40 % of the domains."""
    chance = random.Random(20)
    managed, upstream = [], []
    for number, row in enumerate(organizations):
        if chance.random() >= missing:
            managed.append(Managed(str(number), row["name"], row["domain"] if chance.random() < 0.6 else None))
        if chance.random() >= missing:
            web = f"https://www.{row['domain'].upper()}/" if chance.random() < 0.6 else ""
            upstream.append(UpstreamCompany(str(number), respelled(row["name"], chance) or "?", web))
    chance.shuffle(upstream)
    return World(managed, upstream)


def wrong(found: list[Suggestion]) -> list[Suggestion]:
    return [one for one in found if one.certainty is Certainty.CERTAIN and one.company_id != one.external_id]


def report(what: str, found: list[Suggestion], true_pairs: int) -> str:
    certain = [one for one in found if one.certainty is Certainty.CERTAIN]
    right = len(certain) - len(wrong(found))
    proposed = {one.company_id for one in found if one.company_id == one.external_id}
    return (
        f"{what}: certain {len(certain)}, precision {right / max(len(certain), 1):.4f}, "
        f"recall {right / true_pairs:.3f}; with proposals {len(proposed) / true_pairs:.3f}"
    )


def test_everything_certain_is_right_when_both_sides_know_every_organization(
    organizations: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    both = world(organizations, missing=0.0)
    found = suggest(both.managed, both.upstream)
    with capsys.disabled():
        print("\n" + report("all known to both", found, len(organizations)))
    assert wrong(found) == []
    assert sum(one.certainty is Certainty.CERTAIN for one in found) > 0.65 * len(organizations)


def test_where_a_tenth_is_missing_only_namesakes_without_a_domain_in_common_can_be_taken_for_each_other(
    organizations: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The limit of a name: of two Towns of Essex each side knows another one, and nothing tells them apart.

    Ids and domains stay right without exception, and so does every name that only one organization bears.
    """
    part = world(organizations, missing=0.1)
    found = suggest(part.managed, part.upstream)
    true_pairs = {one.id for one in part.managed} & {one.id for one in part.upstream}
    with capsys.disabled():
        print("\n" + report("a tenth missing", found, len(true_pairs)))
    mistaken = wrong(found)
    assert all(one.reason is Reason.NAME for one in mistaken)
    bare = [bare_name(row["name"]) for row in organizations]
    assert all(bare[int(one.company_id)] == bare[int(one.external_id)] for one in mistaken)
    assert len(mistaken) < 0.003 * sum(one.certainty is Certainty.CERTAIN for one in found)


def test_an_import_from_a_second_source_links_no_organization_to_another_and_doubles_few(
    organizations: list[dict[str, str]],
) -> None:
    both = world(organizations, missing=0.0)
    found = match_new(both.upstream, both.managed)
    assert all(match.company_id in (None, id_) for id_, match in found.items())
    doubled = [match for match in found.values() if match.verdict is Verdict.NEW]
    assert len(doubled) < 0.02 * len(organizations), "all of them are ours already"
