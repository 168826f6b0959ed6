"""The buttons that act on the tickets which are here: Quick sync, and the red one that clears them."""

from flows.ticket_clearing import Clearing, kept
from handlers.views import kit

QUICK, CLEAR = "tickets_quick_sync", "tickets_clear"  # value: connection id


def maintenance(there: Clearing) -> list[kit.Block]:
    """The confirmation names how many tickets go, and what stays because it exists only here."""
    sure = kit.confirmation("Clear and re-read all?", _warning(there), "Clear & Resync", danger=True)
    return kit.actions(
        kit.button("Quick Sync", QUICK, there.connection_id),
        kit.button("Clear & Resync", CLEAR, there.connection_id, "danger", sure),
    )


def _warning(there: Clearing) -> str:
    noun = "ticket is" if there.tickets == 1 else "tickets are"
    stays = " ".join(kept(there.only_here)) or "Nothing exists only here."
    return f"{there.tickets:,} synced {noun} deleted here and read anew from {kit.cut(there.psa, 40)}. {kit.cut(stays, 150)}"
