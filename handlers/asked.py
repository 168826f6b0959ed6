"""Drawing the message of a request for a second person, wherever the wish to draw it comes from."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from domain.four_eyes import Request
from flows import requests
from flows.context import Context
from flows.desk import may_stand
from handlers import slack
from handlers.views import kit
from handlers.views import plans as plan_views
from handlers.views import requests as views

MOST = 10  # who is told directly


def draw(context: Context, request_id: str, pressed_by: str = "") -> kit.Block:
    return views.build(requests.drawn(context, request_id), requests.stand_ins(context), pressed_by)


def tell(client: WebClient, context: Context, request_id: str, pressed_by: str = "") -> None:
    """Post the message where others see it, or redraw it where it stands."""
    request = requests.drawn(context, request_id)
    message = draw(context, request_id, pressed_by)
    if not request.message_ts:
        now_at = _post(client, context, request, message)
    else:
        at = slack.Placed(request.channel, request.message_ts)
        message = message if may_stand(context, request.channel, request.company_id) else plan_views.elsewhere()
        now_at = slack.update(client, at, message, request.requested_by)
        if now_at == at:
            return
    requests.posted(context, request_id, now_at.channel, now_at.ts)


def _post(client: WebClient, context: Context, request: Request, message: kit.Block) -> slack.Placed:
    """In the first channel that takes it; else to each Admin directly. Left to its asker only where nobody else is."""
    channels, admins = requests.places(context, request)
    for channel in channels:
        try:
            return slack.post(client, channel, message, "")
        except SlackApiError as error:
            if not slack.is_closed(error):
                raise
    told = []
    for admin in admins or slack_admins(client, request.requested_by):
        try:
            told.append(slack.direct(client, admin, message))
        except SlackApiError as error:
            if slack.is_passing(error) and not told:
                raise
    return told[0] if told else slack.direct(client, request.requested_by, message)


def slack_admins(client: WebClient, but: str) -> list[str]:
    """Until Gangway has Admins of its own, the workspace's are."""
    found = []
    for page in client.users_list(limit=200):
        for user in page["members"]:
            is_admin = user.get("is_admin") or user.get("is_owner")
            if is_admin and not user.get("deleted") and not user.get("is_bot") and user["id"] != but:
                found.append(str(user["id"]))
    return found[:MOST]
