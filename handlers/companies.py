"""`/msp companies` and `/msp company`: the list, one company, domains, a new company, the company to work in."""

from collections.abc import Sequence

from slack_bolt import App

from domain.company import Company
from domain.errors import GangwayError
from domain.roles import Act
from flows import companies as flow
from flows import removing, sources
from flows.context import Context
from handlers import failures, plans
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import companies as views
from handlers.views import doors, kit
from handlers.views import plans as plan_views
from handlers.views import sources as source_views


def run(ask: Ask, words: str) -> None:
    _show(ask, words)


def opened(ask: Ask) -> None:
    _show(ask)


def searched(ask: Ask) -> None:
    _show(ask, _search(ask), redraw=True)


def turned(ask: Ask) -> None:
    _show(ask, _search(ask), kit.paged(ask.value)[1], redraw=True)


def _search(ask: Ask) -> str:
    return kit.value(ask.state, views.SEARCH, views.SEARCH).strip()


def _show(ask: Ask, search: str = "", page: int = 1, redraw: bool = False) -> None:
    shown = flow.page(ask.context, ask.desk(), search, page)
    ask.answer(views.page(shown, ask.context.words.command), replace=redraw)


# One company


def work_in(ask: Ask, words: str) -> None:
    """`/msp company <name>`, `company none`, or alone: which one is it now."""
    desk = ask.desk()
    if not words:
        if desk.company is None:
            ask.answer(views.none_chosen(ask.context.words.command))
        else:
            ask.answer(_drawn(ask, flow.one(ask.context, desk, desk.company.id), working=True))
        return
    _enter(ask, words)


def _enter(ask: Ask, words: str) -> None:
    company = flow.work_in(ask.context, ask.desk(), words)
    if company is None:
        ask.answer(views.none_chosen(ask.context.words.command))
    else:
        ask.answer(_drawn(ask, flow.one(ask.context, ask.desk(), company.id), working=True))


def _drawn(ask: Ask, line: flow.CompanyLine, working: bool) -> kit.Block:
    desk = ask.desk()
    return views.one(line, working, removable=desk.actor.may(Act.REMOVE) and desk.bound is None)


def managed(ask: Ask) -> None:
    """Manage: the same as entering the company, where there is a channel to work in."""
    line = flow.one(ask.context, ask.desk(), ask.value)
    if ask.channel and not line.company.is_own:
        flow.work_in(ask.context, ask.desk(), line.company.id)
    ask.answer(_drawn(ask, line, working=bool(ask.channel) and not line.company.is_own))


def left(ask: Ask) -> None:
    """Leave the company that the card is of; where one works in another by now, that card says so."""
    working = ask.desk().working
    _enter(ask, working.id if working is not None and working.id != ask.value else "none")


def picking(ask: Ask) -> None:
    ask.desk().require(Act.LOOK)
    if ask.open(views.pick(ask.channel)) is None:
        ask.say(f"Slack did not open the picker in time. Type `{kit.escape(ask.context.words.command)} company` and its name.")


def picked(ask: Ask) -> None:
    company_id = kit.value(ask.state, views.CHOICE, views.PICK)
    flow.one(ask.context, ask.desk(), company_id)
    ask.ack()
    _enter(ask, company_id)


def offer(ask: Ask) -> Sequence[kit.Offered]:
    """For a picker, wherever it stands."""
    return [views.option(company) for company in flow.options(ask.context, ask.desk(), ask.typed)]


# Domains and new companies


def domain_asked(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.IMPORT)
    company_id, _, plan_id = ask.value.partition("|")
    ask.show(views.domains((flow.one(ask.context, desk, company_id).company,), 1, plan_id, ask.channel))


def domains_asked(ask: Ask) -> None:
    """All that wait; the value is the id of the plan they came with, where they did."""
    desk = ask.desk()
    desk.require(Act.IMPORT)
    waiting = flow.needing_domain(ask.context, desk, views.MOST_DOMAINS)
    total = flow.page(ask.context, desk, size=1).needing_domain
    ask.show(views.domains(waiting, total, ask.value, ask.channel))


def domains_saved(ask: Ask) -> None:
    """Each on its own: the right ones are kept, the wrong ones stay in the form with the reason."""
    plan_id, wrong, done = ask.meta.split("|")[0], dict[str, str](), list[Company]()
    for block_id in ask.state.get("values", {}):
        company_id, web = str(block_id).split(":")[0], kit.value(ask.state, block_id, views.WEB).strip()
        if web:
            try:
                done.append(flow.set_domain(ask.context, ask.desk(), company_id, web))
            except GangwayError as error:
                wrong[block_id] = kit.cut(error.said, 500)
    if wrong:
        ask.ack(response_action="errors", errors=wrong)
    else:
        ask.ack()
        if done:
            lines = [f"*{kit.said(each.name)}* has the web address {kit.said(each.domain or '')}." for each in done]
            ask.say(kit.mrkdwn_list(lines, views.MOST_DOMAINS))
    if plan_id and done:
        plans.redraw(ask.client, ask.context, plan_id)


def adding(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.IMPORT)
    desk.whole_msp()
    ask.show(views.add(ask.channel))


def added(ask: Ask) -> None:
    name, web = kit.value(ask.state, views.NAME, views.NAME), kit.value(ask.state, views.WEB, views.WEB)
    company = flow.add(ask.context, ask.desk(), name, web)
    ask.ack()
    ask.answer(_drawn(ask, flow.one(ask.context, ask.desk(), company.id), working=False))


# Removing


def removed(ask: Ask) -> None:
    company = flow.one(ask.context, ask.desk(), ask.value).company
    try:
        ask.say(kit.sentence(removing.remove(ask.context, ask.desk(), company.id)))
    except removing.StillIn as error:
        ask.answer(views.still_in(company, error.said))


def removed_surely(ask: Ask) -> None:
    ask.say(kit.sentence(removing.remove(ask.context, ask.desk(), ask.value, sure=True)))


def sources_shown(ask: Ask) -> None:
    ask.answer(source_views.message(sources.of_company(ask.context, ask.desk(), ask.value)))


VERBS = (
    Verb("companies", "companies [search]", "Managed companies: manage, add a domain, import", run, "Companies"),
    Verb("company", "company <name>|none", "The company you work in here; none leaves it", work_in),
)


def bind(app: App, context: Context) -> None:
    app.action(source_views.SHOW)(failures.acting(context, sources_shown))
    for action_id, listener in (
        (doors.COMPANIES, opened), (doors.MANAGE, managed), (doors.PICK_COMPANY, picking), (views.LEAVE, left),
        (doors.ADD_COMPANY, adding), (doors.ADD_DOMAIN, domain_asked), (views.ADD_DOMAINS, domains_asked),
        (plan_views.ADD_DOMAINS, domains_asked), (views.SEARCH, searched),
        (views.REMOVE, removed), (views.REMOVE_SURELY, removed_surely),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, turned))
    app.options(views.PICK)(failures.offering(context, offer))
    app.view(views.DOMAINS_SAVED)(failures.submitting(context, domains_saved))
    app.view(views.ADDED)(failures.submitting(context, added))
    app.view(views.PICKED)(failures.submitting(context, picked))
