"""ConnectWise's companies and people, and what becomes of them. Null fields are left out of its answers."""

from collections.abc import Collection
from typing import ClassVar

import msgspec

from connectors._paging import iso
from domain.ports import UpstreamCompany, UpstreamPerson

OWNER = "owner"  # the usual type of the MSP's own company; nothing else marks it
API_MEMBER = "A"  # licence class of members that exist for the API only and are no people


class Ref(msgspec.Struct):
    """A reference: {"id":250,"identifier":"Contoso","name":"Contoso Ltd.","_info":{…}}"""

    id: int | None = None
    name: str | None = None
    identifier: str | None = None


class Info(msgspec.Struct):
    last_updated: str | None = msgspec.field(name="lastUpdated", default=None)
    entered: str | None = msgspec.field(name="dateEntered", default=None)


class CompanyRow(msgspec.Struct):
    is_asked_whole: ClassVar[bool] = True  # older versions have `type` where newer have `types`

    id: int
    name: str | None = None
    status: Ref | None = None
    types: list[Ref] | None = None
    type: Ref | None = None
    website: str | None = None
    parent: Ref | None = msgspec.field(name="parentCompany", default=None)
    is_deleted: bool | None = msgspec.field(name="deletedFlag", default=None)
    info: Info | None = msgspec.field(name="_info", default=None)


class StatusRow(msgspec.Struct):
    id: int
    name: str | None = None
    is_inactive: bool | None = msgspec.field(name="inactiveFlag", default=None)


class Communication(msgspec.Struct):
    value: str | None = None
    kind: str | None = msgspec.field(name="communicationType", default=None)
    is_default: bool | None = msgspec.field(name="defaultFlag", default=None)


class ContactRow(msgspec.Struct):
    id: int
    company: Ref | None = None
    first_name: str | None = msgspec.field(name="firstName", default=None)
    last_name: str | None = msgspec.field(name="lastName", default=None)
    title: str | None = None
    is_inactive: bool | None = msgspec.field(name="inactiveFlag", default=None)
    communications: list[Communication] | None = msgspec.field(name="communicationItems", default=None)
    info: Info | None = msgspec.field(name="_info", default=None)


class MemberRow(msgspec.Struct):
    id: int
    identifier: str | None = None
    first_name: str | None = msgspec.field(name="firstName", default=None)
    last_name: str | None = msgspec.field(name="lastName", default=None)
    title: str | None = None
    office: str | None = msgspec.field(name="officeEmail", default=None)
    mobile: str | None = msgspec.field(name="mobileEmail", default=None)
    home: str | None = msgspec.field(name="homeEmail", default=None)
    which: str | None = msgspec.field(name="defaultEmail", default=None)
    primary: str | None = msgspec.field(name="primaryEmail", default=None)
    is_inactive: bool | None = msgspec.field(name="inactiveFlag", default=None)
    licence: str | None = msgspec.field(name="licenseClass", default=None)
    info: Info | None = msgspec.field(name="_info", default=None)


def modified(info: Info | None) -> str:
    return "" if info is None else iso(info.last_updated)


def ref_id(ref: Ref | None) -> str:
    return "" if ref is None or ref.id is None else str(ref.id)


def company(row: CompanyRow, inactive_statuses: Collection[int]) -> UpstreamCompany:
    """Deleted companies stay in ConnectWise's lists; here they are inactive, like those of an inactive status."""
    name = (row.name or "").strip()
    if not name:
        raise ValueError("has no company name")
    kinds = [ref.name.strip() for ref in row.types or ([row.type] if row.type else []) if ref.name and ref.name.strip()]
    idle = row.status is not None and row.status.id in inactive_statuses
    return UpstreamCompany(
        id=str(row.id),
        name=name,
        web=(row.website or "").strip(),
        is_active=not row.is_deleted and not idle,
        is_own=any(kind.casefold() == OWNER for kind in kinds),
        type_name=", ".join(kinds),
        status_name="deleted" if row.is_deleted else _name(row.status),
        parent_id=ref_id(row.parent) or None,
        modified=modified(row.info),
    )


def contact(row: ContactRow) -> UpstreamPerson:
    """There is no e-mail field: addresses stand among the communications, the default one first."""
    company_id = ref_id(row.company)
    if not company_id:
        raise ValueError("does not say which company it belongs to")
    mails = [item for item in row.communications or () if (item.kind or "").casefold() == "email"]
    mails.sort(key=lambda item: not item.is_default)
    return UpstreamPerson(
        id=str(row.id),
        company_id=company_id,
        first_name=(row.first_name or "").strip(),
        last_name=(row.last_name or "").strip(),
        email=next((text for item in mails if (text := (item.value or "").strip())), ""),
        title=(row.title or "").strip(),
        is_active=not row.is_inactive,
        modified=modified(row.info),
    )


def staff_member(row: MemberRow) -> UpstreamPerson | None:
    if row.licence == API_MEMBER:
        return None
    return UpstreamPerson(
        id=str(row.id),
        company_id=None,
        first_name=(row.first_name or "").strip(),
        last_name=(row.last_name or "").strip(),
        email=member_mail(row),
        title=(row.title or "").strip(),
        is_active=not row.is_inactive,
        modified=modified(row.info),
    )


def member_mail(row: MemberRow) -> str:
    """The address that the member chose, else the first there is, else ""."""
    by_place = {"office": row.office, "mobile": row.mobile, "home": row.home}
    chosen = by_place.get((row.which or "").casefold())
    return next((text for each in (chosen, row.primary, *by_place.values()) if (text := (each or "").strip())), "")


def _name(ref: Ref | None) -> str:
    return (ref.name or "").strip() if ref is not None else ""
