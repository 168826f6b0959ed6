"""Roles that were named, and the settings people change in Slack."""

from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from domain.roles import Role
from storage.tables import RoleRow, SettingRow


class Roles:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, user_id: str) -> Role | None:
        row = self._session.get(RoleRow, user_id)
        return None if row is None else Role(row.role)

    def all(self) -> tuple[tuple[str, Role], ...]:
        return tuple(
            (row.user_id, Role(row.role))
            for row in self._session.scalars(select(RoleRow).order_by(col(RoleRow.user_id)))
        )

    def admins(self) -> tuple[str, ...]:
        return tuple(
            self._session.scalars(
                select(col(RoleRow.user_id)).where(col(RoleRow.role) == Role.ADMIN).order_by(col(RoleRow.user_id))
            )
        )

    def put(self, user_id: str, role: Role | None, by: str) -> None:
        if role is None:
            self._session.execute(delete(RoleRow).where(col(RoleRow.user_id) == user_id))
        else:
            self._session.merge(RoleRow(user_id=user_id, role=role, given_by=by))


class SettingsStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str, default: Any) -> Any:
        row = self._session.get(SettingRow, key)
        return default if row is None else row.value

    def put(self, key: str, value: Any) -> None:
        self._session.merge(SettingRow(key=key, value=value))

    def default_role(self) -> Role:
        return Role(self.get("default_role", Role.TECHNICIAN))

    def second_person(self) -> bool:
        return bool(self.get("second_person", False))
