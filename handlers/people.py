"""People: lists, search and filter; a person's card with what may be done about them."""

from collections.abc import Callable

from slack_bolt import App

from domain.roles import Role
from flows import companies, invitations
from flows.context import Context
from flows.invitations import PersonLine
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.companies import offer
from handlers.invitations import Act, reinvite, settled, uninvite
from handlers.views import kit
from handlers.views import people as views


def users(ask: Ask, words: str) -> None:
    """`/msp users [company | staff | all]`."""
    desk = ask.desk()
    if words.casefold() == "all":
        _list(ask, views.ALL, 1, replace=False)
    elif not words and desk.company is None:
        ask.answer(views.picker(ask.context.words.command))
    else:
        _list(ask, companies.meant(ask.context, desk, words).id, 1, replace=False)


def _list(ask: Ask, ref: str, page: int, replace: bool = True) -> None:
    """Draw the list of a company (its id), or of all; search and filter stand in the message itself.

    Only a message for one pair of eyes is replaced: the button may stand in one that everybody sees.
    """
    desk, context = ask.desk(), ask.context
    company = None if ref == views.ALL else companies.one(context, desk, ref).company
    search = kit.value(ask.state, f"{views.SEARCH}:{ref}", views.SEARCH)
    badge = views.badge_chosen(kit.value(ask.state, f"{views.FILTER}:{ref}", views.FILTER))
    found = invitations.people(context, desk, company, search, page, badge)
    ask.answer(views.listing(found, context.words.command), replace and ask.message is None)


def _choose(ask: Ask) -> None:
    _list(ask, ask.value, 1)


def _staff(ask: Ask) -> None:
    _list(ask, companies.find(ask.context, ask.desk(), "staff").id, 1)


def _everybody(ask: Ask) -> None:
    _list(ask, views.ALL, 1)


def _narrow(ask: Ask) -> None:
    """Search or filter changed: begin at the first page."""
    _list(ask, str(ask.action.get("block_id", "")).partition(":")[2], 1)


def _turn(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    _list(ask, ref, page)


# the card


def open_card(ask: Ask) -> None:
    line = invitations.card(ask.context, ask.desk(), ask.value)
    ask.show(views.card(line, ask.channel))


def _redraw(ask: Ask, view_id: str, line: PersonLine, done: str) -> None:
    """The card as it is now; the sentence alone where the card was closed meanwhile."""
    if not slack.update_view(ask.client, view_id, views.card(line, ask.channel, done)):
        ask.say(done)


def _act(act: Act) -> Callable[[Ask], None]:
    """A button of the card: it acts, and the card is drawn anew with what was done."""

    def pressed(ask: Ask) -> None:
        line, done = settled(ask, act)
        _redraw(ask, str(ask.view["id"]), line, done)

    return pressed


def _suspend(ask: Ask) -> tuple[PersonLine, str]:
    line = invitations.suspend(ask.context, ask.desk(), ask.value, on=True)
    return line, f"⏸️ {kit.said(line.person.name, 80)} is suspended."


def _reinstate(ask: Ask) -> tuple[PersonLine, str]:
    line = invitations.suspend(ask.context, ask.desk(), ask.value, on=False)
    return line, f"✅ The suspension of {kit.said(line.person.name, 80)} has ended."


def _ask_role(ask: Ask) -> None:
    line = invitations.card(ask.context, ask.desk(), ask.value)
    ask.show(views.role_form(line, str(ask.view["id"]), ask.channel))


def _save_role(ask: Ask) -> None:
    person_id, card_view, _ = ask.meta.split("|")
    role = Role(kit.value(ask.state, views.ROLE_FIELD, views.ROLE_FIELD))
    line = invitations.change_role(ask.context, ask.desk(), person_id, role)
    ask.ack()
    done = f"✅ {kit.said(line.person.name, 80)} has the role {line.person.role.value} now."
    _redraw(ask, card_view, line, done)


VERBS = (Verb("users", "users [company]", "People with their status; a card to re-invite or suspend", users, "Users"),)


def bind(app: App, context: Context) -> None:
    pressed = {
        views.CARD: open_card,
        views.COMPANY: _choose,
        views.STAFF: _staff,
        views.EVERYBODY: _everybody,
        views.SEARCH: _narrow,
        views.FILTER: _narrow,
        views.REINVITE: _act(reinvite),
        views.UNINVITE: _act(uninvite),
        views.SUSPEND: _act(_suspend),
        views.REINSTATE: _act(_reinstate),
        views.ROLE: _ask_role,
    }
    for action_id, listener in pressed.items():
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, _turn))
    app.options(views.COMPANY)(failures.offering(context, offer))
    app.view(views.ROLE_VIEW)(failures.submitting(context, _save_role))
