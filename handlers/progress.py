"""The message of a sync that goes on: posted when somebody asks for it, redrawn until the sync has ended."""

from datetime import datetime

from slack_sdk import WebClient

from flows import sync_progress as flow
from flows.context import Context
from handlers import slack
from handlers.views import sync_progress as views


def post(client: WebClient, context: Context, connection_id: str, since: datetime, channel: str, user: str) -> None:
    """Post it where the sync was asked for. The sync may have ended meanwhile, so it is drawn once more afterwards."""
    message = views.build(flow.now(context, connection_id, since), ended=False)
    placed = slack.post(client, channel or user, message, user)
    flow.begin(context, connection_id, since, placed.channel, placed.ts, user)
    redraw(client, context, connection_id)


def redraw(client: WebClient, context: Context, connection_id: str, ended: bool = False) -> None:
    """Draw it as things stand. What has ended is let go, so that the next sync does not touch this message."""
    progress = flow.shown(context, connection_id)
    if progress is None:
        return
    ended = ended or progress.all_done
    at = slack.Placed(progress.channel, progress.ts)
    slack.update(client, at, views.build(progress, ended), progress.user)
    if ended:
        flow.ended(context, connection_id)
