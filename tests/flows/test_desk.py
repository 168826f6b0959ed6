"""Who may do what from where: a channel bound to a company is about that company alone, and every refusal sounds alike.

The list of flows is taken from the rooms themselves: a new flow that takes a desk has to be entered here, or the test says so.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import flows
from domain.approval import Choice
from domain.company import Company
from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.invitation import Badge
from domain.ports import Kind
from domain.roles import Act, Role, SlackStanding
from flows import (
    assets,
    audit,
    companies,
    connect,
    contracts,
    digest,
    givers,
    imports,
    invitations,
    mapping,
    opportunities,
    overview,
    pushing,
    settings,
    sources,
    sync,
    todos,
    why,
)
from flows.desk import Desk, sit
from tests.conftest import open_store
from tests.flows.bench import Bench
from tests.flows.ground import Ground
from tests.flows.test_desk_psa import WHOLE_MSP

COVERED_ELSEWHERE = {  # flows with tests of their own, bound channels among them
    "audit", "by_hand", "keepass", "onetime", "passwords", "private", "removing", "reports", "requests", "second", "undo", "vault",
    "vaultfiles", "ticket_acts", "ticket_making", "ticket_places", "ticket_readers", "tickets",
}  # fmt: skip
THEIRS = ("Fabrikam", "fabrikam.com", "fay@fabrikam.com")


def prepared(bench: Bench) -> None:
    """Contoso and Fabrikam, each with a person, a mapping, an open preview."""
    bench.two_eyes_are_enough()
    paper = bench.papers["autotask"]
    for id_, name, person in (("10", "Contoso", "cora"), ("20", "Fabrikam", "fay")):
        paper.company(id_, name, f"{name.lower()}.com")
        paper.person(f"{id_}1", id_, f"{person}@{name.lower()}.com", person.title())
    bench.connected("autotask")
    bench.imported(Kind.COMPANIES)
    for id_, name in (("10", "Contoso"), ("20", "Fabrikam")):
        bench.imported(Kind.USERS, name)
        paper.person(f"{id_}2", id_, f"new@{name.lower()}.com", "New")
        bench.preview(Kind.USERS, name)


@pytest.fixture(scope="module")
def ground(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    file = tmp_path_factory.mktemp("desk") / "gangway.db"
    shutil.copyfile(sqlite_template, file)
    store = open_store(f"sqlite:///{file}")
    yield Ground(store, prepared)
    store.close()


@pytest.fixture
def both_companies(ground: Ground) -> Bench:
    return ground.bench()


class Theirs:
    """Everything of Fabrikam's that a forged button in Contoso's channel might carry."""

    def __init__(self, bench: Bench) -> None:
        self.company: Company = bench.companies()["Fabrikam"]
        self.person = bench.people()["fay@fabrikam.com"].person.id
        with bench.store.work() as work:
            (link,) = work.links.of_one_company(self.company.id)
            (plan,) = [one for one in work.plans.newest(self.company.id, 5) if one.state == "proposed"]
        self.link, self.plan, self.connection = link.id, plan.id, link.connection_id


def _at(context: Any, desk: Desk, theirs: Theirs) -> Company:
    with context.store.work() as work:
        return companies.at(work, desk, theirs.company.id)


# Each is tried at a desk bound to Contoso, with Fabrikam's ids.
FORGED: dict[str, Callable[[Any, Desk, Theirs], object]] = {
    "companies.find": lambda c, d, t: companies.find(c, d, "Fabrikam"),
    "companies.find by id": lambda c, d, t: companies.find(c, d, t.company.id),
    "companies.one": lambda c, d, t: companies.one(c, d, t.company.id),
    "companies.at": _at,
    "companies.meant": lambda c, d, t: companies.meant(c, d, "fabrikam.com"),
    "companies.add": lambda c, d, t: companies.add(c, d, "New", "new.example"),
    "companies.set_domain": lambda c, d, t: companies.set_domain(c, d, t.company.id, "other.example"),
    "companies.work_in": lambda c, d, t: companies.work_in(c, d, "Fabrikam"),
    "mapping.confirm": lambda c, d, t: mapping.confirm(c, d, t.connection, t.company.id, "20"),
    "mapping.confirm_certain": lambda c, d, t: mapping.confirm_certain(c, d, t.connection),
    "mapping.leave_unmapped": lambda c, d, t: mapping.leave_unmapped(c, d, t.connection, t.company.id),
    "mapping.consequence": lambda c, d, t: mapping.consequence(c, d, t.link),
    "mapping.remap": lambda c, d, t: mapping.remap(c, d, t.link, None, True),
    "imports.propose users": lambda c, d, t: imports.propose(c, d, Kind.USERS, "Fabrikam"),
    "imports.propose companies": lambda c, d, t: imports.propose(c, d, Kind.COMPANIES),
    "imports.propose staff": lambda c, d, t: imports.propose(c, d, Kind.STAFF),
    "imports.one": lambda c, d, t: imports.one(c, d, t.plan),
    "imports.items": lambda c, d, t: imports.items(c, d, t.plan),
    "imports.choices": lambda c, d, t: imports.choices(c, d, t.plan, ""),
    "imports.choose": lambda c, d, t: imports.choose(c, d, t.plan, ["201"]),
    "imports.again": lambda c, d, t: imports.again(c, d, t.plan),
    "imports.decide yes": lambda c, d, t: imports.decide(c, d, t.plan, Choice.APPROVE),
    "imports.decide no": lambda c, d, t: imports.decide(c, d, t.plan, Choice.DENY),
    "invitations.people": lambda c, d, t: invitations.people(c, d, t.company),
    "invitations.card": lambda c, d, t: invitations.card(c, d, t.person),
    "invitations.reinvite": lambda c, d, t: invitations.reinvite(c, d, t.person),
    "invitations.uninvite": lambda c, d, t: invitations.uninvite(c, d, t.person),
    "invitations.change_role": lambda c, d, t: invitations.change_role(c, d, t.person, Role.CLIENT),
    "invitations.suspend": lambda c, d, t: invitations.suspend(c, d, t.person, True),
    "connect.retest": lambda c, d, t: connect.retest(c, d, t.connection),
    "connect.disconnect": lambda c, d, t: connect.disconnect(c, d, t.connection),
    "sync.ask": lambda c, d, t: sync.ask(c, d, t.connection),
    "sync.toggle": lambda c, d, t: sync.toggle(c, d, t.connection, Kind.USERS, False),
    "assets.page": lambda c, d, t: assets.page(c, d, t.company.id),
    "assets.one": lambda c, d, t: assets.one(c, d, "forged"),
    "assets.edit": lambda c, d, t: assets.edit(c, d, "forged", {"name": "Mine"}),
    "opportunities.page": lambda c, d, t: opportunities.page(c, d, t.company.id),
    "opportunities.one": lambda c, d, t: opportunities.one(c, d, "forged"),
    "opportunities.form": lambda c, d, t: opportunities.form(c, d, t.company.id),
    "opportunities.make": lambda c, d, t: opportunities.make(c, d, t.company.id, t.connection, {"title": "Theirs"}),
    "opportunities.edit": lambda c, d, t: opportunities.edit(c, d, "forged", {"title": "Mine"}),
    "pushing.push": lambda c, d, t: pushing.push(c, d, "forged"),
    "todos.form": lambda c, d, t: todos.form(c, d, t.company.id),
    "todos.make": lambda c, d, t: todos.make(c, d, t.company.id, t.connection, {"text": "Theirs"}),
    "contracts.of_company": lambda c, d, t: contracts.of_company(c, d, t.company.id),
    "sources.of_company": lambda c, d, t: sources.of_company(c, d, t.company.id),
}

# Each shows something: at a desk bound to Contoso nothing in it may be Fabrikam's.
SHOWN: dict[str, Callable[[Any, Desk, Theirs], object]] = {
    "companies.page": lambda c, d, t: companies.page(c, d),
    "companies.page searched": lambda c, d, t: companies.page(c, d, "abrik"),
    "companies.options": lambda c, d, t: companies.options(c, d, ""),
    "companies.needing_domain": lambda c, d, t: companies.needing_domain(c, d),
    "companies.bindings": lambda c, d, t: companies.bindings(c, d),
    "mapping.table": lambda c, d, t: mapping.table(c, d, t.connection, only_open=False, size=100),
    "imports.history": lambda c, d, t: imports.history(c, d),
    "imports.waiting": lambda c, d, t: imports.waiting(c, d),
    "invitations.people of no company": lambda c, d, t: invitations.people(c, d, None),
    "invitations.pending": lambda c, d, t: invitations.pending(c, d, None),
    "overview.facts": lambda c, d, t: overview.facts(c, d),
    "why the company": lambda c, d, t: why.why(c, d, "fabrik"),
    "why the person": lambda c, d, t: why.why(c, d, "fay"),
    "why a row": lambda c, d, t: why.why(c, d, "New"),
    "givers.mapped_companies": lambda c, d, t: givers.mapped_companies(c, d, Kind.USERS, t.connection, ""),
    "digest": lambda c, d, t: digest.compose(c, d.channel),
}


def untouched(bench: Bench) -> tuple[Any, ...]:
    """What Fabrikam has."""
    theirs = bench.companies().get("Fabrikam")
    people = {email: (line.badge, line.person) for email, line in bench.people(theirs).items()}
    with bench.store.work() as work:
        plans = [(plan.id, plan.state) for plan in work.plans.newest(theirs.id if theirs else "", 10)]
        return theirs, people, work.links.of_one_company(theirs.id if theirs else ""), plans


@pytest.mark.parametrize("name", FORGED)
def test_a_bound_channel_refuses_everything_of_another_company(both_companies: Bench, name: str) -> None:
    theirs, before = Theirs(both_companies), untouched(both_companies)
    desk = both_companies.desk(bound=both_companies.companies()["Contoso"])
    with pytest.raises(NotAllowed) as refusal:
        FORGED[name](both_companies.context, desk, theirs)
    assert not [word for word in THEIRS if word in refusal.value.said]
    both_companies.workshop.run()
    assert untouched(both_companies) == before


@pytest.mark.parametrize("name", [name for name in FORGED if name.startswith("imports.") and "propose" not in name])
def test_a_forged_button_for_anothers_preview_is_written_down(both_companies: Bench, name: str) -> None:
    desk = both_companies.desk(bound=both_companies.companies()["Contoso"])
    with pytest.raises(NotAllowed):
        FORGED[name](both_companies.context, desk, Theirs(both_companies))
    assert len(both_companies.journal("refused")) == 1


@pytest.mark.parametrize("name", SHOWN)
def test_a_bound_channel_shows_nothing_of_another_company(both_companies: Bench, name: str) -> None:
    contoso = both_companies.companies()["Contoso"]
    desk = both_companies.desk(bound=contoso)
    companies.bind(both_companies.context, both_companies.admin, desk.channel, contoso.id)
    shown = repr(SHOWN[name](both_companies.context, desk, Theirs(both_companies)))
    asked = {"fabrik", "fay"}
    found = [word for word in (*THEIRS, "Fay") if word in shown]
    assert not found, f"{found} in {shown[:400]} (asked for {asked})"


def test_every_flow_that_takes_a_desk_is_tried_here_or_named_as_tried_elsewhere() -> None:
    tried = {name.split()[0] for name in (*FORGED, *SHOWN)}
    free = {
        "companies.bind", "companies.bindings",  # an Admin's act on a channel
        "connect.test", "connect.save",  # refused in a bound channel: tests/flows/test_connect.py
        "mapping.begin", "mapping.reread", "mapping.options",  # the source's list, not a company's
        "digest.current", "digest.schedule", "digest.stop",  # of a channel
        "settings.assign", "settings.change", "settings.give_feedback",
        "sync.answer", "why.why", "imports.break_glass", "invitations.reinvite_expired",
        "mapping.perform_remap",
        "assets.types", "asset_map.categories", "opportunities.options", "setup_steps.offered",  # the PSA's and our own lists, not a company's
        "guides.shelf", "guides.one", "guides.ticked", "guides.tick", "setup.done",  # of a person
        "cards.cards", "doctor_sources.examine",  # drawn once the whole MSP was asked for
        *WHOLE_MSP,
    }  # fmt: skip
    missing = []
    for module in pkgutil.iter_modules(flows.__path__):
        found = importlib.import_module(f"flows.{module.name}")
        for name, one in vars(found).items():
            if not inspect.isfunction(one) or one.__module__ != found.__name__ or name.startswith("_"):
                continue
            if "desk" in inspect.signature(one).parameters and module.name not in COVERED_ELSEWHERE:
                missing += [f"{module.name}.{name}"] if f"{module.name}.{name}" not in tried | free else []
    assert not missing, f"enter these in FORGED or SHOWN: {missing}"


# --- roles -------------------------------------------------------------------------------------------------------

NEEDS: dict[str, tuple[Act, Callable[[Any, Desk, Theirs], object]]] = {
    "look": (Act.LOOK, lambda c, d, t: companies.page(c, d)),
    "look at people": (Act.LOOK, lambda c, d, t: invitations.pending(c, d, None)),
    "why": (Act.LOOK, lambda c, d, t: why.why(c, d, "x")),
    "status": (Act.LOOK, lambda c, d, t: overview.facts(c, d)),
    "disconnect": (Act.CONNECT, lambda c, d, t: connect.disconnect(c, d, t.connection)),
    "map": (Act.MAP, lambda c, d, t: mapping.leave_unmapped(c, d, t.connection, t.company.id, on=False)),
    "remap": (Act.MAP, lambda c, d, t: mapping.remap(c, d, t.link, None, False)),
    "import": (Act.IMPORT, lambda c, d, t: imports.propose(c, d, Kind.USERS, "Fabrikam")),
    "add a domain": (Act.IMPORT, lambda c, d, t: companies.set_domain(c, d, t.company.id, "other.example")),
    "narrow": (Act.IMPORT, lambda c, d, t: imports.choose(c, d, t.plan, ["202"])),
    "re-invite": (Act.INVITE, lambda c, d, t: invitations.reinvite(c, d, t.person)),
    "un-invite": (Act.INVITE, lambda c, d, t: invitations.uninvite(c, d, t.person)),
    "suspend": (Act.INVITE, lambda c, d, t: invitations.suspend(c, d, t.person, True)),
    "digest": (Act.SCHEDULE, lambda c, d, t: digest.schedule(c, d, "C1", "09:00", (0,), "UTC", False)),
    "sync": (Act.SCHEDULE, lambda c, d, t: sync.ask(c, d, t.connection)),
    "bind": (Act.SETTINGS, lambda c, d, t: companies.bind(c, d, "C9", t.company.id)),
    "role": (Act.SETTINGS, lambda c, d, t: settings.assign(c, d, "U9", Role.VIEWER)),
    "person's role": (Act.SETTINGS, lambda c, d, t: invitations.change_role(c, d, t.person, Role.CLIENT)),
    "audit": (Act.AUDIT, lambda c, d, t: audit.export(c, d, "")),
    "settings": (Act.SETTINGS, lambda c, d, t: settings.change(c, d, second_person=True)),
}


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("name", NEEDS)
def test_each_act_asks_for_the_role_it_says(both_companies: Bench, name: str, role: Role | None) -> None:
    act, press = NEEDS[name]
    desk = both_companies.desk(role)
    if desk.actor.may(act):
        press(both_companies.context, desk, Theirs(both_companies))
        return
    before = untouched(both_companies)
    with pytest.raises(NotAllowed) as refusal:
        press(both_companies.context, desk, Theirs(both_companies))
    assert "Nothing was done" in refusal.value.said
    assert untouched(both_companies) == before


def test_who_may_not_export_the_audit_trail_is_told_that_and_not_of_settings(quick: Bench) -> None:
    with pytest.raises(NotAllowed, match="You need another role to export the audit trail"):
        audit.export(quick.context, quick.desk(Role.TECHNICIAN), "")


@pytest.mark.parametrize(
    ("standing", "role"),
    [
        (SlackStanding("U1", "Owner", is_admin=True), Role.ADMIN),
        (SlackStanding("U2", "Member"), Role.TECHNICIAN),
        (SlackStanding("U3", "Guest", is_guest=True), None),
        (SlackStanding("U4", "Stranger", is_stranger=True), None),
        (SlackStanding("U5", "Guest who is admin", is_admin=True, is_guest=True), None),
    ],
)
def test_slacks_standing_gives_the_role_until_one_is_named(quick: Bench, standing: SlackStanding, role: Role | None) -> None:
    assert sit(quick.context, standing, "C1").actor.role is role


def test_once_an_admin_is_named_slacks_admins_are_members_like_others(quick: Bench) -> None:
    settings.assign(quick.context, quick.admin, "U1", Role.ADMIN)
    assert sit(quick.context, SlackStanding("U7", "Owner", is_admin=True), "C1").actor.role is Role.TECHNICIAN
    with pytest.raises(TellPerson, match="only named Admin"):
        settings.assign(quick.context, quick.admin, "U1", Role.VIEWER)


def test_a_named_role_does_not_let_a_guest_in(quick: Bench) -> None:
    settings.assign(quick.context, quick.admin, "U3", Role.ADMIN)
    assert sit(quick.context, SlackStanding("U3", "Guest", is_guest=True), "C1").actor.role is None


def test_re_inviting_all_expired_in_a_bound_channel_reaches_its_people_alone(both_companies: Bench) -> None:
    both_companies.clock.advance(8 * 24 * 3600)
    desk = both_companies.desk(bound=both_companies.companies()["Contoso"])
    assert invitations.reinvite_expired(both_companies.context, desk, None) == 1
    assert {line.company.name: line.badge for line in both_companies.people().values()} == {
        "Contoso": Badge.PENDING,
        "Fabrikam": Badge.EXPIRED,
    }


# --- channels ----------------------------------------------------------------------------------------------------


def test_the_bound_company_goes_before_the_working_company(quick: Bench) -> None:
    contoso, fabrikam = quick.company("Contoso", "contoso.com"), quick.company("Fabrikam", "fabrikam.com")
    standing = SlackStanding("U1", "Tess")
    companies.work_in(quick.context, sit(quick.context, standing, "C1"), "Fabrikam")
    assert sit(quick.context, standing, "C1").company == fabrikam
    companies.bind(quick.context, quick.admin, "C1", contoso.id)
    assert sit(quick.context, standing, "C1").company == contoso
    companies.bind(quick.context, quick.admin, "C1", None)
    assert sit(quick.context, standing, "C1").company == fabrikam
    companies.work_in(quick.context, sit(quick.context, standing, "C1"), "none")
    assert sit(quick.context, standing, "C1").company is None


def test_a_bound_channel_cannot_be_left_by_its_people(quick: Bench) -> None:
    contoso = quick.company("Contoso", "contoso.com")
    with pytest.raises(GangwayError, match="bound to Contoso"):
        companies.work_in(quick.context, quick.desk(bound=contoso), "none")


def test_badges_in_a_bound_channel_count_its_people_alone(both_companies: Bench) -> None:
    desk = both_companies.desk(bound=both_companies.companies()["Contoso"])
    facts = overview.facts(both_companies.context, desk)
    assert (facts.people, facts.pending, facts.companies) == (1, 1, 1)
    assert {line.badge for line in invitations.pending(both_companies.context, desk, None).lines} == {Badge.PENDING}
