"""A browser for the pages: sends requests one after the other, as a person, a link preview or a guesser would."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx

from flows.context import Context
from handlers.web.app import pages


def browse(context: Context, *requests: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
    """Each request is method, address, and what else httpx takes (data, files, headers)."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=pages(context, list), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gangway.test") as client:
            return [await _one(client, each) for each in requests]

    return asyncio.run(ask())


async def _one(client: httpx.AsyncClient, each: Sequence[Any]) -> httpx.Response:
    return await client.request(each[0], each[1], **(each[2] if len(each) > 2 else {}))
