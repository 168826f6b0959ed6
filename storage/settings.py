"""Roles that were named, and the settings people change in Slack."""

from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from domain import four_eyes
from domain.roles import MAY, Act, Role
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

    def four_eyes(self) -> frozenset[four_eyes.Risky]:
        """The risky acts that need a second person."""
        return four_eyes.wanted(self.get(four_eyes.SETTING, None))

    def stand_ins(self) -> dict[str, str]:
        """Who is away → who decides meanwhile, as Slack ids."""
        return dict(self.get(four_eyes.STAND_INS, {}))

    def deputy_for(self, user_id: str, roles: Roles) -> frozenset[str]:
        """Those who are away, may approve, and whom this person stands in for."""
        away = [who for who, deputy in self.stand_ins().items() if deputy == user_id]
        return frozenset(who for who in away if Act.APPROVE in MAY[roles.of(who) or self.default_role()])
