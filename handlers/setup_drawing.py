"""Drawing a step of the set-up wizard from what is kept and typed, and what follows once it is seen: reading lists."""

from collections.abc import Callable
from dataclasses import replace

from domain.errors import GangwayError
from domain.ports import Connector
from flows import connect, mapping, psa_lists, setup_import, setup_steps
from flows import private as private_pages
from flows import setup as flow
from flows.desk import Desk
from flows.setup import Draft, Filled
from flows.setup_steps import first
from handlers import slack, ticket_clearing
from handlers.actor import Ask
from handlers.announce import SlackAnnouncer
from handlers.slack import Shown
from handlers.views import connect as connect_views
from handlers.views import kit, setup_configure, setup_connect, setup_sync
from handlers.views import setup as views
from handlers.views import setup_import as import_views
from handlers.views.setup import Look

CREDENTIAL = "credential-"  # + field: a typed credential that is no secret, in the draft
READS = (2, 4)  # the steps whose pickers choose from lists of the source
READING, READ = "Reading the source's lists …", "The lists were read just now."


def connector_of(ask: Ask, look: Look) -> Connector:
    return connect.connector_named(ask.context, look.source)


def draw(ask: Ask, look: Look, draft: Draft, said: str = "", note: str = "") -> kit.Block:
    """`said` stands on top, `note` below; both ready mrkdwn."""
    desk, typed = ask.desk(look.channel), draft.filled
    match look.step:
        case 1:
            return setup_connect.draw(_form(ask, look, draft, said))
        case 2:
            return setup_sync.draw(look, setup_steps.facts(ask.context, desk, look.connection_id, typed), said, note)
        case 3:
            facts = setup_steps.facts(ask.context, desk, look.connection_id, typed)
            return setup_configure.draw(look, facts, said, note, ticket_clearing.maintenance(ask, look.connection_id))
        case _:
            people = setup_import.staff_of(ask.context, look.connection_id, typed.get("staff", ()))
            page = setup_import.rows(ask.context, desk, look.connection_id, typed)
            return import_views.draw(look, typed, people, page, ask.context.words.command, said, note)


def _form(ask: Ask, look: Look, draft: Draft, said: str) -> setup_connect.Form:
    connector, desk = connector_of(ask, look), ask.desk(look.channel)
    stored = flow.stored(ask.context, look.source)
    kept = flow.prefilled(ask.context, desk, connector)
    typed = {each.name: first(draft.filled, CREDENTIAL + each.name) for each in connector.fields if not each.secret}
    values = {name: value or kept.get(name, "") for name, value in typed.items()}
    link = connect_views.link_of(ask.view) or private_pages.credentials_link(ask.context, desk, connector)
    if stored is not None and look.guide == views.ASKED:
        look = replace(look, guide=views.READY)
    return setup_connect.Form(
        connector, look, stored, values, frozenset(ask.context.defaults.get(connector.name, {})), link,
        ask.context.words.credentials_in_slack, said,
    )


def at(ask: Ask, look: Look, step: int) -> Look:
    """At a step that is drawn for the first time, with marks of what is kept now."""
    return replace(look, step=step, seen=setup_steps.marks(ask.context, ask.desk(look.channel), look.connection_id, step))


def is_overtaken(ask: Ask, look: Look) -> bool:
    """Whether somebody saved other settings since this step was drawn."""
    return look.seen != at(ask, look, look.step).seen


def captured(ask: Ask, look: Look) -> Draft:
    """The draft with what was changed in the form, kept: whatever is pressed next, and even if nothing is."""
    change = _typed(ask, look)
    return flow.note(ask.context, ask.desk(look.channel), look.source, lambda kept: replace(change(kept), step=look.step))


def adjusted(ask: Ask, look: Look, **also: tuple[str, ...]) -> None:
    """Keep what was changed in the form and `also`, unless its person has gone on meanwhile: a click may arrive after *Next*."""
    change = _typed(ask, look, also, str(ask.action.get("block_id", "")).removeprefix(views.block_of("")))
    flow.note(ask.context, ask.desk(look.channel), look.source, lambda kept: change(kept) if kept.step == look.step else kept)


def _typed(ask: Ask, look: Look, also: Filled | None = None, acted: str | None = None) -> Callable[[Draft], Draft]:
    """Lays what was changed over a draft; what only stands in the form as it is kept is another's to change, and left out.

    A click takes back no field but the one it `acted` on: it may be heard after a later one.
    """
    shown = dict(views.filled(ask.state))
    edits = setup_steps.edited(ask.context, ask.desk(look.channel), look.connection_id, look.step, look.seen, shown)
    if look.step == 1:
        connector = connector_of(ask, look)
        kept, fields = flow.prefilled(ask.context, ask.desk(look.channel), connector), connect_views.typed(ask.state, connector)
        plain = {each.name: fields[each.name] for each in connector.fields if not each.secret and fields[each.name]}
        shown |= {CREDENTIAL + name: (value,) for name, value in plain.items()}
        edits = {name: values for name, values in shown.items() if values != (kept.get(name.removeprefix(CREDENTIAL)),)}

    def change(draft: Draft) -> Draft:
        others = {name: values for name, values in draft.filled.items() if name not in (shown if acted is None else (acted,))}
        return replace(draft, filled={**others, **edits, **(also or {})})

    return change


def clicked(ask: Ask) -> Shown:
    """The drawing in which was clicked."""
    return Shown.of(ask.view)


def redraw(ask: Ask, shown: Shown, look: Look, said: str = "", note: str = "") -> Shown:
    """Draw the step anew, unless its person has gone on; over another drawing than was `shown` only where that is of the step too."""
    for over in (shown, Shown(shown.id)):
        draft = flow.draft(ask.context, ask.desk(look.channel), look.source)
        if draft.step != look.step:
            return over
        drawn = slack.update_same_view(ask.client, over, draw(ask, look, draft, said, note))
        if drawn is not None:
            return drawn
    return shown


def turn(ask: Ask, look: Look, draft: Draft) -> None:
    """Draw a step over the one that is shown, and read its lists."""
    look, now = at(ask, look, draft.step), Shown(str(ask.view["id"]))
    flow.note(ask.context, ask.desk(), look.source, lambda _: draft)
    drawn = slack.update_same_view(ask.client, now, draw(ask, look, draft, note=note_for(look)))
    follow(ask, drawn or now, look)


def follow(ask: Ask, shown: Shown, look: Look) -> None:
    """A step is seen: read what its pickers choose from, and draw it again with what is there then."""
    if look.step in READS:
        note = read(ask, look)
        watch(ask, redraw(ask, shown, look, note=note), look, note)


def read(ask: Ask, look: Look) -> str:
    """Read what the step's pickers offer; returns what is said of that."""
    try:
        return _read(ask, ask.desk(look.channel), look)
    except GangwayError as error:
        return f"The lists could not be read: {kit.sentence(error.said)} What was read before is offered."


def _read(ask: Ask, desk: Desk, look: Look) -> str:
    if look.step == 2 and not psa_lists.has_lists(ask.context, look.connection_id):
        return ""
    if look.step == 2:
        psa_lists.refresh(ask.context, desk, look.connection_id)
    else:
        setup_import.read_staff(ask.context, desk, look.connection_id)
    return READ


def watch(ask: Ask, shown: Shown, look: Look, note: str) -> None:
    """Have the source's companies read where they are not there yet, and draw the step again when they are."""

    def again() -> None:
        redraw(ask, shown, look, note=note)

    is_there = mapping.begin(ask.context, ask.desk(look.channel), look.connection_id)
    tell = ask.context.tell
    if not is_there and isinstance(tell, SlackAnnouncer):
        tell.when_read(look.connection_id, again)


def note_for(look: Look) -> str:
    """What is said of the lists while they are read anew."""
    return READING if look.step in READS else ""
