"""Looking at everything: status, history, and why a thing is here or not."""

from slack_bolt import App

from domain.errors import TellPerson
from flows import imports, overview, undo
from flows import why as why_flow
from flows.context import Context
from handlers import audit
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import overview as views


def status(ask: Ask, _words: str) -> None:
    desk = ask.desk()
    facts = overview.facts(ask.context, desk)
    company = desk.bound.name if desk.bound else ""
    ask.answer(views.status(facts, company, ask.context.words.command))


def history(ask: Ask, words: str) -> None:
    if words.split()[:1] == ["audit"]:
        audit.send(ask, words.partition("audit")[2].strip())
        return
    plans = imports.history(ask.context, ask.desk())
    ask.answer(views.history(plans, ask.context.words.command, undo.possible(ask.context, plans)))


def why(ask: Ask, words: str) -> None:
    if not words:
        command = ask.context.words.command
        raise TellPerson(f"Why what? Type {command} why and an e-mail address, a person or a company.")
    ask.answer(views.why(words, why_flow.why(ask.context, ask.desk(), words)))


def audited(ask: Ask, words: str) -> None:
    """`/msp audit [company]`; `history audit` says the same."""
    audit.send(ask, words)


VERBS = (
    Verb("status", "status", "Connections, next runs, calls to sources, pending work", status, "Status"),
    Verb("history", "history", "What was imported, by whom and when, with Undo", history),
    Verb("audit", "audit [company]", "The audit trail as CSV and JSON, to your direct messages", audited),
    Verb("why", "why <thing>", "Where something came from, or why it is not here", why),
)


def bind(app: App, context: Context) -> None:
    """Nothing to bind: the buttons of these messages belong to the imports."""
