"""A person: one per folded e-mail address and company, the original spelling kept."""

from dataclasses import dataclass
from enum import StrEnum

from domain.roles import Role


class PersonKind(StrEnum):
    STAFF = "staff"
    END_USER = "end user"


@dataclass(frozen=True)
class Person:
    id: str
    company_id: str
    kind: PersonKind
    email: str
    email_fold: str
    first_name: str
    last_name: str
    title: str
    role: Role
    suspended: bool = False

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name) or self.email


def full_name(first: str, last: str) -> str:
    return " ".join(part for part in (first.strip(), last.strip()) if part)


def default_role(kind: PersonKind) -> Role:
    """The least role that does the job; never Admin."""
    return Role.TECHNICIAN if kind is PersonKind.STAFF else Role.CLIENT
