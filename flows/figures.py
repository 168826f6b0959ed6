"""What a monitor collects: how many imports, invitations and refusals there ever were. Counts only: no name, no address."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.context import Context

REFUSED = "refused"  # the journal's word for an attempt to reach another company


@dataclass(frozen=True)
class Figures:
    imports: Mapping[tuple[str, str], int]  # (kind, state) → number
    mailed: int
    accepted: int
    refused: int
    journal: Mapping[str, int]  # kind of line → number


def figures(context: Context) -> Figures:
    with context.store.work() as work:
        journal = work.figures.journal()
        return Figures(
            work.figures.plans(), work.figures.mails(), work.figures.accepted(), journal.get(REFUSED, 0), journal
        )
