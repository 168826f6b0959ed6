"""The Autotask REST API as a vendor: sign-in, limits, and the answer of every route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from sandbox.autotask import admin, metadata
from sandbox.autotask.callers import ApiUser, Budget, Users
from sandbox.autotask.callouts import Callouts
from sandbox.autotask.catalogue import Entity
from sandbox.autotask.delivery import CALLOUT_KINDS, Delivery
from sandbox.autotask.paths import Place, Shape, locate
from sandbox.autotask.picklists import Picklists
from sandbox.autotask.problems import (
    Refused,
    no_permission,
    no_route,
    over_threshold,
    too_many_threads,
    unauthorised,
    wrong_verb,
)
from sandbox.autotask.query import Reading, read_paging, read_search
from sandbox.autotask.sight import MONEY, sight
from sandbox.autotask.writing import Writer, read_body
from sandbox.serving import KINDS, Ask, Fault, Reply, Vendor, json_reply
from sandbox.world import Clock, World

_LONGEST_ADDRESS = 2_048
_THREADS = 3
Pause = Callable[[float], object]
_VERBS = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
_OPEN: tuple[Shape, ...] = ("zoneInformation", "versionInformation")

USERNAME = "k3v7q2m9x4t8b1n@northwind-it.example"
SECRET = "a1B#2c~D3$e4F*5g@6H7i8J9k"  # noqa: S105 - an invented credential of the sandbox
TRACKING_IDENTIFIER = "GNGWY7H2KQ4M9X3T8B1N5V6C0ZA"


class Autotask(Vendor):
    """One tenant. The attributes are switches a test or the demo may set."""

    title = "Autotask PSA (stand-in)"
    rows_key = "items"
    fault_kinds = KINDS | CALLOUT_KINDS

    def __init__(
        self,
        world: World,
        clock: Clock | None = None,
        *,
        lockout_after: int = 10,
        https_only_webhooks: bool = True,
        pause: Pause | None = None,
    ) -> None:
        super().__init__(world, clock)
        self.users = Users(lockout_after)
        self.budget = Budget()
        self.picklists = Picklists(world)
        self.tracking_identifiers = {TRACKING_IDENTIFIER}
        self.missing_is_404 = False
        self.https_only_webhooks = https_only_webhooks
        self.slows_down_near_the_limit = False  # half a second from 50 % of the budget, a second from 75 %
        self.zone_url = ""  # another server's address, to play a tenant that was moved
        staff = world.autotask["Resources"]
        own = next((one for one in staff.ids if staff.rows[one].get("licenseType") == 7), 0)
        self.own = self.users.add(ApiUser(USERNAME, SECRET, own, secret_made=self.now()))
        self.delivery = Delivery(world, self.faults, self.now, pause=pause)
        self.callouts = Callouts(world, self.users, self.delivery, self.now)

    # -- admission -------------------------------------------------------------------------------------

    def route(self, ask: Ask) -> tuple[str, str]:
        place = locate(ask.path)
        group = place.entity.name if place.entity else place.shape
        code = ask.headers.get("apiintegrationcode", "")
        # Threads are counted per integration and entity; a second integration has its own three.
        return place.what, group if code in (TRACKING_IDENTIFIER, "") else f"{code}/{group}"

    def admit(self, ask: Ask) -> Reply | None:
        if len(ask.path) + len(ask.query) > _LONGEST_ADDRESS and ask.method == "GET":
            return no_route(ask.path[:80])
        place = locate(ask.path)
        if place.shape in _OPEN:
            return None
        if self._caller(ask) is None:
            return unauthorised()
        return self._over_limits(ask) or self._without_right(ask, place)

    def _over_limits(self, ask: Ask) -> Reply | None:
        if ask.in_flight > _THREADS:
            return too_many_threads()
        return None if self.budget.spend(self.now()) else over_threshold(self.budget.limit)

    def _without_right(self, ask: Ask, place: Place) -> Reply | None:
        verb = "query" if place.shape.startswith("query") else _VERBS.get(ask.method, "query")
        fault = self.faults.take("no_right", ask.what, verb)
        return no_permission(verb).reply if fault is not None else None

    def _caller(self, ask: Ask) -> ApiUser | None:
        for kind in ("revoked", "wrong_region"):
            if self.faults.take(kind, ask.what):
                return None
        headers = ask.headers
        known = headers.get("apiintegrationcode", "") in self.tracking_identifiers
        return self.users.sign_in(headers.get("username", ""), headers.get("secret", ""), known, self.now())

    def pause(self) -> float:
        if not self.slows_down_near_the_limit:
            return 0.0
        share = self.budget.used(self.now()) / self.budget.limit
        return 0.0 if share < 0.5 else 0.5 if share < 0.75 else 1.0

    def trouble(self, fault: Fault) -> Reply:
        if fault.kind == "too_many":
            refusal = too_many_threads()
            wait = {} if fault.value is None else {"Retry-After": f"{fault.value:g}"}
            return Reply(429, refusal.body, wait)
        status = 503 if fault.kind == "down" else int(fault.value or 500)
        return Reply(status, b"<html><body><h1>Server Error</h1></body></html>", media_type="text/html")

    # -- answers ---------------------------------------------------------------------------------------

    def answer(self, ask: Ask) -> Reply:
        place = locate(ask.path)
        try:
            if place.entity is None:
                return self._service(ask, place)
            return self._entity(ask, place, place.entity)
        except Refused as refused:
            return refused.reply

    def _service(self, ask: Ask, place: Place) -> Reply:
        if place.shape == "unknown":
            return no_route(ask.path)
        if ask.method != "GET":
            return wrong_verb(ask.method)
        if place.shape == "versionInformation":
            return json_reply({"apiVersions": ["1.0"]})
        if place.shape == "Version":
            return json_reply({"majorVersion": 2026, "minorVersion": 3, "build": 0, "customerType": "Live"})
        if place.shape == "ThresholdInformation":
            used = self.budget.used(self.now())
            limit = self.budget.limit
            return json_reply(
                {
                    "externalRequestThreshold": limit,
                    "requestThresholdTimeframe": 60,
                    "currentTimeframeRequestCount": used,
                }
            )
        return self._zone(ask)

    def _zone(self, ask: Ask) -> Reply:
        if self.users.named(ask.params.get("user", "")) is None:
            raise Refused("Zone information could not be determined")
        base = self.zone_url or ask.base_url
        return json_reply(
            {
                "zoneName": "Sandbox",
                "url": f"{base.rstrip('/')}/ATServicesRest/",
                "webUrl": f"{base.rstrip('/')}/",
                "ci": 30595,
            }
        )

    def _entity(self, ask: Ask, place: Place, entity: Entity) -> Reply:
        user = self._known(ask)
        handlers: dict[str, Callable[[Ask, Place, Entity, ApiUser], Reply]] = {
            "root": self._root,
            "item": self._item,
            "children": self._children,
            "child": self._child,
            "query": self._query,
            "query/count": self._query,
            "query/next": self._next,
        }
        handler = handlers.get(place.shape)
        if handler is not None:
            return handler(ask, place, entity, user)
        if ask.method != "GET":
            return wrong_verb(ask.method)
        if place.shape == "entityInformation":
            return json_reply(metadata.information(entity, user))
        if place.shape == "entityInformation/fields":
            return json_reply(metadata.fields(entity, self.picklists))
        return json_reply(metadata.user_defined_fields(entity))

    def _known(self, ask: Ask) -> ApiUser:
        user = self.users.named(ask.headers.get("username", ""))
        assert user is not None, "only signed-in callers come this far"
        return user

    def _reading(self, entity: Entity, user: ApiUser) -> Reading:
        user.require(entity.name, "query")
        seen = sight(self.world, user, entity.name)
        cut = entity.name == "Contracts" and user.level.value("Contract Visibility") == "Limited"
        return Reading(entity, self.world.autotask[entity.name], seen, MONEY if cut else frozenset())

    def _query(self, ask: Ask, place: Place, entity: Entity, user: ApiUser) -> Reply:
        if ask.method not in ("GET", "POST"):
            return wrong_verb(ask.method)
        if ask.headers.get("impersonationresourceid"):
            raise no_permission("query")  # the header is for writes only
        reading = self._reading(entity, user)
        text = parse_qs(ask.query).get("search", [""])[0] if ask.method == "GET" else ""
        search = read_search(text.encode() if ask.method == "GET" else ask.body, text=text)
        if place.shape == "query/count":
            return reading.count(search)
        return reading.page(search, None, self._root_address(ask))

    def _next(self, ask: Ask, _: Place, entity: Entity, user: ApiUser) -> Reply:
        params = ask.params
        text = params.get("search", "") if ask.method == "GET" else ""
        if ask.method not in ("GET", "POST") or (ask.method == "GET" and not text):
            return wrong_verb(ask.method)  # a page of a POST must be asked for by POST, with its body
        search = read_search(text.encode() if text else ask.body, text=text)
        paging = read_paging(params.get("paging", "{}"))
        return self._reading(entity, user).page(search, paging, self._root_address(ask))

    def _root_address(self, ask: Ask) -> str:
        return f"{ask.base_url}/ATServicesRest/V1.0/"

    def _root(self, ask: Ask, _: Place, entity: Entity, user: ApiUser) -> Reply:
        possible = {"POST": entity.creates, "PATCH": entity.updates, "PUT": entity.updates}
        if entity.parent is not None or not any(possible.values()):
            return no_route(ask.path)  # the collection has no verbs at the root at all
        if not possible.get(ask.method):
            return wrong_verb(ask.method)
        return self._write(ask, self._writer(ask, entity, user, None))

    def _item(self, ask: Ask, place: Place, entity: Entity, user: ApiUser) -> Reply:
        if ask.method == "DELETE" and entity.deletes and entity.parent is None:
            return self._writer(ask, entity, user, None).delete(place.row_id)
        if ask.method != "GET":
            return wrong_verb(ask.method)
        return self._one(place, entity, user)

    def _one(self, place: Place, entity: Entity, user: ApiUser) -> Reply:
        reading = self._reading(entity, user)
        row = reading.table.get(place.row_id)
        strange = (
            row is not None
            and entity.parent is not None
            and place.parent_id is not None
            and row.get(entity.parent.column) != place.parent_id
        )
        if row is None or strange or not reading.sees(row):
            return json_reply({"item": None}, 404 if self.missing_is_404 else 200)
        return json_reply({"item": reading.show(row)})

    def _children(self, ask: Ask, place: Place, entity: Entity, user: ApiUser) -> Reply:
        possible = {"POST": entity.creates, "PATCH": entity.updates, "PUT": entity.updates}
        assert entity.parent is not None
        assert place.parent_id is not None
        if ask.method == "GET":
            return self._reading(entity, user).children(entity.parent.column, place.parent_id)
        if not possible.get(ask.method):
            return wrong_verb(ask.method)
        return self._write(ask, self._writer(ask, entity, user, place.parent_id))

    def _child(self, ask: Ask, place: Place, entity: Entity, user: ApiUser) -> Reply:
        if ask.method == "DELETE" and entity.deletes:
            return self._writer(ask, entity, user, place.parent_id).delete(place.row_id)
        if ask.method != "GET":
            return wrong_verb(ask.method)
        return self._one(place, entity, user)

    def _writer(self, ask: Ask, entity: Entity, user: ApiUser, parent_id: int | None) -> Writer:
        header = ask.headers.get("impersonationresourceid", "")
        acting_for = int(header) if header.isdigit() else None
        https_only = self.https_only_webhooks
        return Writer(self.world, entity, user, self.now(), self.picklists, parent_id, acting_for, https_only)

    def _write(self, ask: Ask, writer: Writer) -> Reply:
        body = read_body(ask.body)
        return writer.create(body) if ask.method == "POST" else writer.update(body, whole=ask.method == "PUT")

    def obey(self, order: Mapping[str, Any]) -> None:
        if not admin.act(self.world, order):
            admin.obey(self.own.level, self.picklists, order)

    def settings(self, control: str) -> str:
        return admin.section(self.own.level, self.picklists, control)

    def facts(self, url: str) -> dict[str, str]:
        return {
            "AUTOTASK_API_URL": url,
            "API username": USERNAME,
            "API secret": SECRET,
            "API tracking identifier": TRACKING_IDENTIFIER,
        }
