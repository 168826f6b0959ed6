"""What comes in from Slack and goes out to it. `register` binds everything to a Bolt app; nothing happens before."""

import re

from slack_bolt import App

from flows.context import Context
from handlers import (
    assets,
    by_hand,
    command,
    companies,
    connect,
    decisions,
    digest,
    doctor,
    failures,
    feedback,
    guides,
    home,
    hooks,
    imports,
    integrations,
    invitations,
    mapping,
    once,
    opportunities,
    overview,
    people,
    requests,
    settings,
    setup,
    slack,
    ticket_clearing,
    ticket_settings,
    tickets,
    undo,
    vault,
)
from handlers.actor import Ask
from handlers.announce import SlackAnnouncer
from handlers.command import Verb
from handlers.views import doors

_PLAIN = (connect, setup, integrations, hooks, doctor, companies, imports, decisions, people, invitations, digest, overview, settings, feedback, home, vault, requests, undo, by_hand, ticket_settings, ticket_clearing, tickets, opportunities, assets, guides)


def register(app: App, context: Context) -> tuple[Verb, ...]:
    """Binds commands, clicks, forms, pickers and events; returns the verbs there are, as the help lists them."""
    slack.honour_limits(app.client)
    once.bind(app)
    if isinstance(context.tell, SlackAnnouncer):
        context.tell.attend(context)
    map_verbs = mapping.bind(app, context)
    for module in _PLAIN:
        module.bind(app, context)
    verbs = (
        *connect.VERBS, *setup.VERBS, *integrations.VERBS, *doctor.VERBS, *companies.VERBS, *map_verbs, *imports.VERBS, *people.VERBS,
        *invitations.VERBS, *vault.VERBS, *tickets.VERBS, *opportunities.VERBS, *assets.VERBS, *digest.VERBS, *overview.VERBS, *settings.VERBS, *feedback.VERBS, *home.VERBS,
    )
    command.bind(app, context, verbs)
    failures.bind(app, context)
    _bind_rest(app, context)
    return verbs


def _bind_rest(app: App, context: Context) -> None:
    """No click stays without an answer: what nobody else takes comes here, so this is bound last."""
    app.action(re.compile(""))(failures.acting(context, _stray_click))
    app.view(re.compile(""))(failures.acting(context, _stray_form))
    app.view_closed(re.compile(""))(failures.acting(context, _nothing))
    app.options(re.compile(""))(failures.offering(context, lambda _ask: ()))


def _stray_click(ask: Ask) -> None:
    """Inputs tell us of each choice and links of each click; only a button without a listener is worth a word."""
    action = ask.action
    if action.get("type") == "button" and not action.get("action_id", "").startswith(doors.LINK) and not _is_link(ask):
        ask.say(f"This button belongs to an earlier version. Type `{ask.context.words.command}` for what there is now.")


def _is_link(ask: Ask) -> bool:
    """Whether the pressed button only opens an address: Slack leaves the address out of the action, not of the block."""
    blocks = [*(ask.body.get("message") or {}).get("blocks", ()), *ask.view.get("blocks", ())]
    elements = [each for block in blocks for each in (*block.get("elements", ()), block.get("accessory") or {})]
    return any(each.get("action_id") == ask.action.get("action_id") and each.get("url") for each in elements)


def _stray_form(ask: Ask) -> None:
    """A view with nothing to submit, or of an earlier version: it closes."""


def _nothing(ask: Ask) -> None:
    """A closed form: nothing was asked for."""
