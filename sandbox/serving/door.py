"""The way in and out of a stand-in: records calls, applies the faults, and serves the status page."""

from __future__ import annotations

import logging
from dataclasses import replace
from email.utils import format_datetime
from typing import Any

import anyio
import anyio.to_thread
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.serving.recorder import Call
from sandbox.serving.status import status_page
from sandbox.serving.vendor import Ask, Reply, Vendor

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
CONTROL = "/__sandbox__/faults"


class _BrokenOff(Response):
    """Announces the whole body, sends half of it, and lets the connection go."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: max(1, len(self.body) // 2)]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def _expected(record: logging.LogRecord) -> bool:
    # A broken-off answer is made on purpose; the server's complaint about it would only be noise.
    return "without completing response" not in record.getMessage()


def app_for(vendor: Vendor) -> Starlette:
    """The Starlette app of a stand-in: its status page, its control route and everything else."""
    logging.getLogger("uvicorn.error").addFilter(_expected)

    async def everything(request: Request) -> Response:
        return await _serve(vendor, request)

    async def status(request: Request) -> Response:
        refusal = vendor.access.refusal(request)
        return refusal or status_page(vendor, str(request.base_url).rstrip("/"), CONTROL)

    async def control(request: Request) -> Response:
        return await _control(vendor, request)

    app = Starlette(
        routes=[
            Route("/", status),
            Route(CONTROL, control, methods=["GET", "POST"]),
            Route("/{path:path}", everything, methods=_METHODS),
        ]
    )
    app.state.vendor = vendor
    return app


async def _serve(vendor: Vendor, request: Request) -> Response:
    ask = Ask(
        request.method,
        request.url.path,
        request.url.query,
        request.headers,
        await request.body(),
        f"{request.url.scheme}://{request.headers.get('host', '127.0.0.1')}",
    )
    what, group = vendor.route(ask)
    call = Call(vendor.now(), ask.method, ask.path, ask.query, what, 0, body=ask.body)
    with vendor.calls.entering(call, group):
        reply = await _reply(vendor, replace(ask, what=what, group=group, in_flight=call.in_flight))
        call.status = reply.status
    return _response(vendor, what, reply)


async def _reply(vendor: Vendor, ask: Ask) -> Reply:
    """Faults of the wire first, then the vendor's own refusals, then the work."""
    faults = vendor.faults
    for kind in ("down", "server_error", "too_many"):
        fault = faults.take(kind, ask.what)
        if fault is not None:
            return vendor.trouble(fault)
    refusal = vendor.admit(ask)
    if refusal is not None:
        return refusal
    if faults.held:
        await anyio.to_thread.run_sync(faults.wait_until_released)
    slow = faults.take("slow", ask.what)
    pause = vendor.pause() + (float(slow.value) if slow is not None else 0.0)
    if pause:
        await anyio.sleep(pause)
    by_clock = faults.take("slow_clock", ask.what)
    if by_clock is not None:
        vendor.advance(float(by_clock.value))
    with vendor.world.lock:
        reply = vendor.answer(ask)
    if reply.is_page and reply.status == 200:
        return replace(reply, body=vendor.pages.spoil(ask.what, ask.group, reply.body))
    return reply


def _response(vendor: Vendor, what: str, reply: Reply) -> Response:
    headers = {"Date": format_datetime(vendor.now(), usegmt=True), **reply.headers}
    media_type = reply.media_type if reply.body else None
    if reply.status == 200 and vendor.faults.take("truncated", what):
        return Response(reply.body[: len(reply.body) // 2], 200, headers, media_type)
    kind = _BrokenOff if reply.status == 200 and vendor.faults.take("reset", what) else Response
    return kind(reply.body, reply.status, headers, media_type)


async def _control(vendor: Vendor, request: Request) -> Response:
    """GET tells the switches and the counts; POST moves a switch, from a program or from the page."""
    refusal = vendor.access.refusal(request)
    if refusal is not None:
        return refusal
    if request.method == "GET":
        active = [msgspec.to_builtins(fault) for fault in vendor.faults.active()]
        return JSONResponse({"active": active, "calls": vendor.calls()})
    from_page = "json" not in request.headers.get("content-type", "")
    order = dict(await request.form()) if from_page else msgspec.json.decode(await request.body())
    try:
        _obey(vendor, order)
    except (ValueError, TypeError) as problem:
        return PlainTextResponse(str(problem), 400)
    return RedirectResponse("/", 303) if from_page else JSONResponse({"ok": True})


def _obey(vendor: Vendor, order: dict[str, Any]) -> None:
    if order.get("do"):
        vendor.obey(order)
        return
    if order.get("clear"):
        vendor.faults.clear(None if order["clear"] in (True, "all") else str(order["clear"]))
        return
    times = order.get("times")
    value = order.get("value")
    vendor.faults.set(
        str(order.get("kind", "")),
        times=int(times) if times not in (None, "") else None,
        value=_number(value),
        on=str(order.get("on") or ""),
        after=int(order.get("after") or 0),
    )


def _number(value: Any) -> Any:
    """Form fields arrive as text; what looks like a number is one, an empty field is none."""
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            return float(value)
        except ValueError:
            return value
    return value
