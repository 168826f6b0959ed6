"""Drawing the message of a request for a second person, wherever the wish to draw it comes from."""

from slack_sdk import WebClient

from flows import requests
from flows.context import Context
from handlers import slack
from handlers.views import kit
from handlers.views import requests as views


def draw(context: Context, request_id: str, pressed_by: str = "") -> kit.Block:
    return views.build(requests.drawn(context, request_id), requests.stand_ins(context), pressed_by)


def tell(client: WebClient, context: Context, request_id: str, pressed_by: str = "") -> None:
    """Post the message, or redraw it where it stands; told directly where the channel is closed to us."""
    request = requests.drawn(context, request_id)
    message = draw(context, request_id, pressed_by)
    place = request.channel or request.requested_by
    if not request.message_ts:
        now_at = slack.post(client, place, message, request.requested_by)
    else:
        at = slack.Placed(place, request.message_ts)
        now_at = slack.update(client, at, message, request.requested_by)
        if now_at == at:
            return
    requests.posted(context, request_id, now_at.channel, now_at.ts)
