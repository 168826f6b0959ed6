"""A group of people of one company."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    id: str
    company_id: str
    name: str
    connection_id: str | None = None  # where it came from; None: by hand
    external_id: str | None = None
    plan_id: str = ""  # the run that made or changed it last


def tidy(name: str) -> str:
    """A name without needless white space."""
    return " ".join(name.split())


def fold(name: str) -> str:
    """What makes two names of a company's groups the same."""
    return tidy(name).casefold()


def listed(text: str) -> tuple[str, ...]:
    """Names parted by semicolons, each once: "VPN; Board;vpn" → ("VPN", "Board")"""
    found: dict[str, str] = {}
    for name in text.split(";"):
        if name.strip():
            found.setdefault(fold(name), tidy(name))
    return tuple(found.values())
