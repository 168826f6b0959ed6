"""Tickets' cards that stand in Slack: posted, redrawn as the ticket goes on, and what is said in their threads."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from domain.ticket import Place, Shown
from flows import ticket_places
from flows.context import Context
from flows.ticket_places import News
from handlers import slack
from handlers.views import tickets_places as views


def post(client: WebClient, context: Context, channel: str, shown: Shown, thread: bool) -> slack.Placed:
    """A card for everybody; it follows the ticket from now on."""
    answer = client.chat_postMessage(channel=channel, unfurl_links=False, **views.card(shown))
    at = slack.Placed(str(answer["channel"]), str(answer["ts"]))
    ticket_places.posted(context, shown.id, at.channel, at.ts, thread)
    return at


def redraw(client: WebClient, context: Context, ticket_id: str) -> None:
    """Bring every card of a ticket up to date and tell the threads what they have not been told.

    A card that was deleted and a channel that takes no more are forgotten; the others go on.
    """
    for place in ticket_places.of(context, ticket_id):
        try:
            _redraw_one(client, context, place)
        except SlackApiError as error:
            if not (slack.is_gone(error) or slack.is_closed(error) or slack.reason(error) == "thread_not_found"):
                raise
            ticket_places.forget(context, place)


def _redraw_one(client: WebClient, context: Context, place: Place) -> None:
    found = ticket_places.drawn(context, place)
    if found is None:
        left = views.elsewhere() if ticket_places.is_here(context, place.ticket_id) else views.gone()
        client.chat_update(channel=place.channel, ts=place.ts, **left)
        ticket_places.forget(context, place)
        return
    shown, mark = found
    if mark != place.told:
        client.chat_update(channel=place.channel, ts=place.ts, **views.card(shown))
        ticket_places.redrawn(context, place, mark)
    for one in ticket_places.news(context, place) if place.thread else ():
        _tell(client, context, place, one)


def _tell(client: WebClient, context: Context, place: Place, one: News) -> None:
    """Said once: claimed first, and given back when Slack did not take it."""
    message = views.news(one)
    if not ticket_places.claim(context, place, one) or message is None:
        return
    try:
        client.chat_postMessage(channel=place.channel, thread_ts=place.ts, unfurl_links=False, **message)
    except SlackApiError:
        ticket_places.unclaim(context, place, one)
        raise
