"""The forms of tickets: each keeps the id of the wish it will make, so that it makes one however often it is sent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from slack_bolt import App
from slack_sdk.errors import SlackApiError

from domain.errors import TellPerson
from domain.psa import Choice
from flows import ticket_acts, ticket_making, ticket_places, tickets
from flows.context import Context
from flows.tickets import Card
from handlers import failures, slack
from handlers import ticket_places as places
from handlers.actor import Ask
from handlers.views import kit
from handlers.views import tickets as cards
from handlers.views import tickets_forms as views


def _meta(ask: Ask, about: str) -> str:
    return f"{ask.context.new_id()}|{about}|{ask.channel}"


def _kept(ask: Ask) -> tuple[str, str]:
    """The wish's id, and the ticket's or company's."""
    wish, about, *_ = ask.meta.split("|")
    return wish, about


# comment, status, assignee


def _named(ask: Ask) -> str:
    card = tickets.card(ask.context, ask.desk(), ask.value)
    return f"{card.shown.name} {card.shown.title}"


def ask_comment(ask: Ask) -> None:
    internal, _ = ticket_acts.may_be_internal(ask.context, ask.desk(), ask.value)
    ask.show(views.comment(_meta(ask, ask.value), _named(ask), internal))


def ask_status(ask: Ask) -> None:
    choices = ticket_acts.statuses(ask.context, ask.desk(), ask.value)
    if not choices:
        raise TellPerson("There is no status that your role may set. Nothing was changed.")
    ask.show(views.status(_meta(ask, ask.value), _named(ask), choices))


def ask_owner(ask: Ask) -> None:
    choices = ticket_acts.owners(ask.context, ask.desk(), ask.value)
    if not choices:
        raise TellPerson("Who can own a ticket is not known yet. Sync the PSA first.")
    ask.show(views.assign(_meta(ask, ask.value), _named(ask), choices))


def _comment(ask: Ask) -> None:
    wish, ticket_id = _kept(ask)
    text, for_client = views.commented(ask.state)
    with _words_kept():
        card = ticket_acts.comment(ask.context, ask.desk(), wish, ticket_id, text, for_client)
    _settle(ask, card, "The comment")


def _status(ask: Ask) -> None:
    wish, ticket_id = _kept(ask)
    status = views.chosen(ask.state, views.STATUS, views.STATUS_PICK)
    _settle(ask, ticket_acts.set_status(ask.context, ask.desk(), wish, ticket_id, status), "The new status")


def _owner(ask: Ask) -> None:
    wish, ticket_id = _kept(ask)
    owner = views.chosen(ask.state, views.OWNER, views.OWNER_PICK)
    _settle(ask, ticket_acts.assign(ask.context, ask.desk(), wish, ticket_id, owner), "The new assignee")


@contextmanager
def _words_kept() -> Iterator[None]:
    """A form that came too late is not replaced by the reason: it stays open with it, for the words in it are the person's."""
    try:
        yield
    except TellPerson as error:
        if error.field:
            raise
        raise TellPerson(f"{error.said} Your words stay here until you close this: copy them if you need them.") from None


def _settle(ask: Ask, card: Card, what: str) -> None:
    """The wish is kept: the form closes, and every card says that it is being written."""
    ask.ack()
    ask.say(f"⏳ {what} of {kit.said(card.shown.name, 40)} is being written to {kit.said(card.shown.source, 60)}…")
    ask.context.tell.ticket(card.shown.id)


def _choices(offer: Callable[[Ask], Sequence[Choice]]) -> Callable[[Ask], Sequence[kit.Pair]]:
    def offered(ask: Ask) -> Sequence[kit.Pair]:
        return [(choice.label, choice.id) for choice in offer(ask)]

    return offered


def _statuses(ask: Ask) -> Sequence[Choice]:
    return ticket_acts.statuses(ask.context, ask.desk(), _kept(ask)[1], ask.typed)


def _owners(ask: Ask) -> Sequence[Choice]:
    return ticket_acts.owners(ask.context, ask.desk(), _kept(ask)[1], ask.typed)


# new ticket; its form keeps the wish's id, the company's, the connection's that it was drawn for, the channel


def _drawn_for(ask: Ask) -> tuple[str, str]:
    """The company's id, and the connection's: the ids in the form mean something there alone."""
    _, company_id, connection_id, *_ = ask.meta.split("|")
    return company_id, connection_id


def _new(ask: Ask, wish: str, form: ticket_making.Form) -> kit.Block:
    return views.new(form, f"{wish}|{form.company.id}|{form.connection_id}|{ask.channel}")


def begin(ask: Ask, words: str) -> None:
    """`/msp ticket new [company]`: the form, or first the question for which company."""
    company = tickets.company_meant(ask.context, ask.desk(), words)
    _begin(ask, company.id if company else cards.ALL)


def press_new(ask: Ask) -> None:
    _begin(ask, ask.value)


def ask_again(ask: Ask) -> None:
    """What the PSA refused, to be completed: sent again, it is the same ticket."""
    ask.show(_new(ask, ask.value, ticket_making.again(ask.context, ask.desk(), ask.value)))


def _begin(ask: Ask, company_id: str) -> None:
    if company_id == cards.ALL:
        ticket_making.companies_offered(ask.context, ask.desk(), "")  # whether it is for the person at all
        ask.show(views.company(_meta(ask, cards.ALL)))
    else:
        ask.show(_new(ask, ask.context.new_id(), ticket_making.form(ask.context, ask.desk(), company_id)))


def _company(ask: Ask) -> None:
    wish, _ = _kept(ask)
    company_id = views.chosen(ask.state, views.COMPANY, views.COMPANY_PICK)
    form = ticket_making.form(ask.context, ask.desk(), company_id)
    ask.ack(response_action="update", view=_new(ask, wish, form))


def _companies(ask: Ask) -> Sequence[kit.Pair]:
    found = ticket_making.companies_offered(ask.context, ask.desk(), ask.typed)
    return [(company.name, company.id) for company in found]


def _offered(ask: Ask) -> Sequence[kit.Pair]:
    name = views.PICKS[str(ask.body.get("action_id", ""))]
    company_id, connection_id = _drawn_for(ask)
    found = ticket_making.choices(ask.context, ask.desk(), company_id, name, ask.typed, connection_id)
    return [(choice.label, choice.id) for choice in found]


def _redraw(ask: Ask) -> None:
    """A category was chosen: what it asks for, with what is filled in already."""
    company_id, connection_id = _drawn_for(ask)
    form = ticket_making.form(
        ask.context, ask.desk(), company_id, views.filled(ask.state), views.template(ask.state), connection_id
    )
    slack.update_view(ask.client, str(ask.view["id"]), views.new(form, ask.meta))


def _template(ask: Ask) -> None:
    """A template was chosen: the form begins with it."""
    company_id, connection_id = _drawn_for(ask)
    form = ticket_making.form(ask.context, ask.desk(), company_id, {}, views.template(ask.state), connection_id)
    slack.update_view(ask.client, str(ask.view["id"]), views.new(form, ask.meta))


def _create(ask: Ask) -> None:
    (ticket_id, _), (company_id, connection_id) = _kept(ask), _drawn_for(ask)
    desk, typed, template = ask.desk(), views.filled(ask.state), views.template(ask.state)
    with _words_kept():
        ticket_making.create(ask.context, desk, ticket_id, company_id, typed, template, connection_id)
    ask.ack()
    here = desk.bound is not None and desk.bound.id == company_id
    if not ticket_places.of(ask.context, ticket_id):
        _place(ask, ticket_id, ask.channel if here else ask.user, here)
    ask.context.tell.ticket(ticket_id)


def _place(ask: Ask, ticket_id: str, channel: str, thread: bool) -> None:
    """Its card stands in its company's channel, where there is one; else it comes to its maker directly."""
    found = ticket_places.current(ask.context, ticket_id)
    if found is None:
        return
    try:
        places.post(ask.client, ask.context, channel, found[0], thread)
    except SlackApiError as error:
        if not slack.is_closed(error) or channel == ask.user:
            raise
        places.post(ask.client, ask.context, ask.user, found[0], thread=False)


def bind(app: App, context: Context) -> None:
    submitted = {
        views.COMMENT_VIEW: _comment, views.STATUS_VIEW: _status, views.ASSIGN_VIEW: _owner,
        views.COMPANY_VIEW: _company, views.NEW_VIEW: _create,
    }  # fmt: skip
    for callback, listener in submitted.items():
        app.view(callback)(failures.submitting(context, listener))
    app.options(views.STATUS_PICK)(failures.offering(context, _choices(_statuses)))
    app.options(views.OWNER_PICK)(failures.offering(context, _choices(_owners)))
    app.options(views.COMPANY_PICK)(failures.offering(context, _companies))
    for action_id in views.PICKS:
        app.options(action_id)(failures.offering(context, _offered))
    app.action(views.pick("category"))(failures.acting(context, _redraw))
    app.action(views.TEMPLATE_PICK)(failures.acting(context, _template))
