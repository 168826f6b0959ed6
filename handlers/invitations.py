"""Invitations that wait for someone: the list, and the acts that a card and a digest offer too."""

from collections.abc import Callable

from slack_bolt import App

from domain.errors import NotAllowed, TellPerson
from domain.invitation import Badge
from flows import invitations
from flows.context import Context
from flows.invitations import PersonLine
from handlers import failures
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import invitations as views
from handlers.views import kit, people

Act = Callable[[Ask], tuple[PersonLine, str]]  # what a button does: the person afterwards, and the sentence


def reinvite(ask: Ask) -> tuple[PersonLine, str]:
    line = invitations.reinvite(ask.context, ask.desk(), ask.value)
    return line, people.reinvited(line)


def uninvite(ask: Ask) -> tuple[PersonLine, str]:
    line = invitations.uninvite(ask.context, ask.desk(), ask.value)
    return line, people.uninvited(line)


def reinvite_expired(ask: Ask) -> str:
    """Of the company that the button's message is about."""
    return people.reinvited_all(invitations.reinvite_expired(ask.context, ask.desk(), views.company_of(ask.value)))


def settled(ask: Ask, act: Act) -> tuple[PersonLine, str]:
    """Act, or say why it cannot be done any more. Either way what was drawn is drawn anew, so it shows the truth."""
    try:
        return act(ask)
    except NotAllowed:
        raise
    except TellPerson as error:
        return invitations.card(ask.context, ask.desk(), ask.value), kit.sentence(error.said)


def invites(ask: Ask, _words: str) -> None:
    """`/msp invites`: those of the company this channel or person works in, else of all."""
    desk = ask.desk()
    _list(ask, desk.company.id if desk.company else None, 1, replace=False)


def _list(ask: Ask, company_id: str | None, page: int, done: str = "", replace: bool = True) -> None:
    desk, context = ask.desk(), ask.context
    found = invitations.pending(context, desk, company_id, page)
    expired = invitations.people(context, desk, found.company, badge=Badge.EXPIRED, size=1).total
    ask.answer(views.listing(found, expired, done), replace)


def _act(act: Act) -> Callable[[Ask], None]:
    def pressed(ask: Ask) -> None:
        _, done = settled(ask, act)
        ref, page = views.place_of(str(ask.action.get("block_id", "")))
        _list(ask, views.company_of(ref), page, done)

    return pressed


def _reinvite_all(ask: Ask) -> None:
    _list(ask, views.company_of(ask.value), 1, reinvite_expired(ask))


def _turn(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    _list(ask, views.company_of(ref), page)


def _shown(ask: Ask) -> None:
    """A button elsewhere that leads here."""
    _list(ask, views.company_of(ask.value), 1, replace=False)


VERBS = (Verb("invites", "invites", "Pending, expired and bounced invitations now", invites, "Invites"),)


def bind(app: App, context: Context) -> None:
    pressed = {
        views.REINVITE: _act(reinvite),
        views.UNINVITE: _act(uninvite),
        views.REINVITE_ALL: _reinvite_all,
        views.SHOW: _shown,
    }
    for action_id, listener in pressed.items():
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, _turn))
