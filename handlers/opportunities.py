"""Opportunities: list, card, make, edit, push; to-dos beside them, and a company's contracts."""

from collections.abc import Callable, Sequence

from slack_bolt import App

from domain.psa import Pick
from flows import companies, contracts, opportunities, pushing, todos
from flows.context import Context
from handlers import failures
from handlers.actor import Ask
from handlers.command import Verb
from handlers.companies import offer
from handlers.views import kit
from handlers.views import opportunities as views
from handlers.watching import watch


def listed(ask: Ask, words: str) -> None:
    """`/msp opportunities [company]`."""
    desk = ask.desk()
    company = companies.find(ask.context, desk, words) if words else desk.company
    ask.answer(views.listing(opportunities.page(ask.context, desk, company.id if company else ""), ask.context.words.command))


def single(ask: Ask, words: str) -> None:
    """`/msp opportunity new [company]`."""
    word, _, rest = words.partition(" ")
    if word.casefold() != "new":
        listed(ask, words)
        return
    desk = ask.desk()
    if rest.strip() or desk.company is not None:
        _form(ask, companies.meant(ask.context, desk, rest).id)
    else:
        ask.show(views.pick_company(ask.channel))


def relisted(ask: Ask) -> None:
    company_id, _, which = ask.value.partition("|")
    _list(ask, company_id, which != "all", 1)


def turned(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    company_id, _, which = ref.partition("|")
    _list(ask, company_id, which != "all", page)


def _list(ask: Ask, company_id: str, is_open: bool, page: int) -> None:
    found = opportunities.page(ask.context, ask.desk(), company_id, is_open, page)
    ask.answer(views.listing(found, ask.context.words.command), replace=ask.message is None)


def shown(ask: Ask) -> None:
    """Open, or Refresh: the card as things stand."""
    ask.answer(views.card(opportunities.one(ask.context, ask.desk(), ask.value)), replace=ask.message is None)


# making and pushing


def begun(ask: Ask) -> None:
    """The button New opportunity; its value names the company of its list, if it is of one."""
    if ask.value:
        _form(ask, ask.value)
    else:
        ask.show(views.pick_company(ask.channel))


def company_picked(ask: Ask) -> None:
    company_id = kit.value(ask.state, "company", views.PICK_COMPANY)
    start = opportunities.form(ask.context, ask.desk(), company_id)
    ask.ack(response_action="update", view=views.form(start, ask.channel))


def _form(ask: Ask, company_id: str) -> None:
    ask.show(views.form(opportunities.form(ask.context, ask.desk(), company_id), ask.channel))


def edited(ask: Ask) -> None:
    there = opportunities.one(ask.context, ask.desk(), ask.value).opportunity
    start = opportunities.form(ask.context, ask.desk(), there.company_id, there.connection_id, "Nothing was changed.")
    ask.show(views.form(start, ask.channel, there))


def saved(ask: Ask) -> None:
    company_id, opportunity_id, connection_id = ask.meta.split("|")[:3]
    context, desk, typed = ask.context, ask.desk(), views.typed(ask.state)
    if opportunity_id:
        made, said = opportunities.edit(context, desk, opportunity_id, typed), "Changed."
    else:
        made, said = opportunities.make(context, desk, company_id, connection_id, typed), "Made here. Push it when it is ready."
    ask.ack()
    ask.answer(views.card(made, said))


def pushed(ask: Ask) -> None:
    opportunity_id = ask.value
    made = pushing.push(ask.context, ask.desk(), opportunity_id)
    ask.answer(views.card(made), replace=ask.message is None)
    watch(ask, opportunity_id, lambda: views.card(opportunities.one(ask.context, ask.desk(), opportunity_id)))
    if opportunities.one(ask.context, ask.desk(), opportunity_id).opportunity.state is not made.opportunity.state:
        ask.context.tell.opportunity(opportunity_id)  # it ended before the card could be watched


# to-dos and contracts


def todo(ask: Ask) -> None:
    company_id, opportunity_id, connection_id = [*ask.value.split("|"), "", ""][:3]
    start = todos.form(ask.context, ask.desk(), company_id, connection_id)
    ask.show(views.todo_form(start, opportunity_id, ask.channel))


def todo_saved(ask: Ask) -> None:
    company_id, opportunity_id, connection_id = ask.meta.split("|")[:3]
    said = todos.make(ask.context, ask.desk(), company_id, connection_id, views.typed_todo(ask.state), opportunity_id)
    ask.ack()
    ask.say(kit.sentence(said))


def contracts_shown(ask: Ask) -> None:
    ask.answer(views.contracts(contracts.of_company(ask.context, ask.desk(), ask.value)))


def _choices(pick: Pick) -> Callable[[Ask], Sequence[kit.Offered]]:
    def offered(ask: Ask) -> Sequence[kit.Offered]:
        found = opportunities.options(ask.context, ask.desk(), ask.meta.split("|")[2], pick, ask.typed)
        return [(choice.label, choice.id) for choice in found]

    return offered


VERBS = (
    Verb("opportunities", "opportunities [company]", "Opportunities: list, make, push to the PSA", listed, "Opportunities", ("deals",)),
    Verb("opportunity", "opportunity new [company]", "Make an opportunity with your defaults", single),
)


def bind(app: App, context: Context) -> None:
    for action_id, listener in (
        (views.LIST, relisted), (views.CARD, shown), (views.NEW, begun), (views.EDIT, edited), (views.PUSH, pushed),
        (views.TODO, todo), (views.CONTRACTS, contracts_shown),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, turned))
    for callback, form in ((views.SAVED, saved), (views.PICKED, company_picked), (views.TODO_SAVED, todo_saved)):
        app.view(callback)(failures.submitting(context, form))
    app.options(views.PICK_COMPANY)(failures.offering(context, offer))
    for pick in Pick:
        app.options(views.PICK + pick.name)(failures.offering(context, _choices(pick)))
