"""Autotask's opportunities, to-dos and contracts as rows, what becomes of them, and what is written."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from connectors._paging import iso
from connectors._typed import midnight_of, sum_of
from connectors.autotask.ticket_rows import number_of, text_of
from connectors.autotask.words import PRODUCT
from domain.psa import NewOpportunity, NewTodo, UpstreamContract, UpstreamOpportunity

LONGEST_DESCRIPTION = 8000
LONGEST_TODO = 32000
PROBABILITY = 50  # Autotask wants one, and nobody here knows better than half
ACCEPTED, REJECTED = "Accepted", "Rejected"
# Words in the tenant's names of statuses; lost is looked for first, since some call it "Closed - Lost".
LOST = ("lost", "rejected", "declined")
WON = ("won", "closed", "implemented", "accepted")
# Autotask's own statuses, for a tenant whose words for them cannot be had.
COMMON_STATUSES = {"0": "Not Ready", "1": "Active", "2": "Lost", "3": "Closed", "4": "Implemented"}
Number = int | float | None


class OpportunityRow(msgspec.Struct):
    id: int
    company_id: int | None = msgspec.field(name="companyID", default=None)
    title: str | None = None
    stage: int | None = None
    status: int | None = None
    category: int | None = msgspec.field(name="opportunityCategoryID", default=None)
    owner_id: int | None = msgspec.field(name="ownerResourceID", default=None)
    contact_id: int | None = msgspec.field(name="contactID", default=None)
    description: str | None = None
    amount: Number = None
    cost: Number = None
    onetime_cost: Number = msgspec.field(name="onetimeCost", default=None)
    starts: str | None = msgspec.field(name="startDate", default=None)
    closes: str | None = msgspec.field(name="projectedCloseDate", default=None)
    created: str | None = msgspec.field(name="createDate", default=None)
    modified: str | None = msgspec.field(name="lastActivity", default=None)


class TodoRow(msgspec.Struct):
    id: int
    company_id: int | None = msgspec.field(name="companyID", default=None)
    text: str | None = msgspec.field(name="activityDescription", default=None)


class ContractRow(msgspec.Struct):
    id: int
    company_id: int | None = msgspec.field(name="companyID", default=None)
    name: str | None = msgspec.field(name="contractName", default=None)
    type: int | None = msgspec.field(name="contractType", default=None)
    status: int | None = None
    starts: str | None = msgspec.field(name="startDate", default=None)
    ends: str | None = msgspec.field(name="endDate", default=None)
    is_default: bool | int | None = msgspec.field(name="isDefaultContract", default=None)


def opportunity(row: OpportunityRow, statuses: Mapping[str, str]) -> UpstreamOpportunity:
    """`statuses` are the tenant's words for statuses, by id.

    Autotask has one cost and, of it, what is paid once; it knows no cost of labor. What is paid once stands for the material
    and the rest for the labor; where nothing is split off, all of it is material.
    """
    if row.company_id is None:
        raise ValueError("does not say which company it belongs to")
    material, labor = _costs(row.cost, row.onetime_cost)
    status = text_of(row.status)
    return UpstreamOpportunity(
        id=str(row.id),
        company_id=str(row.company_id),
        title=(row.title or "").strip(),
        stage=text_of(row.stage),
        status=status,
        category=text_of(row.category),
        owner_id=text_of(row.owner_id),
        contact_id=text_of(row.contact_id),
        description=without_reference(row.description or ""),
        amount=_money(row.amount),
        material_cost=material,
        labor_cost=labor,
        starts=iso(row.starts)[:10],
        closes=iso(row.closes)[:10],
        response=response(statuses.get(status) or COMMON_STATUSES.get(status, "")),
        created=iso(row.created),
        modified=iso(row.modified),
    )


def response(status: str) -> str:
    """The customer's answer, as the name of a status tells it: "Closed" → "Accepted"; "" while it is open."""
    lowered = status.lower()
    if any(word in lowered for word in LOST):
        return REJECTED
    return ACCEPTED if any(word in lowered for word in WON) else ""


def contract(row: ContractRow, types: Mapping[str, str], statuses: Mapping[str, str]) -> UpstreamContract:
    if row.company_id is None:
        raise ValueError("does not say which company it belongs to")
    kind, status = text_of(row.type), text_of(row.status)
    return UpstreamContract(
        id=str(row.id),
        company_id=str(row.company_id),
        name=(row.name or "").strip() or f"Contract {row.id}",
        type=types.get(kind, kind),
        status=statuses.get(status, status),
        starts=iso(row.starts)[:10],
        ends=iso(row.ends)[:10],
        is_default=bool(row.is_default),
    )


def new_opportunity(company: int, new: NewOpportunity, status: str, now: str) -> dict[str, Any]:
    """Every field Autotask requires; its category's defaults fill the rest."""
    body: dict[str, Any] = {
        "companyID": company,
        "title": new.title.strip(),
        "stage": number_of(new.stage, "stage"),
        "status": number_of(status, "status"),
        "ownerResourceID": number_of(new.owner_id, "owner"),
        "createDate": now,
        "projectedCloseDate": midnight_of(new.closes, "closes"),
        "amount": float(sum_of(new.amount, "amount")),
        "cost": float(sum_of(new.cost, "cost")),
        "probability": PROBABILITY,
        "useQuoteTotals": False,
        "description": with_reference(new.description, new.external_key, LONGEST_DESCRIPTION),
    }
    labor = float(sum_of(new.labor_cost, "labor cost"))
    if labor:
        body["onetimeCost"] = body["cost"] - labor  # what is paid once stands for the material: so it is read back
    if new.starts:
        body["startDate"] = midnight_of(new.starts, "starts")
    if new.category:
        body["opportunityCategoryID"] = number_of(new.category, "category")
    if new.contact_id:
        body["contactID"] = number_of(new.contact_id, "contact")
    return body


def new_todo(company: int, new: NewTodo) -> dict[str, Any]:
    body: dict[str, Any] = {
        "companyID": company,
        "actionType": number_of(new.type, "type of to-do"),
        "activityDescription": with_reference(new.text, new.external_key, LONGEST_TODO),
        "assignedToResourceID": number_of(new.owner_id, "owner"),
        "startDateTime": iso(new.starts),
        "endDateTime": iso(new.ends),
    }
    if new.opportunity_id:
        body["opportunityID"] = number_of(new.opportunity_id, "opportunity")
    if new.ticket_id:
        body["ticketID"] = number_of(new.ticket_id, "ticket")
    return body


# --- finding again what was made: there is no field for keys of others here, so ours stands at the end of the text ---------


def reference(external_key: str) -> str:
    return f"{PRODUCT} ref {external_key}"


def with_reference(text: str, external_key: str, longest: int) -> str:
    end = f"\n\n{reference(external_key)}"
    return f"{text.rstrip()[: longest - len(end)]}{end}".lstrip()


def has_reference(text: str | None, external_key: str) -> bool:
    """Whether our reference stands in a text, also when somebody has written something behind it."""
    return re.search(rf"{re.escape(reference(external_key))}(?!\S)", text or "") is not None


def without_reference(text: str) -> str:
    kept, mark, key = text.rpartition(f"{PRODUCT} ref ")
    return kept.rstrip() if mark and not any(letter.isspace() for letter in key.strip()) else text


# --- figures and dates ---------------------------------------------------------------------------------------------------


def _costs(cost: Number, onetime: Number) -> tuple[str, str]:
    if onetime is None or cost is None or onetime > cost:
        return _money(cost if onetime is None else onetime), ""
    return _money(onetime), _money(Decimal(str(cost)) - Decimal(str(onetime)))


def _money(value: Decimal | Number) -> str:
    """1500.0 → "1500"; 0.5 → "0.5"; "" for nothing."""
    if value is None:
        return ""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
