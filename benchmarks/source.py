"""A source whose cost does not count: Autotask's id-walk over pages that were rendered before anybody asked.

It speaks just what a connection, an import and a sync ask for, in a process of its own, so that what is compared shares
one source and none pays for making the rows. `GET /asked` tells how often each route was called.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

PAGE = 500
FIRST = 30_000_000  # the id of the first contact
COMPANY = 174
FIRST_NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Niklaus", "Radia", "Jürgen", "Zoë")
LAST_NAMES = ("Abbott", "Byron", "Castellanos", "Dijkstra", "Ekström", "Fujimoto", "Grünwald", "Hopper", "Ibáñez")
TITLES = ("Accountant", "Office manager", "Engineer", None, "CFO")


def contact(number: int) -> dict[str, object]:
    """One contact; some without title, most with a second address or none, as they come."""
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
    return {
        "id": FIRST + number,
        "companyID": COMPANY,
        "firstName": first,
        "lastName": last,
        "emailAddress": f"{'Person' if number % 3 else 'person'}.{number}@contoso{number % 7}.example.com",
        "emailAddress2": f"private.{number}@mail.example.com" if number % 4 == 0 else None,
        "emailAddress3": None,
        "title": TITLES[number % len(TITLES)],
        "isActive": 1,
        "lastModifiedDate": "2026-10-30T10:32:29.52Z",
        "lastActivityDate": "2026-09-01T08:00:00Z",
    }


class Pages:
    """Every answer as bytes."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.asked: Counter[str] = Counter()
        self.url = ""
        self._contacts = [self._page(start) for start in range(0, rows, PAGE)] or [self._page(0)]

    def _page(self, start: int) -> bytes:
        end = min(start + PAGE, self.rows)
        return listing([contact(number) for number in range(start, end)], f"after {end}" if end < self.rows else None)

    def answer(self, method: str, path: str, body: bytes) -> bytes:
        if path == "/asked":
            return json.dumps(self.asked).encode()
        name = path.partition("?")[0].rpartition("/")[2]
        route = "/".join(path.partition("?")[0].rpartition("/V1.0/")[2].split("/")) if name != "zoneInformation" else name
        self.asked[route] += 1
        if name == "zoneInformation":
            zone = {"zoneName": "Benchmark", "url": f"{self.url}/ATServicesRest/", "webUrl": self.url, "ci": 1}
            return json.dumps(zone).encode()
        if name == "count":
            return json.dumps({"queryCount": self._counted(route, body)}).encode()
        if route == "Contacts/query":
            return self._contacts[self._place(body)]
        return listing([COMPANY_ROW] if route == "Companies/query" else [], None)

    def _counted(self, route: str, body: bytes) -> int:
        if b"lastActivityDate" in body:  # what changed since: nothing ever does
            return 0
        return self.rows if route.startswith("Contacts") else 1

    @staticmethod
    def _place(body: bytes) -> int:
        after = next(each["value"] for each in json.loads(body)["filter"] if each["field"] == "id")
        return max(0, int(after) - FIRST + 1) // PAGE


COMPANY_ROW = {
    "id": COMPANY, "companyName": "Contoso", "webAddress": "www.contoso.example.com", "isActive": True,
    "companyType": 1, "parentCompanyID": None, "lastActivityDate": "2026-09-01T08:00:00Z",
    "lastTrackedModifiedDateTime": None,
}  # fmt: skip


def listing(rows: list[Any], following: str | None) -> bytes:
    details = {"count": len(rows), "requestCount": PAGE, "prevPageUrl": None, "nextPageUrl": following}
    return json.dumps({"items": rows, "pageDetails": details}).encode()


class _Line(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection, without a framework's cost."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[:end].decode("latin-1").split("\r\n")
            length = next((int(line[15:]) for line in head if line.lower().startswith("content-length:")), 0)
            if len(self._got) < end + 4 + length:
                return
            body, self._got = self._got[end + 4 : end + 4 + length], self._got[end + 4 + length :]
            method, path, _ = head[0].split(" ")
            answer = self._pages.answer(method, path, body)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer
            )


async def serve(rows: int) -> None:
    pages = Pages(rows)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(pages), "127.0.0.1", 0)
    pages.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(pages.url, flush=True)
    await server.serve_forever()


@dataclass(frozen=True)
class Served:
    """A running source."""

    url: str
    rows: int

    def asked(self) -> Counter[str]:
        """How often each route was called so far."""
        return Counter(httpx.get(f"{self.url}/asked", trust_env=False).json())


@contextmanager
def running(rows: int) -> Iterator[Served]:
    """The source in a process of its own, for as long as the block lasts."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.source", "--rows", str(rows)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process.stdout.readline().strip(), rows)
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--rows", type=int, required=True)
    asyncio.run(serve(wanted.parse_args().rows))
