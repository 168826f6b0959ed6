"""What an undo looks up and takes away: rows as they stand with all that points at them, and their removal.

What points at a row is asked of the schema itself, so that a table added later keeps its company or person from being
removed without a word here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlmodel import Session, col

from domain.company import Company
from domain.invitation import Invitation
from domain.isolation import Link, LinkState
from domain.person import Person
from domain.plan import PlanState
from storage.companies import _said as said_company
from storage.invitations import _said as said_invitation
from storage.links import _said as said_link
from storage.people import Origin
from storage.people import _origin as said_origin
from storage.people import _said as said_person
from storage.tables import (
    CompanyRow,
    DataKeyRow,
    DigestRow,
    InvitationRow,
    InvitationTokenRow,
    LinkRow,
    OriginRow,
    PersonRow,
    PlanRow,
    ProposalRow,
    VaultEntryBeforeRow,
    VaultEntryRow,
    VaultFolderRow,
    WorkingCompanyRow,
    naming,
)

_WORDS = {
    "person": "people",
    "origin": "people",
    "ticket": "tickets",
    "opportunity": "opportunities",
    "asset": "assets",
    "person_group": "groups",
    "vault_entry": "passwords",
    "vault_folder": "folders of passwords",
    "channel_binding": "a channel bound to it",
    "not_mapped": "a source it is not to be mapped at",
    "digest": "a digest of its own",
    "plan": "an import under way",
}
_BUSY = (PlanState.PREPARING, PlanState.PROPOSED, PlanState.APPROVED, PlanState.RUNNING)
_OWN_OF_COMPANY = frozenset({"link", "proposal", "working_company"})  # goes with a company, or is judged apart
_OWN_OF_PERSON = frozenset({"origin", "invitation", "group_member"})


@dataclass(frozen=True)
class PersonStanding:
    person: Person
    made_by: str
    invitation: Invitation | None
    origins: tuple[Origin, ...]
    things: tuple[str, ...]


@dataclass(frozen=True)
class LinkStanding:
    link: Link
    reason: str
    decided_by: str
    used: bool


@dataclass(frozen=True)
class CompanyStanding:
    company: Company
    made_by: str
    links: tuple[LinkStanding, ...]
    things: tuple[str, ...]


class Undoing:
    def __init__(self, session: Session) -> None:
        self._session = session

    # --- as it stands ---

    def people(self, ids: Sequence[str], hold: bool) -> dict[str, PersonStanding]:
        """`hold`: nobody may accept or change between this look and the end of the transaction."""
        people = select(PersonRow).where(col(PersonRow.id).in_(ids)).order_by(col(PersonRow.id))
        invitations_ = select(InvitationRow).where(col(InvitationRow.person_id).in_(ids)).order_by(col(InvitationRow.id))
        rows = list(self._session.scalars(people.with_for_update() if hold else people))
        invitations = self._session.scalars(invitations_.with_for_update() if hold else invitations_)
        invited = {row.person_id: said_invitation(row) for row in invitations}
        origins: dict[str, list[Origin]] = {}
        for origin in self._session.scalars(select(OriginRow).where(col(OriginRow.person_id).in_(ids))):
            origins.setdefault(origin.person_id, []).append(said_origin(origin))
        things = _pointing(self._session, "person", ids, _OWN_OF_PERSON)
        return {
            row.id: PersonStanding(
                said_person(row),
                row.created_by_plan or "",
                invited.get(row.id),
                tuple(origins.get(row.id, ())),
                things.get(row.id, ()),
            )
            for row in rows
        }

    def companies(self, ids: Sequence[str], hold: bool) -> dict[str, CompanyStanding]:
        """`hold`: as for people; what would come to the company waits, and finds it gone."""
        companies = select(CompanyRow).where(col(CompanyRow.id).in_(ids)).order_by(col(CompanyRow.id))
        rows = list(self._session.scalars(companies.with_for_update() if hold else companies))
        found = list(self._session.scalars(select(LinkRow).where(col(LinkRow.company_id).in_(ids))))
        used = _pointing(self._session, "link", [row.id for row in found], frozenset())
        links: dict[str, list[LinkStanding]] = {}
        for link in found:
            standing = LinkStanding(said_link(link), link.reason, link.decided_by, link.id in used)
            links.setdefault(link.company_id, []).append(standing)
        things = _pointing(self._session, "company", ids, _OWN_OF_COMPANY)
        busy = self._named(PlanRow, ids, col(PlanRow.state).in_(_BUSY)), self._named(DigestRow, ids)
        for word, named in zip((_WORDS["plan"], _WORDS["digest"]), busy, strict=True):
            for company_id in named:
                things[company_id] = (*things.get(company_id, ()), word)
        return {
            row.id: CompanyStanding(
                said_company(row), row.created_by_plan or "", tuple(links.get(row.id, ())), things.get(row.id, ())
            )
            for row in rows
        }

    def _named(self, table: type[PlanRow] | type[DigestRow], ids: Sequence[str], *where: Any) -> set[str]:
        """Companies that rows name without a foreign key."""
        found = self._session.scalars(select(col(table.company_id)).where(col(table.company_id).in_(ids), *where))
        return {company_id for company_id in found if company_id}

    def came(self, link_id: str) -> Mapping[str, int]:
        """What came through a mapping, in words → how many of it: only what there is any of, people first."""
        found: dict[str, int] = {}
        for table, column in _columns("link"):
            counted = func.count(table.c.person_id.distinct()) if table.name == OriginRow.__tablename__ else func.count()
            number = self._session.scalar(select(counted).select_from(table).where(table.c[column] == link_id)) or 0
            found |= {_word(table): number} if number else {}
        return dict(sorted(found.items(), key=lambda each: (each[0] != _WORDS["person"], each[0])))

    # --- taking away ---

    def remove_people(self, ids: Sequence[str]) -> None:
        """Their links in mails die first, then invitation, origins and person go."""
        invitations = select(col(InvitationRow.id)).where(col(InvitationRow.person_id).in_(ids))
        for statement in (
            delete(InvitationTokenRow).where(col(InvitationTokenRow.invitation_id).in_(invitations)),
            delete(InvitationRow).where(col(InvitationRow.person_id).in_(ids)),
            delete(OriginRow).where(col(OriginRow.person_id).in_(ids)),
            delete(PersonRow).where(col(PersonRow.id).in_(ids)),
        ):
            self._session.execute(statement)

    def remove_origin(self, origin: Origin) -> None:
        self._session.execute(
            delete(OriginRow).where(
                col(OriginRow.connection_id) == origin.connection_id,
                col(OriginRow.kind) == origin.kind,
                col(OriginRow.external_id) == origin.external_id,
            )
        )

    def remove_companies(self, ids: Sequence[str]) -> None:
        for statement in (
            delete(ProposalRow).where(col(ProposalRow.company_id).in_(ids)),
            delete(WorkingCompanyRow).where(col(WorkingCompanyRow.company_id).in_(ids)),
            delete(LinkRow).where(col(LinkRow.company_id).in_(ids)),
            delete(DataKeyRow).where(col(DataKeyRow.owner).in_(ids)),
            delete(CompanyRow).where(col(CompanyRow.id).in_(ids)),
        ):
            self._session.execute(statement)

    def remove_link(self, link_id: str) -> None:
        self._session.execute(delete(LinkRow).where(col(LinkRow.id) == link_id))

    def remove_entries(self, ids: Sequence[str]) -> None:
        """Entries, and the folders that are empty without them."""
        where = (col(VaultEntryRow.id).in_(ids), col(VaultEntryRow.folder_id).is_not(None))
        companies = set(self._session.scalars(select(col(VaultEntryRow.company_id)).where(*where)))
        self._session.execute(delete(VaultEntryBeforeRow).where(col(VaultEntryBeforeRow.entry_id).in_(ids)))
        self._session.execute(delete(VaultEntryRow).where(col(VaultEntryRow.id).in_(ids)))
        for company_id in companies:
            self.sweep_folders(company_id)

    def sweep_folders(self, company_id: str) -> None:
        """A folder stays while an entry is in it, or one that an undo may put back."""
        folders = {
            row.id: row.path
            for row in self._session.scalars(select(VaultFolderRow).where(col(VaultFolderRow.company_id) == company_id))
        }
        paths = [
            folders[folder_id]
            for table in (VaultEntryRow, VaultEntryBeforeRow)
            for folder_id in self._session.scalars(_folders_of(table, company_id))
            if folder_id
        ]
        # A path is a JSON list, so one that lies below another begins as that one does, without its closing bracket.
        empty = [id_ for id_, path in folders.items() if not any(f"{one[:-1]},".startswith(f"{path[:-1]},") for one in paths)]
        self._session.execute(delete(VaultFolderRow).where(col(VaultFolderRow.id).in_(empty)))


def _folders_of(table: type[VaultEntryRow] | type[VaultEntryBeforeRow], company_id: str) -> Any:
    return select(col(table.folder_id)).where(col(table.company_id) == company_id).distinct()


def is_live(link: Link) -> bool:
    return link.state is not LinkState.RETIRED


def _pointing(session: Session, target: str, ids: Sequence[str], but: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Id → what points at it by a foreign key, in words."""
    found: dict[str, set[str]] = {}
    for table, column in _columns(target):
        if table.name in but:
            continue
        for value in session.scalars(select(table.c[column]).where(table.c[column].in_(ids)).distinct()):
            found.setdefault(value, set()).add(_word(table))
    return {id_: tuple(sorted(words)) for id_, words in found.items()}


def _word(table: Table) -> str:
    return _WORDS.get(table.name, table.name.replace("_", " "))


def _columns(target: str) -> list[tuple[Table, str]]:
    """Every table with a foreign key to the id of `target`, and its column."""
    columns: Mapping[tuple[str, str], Table] = {
        (table.name, element.parent.name): table
        for table in naming.sorted_tables
        for constraint in table.foreign_key_constraints
        for element in constraint.elements
        if element.column.table.name == target and element.column.name == "id"
    }
    return [(table, column) for (_, column), table in columns.items()]
