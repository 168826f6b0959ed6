"""How tickets look: a list with its filters, and a card. They are handed only what their reader may see."""

from datetime import datetime

from domain.display_group import TicketField
from domain.setup import stepper
from domain.ticket import Shown, ShownNote, Which
from flows.tickets import Card, Do, Line, TicketPage
from handlers.views import kit

OPEN = "tickets_open"
WHICH = "tickets_which"
QUEUE = "tickets_queue"
SEARCH = "tickets_search"
PAGE = "tickets_page"
NEW = "tickets_new"
COMMENT = "tickets_comment"
STATUS = "tickets_status"
ASSIGN = "tickets_assign"
FOLLOW = "tickets_follow"
REFRESH = "tickets_refresh"
RETRY = "tickets_retry"
AMEND = "tickets_amend"
LINK = "link_ticket"

ALL = "all"  # stands for all companies together, where a company's id would stand
_DATES = frozenset({TicketField.CREATED, TicketField.DUE, TicketField.ACTIVITY})
_EXCERPT, _COMMENT = 1500, 600


def ref(page: TicketPage) -> str:
    """What the list's controls carry: of which company it is."""
    return page.company.id if page.company else ALL


# lists


def listing(page: TicketPage, command: str) -> kit.Block:
    title = f"Tickets of {kit.cut(page.company.name, 100)}" if page.company else "Tickets of all companies"
    text = kit.escape(f"{title}: {page.total:,}")
    blocks = [kit.header(title), *_filters(page)]
    if not page.lines:
        blocks.append(kit.section(_nothing(page, command)))
    blocks += [kit.section(entry(line), kit.button("Open", OPEN, line.shown.id)) for line in page.lines]
    blocks += [kit.context_line(text), *kit.actions(kit.button("New ticket", NEW, ref(page)))]
    return kit.message(text, [*blocks, *kit.paging(page.page, page.pages, PAGE, ref(page))])


def _filters(page: TicketPage) -> list[kit.Block]:
    """Search and filters are inputs of the message, so that each change comes with all of them."""
    of = ref(page)
    choices = [(which.value, which.name) for which in Which if page.by_me or which is not Which.MINE]
    shown = [
        kit.select("Show", f"{WHICH}:{of}", WHICH, choices, initial=page.which.name, dispatch=True),
        kit.input_text("Search by number or title", f"{SEARCH}:{of}", SEARCH, initial=page.search, optional=True,
                       max_length=100, dispatch=True),
    ]  # fmt: skip
    if page.by_queue:
        shown.insert(1, kit.external("Queue", f"{QUEUE}:{of}", QUEUE, initial=page.queue, optional=True, dispatch=True))
    return shown


def _nothing(page: TicketPage, command: str) -> str:
    if page.search or page.queue or page.which is not Which.ALL:
        return "No ticket fits. Show *All*, or search for something else."
    return f"There are no tickets here yet. Make one with `{command} ticket new`."


def entry(line: Line) -> str:
    """A ticket in two lines of mrkdwn."""
    shown = line.shown
    values = dict(shown.fields)
    where = f" · {kit.said(line.company, 60)}" if line.company else ""
    said = [f"`{stepper(shown.stage)}`"] if shown.has_stage else []
    wanted = (TicketField.STATUS, TicketField.PRIORITY, TicketField.QUEUE, TicketField.ASSIGNEE)
    said += [kit.said(values[name], 60) for name in wanted if name in values]
    said += [f"due {_moment(values[TicketField.DUE])}"] if TicketField.DUE in values else []
    said += ["⏳ being written"] if shown.waiting else []
    said += ["⚠️ not written"] if shown.troubles else []
    return f"*{kit.said(shown.name, 40)}* {kit.said(shown.title, 150)}{where}\n{' · '.join(said) or '–'}"


# a card


def card(card: Card, done: str = "") -> kit.Block:
    """For the eyes of whoever asked. `done` says what was just done."""
    shown = card.shown
    told = [kit.section(done)] if done else []
    remark = [kit.context_line(f"⚠️ {kit.sentence(card.remark, 500)}")] if card.remark else []
    return kit.message(headline(shown), [*told, *body(shown, card.company), *remark, *_buttons(card)])


def headline(shown: Shown) -> str:
    return f"Ticket {kit.said(shown.name, 40)}: {kit.said(shown.title, 150)}"


def body(shown: Shown, company: str = "") -> list[kit.Block]:
    """What a card says, without its buttons."""
    where = f"{kit.said(company, 100)} · {kit.said(shown.source, 60)}" if company else kit.said(shown.source, 60)
    blocks = [kit.header(f"{shown.name} {shown.title}"), kit.context_line(where)]
    if shown.has_stage:
        blocks.append(kit.section(f"*{stepper(shown.stage)}*"))
    pairs = [(name.value, _moment(value) if name in _DATES else kit.said(value, 200)) for name, value in shown.fields]
    blocks += [kit.fields(pairs[start : start + 10]) for start in range(0, len(pairs), 10)]
    blocks += _texts(shown)
    blocks += _comments(shown)
    blocks += [kit.section(f"⏳ {kit.sentence(line, 300)}") for line in shown.waiting]
    blocks += [kit.section(f"⚠️ {kit.sentence(line, 900)}") for line in shown.troubles[:3]]
    return blocks


def _texts(shown: Shown) -> list[kit.Block]:
    texts = (("Description", shown.description), ("Resolution", shown.resolution))
    return [kit.section(f"*{name}*\n{kit.remark(text, _EXCERPT)}") for name, text in texts if text.strip()]


def _comments(shown: Shown) -> list[kit.Block]:
    if not shown.notes:
        return []
    before = f" · {shown.earlier:,} earlier" if shown.earlier else ""
    return [kit.section(f"*Last comments*{before}"), *(kit.section(comment(note)) for note in shown.notes)]


def comment(note: ShownNote) -> str:
    """A comment as mrkdwn: who, when, for whom, and its words."""
    marks = "" if note.for_client else " · 🔒 internal"
    marks += " · ⏳ being written" if note.waiting else ""
    marks += " · ⚠️ not written" if note.trouble else ""
    at = f" · {_moment(note.at)}" if note.at else ""
    words = "\n".join(f"> {line}" for line in kit.remark(note.text.strip() or "–", _COMMENT).splitlines())
    return f"*{kit.said(note.author or 'Somebody', 80)}*{at}{marks}\n{words}"


def _moment(text: str) -> str:
    """A moment of the PSA in the reader's own time; what is none is shown as it stands."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return kit.said(text, 60)
    return kit.when(moment) if moment.tzinfo else kit.said(text, 60)


def _buttons(card: Card) -> list[kit.Block]:
    offered = (
        (Do.COMMENT, "Comment", COMMENT), (Do.STATUS, "Change status", STATUS), (Do.ASSIGN, "Assign", ASSIGN),
        (Do.AMEND, "Fill in again", AMEND), (Do.RETRY, "Retry", RETRY), (Do.FOLLOW, "Follow here", FOLLOW),
    )  # fmt: skip
    buttons = [kit.button(text, action, card.shown.id) for do, text, action in offered if do in card.may]
    buttons.append(kit.button("Refresh", REFRESH, card.shown.id))
    if card.shown.address:
        buttons.append(kit.button(f"Open in {card.shown.source}", LINK, url=card.shown.address))
    return kit.actions(*buttons)
