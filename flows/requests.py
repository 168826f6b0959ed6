"""Risky acts that are no plan: asked for by one person, decided by another, performed once.

The act is performed in the same transaction that takes the decision, so it happens exactly once whatever dies when, and
under the rights that the asker has at that moment: everything is checked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from domain import four_eyes
from domain.approval import Choice
from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.four_eyes import Request, RequestState, Risky, Ruling
from domain.roles import Act, Actor
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

NOT_THERE = "There is no such request here."
_UNSEEN = timedelta(minutes=1)


def _nothing() -> None:
    """Nothing is left to be done."""


@dataclass(frozen=True)
class Performed:
    """What an act came to: the sentence of it, and what is told or put off once it is committed."""

    said: str
    after: Callable[[], None] = _nothing


# Performs an act as its asker, inside the transaction it is handed. Raises GangwayError where it cannot be done any more.
Performer = Callable[[Context, Work, Desk, Mapping[str, Any]], Performed]
Performers = Mapping[Risky, Performer]


def needed(work: Work, act: Risky, rows: int = 1) -> bool:
    """Whether an act that touches so many rows needs a second person here."""
    return four_eyes.needs_second(act, work.settings.four_eyes(), rows)


def ask(
    context: Context, work: Work, desk: Desk, act: Risky, subject: Mapping[str, Any], summary: str, company_id: str | None
) -> Request:
    """Store the request; `tell` it once the transaction is over. Asked for twice, it stays one.

    `subject` holds ids and choices and never a secret; `summary` says what will happen, in sentences.
    """
    there = work.requests.open_of(act, subject)
    if there is not None and not four_eyes.too_old(there.requested_at, context.clock()):
        return there
    actor = desk.actor
    request = Request(
        context.new_id(), act, subject, summary, company_id, RequestState.OPEN, actor.user_id, actor.name, actor.role,
        context.clock(), desk.channel,
    )
    work.requests.add(request)
    work.journal.write(request.requested_at, actor, "request", summary, company_id, request.id, {"act": act.name})
    return request


def one(context: Context, desk: Desk, request_id: str) -> Request:
    """Raises NotAllowed for a request about a company this desk does not see, in the same words as for none."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        request = work.requests.get(request_id)
    if request is None or (desk.bound is not None and request.company_id != desk.bound.id):
        raise NotAllowed(NOT_THERE)
    return request


def drawn(context: Context, request_id: str) -> Request:
    """For drawing a message where its readers are."""
    with context.store.work() as work:
        request = work.requests.get(request_id)
    if request is None:
        raise TellPerson(NOT_THERE)
    return request


def stand_ins(context: Context) -> Mapping[str, str]:
    """Who is away → who decides meanwhile, as Slack ids."""
    with context.store.work() as work:
        return work.settings.stand_ins()


def places(context: Context, request: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where others see a request: channels to try one after the other, and the named Admins to be told where none will do.

    A direct message is no place for it: whoever asked sees it alone there. Nor is a channel bound to another company.
    """
    with context.store.work() as work:
        feedback = str(work.settings.get("feedback_channel", ""))
        bound = {channel: company.id for channel, company in work.desks.bindings()}
        others = (feedback, *(connection.channel for connection in work.connections.all()))
        admins = tuple(user for user in work.roles.admins() if user != request.requested_by)
    fitting = [channel for channel in others if bound.get(channel, request.company_id) == request.company_id]
    return tuple(dict.fromkeys(each for each in (request.channel, *fitting) if _is_seen(each))), admins


def _is_seen(channel: str) -> bool:
    return bool(channel) and not channel.startswith("D")  # Slack's direct messages


def posted(context: Context, request_id: str, channel: str, ts: str) -> None:
    with context.store.write() as work:
        work.requests.note(request_id, channel=channel, message_ts=ts)


def decide(
    context: Context, desk: Desk, request_id: str, choice: Choice, performers: Performers
) -> tuple[Request, Ruling]:
    """A click on Approve or Deny. Acts once; Ruling.moves_to None says why nothing happened."""
    request = one(context, desk, request_id)
    with context.store.work() as work:
        deputy_for = work.settings.deputy_for(desk.actor.user_id, work.roles)
    ruling = four_eyes.rule(request, desk.actor, choice, deputy_for, context.clock())
    return _settle(context, desk, request, ruling, performers)


def break_glass(
    context: Context, desk: Desk, request_id: str, note: str, performers: Performers
) -> tuple[Request, Ruling]:
    """The asker, an Admin, goes on without a second person, with a reason that is kept and shown. Raises TellPerson."""
    request = one(context, desk, request_id)
    four_eyes.may_break_glass(desk.actor, request.requested_by, note)
    nobody = replace(request, requested_by="")  # but for who asked, the same is asked as of anybody
    ruling = four_eyes.rule(nobody, desk.actor, Choice.APPROVE, frozenset(), context.clock())
    if ruling.moves_to is RequestState.DONE:
        ruling = replace(ruling, reason=f"Approved by {desk.actor.name}, alone: the glass was broken.")
    return _settle(context, desk, request, ruling, performers, note.strip())


def _settle(
    context: Context, desk: Desk, request: Request, ruling: Ruling, performers: Performers, alone: str = ""
) -> tuple[Request, Ruling]:
    now, after = context.clock(), _nothing
    with context.store.write() as work:
        who = {"decided_by": desk.actor.user_id, "decided_by_name": desk.actor.name, "decided_at": now, "alone": alone}
        if ruling.moves_to is not None and not work.requests.move(request.id, ruling.moves_to, note=ruling.reason, **who):
            ruling = Ruling(None, four_eyes.already(work.requests.get(request.id) or request))
        what = "decision" if ruling.moves_to else "refused decision"
        said = f"{ruling.reason} Reason given: {alone}" if alone and ruling.moves_to else ruling.reason
        work.journal.write(now, desk.actor, what, said, request.company_id, request.id, {"act": request.act.name})
        if ruling.moves_to is RequestState.DONE:
            ruling, after = _perform(context, work, request, ruling, performers)
    after()
    context.tell.request(request.id)
    return drawn(context, request.id), ruling


def _perform(
    context: Context, work: Work, request: Request, ruling: Ruling, performers: Performers
) -> tuple[Ruling, Callable[[], None]]:
    try:
        with work.attempt():
            performed = performers[request.act](context, work, _asker(work, request), request.subject)
    except GangwayError as error:
        note = f"It could not be done any more: {error.said}"
        work.requests.note(request.id, state=RequestState.FAILED, note=note)
        work.journal.write(context.clock(), _asker(work, request).actor, "request failed", note, request.company_id, request.id)
        return Ruling(RequestState.FAILED, note), _nothing
    work.requests.note(request.id, note=performed.said)
    return ruling, performed.after


def _asker(work: Work, request: Request) -> Desk:
    """The desk of whoever asked, with the role named for them now, and the channel's binding as it is now."""
    named = work.roles.of(request.requested_by)
    role = request.requested_role if named is None else named
    actor = Actor(request.requested_by, request.requested_by_name, role)
    return Desk(actor, request.channel, work.desks.bound(request.channel), None, work.roles.admins())


def sweep(context: Context) -> None:
    """What the clock calls: requests nobody decided on in time end, and what was never posted is posted."""
    now = context.clock()
    with context.store.work() as work:
        due = work.requests.due(now - four_eyes.LASTS, now - _UNSEEN)
    for request in due:
        if four_eyes.too_old(request.requested_at, now):
            with context.store.write() as work:
                note = "Nobody decided within 24 hours, so this is void. Nothing was done."
                work.requests.move(request.id, RequestState.EXPIRED, note=note, decided_at=now)
        context.tell.request(request.id)
