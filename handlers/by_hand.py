"""People by hand: `/msp import users <company> from csv` or `from typed`, and the two buttons beside the sources."""

from slack_bolt import App

from domain.errors import TellPerson
from domain.roles import Act
from flows import by_hand as flow
from flows import companies, imports
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.views import by_hand as views
from handlers.views import imports as import_views
from handlers.views import kit
from handlers.views import plans as plan_views


def begin(ask: Ask, method: str, company_words: str) -> None:
    """Open the form; the working company counts where none is named."""
    desk = ask.desk()
    desk.require(Act.IMPORT)
    company = companies.meant(ask.context, desk, company_words) if company_words or desk.company else None
    if company is None and not companies.options(ask.context, desk, "", 1):
        raise TellPerson("There are no companies yet. Import or add one first.", remedy="import companies")
    form = views.form(method, company.id if company else "", company.name if company else "", ask.channel)
    if ask.open(form) is None:
        ask.say("Slack did not open the form in time. Press the button.", *views.buttons(company.id if company else ""))


def typing(ask: Ask) -> None:
    _pressed(ask, views.TYPED)


def pasting(ask: Ask) -> None:
    _pressed(ask, views.CSV)


def _pressed(ask: Ask, method: str) -> None:
    """A button names its company by its id, which may have been removed since."""
    if ask.value:
        companies.one(ask.context, ask.desk(), ask.value)
    begin(ask, method, ask.value)


def saved(ask: Ask) -> None:
    method, company_id, channel = [*ask.meta.split("|"), "", ""][:3]
    chosen = company_id or kit.value(ask.state, import_views.COMPANY, import_views.COMPANY_PICK)
    desk = ask.desk(channel)
    company = companies.one(ask.context, desk, chosen).company
    plan = flow.propose(ask.context, desk, company.id, kit.value(ask.state, views.ROWS, views.ROWS), method == views.CSV)
    ask.ack()
    message = plan_views.build(plan_views.Told(plan))
    placed = slack.post(ask.client, channel or ask.user, message, ask.user)
    imports.posted(ask.context, plan.id, placed.channel, placed.ts)


def bind(app: App, context: Context) -> None:
    app.action(views.TYPE)(failures.acting(context, typing))
    app.action(views.PASTE)(failures.acting(context, pasting))
    app.view(views.SAVED)(failures.submitting(context, saved))
