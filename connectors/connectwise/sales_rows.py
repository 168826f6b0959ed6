"""ConnectWise's opportunities and their forecasts as rows, what becomes of them, and what is written."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from connectors._paging import iso
from connectors._typed import midnight_of, sum_of
from connectors.connectwise.rows import Info, Ref, modified, ref_id
from connectors.connectwise.ticket_rows import key_of, ref
from domain.psa import NewOpportunity, UpstreamOpportunity

LONGEST_NAME = 100
LONGEST_SOURCE = 50  # a free text, where our key stands
LABOR = "Service"  # the kind of forecast line that is people's work; all else is material


class OpportunityRow(msgspec.Struct):
    id: int
    company: Ref | None = None
    name: str | None = None
    stage: Ref | None = None
    status: Ref | None = None
    type: Ref | None = None
    owner: Ref | None = msgspec.field(name="primarySalesRep", default=None)
    contact: Ref | None = None
    notes: str | None = None
    source: str | None = None
    closes: str | None = msgspec.field(name="expectedCloseDate", default=None)
    info: Info | None = msgspec.field(name="_info", default=None)


class StatusRow(msgspec.Struct):
    id: int
    name: str | None = None
    is_won: bool | None = msgspec.field(name="wonFlag", default=None)
    is_lost: bool | None = msgspec.field(name="lostFlag", default=None)


class ForecastLine(msgspec.Struct):
    kind: str | None = msgspec.field(name="forecastType", default=None)
    revenue: int | float | None = None
    cost: int | float | None = None
    is_included: bool | None = msgspec.field(name="includeFlag", default=None)


class Forecast(msgspec.Struct):
    """{"id":902,"forecastItems":[{"forecastType":"Product","revenue":1500.0,"cost":900.0,"includeFlag":true}]}"""

    lines: list[ForecastLine] | None = msgspec.field(name="forecastItems", default=None)


def responses(statuses: Iterable[StatusRow]) -> dict[str, str]:
    """The customer's answer by the status's id: won is accepted, lost is rejected."""
    return {
        str(row.id): "Accepted" if row.is_won else "Rejected" for row in statuses if row.is_won or row.is_lost
    }


def opportunity(row: OpportunityRow, answers: Mapping[str, str], lines: Iterable[ForecastLine]) -> UpstreamOpportunity:
    """Money stands in the forecast, line by line. ConnectWise keeps no expected start."""
    company_id = ref_id(row.company)
    if not company_id:
        raise ValueError("does not say which company it belongs to")
    counted = [line for line in lines if line.is_included is not False]
    labor = [line.cost for line in counted if line.kind == LABOR]
    material = [line.cost for line in counted if line.kind != LABOR]
    return UpstreamOpportunity(
        id=str(row.id),
        company_id=company_id,
        title=(row.name or "").strip(),
        stage=ref_id(row.stage),
        status=ref_id(row.status),
        category=ref_id(row.type),
        owner_id=ref_id(row.owner),
        contact_id=ref_id(row.contact),
        description=row.notes or "",
        amount=_sum(line.revenue for line in counted),
        material_cost=_sum(material),
        labor_cost=_sum(labor),
        closes=iso(row.closes)[:10],
        response=answers.get(ref_id(row.status), ""),
        created=iso(row.info.entered) if row.info else "",
        modified=modified(row.info),
    )


def _sum(values: Iterable[int | float | None]) -> str:
    """Decimal text; "" where there is nothing to add."""
    found = [Decimal(str(value)) for value in values if value is not None]
    if not found:
        return ""
    text = f"{sum(found, Decimal()):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def new_opportunity(company: int, new: NewOpportunity) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": new.title.strip()[:LONGEST_NAME],
        "company": {"id": company},
        "primarySalesRep": ref(new.owner_id, "owner"),
        "expectedCloseDate": midnight_of(new.closes, "closes"),
        "source": key_of(new.external_key, LONGEST_SOURCE),
    }
    fields = (("stage", new.stage, "stage"), ("type", new.category, "category"), ("contact", new.contact_id, "contact"))
    body |= {name: ref(value, what) for name, value, what in fields if value}
    return body | ({"notes": new.description} if new.description else {})


def new_forecast(new: NewOpportunity) -> dict[str, Any] | None:
    """A line with the amount and the material's cost, another with that of the labor; None where there is no money in it."""
    amount, cost, labor = (sum_of(text, name) for text, name in ((new.amount, "amount"), (new.cost, "cost"), (new.labor_cost, "cost")))
    if not amount and not cost:
        return None
    line = {"forecastDescription": new.title.strip()[:LONGEST_NAME], "quantity": 1, "includeFlag": True}
    lines = [{**line, "forecastType": "Product", "revenue": float(amount), "cost": float(cost - labor)}]
    if labor:
        lines.append({**line, "forecastType": LABOR, "revenue": 0.0, "cost": float(labor)})
    return {"forecastItems": lines}
