"""How a ticket's card looks where everybody reads it, and what its thread is told."""

from domain.ticket import Shown, ShownNote
from flows.ticket_places import News
from handlers.views import kit, tickets


def card(shown: Shown) -> kit.Block:
    """Its buttons are for whoever may: that is checked when they are pressed."""
    buttons = [
        kit.button("Comment", tickets.COMMENT, shown.id),
        kit.button("Open", tickets.OPEN, shown.id),
        kit.button("Change status", tickets.STATUS, shown.id),
        kit.button("Assign", tickets.ASSIGN, shown.id),
        *([kit.button("Fill in again", tickets.AMEND, shown.id)] if shown.refused else []),
        *([kit.button("Retry", tickets.RETRY, shown.id)] if shown.troubles else []),
        kit.button("Refresh", tickets.REFRESH, shown.id),
    ]
    return kit.message(tickets.headline(shown), [*tickets.body(shown), *kit.actions(*buttons)])


def gone() -> kit.Block:
    text = "This ticket is no longer here: it was closed out of what is synced, moved, or deleted."
    return kit.message(text, [kit.section(text)])


def elsewhere() -> kit.Block:
    text = "This ticket is no longer followed here: this channel is not bound to its company any more."
    return kit.message(text, [kit.section(text)])


def news(one: News) -> kit.Block | None:
    """A reply in the thread; None where there is nothing that its readers may know."""
    if one.note is not None:
        note = one.note
        said = tickets.comment(ShownNote(note.author, note.text, note.at, note.for_client, False, ""))
        return kit.message(f"Comment by {kit.said(note.author or 'somebody', 80)}", [kit.section(said)])
    if not one.after or one.before == one.after:
        return None
    before = f"{kit.said(one.before, 80)} → " if one.before else ""
    text = f"Status: {before}*{kit.said(one.after, 80)}*"
    return kit.message(text, [kit.section(text)])
