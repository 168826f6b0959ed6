"""auth.*, apps.*, team.*, bots.*, oauth.*, api.test: who is calling and where they are."""

from __future__ import annotations

import base64
import binascii
import hmac

from sandbox.workspace import cast
from sandbox.workspace.methods.call import Call, Method, Refused
from sandbox.workspace.state import Json


async def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    return {
        "ok": True, "url": f"{call.core.settings.base_url}/", "team": cast.TEAM_NAME, "user": cast.APP_NAME.lower(),
        "team_id": cast.TEAM_ID, "user_id": cast.BOT_USER_ID, "bot_id": cast.BOT_ID,
        "is_enterprise_install": False, "app_id": cast.APP_ID, "app_name": cast.APP_NAME,
    }


async def api_test(call: Call) -> Json:
    """Echo, or the error asked for."""
    if call.text("error"):
        raise Refused(call.text("error"), args=call.args)
    return {"ok": True, "args": call.args}


async def connections_open(call: Call) -> Json:
    """A one-use socket address."""
    base = call.core.settings.base_url.replace("http://", "ws://", 1)
    ticket = call.core.sockets.ticket()
    return {"ok": True, "url": f"{base}/link/?ticket={ticket}&app_id={cast.APP_ID}"}


async def team_info(call: Call) -> Json:
    """The workspace itself."""
    return {"ok": True, "team": {
        "id": cast.TEAM_ID, "name": cast.TEAM_NAME, "domain": cast.TEAM_DOMAIN, "email_domain": "",
        "url": f"{call.core.settings.base_url}/", "icon": {"image_default": True}, "is_verified": False,
    }}


async def bots_info(call: Call) -> Json:
    """The app's bot."""
    if call.text("bot") not in ("", cast.BOT_ID):
        raise Refused("bot_not_found")
    return {"ok": True, "bot": {"id": cast.BOT_ID, "deleted": False, "name": cast.APP_NAME, "updated": 0,
                                "app_id": cast.APP_ID, "user_id": cast.BOT_USER_ID, "icons": {}}}


async def oauth_access(call: Call) -> Json:
    """Exchange the code of an installation for the bot's token."""
    settings = call.core.settings
    client_id, client_secret = _client_credentials(call)
    if not settings.client_id or not hmac.compare_digest(client_id, settings.client_id):
        raise Refused("invalid_client_id")
    if not hmac.compare_digest(client_secret, settings.client_secret):
        raise Refused("bad_client_secret")
    installer = call.core.oauth_codes.pop(call.text("code"), None)
    if installer is None:
        raise Refused("invalid_code")
    return {
        "ok": True, "app_id": cast.APP_ID, "authed_user": {"id": installer}, "token_type": "bot",
        "scope": ",".join(sorted(settings.scopes)), "access_token": settings.tokens.bot,
        "bot_user_id": cast.BOT_USER_ID, "team": {"id": cast.TEAM_ID, "name": cast.TEAM_NAME},
        "enterprise": None, "is_enterprise_install": False,
    }


def _client_credentials(call: Call) -> tuple[str, str]:
    kind, _, encoded = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client_id, secret
    return call.text("client_id"), call.text("client_secret")


METHODS = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test, caller="none"),
    "apps.connections.open": Method(connections_open, caller="app"),
    "team.info": Method(team_info, scope="team:read"),
    "bots.info": Method(bots_info, scope="users:read"),
    "oauth.v2.access": Method(oauth_access, caller="none"),
}
