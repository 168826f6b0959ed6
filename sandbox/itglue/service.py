"""The IT Glue API as a vendor: the key, the budget, and the answer of every route."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.itglue.asking import Question, read_question
from sandbox.itglue.catalogue import Resource
from sandbox.itglue.paths import Place, locate
from sandbox.itglue.problems import MEDIA_TYPE, Refused, not_found, refusal
from sandbox.itglue.rendering import Renderer
from sandbox.itglue.selecting import Selection
from sandbox.itglue.writing import Writer, id_of, read_data
from sandbox.serving import Ask, Fault, Reply, Vendor, json_reply
from sandbox.world import Clock, Row, World

API_KEY = "ITG.9f3c1e7a5b2d4860.sandbox-with-password-access"
KEY_WITHOUT_PASSWORDS = "ITG.0a8d6c4e2b1f3975.sandbox-without-password-access"
_WINDOW = timedelta(minutes=5)
_LOG_PAGES = 5
_LOG_DAYS = timedelta(days=30)


class ITGlue(Vendor):
    """One account. The attributes are switches a test or the demo may set."""

    title = "IT Glue (stand-in)"
    rows_key = "data"

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        super().__init__(world, clock)
        self.keys = {API_KEY: True, KEY_WITHOUT_PASSWORDS: False}  # key: Password Access
        self.refused_key_status = 403  # the general part of the documentation; its tables say 401
        self.without_access: Literal["absent", "null", "empty", "forbidden"] = "absent"
        self.unknown_filters: Literal["ignore", "refuse"] = "ignore"
        self.refuse_long_ranges = False
        self.psa_filter_works = True
        self.budget = 3_000
        self.retry_after: int | None = None  # seconds sent along when the budget is used up; unconfirmed
        self.value_reads: list[int] = []  # ids of passwords whose value left the service
        self._moments: deque[datetime] = deque()
        self._selections = {name: Selection(world, table) for name, table in world.itglue.items()}
        self._doomed: list[int] = []

    # -- admission -------------------------------------------------------------------------------------

    def route(self, ask: Ask) -> tuple[str, str]:
        place = locate(ask.path)
        return place.what, place.resource.path if place.resource else "unknown"

    def admit(self, ask: Ask) -> Reply | None:
        for kind in ("revoked", "wrong_region"):
            if self.faults.take(kind, ask.what):
                return self._refused_key()
        if ask.headers.get("x-api-key", "") not in self.keys:
            return self._refused_key()
        if not self._spend():
            return self._too_many(self.retry_after)
        fault = self.faults.take("no_right", ask.what)
        return refusal(403, "Forbidden") if fault is not None else None

    def _refused_key(self) -> Reply:
        # A wrong key, a revoked one and one of another region look exactly alike.
        status = self.refused_key_status
        return refusal(status, "Unauthorized" if status == 401 else "Forbidden")

    def _spend(self) -> bool:
        now = self.now()
        while self._moments and self._moments[0] <= now - _WINDOW:
            self._moments.popleft()
        if len(self._moments) >= self.budget:
            return False
        self._moments.append(now)
        return True

    def _too_many(self, wait: float | None) -> Reply:
        headers = {} if wait is None else {"Retry-After": f"{wait:g}"}
        return Reply(429, refusal(429, "Too Many Requests").body, headers, MEDIA_TYPE)

    def trouble(self, fault: Fault) -> Reply:
        if fault.kind == "too_many":
            return self._too_many(fault.value)
        if fault.kind == "down":
            return refusal(503, "Service Unavailable")
        return refusal(int(fault.value or 500), "Internal Server Error")

    # -- answers ---------------------------------------------------------------------------------------

    def answer(self, ask: Ask) -> Reply:
        place = locate(ask.path)
        try:
            if place.resource is None:
                raise not_found()
            self._check_owner(place)
            if ask.method == "GET":
                if place.row_id is None:
                    return self._list(ask, place, place.resource)
                return self._show(ask, place, place.resource)
            return self._write(ask, place, place.resource)
        except Refused as refused:
            return refused.reply

    def _check_owner(self, place: Place) -> None:
        if place.under is not None and self.world.itglue["organizations"].get(place.under) is None:
            raise not_found()

    def _list(self, ask: Ask, place: Place, resource: Resource) -> Reply:
        question = read_question(resource, ask.query, filters_work=place.under is None)
        self._check_question(resource, question)
        selection = self._selections[resource.type]
        selection.refuse_long_ranges = self.refuse_long_ranges
        ids = selection.ids(resource, self._without_psa(question), place.under)
        start = (question.number - 1) * question.size
        if resource.path == "logs":
            ids = [one for one in ids if selection.table.rows[one]["created-at"] > self.now() - _LOG_DAYS]
            start = start if question.number <= _LOG_PAGES else len(ids)
        rows = [selection.table.rows[one] for one in ids[start : start + question.size]]
        renderer = Renderer(self.world, resource, True)
        document: Row = {"data": [renderer.record(row, question.includes) for row in rows]}
        document |= _paging(question, len(ids), f"{ask.base_url}{ask.path}")
        if question.includes:
            document["included"] = renderer.included(rows, question.includes)
        return json_reply(document, media_type=MEDIA_TYPE, is_page=True)

    def _check_question(self, resource: Resource, question: Question) -> None:
        if question.unknown and self.unknown_filters == "refuse":
            raise Refused(400, "Bad Request", detail=f"{question.unknown[0]} is not a filter")
        if resource.path == "flexible_assets" and not any(
            condition.name == "flexible_asset_type_id" for condition in question.conditions
        ):
            raise Refused(422, "filter[flexible-asset-type-id] is required")

    def _without_psa(self, question: Question) -> Question:
        if self.psa_filter_works:
            return question
        kept = tuple(one for one in question.conditions if one.name != "psa_id")
        return Question(kept, question.unknown, "", question.sort, question.number, question.size, question.includes)

    def _show(self, ask: Ask, place: Place, resource: Resource) -> Reply:
        if not resource.shows:
            raise not_found()
        row = self._writer(ask, place, resource).existing(place.row_id or 0)
        question = read_question(resource, ask.query, filters_work=False)
        renderer = Renderer(self.world, resource, False)
        record = renderer.record(row, question.includes)
        if resource.path == "passwords":
            self._reveal(ask, row, record, wanted_by_default=True)
        document: Row = {"data": record}
        if question.includes:
            document["included"] = renderer.included([row], question.includes)
        return json_reply(document, media_type=MEDIA_TYPE)

    def _reveal(self, ask: Ask, row: Row, record: Row, *, wanted_by_default: bool) -> None:
        """Add the value where the key, the parameter and the vault allow it."""
        record["attributes"]["is-live"] = True
        wanted = ask.params.get("show_password", str(wanted_by_default)).lower() in ("true", "1")
        if not wanted:
            return
        if not self._has_password_access(ask):
            if self.without_access == "forbidden":
                raise Refused(403, "Forbidden", detail="This API key has no Password Access.")
            if self.without_access != "absent":
                record["attributes"]["password"] = None if self.without_access == "null" else ""
            return
        if row.get("vault-id") is not None:
            record["attributes"]["password"] = None  # host-proof: the service itself cannot read it
            return
        record["attributes"]["password"] = row.get("password")
        self.value_reads.append(row["id"])

    def _has_password_access(self, ask: Ask) -> bool:
        return self.keys.get(ask.headers.get("x-api-key", ""), False)

    def _writer(self, ask: Ask, place: Place, resource: Resource) -> Writer:
        return Writer(self.world, resource, self.now(), place.under, self._has_password_access(ask))

    def _write(self, ask: Ask, place: Place, resource: Resource) -> Reply:
        writer = self._writer(ask, place, resource)
        if ask.method == "DELETE":
            return self._delete(ask, place, resource, writer)
        possible = {"POST": resource.creates, "PATCH": resource.updates}.get(ask.method, False)
        if not possible or (ask.method == "POST" and place.row_id is not None):
            raise not_found()
        data = read_data(ask.headers.get("content-type", ""), ask.body)
        if isinstance(data, list):
            ids = [self._one(ask, place, writer, one) for one in data]
            return self._written(ask, resource, ids, bulk=True)
        return self._written(ask, resource, [self._one(ask, place, writer, data)], bulk=False)

    def _one(self, ask: Ask, place: Place, writer: Writer, data: Mapping[str, Any]) -> int:
        if ask.method == "POST":
            return writer.create(data)
        return writer.update(place.row_id if place.row_id is not None else id_of(data), data)

    def _written(self, ask: Ask, resource: Resource, ids: list[int], *, bulk: bool) -> Reply:
        renderer = Renderer(self.world, resource, False)
        records = []
        for one in ids:
            row = self.world.itglue[resource.type].rows[one]
            record = renderer.record(row)
            if resource.path == "passwords":
                self._reveal(ask, row, record, wanted_by_default=False)
            records.append(record)
        status = 201 if ask.method == "POST" else 200
        return json_reply({"data": records if bulk else records[0]}, status, media_type=MEDIA_TYPE)

    def _delete(self, ask: Ask, place: Place, resource: Resource, writer: Writer) -> Reply:
        if place.row_id is not None:
            if resource.deletes not in ("one", "both"):
                raise not_found()
            writer.delete(place.row_id)
            return Reply(204)
        if resource.deletes not in ("bulk", "both"):
            raise not_found()
        listed = read_data(ask.headers.get("content-type", ""), ask.body)
        ids = [id_of(one) for one in (listed if isinstance(listed, list) else [listed])]
        rows = [writer.existing(one) for one in ids]
        renderer = Renderer(self.world, resource, True)
        records = [renderer.record(row) for row in rows]
        if resource.path == "organizations":
            self._doomed += ids  # only marked: they still show for a while
        else:
            for one in ids:
                writer.delete(one)
        return json_reply({"data": records}, media_type=MEDIA_TYPE)

    def finish_deletions(self) -> None:
        """Let the organisations that were marked for deletion disappear now."""
        with self.world.lock:
            for one in self._doomed:
                self.world.itglue["organizations"].delete(one, self.now())
            self._doomed.clear()

    def facts(self, url: str) -> dict[str, str]:
        return {
            "ITGLUE_API_URL": url,
            "API key (with Password Access)": API_KEY,
            "API key (without Password Access)": KEY_WITHOUT_PASSWORDS,
        }


def _paging(question: Question, total: int, base: str) -> Row:
    last = max(1, -(-total // question.size))
    after = question.number + 1 if question.number < last else None
    before = question.number - 1 if question.number > 1 else None
    meta = {"current-page": question.number, "next-page": after, "prev-page": before}
    meta |= {"total-pages": last, "total-count": total}
    links = {"self": question.address(base, question.number), "first": question.address(base, 1)}
    links |= {"last": question.address(base, last)}
    steps = {
        name: question.address(base, number) if number is not None else None
        for name, number in (("prev", before), ("next", after))
    }
    return {"meta": meta | {"filters": {}}, "links": links | steps}
