"""ConnectWise PSA as a vendor: company discovery, sign-in, rights, and the answer of every route."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from sandbox.connectwise import admin, forecast
from sandbox.connectwise.callbacks import Callbacks
from sandbox.connectwise.callers import ApiMember
from sandbox.connectwise.catalogue import Resource
from sandbox.connectwise.pages import ArrayFaults
from sandbox.connectwise.paths import ROUTER, Place, locate
from sandbox.connectwise.problems import Refused, no_permission, not_found, refusal
from sandbox.connectwise.rendering import Renderer
from sandbox.connectwise.selecting import Question, Selection, links
from sandbox.connectwise.writing import Writer, read_body
from sandbox.serving import Ask, Fault, Reply, Vendor, json_reply
from sandbox.world import Clock, Table, World
from sandbox.world.connectwise import ConnectWiseSide

COMPANY_ID = "northwind"
PUBLIC_KEY = "pUb3l1cK3y0fN0rthw1nd"
PRIVATE_KEY = "sandbox-private-key-9c2e41"
CLIENT_ID = "5c0de7a1-2b3c-4d5e-8f90-a1b2c3d4e5f6"
_VERB = {"GET": "inquire", "POST": "add", "PATCH": "edit", "PUT": "edit", "DELETE": "delete"}
_LETTER = {"POST": "c", "PATCH": "u", "PUT": "u", "DELETE": "d"}


class ConnectWise(Vendor):
    """One company's ConnectWise. The attributes are switches a test or the demo may set."""

    title = "ConnectWise PSA (stand-in)"

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        super().__init__(world, clock)
        self.pages = ArrayFaults(self.faults)
        self.side = ConnectWiseSide(world)
        self.member = ApiMember(PUBLIC_KEY, PRIVATE_KEY)
        self.codebase = "v2026_3"
        self.url = ""
        # How bad keys are answered: the cloud says 404; others 401, in one of two wordings.
        self.refused_keys: Literal["404", "Unauthorized", "UserNotAuthenticated"] = "404"
        self.unknown_company: Literal["null", "404"] = "null"
        self.needs_client_id = True
        self.info_is_open = True  # /system/info answered without keys, as some servers do
        self.takes_times = True  # False: only days in conditions, as one self-hosted server was seen to do
        self.sends_links = True
        self.callbacks = Callbacks(self.side, COMPANY_ID, lambda: self.url)

    @property
    def tables(self) -> dict[str, Table]:
        """ConnectWise's tables by name."""
        return self.side.tables

    def upgrade(self, codebase: str) -> None:
        """Move to another codebase: from now on the old one is 404."""
        self.codebase = codebase

    # --- admission ---

    def route(self, ask: Ask) -> tuple[str, str]:
        place = locate(ask.path)
        return place.what, place.resource.path if place.resource else "unknown"

    def admit(self, ask: Ask) -> Reply | None:
        place = locate(ask.path)
        if self.faults.take("wrong_region", ask.what):
            return _nowhere()
        if place.shape in ("companyinfo", "key"):
            return None
        if place.codebase not in (self.codebase, ROUTER):
            return _nowhere()
        if place.shape == "info" and self.info_is_open:
            return None
        if self.faults.take("revoked", ask.what) or not self._signs_in(ask.headers.get("authorization", "")):
            return self._refused_keys()
        if self.needs_client_id and not ask.headers.get("clientid", "").strip():
            return refusal(403, "ConnectWiseApi", "The clientId header is missing. Register the integration to get one.")
        verb = _VERB.get(ask.method, "inquire")
        return no_permission().reply if self.faults.take("no_right", ask.what, verb) is not None else None

    def _signs_in(self, header: str) -> bool:
        kind, _, coded = header.partition(" ")
        try:
            user, _, private = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        company, _, public = user.partition("+")
        right = (company.lower(), public, private) == (COMPANY_ID, self.member.public_key, self.member.private_key)
        return kind.lower() == "basic" and right and self.member.active

    def _refused_keys(self) -> Reply:
        if self.refused_keys == "404":
            return _nowhere()
        if self.refused_keys == "Unauthorized":
            return refusal(401, "Unauthorized", "Incorrect public/private key.")
        return refusal(401, "ConnectWiseApi", "UserNotAuthenticated")

    def trouble(self, fault: Fault) -> Reply:
        if fault.kind == "too_many":
            headers = {} if fault.value is None else {"Retry-After": f"{fault.value:g}"}
            body = refusal(429, "TooManyRequests", "API calls quota exceeded.").body
            return Reply(429, body, headers)
        if fault.kind == "down":
            return Reply(503, b"<html><body>Service Unavailable</body></html>", media_type="text/html")
        return refusal(int(fault.value or 500), "InternalServerError", "An error occurred.\r\nTry again.")

    # --- answers ---

    def answer(self, ask: Ask) -> Reply:
        place = locate(ask.path)
        try:
            match place.shape:
                case "companyinfo":
                    return self._company_info(place.word)
                case "key":
                    return self._key(place.word)
                case "info":
                    return json_reply({"version": "v2026.3.102341", "isCloud": True, "serverTimeZone": "UTC"})
            if place.resource is None:
                raise not_found()
            self._check_owner(place, place.resource)
            self.member.require(place.resource.area, _VERB.get(ask.method, "inquire"))
            return self._resource(ask, place, place.resource)
        except Refused as refused:
            return refused.reply

    def _company_info(self, word: str) -> Reply:
        if word.lower() != COMPANY_ID:
            return json_reply(None) if self.unknown_company == "null" else _nowhere()
        version = self.codebase.replace("_", ".")
        return json_reply({"CompanyName": "Northwind IT", "Codebase": f"{self.codebase}/", "VersionCode": version,
                           "VersionNumber": f"{version}.102341", "CompanyID": COMPANY_ID, "IsCloud": True})  # fmt: skip

    def _key(self, word: str) -> Reply:
        key = self.callbacks.keys.get(word)
        return _nowhere() if key is None else json_reply({"signing_key": key})

    def _check_owner(self, place: Place, resource: Resource) -> None:
        if place.under is not None and self.tables[resource.owner].get(place.under) is None:
            raise not_found(f"{resource.owner} {place.under}")

    def _resource(self, ask: Ask, place: Place, resource: Resource) -> Reply:
        selection = Selection(self.tables, resource, self.member, place.under, self.takes_times)
        if ask.method == "GET" and place.shape == "count":
            return json_reply({"count": sum(1 for _ in selection.rows(ask.params))})
        writer = Writer(self.tables, resource, self.member, self.now(), place.under)
        renderer = Renderer(self.tables, f"{ask.base_url}/{place.codebase}/apis/3.0")
        if place.shape == "forecast":
            return self._forecast(ask, place, writer)
        if ask.method == "GET":
            return self._show(ask, place, writer, renderer) if place.shape == "one" else self._list(ask, selection, renderer)
        if _LETTER.get(ask.method, "?") not in resource.writes or (ask.method == "POST") is (place.shape == "one"):
            return refusal(405, "MethodNotAllowed", f"The requested resource does not support {ask.method}.")
        return self._write(ask, place, writer, renderer)

    def _list(self, ask: Ask, selection: Selection, renderer: Renderer) -> Reply:
        forward = ask.headers.get("pagination-type", "").lower() == "forward-only"
        question = Question.read(ask.params, forward)
        rows, total = selection.page(ask.params, question)
        more, rows = len(rows) > question.size, rows[: question.size]
        records = [renderer.record(selection.resource, row, question.fields) for row in rows]
        last = rows[-1]["id"] if rows else 0
        found = links(f"{ask.base_url}{ask.path}", ask.params, question, more, total, last)
        headers = {"Link": found} if found and self.sends_links else {}
        return Reply(200, msgspec.json.encode(records), headers, is_page=True)

    def _show(self, ask: Ask, place: Place, writer: Writer, renderer: Renderer) -> Reply:
        fields = Question.read(ask.params, False).fields
        return json_reply(renderer.record(writer.resource, writer.existing(place.row_id), fields))

    def _forecast(self, ask: Ask, place: Place, writer: Writer) -> Reply:
        writer.existing(place.row_id)
        if ask.method == "POST":
            forecast.add(writer, place.row_id, read_body(ask.body))
        return json_reply(forecast.show(self.tables, place.row_id), 201 if ask.method == "POST" else 200)

    def _write(self, ask: Ask, place: Place, writer: Writer, renderer: Renderer) -> Reply:
        if ask.method == "DELETE":
            writer.delete(place.row_id)
            return Reply(204)
        body = read_body(ask.body)
        match ask.method:
            case "POST":
                row_id, status = writer.create(body), 201
            case "PATCH":
                row_id, status = writer.patch(place.row_id, body), 200
            case _:
                row_id, status = writer.put(place.row_id, body), 200
        return json_reply(renderer.record(writer.resource, writer.existing(row_id)), status)

    def obey(self, order: Mapping[str, Any]) -> None:
        admin.obey(self, order)

    def settings(self, control: str) -> str:
        return admin.section(self, control)

    def facts(self, url: str) -> dict[str, str]:
        return {
            "CONNECTWISE_API_URL": url,
            "Site": "na.myconnectwise.net",
            "Company ID": COMPANY_ID,
            "Public key": PUBLIC_KEY,
            "Private key": PRIVATE_KEY,
            "Client ID": CLIENT_ID,
        }


def _nowhere() -> Reply:
    """The 404 of the web server in front, which is no JSON."""
    return Reply(404, b"<html><body>404 - File or directory not found.</body></html>", media_type="text/html")
