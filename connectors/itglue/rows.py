"""IT Glue's records (JSON:API) and what becomes of them. Attribute names have dashes; any attribute may be null."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from domain.ports import UpstreamCompany, UpstreamGroup, UpstreamPerson

# Contacts and organisations have no archived flag; accounts name a type or status for it.
GONE = re.compile(r"\b(inactive|terminated|deactivated|disabled|former|archived)\b", re.IGNORECASE)


class Meta(msgspec.Struct):
    total: int | None = msgspec.field(name="total-count", default=None)


class Listing(msgspec.Struct):
    """{"data":[{"id":"42","attributes":{…}}],"meta":{"total-count":1200,…},"included":[…]}"""

    data: list[msgspec.Raw] | None = None
    meta: Meta | None = None
    included: list[msgspec.Raw] | None = None

    @property
    def total(self) -> int | None:
        return None if self.meta is None else self.meta.total


class _OrganizationAttributes(msgspec.Struct, rename="kebab"):
    name: str | None = None
    organization_type_name: str | None = None
    organization_status_name: str | None = None
    primary: bool | None = None
    parent_id: str | int | None = None
    updated_at: str | None = None


class OrganizationRow(msgspec.Struct):
    id: str | int
    attributes: _OrganizationAttributes
    relationships: dict[str, Any] | None = None
    included: list[msgspec.Raw] | None = None


class _Mail(msgspec.Struct):
    value: str | None = None
    primary: bool | None = None


class _ContactAttributes(msgspec.Struct, rename="kebab"):
    organization_id: int | str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    contact_type_name: str | None = None
    contact_emails: list[_Mail] | None = None
    updated_at: str | None = None


class ContactRow(msgspec.Struct):
    id: str | int
    attributes: _ContactAttributes


class _UserAttributes(msgspec.Struct, rename="kebab"):
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    email: str | None = None
    my_glue: bool | None = None
    updated_at: str | None = None


class UserRow(msgspec.Struct):
    id: str | int
    attributes: _UserAttributes


class _GroupAttributes(msgspec.Struct, rename="kebab"):
    name: str | None = None
    my_glue: bool | None = None
    updated_at: str | None = None


class GroupRow(msgspec.Struct):
    id: str | int
    attributes: _GroupAttributes
    relationships: dict[str, Any] | None = None


class _DomainAttributes(msgspec.Struct, rename="kebab"):
    organization_id: int | str | None = None
    name: str | None = None


class DomainRow(msgspec.Struct):
    id: str | int
    attributes: _DomainAttributes


class _AdapterAttributes(msgspec.Struct, rename="kebab"):
    remote_id: str | int | None = None


class AdapterRow(msgspec.Struct):
    id: str | int
    attributes: _AdapterAttributes


class _TimedAttributes(msgspec.Struct, rename="kebab"):
    updated_at: str | None = None


class _Timed(msgspec.Struct):
    attributes: _TimedAttributes | None = None


def updated_at(raw: msgspec.Raw) -> str | None:
    try:
        about = msgspec.json.decode(raw, type=_Timed).attributes
    except msgspec.ValidationError:
        return None
    return None if about is None else about.updated_at


# --- conversions ------------------------------------------------------------------------------------


def remote_ids(included: Iterable[msgspec.Raw]) -> dict[str, str]:
    """PSA company ids by the id of the adapter resource that carries them: {"9001": "178"}; "0" is a legal one."""
    found: dict[str, str] = {}
    for raw in included:
        try:
            row = msgspec.json.decode(raw, type=AdapterRow)
        except msgspec.ValidationError:
            continue  # records of other kinds may be included too
        if row.attributes.remote_id is not None:
            found[str(row.id)] = str(row.attributes.remote_id)
    return found


def company(
    row: OrganizationRow, domains: tuple[str, ...], psa_ids: Mapping[str, str], when: str
) -> UpstreamCompany:
    about = row.attributes
    name = (about.name or "").strip()
    if not name:
        raise ValueError("has no name")
    # The vendor's page prints `included` inside the record; the service puts it beside `data`. Both are read.
    own = {**psa_ids, **remote_ids(row.included or ())}
    linked = [own[adapter] for adapter in _linked(row.relationships, "adapters-resources") if adapter in own]
    return UpstreamCompany(
        id=str(row.id),
        name=name,
        is_active=not GONE.search(about.organization_status_name or ""),
        is_own=bool(about.primary),
        type_name=about.organization_type_name or "",
        status_name=about.organization_status_name or "",
        parent_id=None if about.parent_id in (None, "") else str(about.parent_id),
        domains=domains,
        psa_ids=tuple(dict.fromkeys(linked)),
        modified=when,
    )


def _linked(relationships: Mapping[str, Any] | None, name: str) -> list[str]:
    """{"adapters-resources":{"data":[{"id":"9001","type":"adapters-resources"}]}} → ["9001"]"""
    relation = (relationships or {}).get(name)
    linked = relation.get("data") if isinstance(relation, dict) else None
    if not isinstance(linked, list):
        return []
    return [str(link["id"]) for link in linked if isinstance(link, dict) and "id" in link]


def domains_by_company(found: Iterable[DomainRow]) -> dict[str, tuple[str, ...]]:
    """{"42": ("contoso.com", "contoso.net")}"""
    grouped: dict[str, dict[str, None]] = {}
    for about in (row.attributes for row in found):
        if about.name and about.name.strip() and about.organization_id is not None:
            grouped.setdefault(str(about.organization_id), {})[about.name.strip()] = None
    return {company_id: tuple(names) for company_id, names in grouped.items()}


def contact(row: ContactRow, when: str) -> UpstreamPerson:
    about = row.attributes
    if about.organization_id is None:
        raise ValueError("does not say which organization it belongs to")
    # The primary address, else the first; IT Glue does not promise that there is one, or only one primary.
    mails = [(mail.primary, text) for mail in about.contact_emails or () if (text := (mail.value or "").strip())]
    email = next((text for primary, text in mails if primary), mails[0][1] if mails else "")
    return UpstreamPerson(
        id=str(row.id),
        company_id=str(about.organization_id),
        first_name=(about.first_name or "").strip(),
        last_name=(about.last_name or "").strip(),
        email=email,
        title=(about.title or "").strip(),
        is_active=not GONE.search(about.contact_type_name or ""),
        modified=when,
    )


def staff_member(row: UserRow, when: str) -> UpstreamPerson | None:
    about = row.attributes
    if about.my_glue:  # people of a client, kept in the same list
        return None
    first, last = (about.first_name or "").strip(), (about.last_name or "").strip()
    return UpstreamPerson(
        id=str(row.id),
        company_id=None,
        first_name=first or ("" if last else (about.name or "").strip()),
        last_name=last,
        email=(about.email or "").strip(),
        modified=when,
    )


def users(included: Iterable[msgspec.Raw]) -> dict[str, UserRow]:
    """Users by id, of what a list of groups includes."""
    found: dict[str, UserRow] = {}
    for raw in included:
        try:
            row = msgspec.json.decode(raw, type=UserRow)
        except msgspec.ValidationError:
            continue  # a member without a name is a member all the same
        found[str(row.id)] = row
    return found


def group(row: GroupRow, known: Mapping[str, UserRow], when: str) -> UpstreamGroup | None:
    """A group of the MSP's own people, without the clients' people in it; None for a client's own group."""
    about = row.attributes
    if about.my_glue:
        return None
    linked = dict.fromkeys(_linked(row.relationships, "users"))
    ids = tuple(sorted(id_ for id_ in linked if id_ not in known or not known[id_].attributes.my_glue))
    names = tuple(_name(known[id_]) if id_ in known else "" for id_ in ids)
    return UpstreamGroup(str(row.id), None, (about.name or "").strip(), ids, names, when)


def _name(user: UserRow) -> str:
    about = user.attributes
    return " ".join(part.strip() for part in (about.first_name, about.last_name) if part and part.strip()) or (about.name or "").strip()
