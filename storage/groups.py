"""Groups of people, and who is in them."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import delete, select
from sqlmodel import Session, col

from domain.group import Group, fold
from domain.person import Person
from storage.bulk import insert_or_skip, upsert
from storage.group_tables import GroupMemberRow, PersonGroupRow
from storage.people import _said as said_person
from storage.tables import PersonRow


class Groups:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, ids: Sequence[str]) -> dict[str, Group]:
        rows = self._session.scalars(select(PersonGroupRow).where(col(PersonGroupRow.id).in_(ids)))
        return {row.id: _said(row) for row in rows}

    def by_external(self, connection_id: str, external_ids: Sequence[str]) -> dict[str, Group]:
        rows = self._session.scalars(
            select(PersonGroupRow).where(
                col(PersonGroupRow.connection_id) == connection_id, col(PersonGroupRow.external_id).in_(external_ids)
            )
        )
        return {row.external_id or "": _said(row) for row in rows}

    def by_name(self, company_id: str, folds: Sequence[str]) -> dict[str, Group]:
        rows = self._session.scalars(
            select(PersonGroupRow).where(
                col(PersonGroupRow.company_id) == company_id, col(PersonGroupRow.name_fold).in_(folds)
            )
        )
        return {row.name_fold: _said(row) for row in rows}

    def members(self, ids: Sequence[str]) -> dict[str, tuple[Person, ...]]:
        found: dict[str, list[Person]] = {}
        rows = self._session.execute(
            select(col(GroupMemberRow.group_id), PersonRow)
            .join(PersonRow, col(PersonRow.id) == col(GroupMemberRow.person_id))
            .where(col(GroupMemberRow.group_id).in_(ids))
            .order_by(col(PersonRow.email_fold))
        )
        for group_id, person in rows:
            found.setdefault(group_id, []).append(said_person(person))
        return {group_id: tuple(people) for group_id, people in found.items()}

    def of_people(self, person_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Person id → the names of their groups."""
        found: dict[str, list[str]] = {}
        rows = self._session.execute(
            select(col(GroupMemberRow.person_id), col(PersonGroupRow.name))
            .join(PersonGroupRow, col(PersonGroupRow.id) == col(GroupMemberRow.group_id))
            .where(col(GroupMemberRow.person_id).in_(person_ids))
            .order_by(col(PersonGroupRow.name_fold))
        )
        for person_id, name in rows:
            found.setdefault(person_id, []).append(name)
        return {person_id: tuple(names) for person_id, names in found.items()}

    def put(self, group: Group, person_ids: Sequence[str]) -> None:
        """Write a group with exactly these members."""
        upsert(self._session, PersonGroupRow, [_values(group)], ("id",))
        here = col(GroupMemberRow.group_id) == group.id
        self._session.execute(delete(GroupMemberRow).where(here, col(GroupMemberRow.person_id).not_in(person_ids)))
        self._join(group.company_id, [(group.id, person_id) for person_id in person_ids])

    def join(
        self, company_id: str, wanted: Mapping[str, Sequence[str]], new_id: Callable[[], str], plan_id: str
    ) -> None:
        """Put people (id → names of groups) into groups of their company; what is missing is made."""
        names = {fold(name): name for each in wanted.values() for name in each}
        there = self.by_name(company_id, list(names))
        made = [Group(new_id(), company_id, name, plan_id=plan_id) for key, name in names.items() if key not in there]
        insert_or_skip(self._session, PersonGroupRow, [_values(group) for group in made])
        there = self.by_name(company_id, list(names))
        self._join(company_id, [(there[fold(name)].id, one) for one, each in wanted.items() for name in each])

    def _join(self, company_id: str, pairs: Sequence[tuple[str, str]]) -> None:
        rows = [{"group_id": group, "person_id": person, "company_id": company_id} for group, person in pairs]
        insert_or_skip(self._session, GroupMemberRow, rows)

    def remove(self, ids: Sequence[str]) -> None:
        self._session.execute(delete(GroupMemberRow).where(col(GroupMemberRow.group_id).in_(ids)))
        self._session.execute(delete(PersonGroupRow).where(col(PersonGroupRow.id).in_(ids)))

    def leave(self, person_ids: Sequence[str], plan_id: str) -> None:
        """Take people out of all their groups; what one run made and nobody is in any more goes too."""
        self._session.execute(delete(GroupMemberRow).where(col(GroupMemberRow.person_id).in_(person_ids)))
        filled = select(col(GroupMemberRow.group_id))
        own = (col(PersonGroupRow.plan_id) == plan_id, col(PersonGroupRow.connection_id).is_(None))
        self._session.execute(delete(PersonGroupRow).where(*own, col(PersonGroupRow.id).not_in(filled)))


def _values(group: Group) -> dict[str, object]:
    return {**group.__dict__, "name_fold": fold(group.name)}


def _said(row: PersonGroupRow) -> Group:
    return Group(row.id, row.company_id, row.name, row.connection_id, row.external_id, row.plan_id)
