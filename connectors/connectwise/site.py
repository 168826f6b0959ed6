"""Where a company's ConnectWise lives: its site, the API beside it, and the codebase that changes with every upgrade."""

import re
from urllib.parse import urlsplit

import msgspec

CLOUD = ("myconnectwise.net", "connectwisedev.com")
REGIONS = ("na", "eu", "au", "aus", "za")
DISCOVERY = "company discovery"
INFO = "system/info"
KEYS = "signing keys"
ROUTER = "v4_6_release"  # leads to the tenant's current version, whichever it is

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?")


class CompanyInfo(msgspec.Struct):
    """{"CompanyName":"Contoso IT","Codebase":"v2024_1/","VersionCode":"v2024.1","CompanyID":"contoso","IsCloud":true}"""

    codebase: str | None = msgspec.field(name="Codebase", default=None)
    company_name: str | None = msgspec.field(name="CompanyName", default=None)


def host_of(text: str) -> str:
    """The API's host of what a person entered; "" where it is no host.

    "https://na.myconnectwise.net/v4_6_release" and "na" → "api-na.myconnectwise.net"; "cw.msp.example" stays.
    """
    text = text.strip().lower()
    if text in REGIONS:
        text = f"{text}.{CLOUD[0]}"
    try:
        host = urlsplit(text if "//" in text else f"//{text}").netloc
    except ValueError:
        return ""
    if "." not in host or not _HOST.fullmatch(host):
        return ""
    return f"api-{host}" if is_cloud(host) and not host.startswith("api-") else host


def is_cloud(host: str) -> bool:
    return any(host.endswith(f".{domain}") for domain in CLOUD)


def is_company_id(text: str) -> bool:
    return re.fullmatch(r"[\w.-]{1,50}", text) is not None


def codebase_of(info: CompanyInfo | None) -> str | None:
    """ "v2024_1/" → "v2024_1". None where the answer names none that an address could be made of: it came without keys."""
    found = (info.codebase if info is not None else None) or ""
    found = found.removesuffix("/")
    return found if re.fullmatch(r"[\w.]+", found) and found.strip(".") else None


def is_same_site(url: str, base: str) -> bool:
    """Whether an address that came from outside belongs to this site: the same server, or both in ConnectWise's cloud."""
    try:
        parts, own = urlsplit(url), urlsplit(base)
        ports = (parts.port, own.port)
    except ValueError:
        return False
    if parts.scheme != own.scheme or parts.username or parts.password or not parts.hostname:
        return False
    both_cloud = is_cloud(parts.hostname) and is_cloud(own.hostname or "") and ports == (None, None)
    return both_cloud or (parts.hostname == own.hostname and ports[0] == ports[1])
