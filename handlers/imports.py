"""`/msp import`: what from where, then one message in the channel that shows the plan from reading to outcome."""

from collections.abc import Sequence

from slack_bolt import App

from domain.company import Company
from domain.errors import TellPerson
from domain.plan import Plan
from domain.ports import Kind
from domain.roles import Act
from flows import companies, connect, givers
from flows import imports as flow
from flows.context import Context
from handlers import by_hand, failures, plans, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.companies import offer
from handlers.views import by_hand as by_hand_views
from handlers.views import companies as company_views
from handlers.views import doors, kit
from handlers.views import imports as views
from handlers.views import plans as plan_views


def run(ask: Ask, words: str) -> None:
    wish = views.wish_of(words)
    if wish.kind is None:
        said = f"I can import companies, staff, users, passwords and groups, not “{kit.said(words, 40)}”." if words else ""
        _pick(ask, tuple(Kind), said=said)
        return
    method = by_hand_views.WORDS.get(wish.source.casefold()) if wish.kind is Kind.USERS else None
    if method is not None:
        by_hand.begin(ask, method, wish.company)
        return
    if _needs_company(ask, wish.kind, wish.company) and _asked_which(ask, wish.kind, wish.source):
        return
    _begin(ask, wish.kind, wish.company, wish.source)


def picked(ask: Ask) -> None:
    _pick(ask, tuple(Kind))


def started(ask: Ask) -> None:
    """A button: the kind, perhaps a company, perhaps a source."""
    kind, company_id, connection_id = views.start_of(ask.value)
    if company_id:
        companies.one(ask.context, ask.desk(), company_id)
    source = connect.one(ask.context, connection_id).source if connection_id else ""
    if _needs_company(ask, kind, company_id) and _asked_which(ask, kind, source):
        return
    _begin(ask, kind, company_id, source)


def _needs_company(ask: Ask, kind: Kind, company: str) -> bool:
    """Inside a company no choice is offered: the mapping decides what comes."""
    return kind in givers.OF_COMPANY and not company and not ask.desk().company


def _asked_which(ask: Ask, kind: Kind, source: str) -> bool:
    """Ask for the company in a modal; False when there is nothing to ask or no modal can be opened."""
    desk = ask.desk()
    desk.require(Act.IMPORT)
    givers.refuse_early(ask.context, kind, source)
    if kind is Kind.USERS and not companies.options(ask.context, desk, "", 1):
        raise TellPerson("There are no companies yet. Import them first.", remedy="import companies")
    connection_id = connect.connection_of(ask.context, source).id if source else ""
    if kind is Kind.PASSWORDS and not givers.mapped_companies(ask.context, desk, kind, connection_id, "", 1):
        ask.about = (connection_id, "")
        raise TellPerson("No company is mapped where passwords come from yet. Map them first.", remedy="map")
    return ask.open(views.for_company(kind, connection_id, ask.channel)) is not None


def company_chosen(ask: Ask) -> None:
    kind, connection_id, channel = [*ask.meta.split("|"), "", ""][:3]
    company_id = kit.value(ask.state, views.COMPANY, views.COMPANY_PICK)
    desk = ask.desk(channel)
    company = companies.one(ask.context, desk, company_id).company
    source = connect.one(ask.context, connection_id).source if connection_id else ""
    ask.about = (connection_id, company_id)
    plan = flow.propose(ask.context, desk, Kind(kind), company.id, source)
    ask.ack()
    _post(ask, plan, channel)


def offer_companies(ask: Ask) -> Sequence[kit.Offered]:
    kind, connection_id, channel = [*ask.meta.split("|"), "", ""][:3]
    if kind == Kind.PASSWORDS.value:
        mapped = givers.mapped_companies(ask.context, ask.desk(channel), Kind.PASSWORDS, connection_id, ask.typed)
        return [company_views.option(each) for each in mapped]
    return offer(ask)


def _pick(ask: Ask, kinds: Sequence[Kind], company: Company | None = None, said: str = "") -> None:
    desk = ask.desk()
    desk.require(Act.IMPORT)
    company = company or desk.company
    offers = {kind: flow.offers(ask.context, kind) for kind in kinds}
    message = views.picker(offers, company.id if company else "", company.name if company else "", said)
    if Kind.USERS in kinds:
        message["blocks"] += [kit.section("*Users by hand*"), *by_hand_views.buttons(company.id if company else "")]
    ask.answer(message)


def _begin(ask: Ask, kind: Kind, company_words: str, source_words: str) -> None:
    desk = ask.desk()
    try:
        plan = flow.propose(ask.context, desk, kind, company_words, source_words)
    except TellPerson as error:
        if error.remedy not in ("source", "map"):
            if kind is Kind.USERS and error.remedy == "connect":
                _offer_by_hand(ask, companies.meant(ask.context, desk, company_words))
            raise
        company = companies.meant(ask.context, desk, company_words) if kind in givers.OF_COMPANY else None
        if error.remedy == "source":
            _pick(ask, (kind,), company, kit.sentence(error.said))
            return
        connection_id = connect.connection_of(ask.context, source_words).id if source_words else ""
        ask.about = (connection_id, company.id if company else "")
        if kind is Kind.USERS and company is not None:
            _offer_by_hand(ask, company)
        raise
    _post(ask, plan, ask.channel)


def _offer_by_hand(ask: Ask, company: Company) -> None:
    text = f"Without a source you may bring people of *{kit.said(company.name)}* by hand."
    ask.say(text, *by_hand_views.buttons(company.id))


def _post(ask: Ask, plan: Plan, channel: str) -> None:
    """The message first, then the reading: so no outcome is lost. Without a channel it goes to the person directly."""
    message = plan_views.build(plan_views.Told(plan))
    placed = slack.post(ask.client, channel or ask.user, message, ask.user)
    flow.posted(ask.context, plan.id, placed.channel, placed.ts)


def again(ask: Ask) -> None:
    plan = flow.again(ask.context, ask.desk(), ask.value)
    if plan.message_ts:
        plans.redraw(ask.client, ask.context, plan.id)
    else:
        _post(ask, plan, plan.channel)


VERBS = (
    Verb("import", "import companies|staff|users|passwords|groups [company] [from source]", "Preview, approval, import", run, "Import"),
)


def bind(app: App, context: Context) -> None:
    app.action(kit.any_of(doors.IMPORT))(failures.acting(context, started))
    app.action(doors.IMPORT_MENU)(failures.acting(context, picked))
    app.action(plan_views.AGAIN)(failures.acting(context, again))
    app.options(views.COMPANY_PICK)(failures.offering(context, offer_companies))
    app.view(views.FOR_COMPANY)(failures.submitting(context, company_chosen))
