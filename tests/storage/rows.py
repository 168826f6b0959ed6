"""Rows to test storage with, each made in one line."""

from datetime import UTC, datetime, timedelta

from domain.company import Company, CompanyState
from domain.connection import Connection
from domain.invitation import Invitation, InvitationState
from domain.isolation import Link
from domain.person import Person, PersonKind
from domain.plan import Counts, Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from storage.people import Origin
from storage.store import Store

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def connection(id_: str = "k1", source: str = "autotask") -> Connection:
    return Connection(id_, source, source, {}, "1234", "Northwind", {}, {}, "", "U1", "C1", NOW, NOW)


def company(id_: str, name: str = "", domain: str | None = None) -> Company:
    state = CompanyState.ACTIVE if domain else CompanyState.NEEDS_DOMAIN
    return Company(id_, name or id_, domain, domain or "", state)


def link(id_: str, company_id: str, external_id: str, connection_id: str = "k1", version: int = 1) -> Link:
    return Link(id_, connection_id, company_id, external_id, f"Upstream {external_id}", version)


def person(id_: str, company_id: str, email: str = "", role: Role = Role.CLIENT) -> Person:
    address = email or f"{id_}@example.com"
    return Person(id_, company_id, PersonKind.END_USER, address, address.casefold(), "Ada", id_, "", role)


def origin(person_id: str, company_id: str, link_id: str | None, external_company_id: str | None, external_id: str = "") -> Origin:
    who = external_id or f"x{person_id}"
    return Origin("k1", PersonKind.END_USER, who, company_id, person_id, link_id, external_company_id, "print", "plan")


def plan(id_: str, state: PlanState = PlanState.PROPOSED, company_id: str | None = None, link_id: str | None = None) -> Plan:
    return Plan(
        id_, Kind.USERS, "k1", "Autotask PSA", company_id, "Contoso", link_id, 1, state, "U1", "Tess", NOW, False, Counts()
    )


def invitation(id_: str, person_id: str, company_id: str, state: InvitationState = InvitationState.QUEUED) -> Invitation:
    return Invitation(id_, person_id, company_id, state, 1, "Tess", NOW)


def filled(store: Store) -> None:
    """Two connections, three companies (a, b, c), one link from a to upstream company 10, and one person p in a."""
    with store.write() as work:
        for one in (connection(), connection("k2", "itglue")):
            work.connections.put(one, {"secret": "a-secret-0123456789"})
        for id_ in ("a", "b", "c"):
            work.companies.add(company(id_, id_.upper(), f"{id_}.example"), id_, NOW)
        work.links.add_many([link("l1", "a", "10")], "test", "U1", NOW)
        work.people.add_many([person("p", "a")], NOW, "")


def sent(store: Store, days: int = 7) -> None:
    """The person p has been mailed an invitation."""
    with store.write() as work:
        work.invitations.queue_many([invitation("i", "p", "a")])
        assert work.invitations.hand("i", 1, NOW, NOW + timedelta(days=days))
