"""People and where they came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlmodel import Session, col

from domain.person import Person, PersonKind
from domain.roles import Role
from storage.bulk import among, core, insert_or_skip, upsert, written
from storage.tables import OriginRow, PersonRow


@dataclass(frozen=True)
class Origin:
    """Which upstream record a person came from, through which link and run."""

    connection_id: str
    kind: PersonKind
    external_id: str
    company_id: str
    person_id: str
    link_id: str | None
    external_company_id: str | None
    fingerprint: str
    plan_id: str
    gone: bool = False


class People:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, person_id: str) -> Person | None:
        row = self._session.get(PersonRow, person_id, populate_existing=True)
        return None if row is None else _said(row)

    def by_external(
        self, connection_id: str, kind: PersonKind, external_ids: Sequence[str]
    ) -> dict[str, tuple[Person, Origin]]:
        """People by the upstream id they came with."""
        rows = self._session.execute(
            select(*_PERSON, *_ORIGIN)
            .join_from(core(PersonRow), core(OriginRow), col(OriginRow.person_id) == col(PersonRow.id))
            .where(
                col(OriginRow.connection_id) == connection_id,
                col(OriginRow.kind) == kind,
                among(col(OriginRow.external_id), external_ids),
            ),
        )
        found = ((_person(*row[: len(_PERSON)]), _origin_of(*row[len(_PERSON) :])) for row in rows)
        return {origin.external_id: (person, origin) for person, origin in found}

    def by_email(self, company_id: str, folds: Sequence[str]) -> dict[str, Person]:
        rows = self._session.execute(
            select(*_PERSON).where(col(PersonRow.company_id) == company_id, among(col(PersonRow.email_fold), folds))
        )
        return {person.email_fold: person for person in (_person(*row) for row in rows)}

    def origins(self, person_ids: Sequence[str]) -> dict[str, tuple[Origin, ...]]:
        found: dict[str, list[Origin]] = {}
        for row in self._session.execute(
            select(*_ORIGIN)
            .where(among(col(OriginRow.person_id), person_ids))
            .order_by(col(OriginRow.connection_id), col(OriginRow.external_id))
        ):
            origin = _origin_of(*row)
            found.setdefault(origin.person_id, []).append(origin)
        return {person_id: tuple(origins) for person_id, origins in found.items()}

    def of_link(self, link_id: str) -> tuple[str, ...]:
        """Ids of the people who came through a link."""
        return tuple(
            self._session.scalars(select(col(OriginRow.person_id)).where(col(OriginRow.link_id) == link_id).distinct())
        )

    def links_in_use(self, connection_id: str) -> frozenset[str]:
        """Ids of the links through which anybody came."""
        where = (col(OriginRow.connection_id) == connection_id, col(OriginRow.link_id).is_not(None))
        rows = self._session.scalars(select(col(OriginRow.link_id)).where(*where).distinct())
        return frozenset(link_id for link_id in rows if link_id is not None)

    def count_known(self, connection_id: str, kind: PersonKind, company_id: str | None = None) -> int:
        where = _known(connection_id, kind, company_id)
        return self._session.scalar(select(func.count()).select_from(OriginRow).where(*where)) or 0

    def known_ids(self, connection_id: str, kind: PersonKind, company_id: str | None = None) -> dict[str, str]:
        """Upstream id → person id of everybody not marked as gone."""
        where = _known(connection_id, kind, company_id)
        rows = self._session.execute(select(col(OriginRow.external_id), col(OriginRow.person_id)).where(*where))
        return dict(rows.all())

    def add_many(self, people: Sequence[Person], at: datetime, plan_id: str) -> int:
        """Add people; where the company has that address already the row is left out (read back who holds it). How many were new."""
        return insert_or_skip(self._session, PersonRow, [_values(person, at, plan_id) for person in people])

    def change_many(self, people: Sequence[Person]) -> None:
        """Take over names, title and address."""
        if people:
            table = core(PersonRow)
            names = ("email", "email_fold", "first_name", "last_name", "title")
            statement = (
                update(table)
                .where(table.c.id == bindparam("person"))
                .values({name: bindparam(f"v_{name}") for name in names})
            )
            self._session.execute(
                statement,
                [{"person": person.id} | {f"v_{name}": getattr(person, name) for name in names} for person in people],
            )

    def put_origins(self, origins: Sequence[Origin]) -> None:
        upsert(
            self._session,
            OriginRow,
            [{**origin.__dict__} for origin in origins],
            ("connection_id", "kind", "external_id"),
            compare=("fingerprint", "person_id", "link_id", "gone"),
        )

    def mark_gone(self, connection_id: str, kind: PersonKind, external_ids: Sequence[str], gone: bool = True) -> None:
        self._session.execute(
            update(OriginRow)
            .where(
                col(OriginRow.connection_id) == connection_id,
                col(OriginRow.kind) == kind,
                among(col(OriginRow.external_id), external_ids),
            )
            .values(gone=gone)
        )

    def set_role(self, person_id: str, role: Role) -> None:
        self._session.execute(update(PersonRow).where(col(PersonRow.id) == person_id).values(role=role))

    def suspend(self, person_id: str, on: bool) -> bool:
        return bool(
            written(
                self._session,
                update(PersonRow)
                .where(col(PersonRow.id) == person_id, col(PersonRow.suspended) != on)
                .values(suspended=on),
            )
        )

    def count(self, company_id: str | None = None) -> int:
        where = [] if company_id is None else [col(PersonRow.company_id) == company_id]
        return self._session.scalar(select(func.count()).select_from(PersonRow).where(*where)) or 0

    def named(self, words: str, company_id: str | None, limit: int) -> tuple[Person, ...]:
        """People whose name or address holds the words."""
        where = _where(company_id, words)
        return tuple(
            _said(row)
            for row in self._session.scalars(
                select(PersonRow).where(*where).order_by(col(PersonRow.email_fold)).limit(limit)
            )
        )


def _where(company_id: str | None, search: str) -> list[Any]:
    where: list[Any] = [] if company_id is None else [col(PersonRow.company_id) == company_id]
    for word in search.split():
        where.append(
            or_(
                col(PersonRow.first_name).icontains(word, autoescape=True),
                col(PersonRow.last_name).icontains(word, autoescape=True),
                col(PersonRow.email).icontains(word, autoescape=True),
            )
        )
    return where


def _known(connection_id: str, kind: PersonKind, company_id: str | None) -> list[Any]:
    """Origins of those not marked as gone, of one company or of all."""
    where = [col(OriginRow.connection_id) == connection_id, col(OriginRow.kind) == kind, ~col(OriginRow.gone)]
    return where if company_id is None else [*where, col(OriginRow.company_id) == company_id]


def _values(person: Person, at: datetime, plan_id: str) -> Mapping[str, Any]:
    return {
        "id": person.id,
        "company_id": person.company_id,
        "kind": person.kind,
        "email": person.email,
        "email_fold": person.email_fold,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "title": person.title,
        "role": person.role,
        "suspended": person.suspended,
        "created_at": at,
        "created_by_plan": plan_id,
    }


def _said(row: PersonRow) -> Person:
    return Person(
        row.id,
        row.company_id,
        PersonKind(row.kind),
        row.email,
        row.email_fold,
        row.first_name,
        row.last_name,
        row.title,
        Role(row.role),
        row.suspended,
    )


def _origin(row: OriginRow) -> Origin:
    return _origin_of(*(getattr(row, name) for name in Origin.__dataclass_fields__))


# Plain columns, not objects, where many are looked up at once. The columns are called as the fields are.
_PERSON = tuple(core(PersonRow).c[name] for name in Person.__dataclass_fields__)
_ORIGIN = tuple(core(OriginRow).c[name] for name in Origin.__dataclass_fields__)
_KINDS = {kind.value: kind for kind in PersonKind}
_ROLES = {role.value: role for role in Role}


def _person(id_: str, company_id: str, kind: str, email: str, fold: str, first: str, last: str, title: str, role: str, suspended: bool) -> Person:
    return Person(id_, company_id, _KINDS[kind], email, fold, first, last, title, _ROLES[role], suspended)


def _origin_of(connection_id: str, kind: str, *rest: Any) -> Origin:
    return Origin(connection_id, _KINDS[kind], *rest)
