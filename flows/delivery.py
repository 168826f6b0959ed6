"""Mailing invitations: one by one, each recorded before the next.

A mail cannot be sent and recorded in one stroke. So the record is made when the server has taken the addresses and right
before the text leaves: after a crash in between, the mail counts as sent. It may then, in the worst case and for the
length of one answer, be missing; it is never sent twice. Whoever did not get it is pending in the digest, with Re-invite.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from domain.errors import AskOperator, TryLater
from domain.invitation import LIFETIME, Invitation, InvitationState, token_hash
from domain.naming import short
from domain.ports import Mail, Mailer, MailOutcome
from flows.context import Context, Steps
from storage.invitations import Invitee

BATCH = 20
TRIES = 10
LONGEST_REST = 60.0  # seconds: who is invited meanwhile does not wait for those who were put off for longer
LONGEST_SILENCE = 900.0  # seconds between two mails to a server that takes them and does not answer

_TEMPLATES = Environment(
    loader=PackageLoader("flows"), undefined=StrictUndefined, autoescape=select_autoescape(["html"])
)


class _NotAnyMore(Exception):
    """The invitation was renewed, taken back or sent by somebody else while its mail was being handed over."""


def deliver(context: Context, steps: Steps, _argument: str) -> None:
    """Job "deliver": mail what is queued and due. What is refused for now is tried again, later and later.

    A server that takes a mail and never answers gets the next one after a minute, two, four …: each may be lost.
    """
    number, silent = 0, 0
    while True:
        number += 1
        told = steps(f"mail {number}", partial(_deliver_batch, context))
        if told["left"] == 0:
            return
        silent = silent + 1 if told.get("unheard") else 0
        if silent:
            steps.wait(min(30.0 * 2**silent, LONGEST_SILENCE))
        elif told["wait"]:
            steps.wait(min(told["wait"], LONGEST_REST))


def _deliver_batch(context: Context) -> Mapping[str, Any]:
    """{"left": how many are still queued (0 ends the job), "wait": seconds until the next is due, "unheard": whether the
    server's answer was lost, which ends the batch}
    """
    mailer = context.mailer
    if mailer is None:
        with context.store.write() as work:
            work.invitations.hold("No mail server is set up (SMTP_URL): the invitation waits.")
        return {"left": 0, "wait": 0}
    with context.store.work() as work:
        due = work.invitations.next_queued(context.clock(), BATCH)
    # Whom a lost answer leaves behind it in the batch stays queued.
    unheard = any(_send(context, mailer, person_id) is MailOutcome.UNHEARD for person_id in due)
    with context.store.work() as work:
        next_at = work.invitations.next_try_at()
        left = work.invitations.count_queued()
    wait = 0.0 if next_at is None or len(due) == BATCH else max(0.0, (next_at - context.clock()).total_seconds())
    return {"left": left, "wait": wait, "unheard": unheard}


def _send(context: Context, mailer: Mailer, person_id: str) -> MailOutcome | None:
    """How it went; None where nothing was handed over."""
    with context.store.work() as work:
        found = work.invitations.invitee(person_id)
        own = work.companies.own()
        msp = "" if own.is_unnamed else own.name
    if found is None or found.invitation is None or found.invitation.state is not InvitationState.QUEUED:
        return None
    invitation = found.invitation
    token = context.new_token()
    mail = _mail(context, found, invitation, token, msp)
    try:
        delivery = mailer.send(mail, partial(_hand, context, invitation, token))
    except _NotAnyMore:
        return None
    except (TryLater, AskOperator) as error:
        _again(context, found, invitation, error.said)
        return None
    with context.store.write() as work:
        if delivery.outcome is MailOutcome.BOUNCED:
            work.invitations.bounce(invitation.id, invitation.generation, short(delivery.reason, 300))
        elif delivery.outcome is MailOutcome.UNHEARD:
            work.invitations.unheard(invitation.id, invitation.generation)
        else:
            work.invitations.sent(invitation.id, invitation.generation)
    context.tell.person(person_id)
    return delivery.outcome


def _hand(context: Context, invitation: Invitation, token: str) -> None:
    """The server took the addresses: the link becomes real now, and from now on the mail counts as sent."""
    now = context.clock()
    with context.store.write() as work:
        if not work.invitations.hand(invitation.id, invitation.generation, now, now + LIFETIME):
            raise _NotAnyMore
        work.invitations.add_token(invitation.id, invitation.generation, token_hash(token))


def _again(context: Context, found: Invitee, invitation: Invitation, said: str) -> None:
    """Later and later: a minute, two, four … up to an hour; after ten tries it is bounced and shown as such."""
    now = context.clock()
    with context.store.write() as work:
        tries = work.invitations.tries(invitation.id)
        work.invitations.unhand(invitation.id, invitation.generation)
        if tries + 1 >= TRIES:
            work.invitations.bounce(
                invitation.id, invitation.generation, f"Given up after {TRIES} tries: {short(said, 200)}"
            )
        else:
            pause = timedelta(seconds=min(60 * 2**tries, 3600))
            work.invitations.later(invitation.id, invitation.generation, now + pause, short(said, 300))
    context.tell.person(found.person.id)


def _mail(context: Context, found: Invitee, invitation: Invitation, token: str, msp: str) -> Mail:
    is_staff = found.company.is_own
    joins = "the team" if is_staff else found.company.name
    words = {
        "name": found.person.first_name or found.person.name,
        "joins": joins,
        "msp": msp,
        "inviter": invitation.invited_by,
        "link": f"{context.words.public_url}/join/{token}",
        "help": f"{context.words.public_url}/join-help",
        "days": LIFETIME.days,
        "stop": "" if joins.endswith(".") else ".",  # "Contoso Ltd." ends a sentence by itself
        "is_staff": is_staff,
    }
    domain = context.words.mail_from.rpartition("@")[2].strip(" >") or "gangway.invalid"
    return Mail(
        to=found.person.email,
        subject=short(f"{msp or invitation.invited_by} invites you to join {joins}", 120),
        text=_TEMPLATES.get_template("invitation.txt").render(words),
        html=_TEMPLATES.get_template("invitation.html").render(words),
        message_id=f"<{invitation.id}.{invitation.generation}@{domain}>",
    )


def sweep(context: Context) -> None:
    """What the clock calls: invitations that are queued although no job is mailing them, and what a mail server now frees."""
    with context.store.write() as work:
        if context.mailer is not None:
            work.invitations.release_held()
            work.invitations.settle_handed(context.clock() - timedelta(minutes=5))
        left = work.invitations.count_queued() if context.mailer is not None else 0
    if left:
        minute = int(context.clock().timestamp()) // 60
        context.jobs.enqueue("deliver", f"deliver-sweep-{minute}", "sweep", "mail")
