"""The role Autotask wants beside a person whenever somebody is assigned."""

from collections.abc import Mapping
from datetime import datetime

from connectors.autotask import queries, rows
from connectors.autotask.describing import TRUSTED_FOR, Describer
from connectors.autotask.queries import Walk
from connectors.autotask.ticket_rows import RoleRow, number_of
from domain.errors import AskOperator, TellPerson, Trouble
from domain.ports import Opening

# The first knows which role is a person's default at the service desk; a tenant may open only the second.
OBJECTS = ("ResourceServiceDeskRoles", "ResourceRoles")
NO_ROLE = (
    "This person has no active role at Autotask's service desk, so no ticket can be assigned. Choose somebody else."
)


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
        refused: AskOperator | None = None
        for name in OBJECTS:
            try:
                role = self._found_role(name, person)
            except AskOperator as closed:
                if closed.trouble not in (Trouble.MISSING_RIGHT, Trouble.NOT_FOUND):
                    raise
                if closed.trouble is Trouble.MISSING_RIGHT:  # what this Autotask does not have is nobody's fault
                    refused = refused or closed
                continue
            if role is not None:
                self._roles[person] = (self._clock(), role)
                return role
        raise refused or TellPerson(NO_ROLE, field="assignee_id")

    def _found_role(self, name: str, person: int) -> int | None:
        walk = Walk(name, "roles of people", (queries.equals("resourceID", person),))
        held = [row for row in self._all(walk, RoleRow, _usable) if row.role_id is not None]
        held.sort(key=lambda row: not row.is_default)
        return held[0].role_id if held else None


def _usable(row: RoleRow) -> RoleRow | None:
    return row if rows.is_active(row.is_active) else None
