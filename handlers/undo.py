"""Undo of a run: a button on its outcome and in the history; what comes of it is a plan's message like any other."""

from slack_bolt import App

from flows import imports
from flows import undo as flow
from flows.context import Context
from handlers import failures, plans, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import plans as views


def asked(ask: Ask) -> None:
    """Preview the undo in the channel; the run's own message is drawn anew, so that its button goes."""
    run_id = ask.value
    plan = flow.propose(ask.context, ask.desk(), run_id)
    placed = slack.post(ask.client, ask.channel or ask.user, plans.draw(ask.context, plan.id), ask.user)
    imports.posted(ask.context, plan.id, placed.channel, placed.ts)
    plans.redraw(ask.client, ask.context, run_id)


VERBS: tuple[Verb, ...] = ()


def bind(app: App, context: Context) -> None:
    app.action(views.UNDO)(failures.acting(context, asked))
