"""Where a tenant lives: Autotask has many zones, and each user's zone has to be asked for first."""

from urllib.parse import urlsplit

import msgspec

HOME = "https://webservices.autotask.net"
ENDPOINT = "zoneInformation"


class ZoneAnswer(msgspec.Struct):
    """{"zoneName":"Pre Release","url":"https://webservices2.autotask.net/ATServicesRest/",
    "webUrl":"https://ww2.autotask.net/","ci":30595}"""

    url: str
    name: str | None = msgspec.field(name="zoneName", default=None)
    database: int | None = msgspec.field(name="ci", default=None)
    web: str | None = msgspec.field(name="webUrl", default=None)


def question_url(base: str | None) -> str:
    """Where zones are asked for. A base may be a server's root or already hold the path of the service."""
    base = (base or HOME).rstrip("/")
    lowered = base.lower()
    if lowered.endswith("/v1.0"):
        base, lowered = base[: -len("/v1.0")], lowered[: -len("/v1.0")]
    if not lowered.endswith("/atservicesrest"):
        base += "/atservicesrest"
    return f"{base}/v1.0/zoneInformation"


def api_root(zone: ZoneAnswer) -> str:
    """ ".../ATServicesRest/" → ".../ATServicesRest/V1.0": the zone's address has no version."""
    return f"{zone.url.rstrip('/')}/V1.0"


def is_trusted(address: str, base: str | None) -> bool:
    """Whether credentials, or people, may be sent there: the answer came without authentication.

    With an operator's own address any web address is taken; else only Autotask's own, encrypted.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if base is not None:
        return parts.scheme in ("http", "https") and bool(host)
    return parts.scheme == "https" and host.endswith(".autotask.net")
