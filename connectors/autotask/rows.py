"""Autotask's companies and people as rows, and what becomes of them. Every field may be null; only the id never is."""

from collections.abc import Mapping

import msgspec

from connectors.autotask.queries import API_ONLY
from domain.ports import UpstreamCompany, UpstreamPerson

OWN_COMPANY = 0  # a valid id: the MSP itself
ACTIVE, INACTIVE = "Active", "Inactive"  # all that Autotask knows of a company's status


class CompanyRow(msgspec.Struct):
    id: int
    name: str | None = msgspec.field(name="companyName", default=None)
    web: str | None = msgspec.field(name="webAddress", default=None)
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)
    type: int | str | None = msgspec.field(name="companyType", default=None)
    parent_id: int | None = msgspec.field(name="parentCompanyID", default=None)
    modified: str | None = msgspec.field(name="lastTrackedModifiedDateTime", default=None)
    activity: str | None = msgspec.field(name="lastActivityDate", default=None)


class ContactRow(msgspec.Struct):
    id: int
    company_id: int | None = msgspec.field(name="companyID", default=None)
    first_name: str | None = msgspec.field(name="firstName", default=None)
    last_name: str | None = msgspec.field(name="lastName", default=None)
    email: str | None = msgspec.field(name="emailAddress", default=None)
    title: str | None = None
    # An integer here, a boolean on every other object.
    is_active: int | bool | None = msgspec.field(name="isActive", default=None)
    modified: str | None = msgspec.field(name="lastModifiedDate", default=None)
    activity: str | None = msgspec.field(name="lastActivityDate", default=None)


class ResourceRow(msgspec.Struct):
    id: int
    first_name: str | None = msgspec.field(name="firstName", default=None)
    last_name: str | None = msgspec.field(name="lastName", default=None)
    email: str | None = None
    title: str | None = None
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)
    license_type: int | None = msgspec.field(name="licenseType", default=None)


def fields_of(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """What to ask for: exactly the fields that are read, by Autotask's names; the walk needs the id."""
    return tuple(field.encode_name for field in msgspec.structs.fields(shape))


def company(row: CompanyRow, types: Mapping[str, str], when: str) -> UpstreamCompany:
    """`types` are the tenant's words for company types, by id."""
    name = (row.name or "").strip()
    if not name:
        raise ValueError("has no company name")
    return UpstreamCompany(
        id=str(row.id),
        name=name,
        web=(row.web or "").strip(),
        is_active=is_active(row.is_active),
        is_own=row.id == OWN_COMPANY,
        type_name="" if row.type is None else types.get(str(row.type), ""),
        status_name=ACTIVE if is_active(row.is_active) else INACTIVE,
        parent_id=None if row.parent_id is None else str(row.parent_id),
        modified=when,
    )


def contact(row: ContactRow, when: str) -> UpstreamPerson:
    if row.company_id is None:
        raise ValueError("does not say which company it belongs to")
    return UpstreamPerson(
        id=str(row.id),
        company_id=str(row.company_id),
        first_name=(row.first_name or "").strip(),
        last_name=(row.last_name or "").strip(),
        email=(row.email or "").strip(),
        title=(row.title or "").strip(),
        is_active=is_active(row.is_active),
        modified=when,
    )


def staff_member(row: ResourceRow) -> UpstreamPerson | None:
    if row.license_type == API_ONLY:
        return None
    return UpstreamPerson(
        id=str(row.id),
        company_id=None,
        first_name=(row.first_name or "").strip(),
        last_name=(row.last_name or "").strip(),
        email=(row.email or "").strip(),
        title=(row.title or "").strip(),
        is_active=is_active(row.is_active),
    )


def is_active(value: bool | int | None) -> bool:
    # Not told is not the same as inactive: an inactive row would count as a leaver.
    return True if value is None else bool(value)
