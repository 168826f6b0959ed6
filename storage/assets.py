"""Configuration items of companies, our categories, and which type goes to which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update
from sqlmodel import Session, col

from domain.asset import Asset, AssetMap, Category
from storage import items
from storage.bulk import upsert
from storage.items import Brought
from storage.psa_tables import AssetCategoryRow, AssetMappingRow, AssetRow

_TYPE = ("connection_id", "company_id", "type_id")


@dataclass(frozen=True)
class OfCategory:
    """What a category stands for at one connection: these types, at one company, or at all but those with a map of their own."""

    connection_id: str
    types: tuple[str, ...]
    company_id: str = ""
    but: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which items a list shows, of those that are active. `category` None: of any category."""

    company_id: str = ""
    search: str = ""
    category: tuple[OfCategory, ...] | None = None


class Assets:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, asset_id: str) -> Asset | None:
        """None also for one that came through a mapping which was changed since."""
        where = (col(AssetRow.id) == asset_id, ~col(AssetRow.gone), items.live(AssetRow))
        row = self._session.scalars(select(AssetRow).where(*where).execution_options(populate_existing=True)).one_or_none()
        return None if row is None else _said(row)

    def page(self, wanted: Wanted, size: int, offset: int) -> tuple[tuple[Asset, ...], int]:
        """By name, with how many there are."""
        where = _where(wanted)
        total = self._session.scalar(select(func.count()).select_from(AssetRow).where(*where)) or 0
        order = (col(AssetRow.name_fold), col(AssetRow.id))
        rows = self._session.scalars(select(AssetRow).where(*where).order_by(*order).limit(size).offset(offset))
        return tuple(_said(row) for row in rows), total

    def by_type(self, connection_id: str, company_id: str = "") -> dict[str, int]:
        """How many items each type has: of all companies, or of one."""
        where = [col(AssetRow.connection_id) == connection_id, ~col(AssetRow.gone), items.live(AssetRow)]
        where += [col(AssetRow.company_id) == company_id] if company_id else []
        counted = select(col(AssetRow.type), func.count()).where(*where).group_by(col(AssetRow.type))
        return {str(type_): int(number) for type_, number in self._session.execute(counted)}

    def put(self, rows: Sequence[Brought], seen: str) -> int:
        return items.put(self._session, AssetRow, rows, seen)

    def owners(self, connection_id: str, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        return items.owners(self._session, AssetRow, connection_id, ids)

    def saw(self, connection_id: str, ids: Sequence[str], seen: str) -> None:
        items.saw(self._session, AssetRow, connection_id, ids, seen)

    def standing(self, connection_id: str, seen: str) -> tuple[int, int]:
        return items.standing(self._session, AssetRow, connection_id, seen)

    def part(self, connection_id: str, seen: str) -> int:
        return items.part(self._session, AssetRow, connection_id, seen)

    # --- categories ---

    def categories(self) -> tuple[Category, ...]:
        rows = self._session.scalars(select(AssetCategoryRow).order_by(col(AssetCategoryRow.name_fold)))
        return tuple(Category(row.id, row.name) for row in rows)

    def keep_category(self, category: Category) -> None:
        self._session.merge(AssetCategoryRow(id=category.id, name=category.name, name_fold=category.name.casefold()))
        self._session.flush()

    def merge_category(self, gone: str, into: str) -> None:
        """Whatever went to one goes to the other."""
        self._session.execute(
            update(AssetMappingRow).where(col(AssetMappingRow.category_id) == gone).values(category_id=into)
        )
        self._session.execute(delete(AssetCategoryRow).where(col(AssetCategoryRow.id) == gone))

    # --- the mapping ---

    def map(self, connection_id: str) -> AssetMap:
        rows = self._session.scalars(select(AssetMappingRow).where(col(AssetMappingRow.connection_id) == connection_id))
        copies: dict[str, dict[str, str | None]] = {}
        for row in rows:
            copies.setdefault(row.company_id, {})[row.type_id] = row.category_id
        return AssetMap(copies.pop("", {}), copies)

    def set_type(self, connection_id: str, company_id: str, types: Mapping[str, str | None]) -> None:
        """Where types go, account-wide (company "") or in a company's copy."""
        rows = [
            {"connection_id": connection_id, "company_id": company_id, "type_id": type_, "category_id": category}
            for type_, category in types.items()
        ]
        upsert(self._session, AssetMappingRow, rows, _TYPE)

    def drop_copy(self, connection_id: str, company_id: str) -> None:
        where = (col(AssetMappingRow.connection_id) == connection_id, col(AssetMappingRow.company_id) == company_id)
        self._session.execute(delete(AssetMappingRow).where(*where))


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [~col(AssetRow.gone), items.live(AssetRow), col(AssetRow.is_active).is_(True)]
    if wanted.company_id:
        where.append(col(AssetRow.company_id) == wanted.company_id)
    if wanted.search.strip():
        typed = wanted.search.strip()
        name = col(AssetRow.name_fold).contains(typed.casefold(), autoescape=True)
        where.append(or_(name, col(AssetRow.serial).icontains(typed, autoescape=True)))
    if wanted.category is not None:
        where.append(or_(false(), *(_of(each) for each in wanted.category)))
    return where


def _of(part: OfCategory) -> ColumnElement[bool]:
    whose = (col(AssetRow.company_id) == part.company_id) if part.company_id else col(AssetRow.company_id).not_in(part.but)
    return and_(col(AssetRow.connection_id) == part.connection_id, col(AssetRow.type).in_(part.types), whose)


def _said(row: AssetRow) -> Asset:
    return Asset(**{name: getattr(row, name) for name in Asset.__dataclass_fields__})
