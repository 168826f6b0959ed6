"""A source says that what stands here under one company is another's now: nothing of its answer is kept, and the journal says so.

Once for each record and each company it claims, however many syncs meet it. The company it claims is named nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.roles import SYSTEM
from flows import connect
from flows.context import Context
from flows.figures import REFUSED
from storage.store import Work

UNTOLD = "untold"  # the source would not say whose it is, only that it is not this company's


@dataclass(frozen=True)
class Stands:
    """A record as it stands here: our id of it, and its company."""

    id: str
    company_id: str
    external_company_id: str  # as the source called it


def note_all(
    context: Context, work: Work, connection_id: str, dropped: Mapping[str, str | None], here: Mapping[str, Stands]
) -> int:
    """Of rows that nobody here may have (upstream id → the company they claim), those that stand `here` under another."""
    found = [(stands, str(dropped[id_])) for id_, stands in here.items() if str(dropped[id_]) != stands.external_company_id]
    return sum(note(context, work, connection_id, stands, claimed) for stands, claimed in found)


def note(context: Context, work: Work, connection_id: str, stands: Stands, claimed: str) -> bool:
    """Returns whether it is news."""
    key = f"stranger:{stands.id}"
    if work.settings.get(key, "") == claimed:
        return False
    work.settings.put(key, claimed)
    connection = work.connections.get(connection_id)
    title = connect.titled(context, connection).title if connection else "A source"
    said = f"{title} sent a record of this company as another company's. Nothing of what it sent was kept."
    work.journal.write(context.clock(), SYSTEM, REFUSED, said, stands.company_id, stands.id)
    return True
