"""The role Autotask wants beside a person whenever somebody is assigned."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from connectors.autotask import queries, rows
from connectors.autotask.describing import TRUSTED_FOR, Describer
from connectors.autotask.queries import Walk
from connectors.autotask.ticket_rows import RoleRow, number_of
from domain.errors import AskOperator, TellPerson, Trouble
from domain.ports import Opening

# The first knows which role is a person's default at the service desk; a tenant may open only another one.
OBJECTS = ("ResourceServiceDeskRoles", "ResourceRoles", "ResourceRoleDepartments")
NO_DEFAULTS = {"ResourceRoles": {"isdefault"}}  # fields of a role that an object does not have
ROLES = "roles of people"
NO_ROLE = (
    "This person has no active role at Autotask's service desk, so no ticket can be assigned. Choose somebody else."
)


class DefaultRole(msgspec.Struct):
    """{"id":29682885,"defaultServiceDeskRoleID":29682834,...}: a field that a person's own record holds, and no filter knows."""

    role_id: int | None = msgspec.field(name="defaultServiceDeskRoleID", default=None)


class TenantRole(msgspec.Struct):
    """{"id":29682834,"name":"Technician","isActive":true}"""

    id: int
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)


class Person(msgspec.Struct):
    """{"item":{...}}, with null for a person who is not there."""

    item: DefaultRole | None = None


class Assigning(Describer):
    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        super().__init__(credentials, opening)
        self._roles: dict[int, tuple[datetime, int]] = {}

    def _assigned(self, person_id: str) -> dict[str, int | None]:
        """What to write to assign a person; nobody for "".

        {"assignedResourceID":29682885,"assignedResourceRoleID":29682834}
        """
        if not person_id:
            return {"assignedResourceID": None, "assignedResourceRoleID": None}
        person = number_of(person_id, "person")
        return {"assignedResourceID": person, "assignedResourceRoleID": self._role(person)}

    def _role(self, person: int) -> int:
        kept = self._roles.get(person)
        if kept is not None and self._clock() - kept[0] < TRUSTED_FOR:
            return kept[1]
        role = self._looked_up(person)
        self._roles[person] = (self._clock(), role)
        return role

    def _looked_up(self, person: int) -> int:
        refused: AskOperator | None = None
        ties = False  # whether this Autotask says of anybody which roles they hold
        for name in OBJECTS:
            try:
                role = self._found_role(name, person)
                ties = ties or role is not None or self._count(Walk(name, ROLES)).body > 0
            except AskOperator as closed:
                if closed.trouble not in (Trouble.MISSING_RIGHT, Trouble.NOT_FOUND):
                    raise
                if closed.trouble is Trouble.MISSING_RIGHT:  # what this Autotask does not have is nobody's fault
                    refused = refused or closed
                continue
            if role is not None:
                return role
        role = self._default_role(person)
        if role is None and not ties and refused is None:
            role = self._any_role()
        if role is None:
            raise refused or TellPerson(NO_ROLE, field="assignee_id")
        return role

    def _found_role(self, name: str, person: int) -> int | None:
        self._unknown.setdefault(name, set()).update(NO_DEFAULTS.get(name, ()))
        walk = Walk(name, ROLES, (queries.equals("resourceID", person),))
        held = [row for row in self._all(walk, RoleRow, _usable) if row.role_id is not None]
        held.sort(key=lambda row: not row.is_default)
        return held[0].role_id if held else None

    def _default_role(self, person: int) -> int | None:
        """The role that stands in the person's own record, read by its id: lists may leave the field out."""
        try:
            found = self._ask("GET", f"Resources/{person}", "Resources", Person).body.item
        except AskOperator as closed:
            if closed.trouble not in (Trouble.MISSING_RIGHT, Trouble.NOT_FOUND):
                raise
            return None
        return found.role_id if found else None

    def _any_role(self) -> int | None:
        """A role of this Autotask's, where nothing tells who holds which: Autotask itself refuses one that does not fit."""
        offered = self._all(Walk("Roles", "roles"), TenantRole, lambda row: row if rows.is_active(row.is_active) else None)
        return offered[0].id if offered else None


def _usable(row: RoleRow) -> RoleRow | None:
    return row if rows.is_active(row.is_active) else None
