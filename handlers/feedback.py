"""Feedback: a short form, kept in the journal and passed on to the channel that is set for it."""

from slack_bolt import App

from flows import settings
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import kit
from handlers.views import settings as views


def give(ask: Ask, _words: str) -> None:
    ask.desk()
    ask.show(views.feedback_form(ask.channel))


def _send(ask: Ask) -> None:
    words = kit.value(ask.state, views.FEEDBACK_WORDS, views.FEEDBACK_WORDS)
    channel = settings.give_feedback(ask.context, ask.desk(), words)
    ask.ack()
    if channel:
        slack.post(ask.client, channel, views.feedback_message(ask.user, words), ask.user)
    ask.say("Thank you. Your feedback was passed on." if channel else "Thank you. Your feedback was written down.")


VERBS = (Verb("feedback", "feedback", "Tell us what should be better", give),)


def bind(app: App, context: Context) -> None:
    app.view(views.FEEDBACK_SEND)(failures.submitting(context, _send))
