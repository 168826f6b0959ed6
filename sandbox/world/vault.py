"""The demo's IT Glue passwords: folders, categories, and each kind a client library stumbles over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world.core import Client, World

_KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Domain administrator", "Administrative", {"otp-enabled": True, "restricted": True}),
    ("Firewall", "Network", {"url": "https://10.0.0.1/"}),
    ("Microsoft 365 global admin", "Web Application", {"otp-enabled": True}),
    ("Old mail server", "Email", {"archived": True}),
    ("Host-proof safe", "Administrative", {"vault-id": 90_210, "vaulted": True}),
    ("SQL service account", "Administrative", {"resource-type": "Configuration"}),
    ("Wi-Fi <guest> & staff", "Network", {"notes": "Line one\nLine two with *stars*"}),
)


def fill_vault(world: World, clients: list[Client]) -> None:
    """Seven passwords for each of the first eight organisations, one for the rest."""
    for number, client in enumerate(c for c in clients if c.itglue_id is not None):
        assert client.itglue_id is not None
        folder = _folder(world, client.itglue_id) if number < 8 else None
        for place, kind in enumerate(_KINDS if number < 8 else _KINDS[:1]):
            add_password(world, client.itglue_id, kind[0], kind[1], folder if place % 2 else None, **kind[2])
    _flexible_asset(world, clients)


def _folder(world: World, organization: int) -> int:
    row = {"organization-id": organization, "name": "Infrastructure", "parent-id": None}
    return world.itglue["password-folders"].insert(row, world.clock())


def add_password(
    world: World,
    organization: int,
    name: str,
    category: str = "Administrative",
    folder: int | None = None,
    **columns: Any,
) -> int:
    """Put a password with an invented value under an organisation and return its id."""
    letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
    value = "Demo-" + "".join(world.random.choice(letters) for _ in range(12))
    at = world.clock() - timedelta(days=world.random.randrange(1, 500))
    row: dict[str, Any] = {"organization-id": organization, "name": name, "username": "administrator"}
    row |= {"password": value, "password-category-id": world.named("password-categories", category)}
    row |= {"password-folder-id": folder, "password-updated-at": at, "archived": False}
    if columns.get("resource-type") == "Configuration":
        devices = world.itglue["configurations"].where("organization-id", organization)
        row |= {"resource-id": devices[0] if devices else None, "cached-resource-type-name": "Configuration"}
    users = world.itglue["users"].ids
    row |= {"updated-by": users[0] if users else None, "updated-by-type": "User"}
    return world.itglue["passwords"].insert(row | columns, at)


def _flexible_asset(world: World, clients: list[Client]) -> None:
    kind = world.named("flexible-asset-types", "Licensing")
    for client in [c for c in clients if c.itglue_id is not None][:4]:
        row = {"organization-id": client.itglue_id, "flexible-asset-type-id": kind, "name": "Office licences"}
        world.itglue["flexible-assets"].insert(row | {"traits": {"seats": 25}}, world.clock())
