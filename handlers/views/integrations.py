"""A card a source: its state, what it gives, and the buttons for everything that can be done with it."""

from collections.abc import Sequence

from domain.connection import Connection
from domain.ports import Connector, Kind
from domain.psa import Pick
from flows.cards import Card
from flows.psa_lists import Refreshed
from flows.sync import SyncState
from handlers.views import connect, doors, kit, setup_sync

TEST = "integrations_test"  # value: connection id
SYNC = "integrations_sync"
DISCONNECT = "integrations_disconnect"


def message(
    connectors: Sequence[Connector], cards: Sequence[Card], with_counts: bool = True, said: str = ""
) -> kit.Block:
    """`with_counts` is off where only one company may be seen; `said` is a line on top, ready mrkdwn."""
    blocks = [kit.header("Integrations")]
    blocks += [kit.section(said)] if said else []
    named = {connector.name: connector for connector in connectors}
    for card in cards[:8]:
        blocks += _card(card, named.get(card.connection.source), with_counts)
    if len(cards) > 8:
        blocks.append(kit.context_line(f"… and {len(cards) - 8} more connections"))
    there = {card.connection.source for card in cards}
    for connector in [each for each in connectors if each.name not in there][:10]:
        text = f"*{kit.said(connector.title)}*: not connected\n{connect.offered(connector)}"
        begin = doors.set_up(connector.name) if connector.is_psa else doors.connect("Connect", connector.name)
        blocks.append(kit.section(text, begin))
    return kit.message("Integrations", blocks)


def _card(card: Card, connector: Connector | None, with_counts: bool) -> list[kit.Block]:
    connection = card.connection
    state = f"Trouble: {kit.remark(connection.trouble, 400)}" if connection.trouble else "🟢 Connected"
    lines = [f"*{kit.said(connection.title)}*: {state}"]
    if connection.account:
        lines.append(f"Account {kit.said(connection.account)}")
    shown = [f"{kit.said(name, 40)} {kit.said(value, 60)}" for name, value in _shown(connection, connector)]
    shown += [f"key ending in `{kit.said(connection.last_four, 8)}`"] if connection.last_four else []
    lines += [" · ".join(shown)] if shown else []
    if with_counts and connection.counts:
        lines.append(connect.counted(connection.counts))
    lines += [_kind(kind, connection, connector) for kind in Kind if _is_told(kind, connection, connector)]
    lines.append(f"Tested {kit.when(connection.tested_at)}")
    return [kit.section("\n".join(lines)), *_running(card), *_buttons(card, connector), kit.divider()]


def _running(card: Card) -> list[kit.Block]:
    """What goes on by itself: only what is known is told."""
    lines = [_sync(state) for state in card.syncs]
    if card.share:
        span = {60: "minute", 3600: "hour"}.get(round(card.window), f"{round(card.window / 60):,} minutes")
        lines.append(f"API budget: {card.used or 0:,} of {card.share:,} calls in the last {span}")
    if card.lists_read is not None:
        lines.append(f"PSA data read {kit.when(card.lists_read)}")
    if card.hooks is not None:
        lines.append(f"Webhooks: {'🟢 ' if card.hooks.works else ''}{kit.sentence(card.hooks.said, 400)}")
    return [*([kit.section("\n".join(lines))] if lines else []), *setup_sync.lost(card.gone)]


def _sync(state: SyncState) -> str:
    word = str(state.kind.value).capitalize()
    if not state.enabled:
        return f"• {word}: sync off"
    if state.last_at is None:
        return f"• {word}: not synced yet"
    following = f", next {kit.when(state.next_at)}" if state.next_at else ""
    if state.failed:
        good = f"synced {kit.when(state.good_at)}" if state.good_at else "not synced yet"
        return f"• {word}: {good}; ⚠️ failed {kit.when(state.last_at)}{following}. {kit.remark(state.last_note, 120)}"
    return f"• {word}: synced {kit.when(state.last_at)}{following}. {kit.remark(state.last_note, 120)}"


def _shown(connection: Connection, connector: Connector | None) -> list[tuple[str, str]]:
    labels = {field.name: field.label for field in connector.fields} if connector else {}
    return [(labels.get(name, name), value) for name, value in connection.shown.items() if value]


def _is_told(kind: Kind, connection: Connection, connector: Connector | None) -> bool:
    declined = connector is not None and kind in connector.declines
    return kind.value in connection.locked or declined or (connector is not None and kind in connector.offers)


def _kind(kind: Kind, connection: Connection, connector: Connector | None) -> str:
    word = str(kind.value).capitalize()
    if kind.value in connection.locked:
        return f"• {word}: *locked*. {kit.remark(connection.locked[kind.value], 300)}"
    if connector is not None and kind in connector.declines:
        return f"• {word}: not from here. {kit.remark(connector.declines[kind], 300)}"
    return f"• {word}: available"


def _buttons(card: Card, connector: Connector | None) -> list[kit.Block]:
    connection = card.connection
    sure = kit.confirmation(
        f"Disconnect {connection.title}?",
        "The credentials are wiped here and syncs stop. Companies, people and history stay.",
        "Disconnect", danger=True,
    )
    is_psa = connector is not None and connector.is_psa
    opens = connector is not None and Kind.PASSWORDS in connector.offers and Kind.PASSWORDS.value not in connection.locked
    passwords = [doors.start_import(Kind.PASSWORDS, "", connection.id)] if opens else []
    lists = [doors.sync_lists(connection.id)] if card.has_lists else []
    hooks = [kit.button("Provision webhooks", doors.PROVISION, connection.id)] if card.hooks is not None else []
    return kit.actions(
        doors.set_up(connection.source, "Configure") if is_psa else doors.connect("Configure", connection.source),
        kit.button("Test", TEST, connection.id),
        doors.map_companies(connection.id, text="Map"),
        doors.start_import(Kind.COMPANIES, "", connection.id),
        *passwords,
        kit.button("Resync", SYNC, connection.id),
        *lists,
        *hooks,
        kit.button("Disconnect", DISCONNECT, connection.id, "danger", sure),
    )


def refreshed(found: Refreshed) -> kit.Block:
    """What "Sync PSA data" found, and the settings that still say what is gone."""
    lists = [f"{found.counts[pick]:,} {pick.value}" for pick in Pick if pick in found.counts]
    text = f"*{kit.said(found.title)}*: its lists were read again, and pickers use them from now on.\n{', '.join(lists) or 'It has none.'}"
    return kit.message("The lists were read again", [kit.section(text), *setup_sync.lost(found.gone)])
