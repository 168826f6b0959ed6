"""The demo's tickets, notes, deals and devices, as they stand in ConnectWise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.world.tables import Row

if TYPE_CHECKING:
    from sandbox.world.connectwise import ConnectWiseSide

_COMPLETE = 5  # the ticket status of the world's PSA side


def fill_service(side: ConnectWiseSide) -> None:
    """Everything the world's PSA side holds beside people, in ConnectWise's form."""
    _tickets(side)
    _notes(side)
    _opportunities(side)
    _configurations(side)


def _tickets(side: ConnectWiseSide) -> None:
    tables, psa = side.tables, side.world.autotask
    board, owner = side.named("boards", "Help Desk"), tables["members"].ids[0]
    names = {tables["boardStatuses"].rows[one]["name"]: one for one in tables["boardStatuses"].where("board", board)}
    kind = tables["boardTypes"].where("board", board)[0]
    for psa_id in psa["Tickets"].ids:
        old = psa["Tickets"].rows[psa_id]
        at = old.get("createDate") or side.world.clock()
        closed = old.get("status") == _COMPLETE
        row: Row = {"summary": str(old.get("title") or "Ticket")[:100], "recordType": "ServiceTicket", "board": board}
        row |= {"status": names[">Closed" if closed else "New"], "type": kind, "owner": owner, "closedFlag": closed}
        row |= {"company": side.id_of("Companies", old["companyID"]), "priority": 3, "enteredBy": "zadmin"}
        if old.get("contactID") is not None:
            row["contact"] = side.id_of("Contacts", old["contactID"])
        if closed:
            row["closedDate"] = old.get("completedDate") or at
        side.keep("Tickets", psa_id, "tickets", row | {"requiredDate": old.get("dueDateTime")}, at)


def _notes(side: ConnectWiseSide) -> None:
    tables, psa = side.tables, side.world.autotask
    for ticket in tables["tickets"].rows.values():
        row: Row = {"ticketId": ticket["id"], "text": f"{ticket['summary']}, reported by phone.", "contact": ticket.get("contact")}
        row |= {"detailDescriptionFlag": True, "internalAnalysisFlag": False, "resolutionFlag": False}
        at = ticket["dateEntered"]
        tables["ticketNotes"].insert(row | {"dateCreated": at, "createdBy": "zadmin"}, at)
    for note in psa["TicketNotes"].rows.values():
        at = note.get("createDateTime") or side.world.clock()
        row = {"ticketId": side.id_of("Tickets", note["ticketID"]), "text": note.get("description") or ""}
        row |= {"detailDescriptionFlag": False, "internalAnalysisFlag": True, "resolutionFlag": False}
        row |= {"member": tables["members"].ids[0], "dateCreated": at, "createdBy": "NLindqvist"}
        tables["ticketNotes"].insert(row, at)


def _opportunities(side: ConnectWiseSide) -> None:
    tables, psa, now = side.tables, side.world.autotask, side.world.clock()
    for number, psa_id in enumerate(psa["Opportunities"].ids):
        old = psa["Opportunities"].rows[psa_id]
        company = side.id_of("Companies", old["companyID"])
        people = tables["contacts"].where("company", company)
        row: Row = {"name": str(old.get("title") or "Deal")[:100], "company": company, "type": 1, "status": 1}
        row |= {"stage": 1 + number % 4, "contact": people[0] if people else None, "primarySalesRep": tables["members"].ids[0]}
        row |= {"expectedCloseDate": now + timedelta(days=30), "notes": old.get("description")}
        at = old.get("createDate") or now
        side.keep("Opportunities", psa_id, "opportunities", row, at)
        for kind, revenue, cost in (("Product", old.get("amount") or 0.0, old.get("cost") or 0.0), ("Service", 400.0, 250.0)):
            item: Row = {"opportunity": side.id_of("Opportunities", psa_id), "forecastType": kind, "revenue": revenue}
            tables["forecastItems"].insert(item | {"cost": cost, "includeFlag": True, "quantity": 1, "status": 1}, at)


def _configurations(side: ConnectWiseSide) -> None:
    psa, now = side.world.autotask, side.world.clock()
    kinds = side.tables["configurationTypes"].ids
    for psa_id in psa["ConfigurationItems"].ids:
        old = psa["ConfigurationItems"].rows[psa_id]
        row: Row = {"name": old.get("referenceTitle") or "Device", "status": 1, "activeFlag": bool(old.get("isActive", True))}
        row |= {"company": side.id_of("Companies", old["companyID"]), "serialNumber": old.get("serialNumber")}
        row["type"] = kinds[((old.get("configurationItemType") or 1) - 1) % len(kinds)]
        side.keep("ConfigurationItems", psa_id, "configurations", row, old.get("createDate") or now)
