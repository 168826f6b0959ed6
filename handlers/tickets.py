"""Tickets: the list with its filters, the card of one, and the buttons that need no form."""

from collections.abc import Callable, Sequence

from slack_bolt import App
from slack_sdk.errors import SlackApiError

from domain.errors import TellPerson
from domain.ticket import Which
from flows import ticket_acts, ticket_places, tickets
from flows.context import Context
from flows.tickets import Card
from handlers import failures, slack, ticket_forms
from handlers import ticket_places as places
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import kit
from handlers.views import tickets as views
from handlers.watching import watch


def listed(ask: Ask, words: str) -> None:
    """`/msp tickets [company]`."""
    company = tickets.company_meant(ask.context, ask.desk(), words)
    _list(ask, company.id if company else views.ALL, 1, replace=False)


def one(ask: Ask, words: str) -> None:
    """`/msp ticket new [company]` or `/msp ticket <number>`."""
    word, _, rest = words.partition(" ")
    if word.casefold() == "new":
        ticket_forms.begin(ask, rest.strip())
    elif words:
        ask.answer(views.card(tickets.by_number(ask.context, ask.desk(), words)))
    else:
        listed(ask, "")


# the list


def _list(ask: Ask, ref: str, page: int, replace: bool = True) -> None:
    """Draw the list of a company (its id), or of all; search and filters stand in the message itself."""
    company_id = None if ref == views.ALL else ref
    chosen = kit.value(ask.state, f"{views.WHICH}:{ref}", views.WHICH)
    which = Which[chosen] if chosen in Which.__members__ else Which.OPEN
    queue = kit.value(ask.state, f"{views.QUEUE}:{ref}", views.QUEUE)
    search = kit.value(ask.state, f"{views.SEARCH}:{ref}", views.SEARCH)
    found = tickets.page(ask.context, ask.desk(), company_id, which, queue, search, page)
    ask.answer(views.listing(found, ask.context.words.command), replace and ask.message is None)


def _narrow(ask: Ask) -> None:
    """A filter changed: begin at the first page."""
    _list(ask, str(ask.action.get("block_id", "")).partition(":")[2], 1)


def _turn(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    _list(ask, ref, page)


def _queues(ask: Ask) -> Sequence[kit.Pair]:
    return tickets.queues(ask.context, ask.desk(), ask.typed)


# the card


def _open(ask: Ask) -> None:
    _show(ask, tickets.opened(ask.context, ask.desk(), ask.value))


def _refresh(ask: Ask) -> None:
    """A card for everybody is redrawn with what everybody may see; one's own with what oneself may."""
    card = tickets.refreshed(ask.context, ask.desk(), ask.value)
    if ask.message is not None:
        ask.context.tell.ticket(card.shown.id)
        ask.say(kit.sentence(card.remark) if card.remark else "Read anew: the card shows what the PSA has now.")
    else:
        _show(ask, card, replace=True)


def _retry(ask: Ask) -> None:
    card = ticket_acts.retry(ask.context, ask.desk(), ask.value)
    ask.context.tell.ticket(card.shown.id)
    _show(ask, card, replace=True)


def _show(ask: Ask, card: Card, replace: bool = False) -> None:
    """Only a card for one pair of eyes is replaced: the button may stand in one that everybody sees."""
    replace = replace and ask.message is None
    ask.answer(views.card(card), replace)
    if replace:
        _watch(ask, card.shown.id)


def _follow(ask: Ask) -> None:
    shown = ticket_places.follow(ask.context, ask.desk(), ask.value)
    try:
        places.post(ask.client, ask.context, ask.channel, shown, thread=True)
    except SlackApiError as error:
        if not slack.is_closed(error):
            raise
        raise TellPerson("I cannot post in this channel. Invite me to it, then press Follow here again.") from None
    ask.say("The ticket is followed here: its card stands in the channel, its comments come into the thread.")


def _watch(ask: Ask, ticket_id: str) -> None:
    watch(ask, ticket_id, lambda: views.card(tickets.card(ask.context, ask.desk(), ticket_id)))


def _watched(listener: Callable[[Ask], None]) -> Callable[[Ask], None]:
    """For buttons that open a form: what is sent with it shows on the card."""

    def pressed(ask: Ask) -> None:
        ticket_id = ask.value
        listener(ask)
        _watch(ask, ticket_id)

    return pressed


VERBS = (
    Verb("tickets", "tickets [company]", "Tickets: open or closed, by queue, yours, or searched for", listed, "Tickets"),
    Verb("ticket", "ticket new | <number>", "Make a ticket, or open one: comment, status, assignee, follow", one),
)


def bind(app: App, context: Context) -> None:
    pressed = {
        views.OPEN: _open,
        views.REFRESH: _refresh,
        views.RETRY: _retry,
        views.AMEND: _watched(ticket_forms.ask_again),
        views.FOLLOW: _follow,
        views.WHICH: _narrow,
        views.QUEUE: _narrow,
        views.SEARCH: _narrow,
        views.NEW: ticket_forms.press_new,
        views.COMMENT: _watched(ticket_forms.ask_comment),
        views.STATUS: _watched(ticket_forms.ask_status),
        views.ASSIGN: _watched(ticket_forms.ask_owner),
    }
    for action_id, listener in pressed.items():
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, _turn))
    app.options(views.QUEUE)(failures.offering(context, _queues))
    ticket_forms.bind(app, context)
