"""A PSA that sells, in memory: opportunities, to-dos, contracts and its lists. It can die or refuse at every call."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.isolation import Scope
from domain.ports import Page
from domain.psa import (
    Choice,
    Feature,
    NewOpportunity,
    NewTodo,
    Pick,
    UpstreamContract,
    UpstreamOpportunity,
)
from domain.setup import Opportunities
from flows import setups
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.clients import Clients, clients
from tests.flows.paper import Paper

LISTS: Mapping[Pick, tuple[Choice, ...]] = {
    Pick.OPPORTUNITY_STAGES: (Choice("1", "Lead"), Choice("2", "Proposal"), Choice("9", "Old", is_active=False)),
    Pick.OPPORTUNITY_CATEGORIES: (Choice("7", "Project"),),
    Pick.OPPORTUNITY_STATUSES: (Choice("1", "Active"), Choice("3", "Won")),
    Pick.TODO_TYPES: (Choice("4", "Call"),),
    Pick.OWNERS: (Choice("40", "Olivia Owner", email="olivia@northwind.example"), Choice("41", "Fallback Fred")),
}


@dataclass
class Deals(Paper):
    """`made` keeps what was created, by key: a second create of a key finds the first."""

    opportunities_: dict[str, UpstreamOpportunity] = field(default_factory=dict)
    contracts_: list[UpstreamContract] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    todos: dict[str, NewTodo] = field(default_factory=dict)
    reading: list[Exception] = field(default_factory=list)  # raised where one is read by itself

    def opportunity_row(self, id_: str, company_id: str, title: str = "Firewall", **more: str) -> UpstreamOpportunity:
        known = {"stage": "1", "status": "1", "amount": "100", "modified": self.clock().isoformat()} | more
        self.opportunities_[id_] = UpstreamOpportunity(id_, company_id, title, **known)
        return self.opportunities_[id_]

    def edit_opportunity(self, id_: str, **changes: str) -> None:
        stamp = self.clock().isoformat()
        self.opportunities_[id_] = replace(self.opportunities_[id_], modified=stamp, **changes)

    def picklists(self) -> Mapping[Pick, tuple[Choice, ...]]:
        self._called("picklists")
        return LISTS

    def all_opportunities(self, cursor: str | None) -> Page[UpstreamOpportunity]:
        return self._page("opportunities", list(self.opportunities_.values()), cursor)

    def all_opportunities_changed(self, since: str, cursor: str | None) -> Page[UpstreamOpportunity]:
        return self._changed("opportunities changed", list(self.opportunities_.values()), since, cursor)

    def opportunity(self, scope: Scope, opportunity_id: str) -> UpstreamOpportunity | None:
        self._called("opportunity")
        if self.reading:
            raise self.reading.pop(0)
        row = self.opportunities_.get(opportunity_id)
        return scope.keep([row])[0] if row else None

    def create_opportunity(self, scope: Scope, new: NewOpportunity) -> str:
        self._called("create opportunity")
        if new.external_key not in self.made:
            id_ = str(900 + len(self.made))
            self.opportunity_row(
                id_, scope.external_id, new.title, stage=new.stage, category=new.category, owner_id=new.owner_id,
                amount=new.amount, material_cost=new.cost, starts=new.starts, closes=new.closes,
            )  # fmt: skip
            self.made[new.external_key] = id_
        self.moment()
        return self.made[new.external_key]

    def create_todo(self, scope: Scope, new: NewTodo) -> str:
        self._called("create to-do")
        self.todos.setdefault(new.external_key, new)
        return str(700 + len(self.todos))

    def contracts(self, scope: Scope, cursor: str | None) -> Page[UpstreamContract]:
        self._called("contracts")
        return Page(tuple(row for row in self.contracts_ if row.company_id == scope.external_id))


@dataclass
class Market(Clients):
    """Opportunities are switched on."""

    deals: Deals

    def choose(self, chosen: Opportunities) -> None:
        with self.bench.store.write() as work:
            setups.keep_opportunities(work, self.connection.id, chosen)


def market(store: Store) -> Market:
    clock = ManualClock()
    deals = Deals(clock, page_size=2)
    there = Market(*clients(store, clock, deals, Feature.OPPORTUNITIES, LISTS), deals)
    there.choose(Opportunities("41", "2", "7", 30))
    return there
