"""Fills a world with the MSP itself and with the demo's clients and their people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.world.clients import CLIENTS, FIRST_NAMES, LAST_NAMES, MSP_COMPANY, MSP_NAME, TITLES, Sketch
from sandbox.world.service import fill_lists, fill_service
from sandbox.world.tables import Row
from sandbox.world.vault import fill_vault

if TYPE_CHECKING:
    from sandbox.world.core import Client, World

_STAFF = (
    ("Nora", "Lindqvist", 1, True),
    ("Omar", "Haddad", 1, True),
    ("Pia", "Keller", 2, True),
    ("Quinn", "Daly", 2, True),
    ("Ravi", "Menon", 4, True),
    ("Sara", "Bellini", 1, False),
    ("Tom", "Okafor", 2, False),
)
_GLUE_ROLES = ("Administrator", "Manager", "Editor", "Creator", "Lite")
_DOMAIN = "northwind-it.example"


def fill_msp(world: World) -> None:
    """The MSP's own company under id 0, its primary organisation, staff, users and account-wide lists."""
    now = world.clock()
    long_ago = now - timedelta(days=900)
    _staff(world)
    fill_lists(world)
    own: Row = {"companyName": MSP_NAME, "companyType": 1, "isActive": True, "phone": "555-0000"}
    own |= {"webAddress": f"https://{_DOMAIN}", "ownerResourceID": world.owner()}
    world.autotask["Companies"].insert(own, long_ago, row_id=MSP_COMPANY)
    facts: Row = {"primary": True, "psa-id": MSP_COMPANY, "short-name": "NWIT"}
    organization = world.add_organization(MSP_NAME, "Owner", True, long_ago, facts)
    world.add_domain(organization, _DOMAIN, at=long_ago)
    _glue_users(world, now)


def _staff(world: World) -> None:
    for first, last, license_type, active in _STAFF:
        email = f"{first}.{last}@{_DOMAIN}".lower()
        world.add_resource(first, last, email, license_type=license_type, isActive=active, title="Technician")
    api_user = "gangway-api"
    world.add_resource("Gangway", "API", f"{api_user}@{_DOMAIN}", license_type=7, userType=17)


def _glue_users(world: World, now: datetime) -> None:
    users = world.itglue["users"]
    for number, (first, last, _, active) in enumerate(_STAFF):
        row: Row = {"first-name": first, "last-name": last, "name": f"{first} {last}", "my-glue": False}
        row |= {"email": f"{first}.{last}@{_DOMAIN}".lower(), "reputation": 10 * number}
        row |= {"role-name": _GLUE_ROLES[number % len(_GLUE_ROLES)]}
        row |= {"invitation-sent-at": now - timedelta(days=700)}
        if active:
            row |= {"invitation-accepted-at": now - timedelta(days=699)}
            row |= {"current-sign-in-at": now - timedelta(hours=number)}
        users.insert(row, now - timedelta(days=700))
    # One was invited and never came, one has no last name, two belong to clients.
    invited: Row = {"first-name": "Uwe", "last-name": None, "name": "Uwe", "email": f"uwe@{_DOMAIN}"}
    invited |= {"role-name": "Lite", "my-glue": False, "reputation": 0, "invitation-sent-at": now}
    users.insert(invited, now)
    for first, domain in (("Ada", "contoso.example"), ("Ben", "fabrikam.example")):
        client_side: Row = {"first-name": first, "last-name": "Abbott", "name": f"{first} Abbott"}
        client_side |= {"email": f"{first.lower()}.abbott@{domain}", "role-name": "Lite", "my-glue": True}
        users.insert(client_side | {"my-glue-account-id": 4711, "reputation": 0}, now)
    everybody = [row["id"] for row in users.rows.values()]  # those of clients come last
    for name, step in (("Service Desk", 2), ("Projects", 3), ("Security", 5)):
        world.itglue["groups"].insert({"name": name, "my-glue": False, "user-ids": everybody[::step]}, now)


def fill_demo(world: World) -> None:
    """The whole demo, deterministic for a seed."""
    fill_msp(world)
    born = world.clock() - timedelta(days=400)
    clients: dict[str, Client] = {}
    for number, sketch in enumerate(CLIENTS):
        at = born + timedelta(days=3 * number)
        client = _client(world, sketch, clients.get(sketch.parent or ""), at)
        clients.setdefault(sketch.name, client)
        for _ in range(sketch.people):
            _someone(world, client, sketch, at)
    _awkward_people(world, clients)
    fill_service(world, list(clients.values()))
    fill_vault(world, list(clients.values()))


def _client(world: World, sketch: Sketch, parent: Client | None, at: datetime) -> Client:
    return world.add_company(
        sketch.name,
        sketch.web,
        kind=sketch.kind,
        active=sketch.active,
        parent=parent,
        psa=sketch.psa,
        itglue=sketch.itglue,
        linked=sketch.linked,
        itglue_name=sketch.glue,
        domains=sketch.domains,
        at=at,
        city=sketch.city or world.random.choice(("Lyon", "Graz", "Leeds", "Boise")),
        state=sketch.state,
        userDefinedFields={"Contract Renewal": "2027-01-31T00:00:00Z", "Headcount": f"{sketch.people}.0000"},
    )


def _someone(world: World, client: Client, sketch: Sketch, at: datetime) -> None:
    first, last = world.random.choice(FIRST_NAMES), world.random.choice(LAST_NAMES)
    domain = sketch.domains[0] if sketch.domains else mail_domain(sketch.web)
    local = f"{first}.{last}".lower().replace("'", "")
    world.add_contact(
        client,
        first,
        last,
        f"{local}@{domain}" if world.random.random() > 0.06 else None,
        phone=f"555-01{world.random.randrange(100):02d}",
        title=world.random.choice(TITLES),
        active=world.random.random() > 0.08,
        itglue=world.random.random() > 0.1,
        at=at,
    )


def mail_domain(web: str | None) -> str:
    """The host part of whatever stands in a web address field, good enough to invent addresses."""
    host = (web or "").lower().split("//")[-1].split("/")[0].split(":")[0].strip(".").removeprefix("www.")
    return host if "." in host else "unknown.example"


def _awkward_people(world: World, clients: dict[str, Client]) -> None:
    contoso, fabrikam = clients["Contoso Ltd."], clients["Fabrikam, Inc."]
    add = world.add_contact
    add(contoso, "Ada", "Abbott", "ada.abbott@contoso.example")
    add(contoso, "Ada", "Abbott", "Ada.Abbott@Contoso.example", title="Entered twice, in other case")
    add(contoso, "No", "Address", None)
    add(contoso, "Empty", "Address", "")
    add(contoso, "Not", "Anaddress", "ask reception")
    add(contoso, "Blank", "Around", "  blank.around@contoso.example ")
    add(contoso, "Former", "Colleague", "former@contoso.example", active=False)
    add(contoso, "Several", "Boxes", "s.boxes@contoso.example",
        more_emails=("several@contoso.example", "s.boxes@gmail.com"))  # fmt: skip
    add(contoso, "X" * 50, "Y" * 50, "long@contoso.example")
    add(contoso, "Z" * 300, "", "very.long@contoso.example", psa=False)  # only IT Glue has room for it
    add(contoso, "יעל", "כהן \u202eevil", "yael@contoso.example")
    add(contoso, "<!channel>", "*Bold* & <@U123>", "channel@contoso.example")
    add(contoso, "Ümit", "Öz", "ümit@contoso.example")
    for client in (contoso, fabrikam):  # the consultant who works for both
        add(client, "Conny", "Sultant", "conny@consulting.example")
    add(fabrikam, "Shared", "Mailbox", "info@fabrikam.example")
    add(fabrikam, "Other", "Person", "info@fabrikam.example")
    # One IT Glue contact nobody synced, without any link to the PSA.
    add(fabrikam, "Glue", "Only", "glue.only@fabrikam.example", psa=False)
