"""The API member: its keys, and the rights of its security role, which a test can take and give."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.connectwise.problems import no_permission

# Areas of a security role, as people see them under System > Security Roles.
AREAS = (
    "Company Maintenance", "Contacts", "Configurations", "Member Maintenance", "Table Setup", "Service Tickets",
    "Opportunities",
)  # fmt: skip
VERBS = ("inquire", "add", "edit", "delete")


def _everything() -> set[tuple[str, str]]:
    return {(area, verb) for area in AREAS for verb in VERBS}


@dataclass(slots=True)
class ApiMember:
    """`rights` holds (area, verb) pairs. `companies` set: lists come shorter with 200, as for a role of level "My"."""

    public_key: str
    private_key: str
    identifier: str = "gangwayapi"
    active: bool = True
    rights: set[tuple[str, str]] = field(default_factory=_everything)
    companies: frozenset[int] | None = None

    def take(self, area: str, *verbs: str) -> None:
        """Take rights of an area away, all of them when no verb is named."""
        self.rights -= self._pairs(area, verbs)

    def give(self, area: str, *verbs: str) -> None:
        """Give rights of an area back."""
        self.rights |= self._pairs(area, verbs)

    def require(self, area: str, verb: str) -> None:
        """Raise the vendor's 403 when the right is missing; some routes belong to no area."""
        if area and (area, verb) not in self.rights:
            raise no_permission()

    def _pairs(self, area: str, verbs: tuple[str, ...]) -> set[tuple[str, str]]:
        if area not in AREAS or not set(verbs) <= set(VERBS):
            raise ValueError(f"there is no right {area!r} {verbs}; there are {AREAS} with {VERBS}")
        return {(area, verb) for verb in verbs or VERBS}
