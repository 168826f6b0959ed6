"""users.* and usergroups.*: who is in the workspace."""

from __future__ import annotations

from sandbox.workspace import cast
from sandbox.workspace.encoding import flag
from sandbox.workspace.methods.call import Call, Method, Refused
from sandbox.workspace.slack_objects import user_object
from sandbox.workspace.state import Json, User


async def info(call: Call) -> Json:
    """One person."""
    call.need("user")
    return {"ok": True, "user": _shown(call, call.user())}


async def list_(call: Call) -> Json:
    """Everyone of this workspace; Slack Connect strangers are not listed."""
    members = [_shown(call, user) for user in call.core.state.users.values() if not user.is_stranger]
    page, metadata = call.page(members, default=1000)
    return {"ok": True, "members": page, "cache_ts": int(call.core.time.now()), "response_metadata": metadata}


async def lookup_by_email(call: Call) -> Json:
    """One person by e-mail address; deactivated people and strangers are not found."""
    call.need("email")
    wanted = call.text("email").lower()
    for user in call.core.state.users.values():
        if user.email.lower() == wanted and not user.deleted and not user.is_stranger:
            return {"ok": True, "user": _shown(call, user)}
    raise Refused("users_not_found")


async def groups_list(call: Call) -> Json:
    """The user groups."""
    with_users = flag(call.args, "include_users")
    groups = [_group(group) | ({"users": list(group.members)} if with_users else {})
              for group in call.core.state.groups.values()]
    return {"ok": True, "usergroups": groups}


async def group_users(call: Call) -> Json:
    """The people of one user group."""
    call.need("usergroup")
    group = call.core.state.groups.get(call.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"ok": True, "users": list(group.members)}


def _shown(call: Call, user: User) -> Json:
    return user_object(user, with_email="users:read.email" in call.core.settings.scopes)


def _group(group: cast.CastGroup) -> Json:
    return {"id": group.id, "team_id": cast.TEAM_ID, "is_usergroup": True, "name": group.name, "description": "",
            "handle": group.handle, "is_external": False, "date_create": 0, "date_update": 0, "date_delete": 0,
            "user_count": len(group.members), "prefs": {"channels": [], "groups": []}}


METHODS = {
    "users.info": Method(info, scope="users:read"),
    "users.list": Method(list_, scope="users:read"),
    "users.lookupByEmail": Method(lookup_by_email, scope="users:read.email"),
    "usergroups.list": Method(groups_list, scope="usergroups:read"),
    "usergroups.users.list": Method(group_users, scope="usergroups:read"),
}
