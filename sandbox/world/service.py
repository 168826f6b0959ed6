"""The office's side of the demo: lists, departments, roles, contracts, opportunities, to-dos, devices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.world.desk import API_ONLY
from sandbox.world.helpdesk import fill_tickets
from sandbox.world.tables import Row

if TYPE_CHECKING:
    from sandbox.world.core import Client, World

_DEVICES = (("Workstation", "LAPTOP"), ("Server", "SRV"), ("Printer", "PRN"), ("Firewall", "FW"))
_DEALS = (
    # Title, stage, status, amount, probability.
    ("Refresh of devices", 1, 1, 1_500.0, 30),
    ("Move to the cloud", 2, 1, 18_400.0, 60),
    ("Backup for the file server", 3, 1, 2_990.0, 80),
    ("Phones & <headsets>", 4, 3, 4_200.0, 100),
    ("Second firewall", 2, 2, 3_100.0, 0),
)
_CONTRACTS = ((7, "Managed service"), (4, "Block of hours"), (1, "Time & materials"))


def fill_lists(world: World) -> None:
    """The small lists every Autotask and IT Glue account has, clients or not."""
    now = world.clock()
    tables = world.autotask
    place = tables["InternalLocations"].insert({"name": "Headquarters", "isDefault": True}, now)
    tables["Departments"].insert({"name": "Service", "primaryLocationID": place}, now)
    roles = []
    for name in ("Support Engineer", "Project Manager"):
        role: Row = {"name": name, "hourlyFactor": 1.0, "hourlyRate": 120.0, "isActive": True}
        roles.append(tables["Roles"].insert(role | {"isSystemRole": False}, now))
    _give_roles(world, roles)
    for number, name in enumerate(("Standard", "AEM Alert", "RMA"), start=1):
        row = {"name": name, "displayColorRGB": number, "isActive": True, "isGlobalDefault": number == 1}
        tables["TicketCategories"].insert(row, now)
    # Alerts bring their type and source along, but are refused without a queue.
    fill: Row = {"ticketCategoryID": 2, "ticketTypeID": 5, "sourceID": 8}
    tables["TicketCategoryFieldDefaults"].insert(fill, now)
    world.desk.insist(2, "queueID")
    tables["OpportunityCategories"].insert({"name": "Standard", "isActive": True}, now)
    for number, (name, _) in enumerate(_DEVICES, start=1):
        tables["ConfigurationItemTypes"].insert({"name": name, "isActive": True}, now)
        row = {"name": name, "displayColorRGB": number, "isActive": True, "isGlobalDefault": number == 1}
        tables["ConfigurationItemCategories"].insert(row, now)
    for kind in ("Customer", "Lead", "Prospect", "Vendor", "Partner", "Owner"):
        world.named("organization-types", kind)
    for status in ("Active", "Inactive"):
        world.named("organization-statuses", status)
    for contact_type in ("Employee", "Decision Maker", "Terminated"):
        world.named("contact-types", contact_type)
    for category in ("Administrative", "Email", "Network", "Web Application"):
        world.named("password-categories", category)


def _give_roles(world: World, roles: list[int]) -> None:
    """Everybody on the service desk is a support engineer; every second one leads projects as well."""
    now = world.clock()
    department = world.autotask["Departments"].ids[0]
    for number, (resource, person) in enumerate(world.autotask["Resources"].rows.items()):
        if person.get("licenseType") == API_ONLY:
            continue
        for serial, role in enumerate(roles[: 1 + number % 2]):
            row: Row = {"resourceID": resource, "roleID": role, "isActive": True}
            world.autotask["ResourceServiceDeskRoles"].insert(row | {"isDefault": serial == 0}, now)
            world.autotask["ResourceRoles"].insert(dict(row), now)
            row |= {"departmentID": department, "isDefault": serial == 0, "isDepartmentLead": number == 0}
            world.autotask["ResourceRoleDepartments"].insert(row, now)


def fill_service(world: World, clients: list[Client]) -> None:
    """A few tickets, opportunities, to-dos, contracts and devices for the first clients."""
    served = [client for client in clients[:12] if client.psa_id is not None]
    for number, client in enumerate(served):
        assert client.psa_id is not None, "only clients of the PSA are served"
        _paperwork(world, client.psa_id, number)
        for serial, (kind, prefix) in enumerate(_DEVICES[: 1 + number % 4], start=1):
            _device(world, client, f"{prefix}-{number:02d}", kind, serial)
    fill_tickets(world, served)


def _paperwork(world: World, company: int, number: int) -> None:
    now = world.clock()
    kind, name = _CONTRACTS[number % len(_CONTRACTS)]
    contract: Row = {"companyID": company, "contractName": f"{name} {number}", "contractType": kind}
    contract |= {"startDate": now - timedelta(days=200), "endDate": now + timedelta(days=165)}
    contract |= {"status": 1, "timeReportingRequiresStartAndStopTimes": 1, "setupFee": 250.0}
    world.autotask["Contracts"].insert(contract, now)
    for title, stage, status, amount, probability in (_DEALS[number % 5], _DEALS[(number + 2) % 5]):
        deal: Row = {"companyID": company, "title": title, "stage": stage, "status": status, "amount": amount}
        deal |= {"ownerResourceID": world.owner(), "cost": amount * 0.6, "probability": probability}
        deal |= {"projectedCloseDate": now + timedelta(days=30), "useQuoteTotals": False}
        deal |= {"opportunityCategoryID": 1, "leadSource": 1}
        world.autotask["Opportunities"].insert(deal, now - timedelta(days=number))
    to_do: Row = {"companyID": company, "actionType": 1, "assignedToResourceID": world.owner()}
    to_do |= {"activityDescription": "Quarterly review", "startDateTime": now}
    world.autotask["CompanyToDos"].insert(to_do | {"endDateTime": now + timedelta(hours=1)}, now)


def _device(world: World, client: Client, name: str, kind: str, serial: int) -> None:
    now = world.clock()
    row: Row = {"companyID": client.psa_id, "referenceTitle": name, "isActive": True, "productID": 1}
    row |= {"configurationItemType": serial, "configurationItemCategoryID": serial}
    row |= {"serialNumber": f"SN{client.psa_id}{serial}"}
    item = world.autotask["ConfigurationItems"].insert(row, now)
    if client.itglue_id is not None:
        glue: Row = {"organization-id": client.itglue_id, "name": name, "hostname": name.lower()}
        glue |= {"serial-number": row["serialNumber"], "configuration-type-name": kind, "psa-id": item}
        world.itglue["configurations"].insert(glue, now)
