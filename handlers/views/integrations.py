"""A card a source: its state, what it gives, and the buttons for everything that can be done with it."""

from collections.abc import Sequence

from domain.connection import Connection
from domain.ports import Connector, Kind
from handlers.views import connect, doors, kit

TEST = "integrations_test"  # value: connection id
SYNC = "integrations_sync"
DISCONNECT = "integrations_disconnect"


def message(
    connectors: Sequence[Connector], connections: Sequence[Connection], with_counts: bool = True, said: str = ""
) -> kit.Block:
    """`with_counts` is off where only one company may be seen; `said` is a line on top, ready mrkdwn."""
    blocks = [kit.header("Integrations")]
    blocks += [kit.section(said)] if said else []
    named = {connector.name: connector for connector in connectors}
    for connection in connections[:8]:
        blocks += _card(connection, named.get(connection.source), with_counts)
    if len(connections) > 8:
        blocks.append(kit.context_line(f"… and {len(connections) - 8} more connections"))
    there = {connection.source for connection in connections}
    for connector in [each for each in connectors if each.name not in there][:10]:
        text = f"*{kit.said(connector.title)}*: not connected\n{connect.offered(connector)}"
        blocks.append(kit.section(text, doors.connect("Connect", connector.name)))
    return kit.message("Integrations", blocks)


def _card(connection: Connection, connector: Connector | None, with_counts: bool) -> list[kit.Block]:
    state = f"Trouble: {kit.remark(connection.trouble, 400)}" if connection.trouble else "Connected"
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
    return [kit.section("\n".join(lines)), *_buttons(connection, connector), kit.divider()]


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


def _buttons(connection: Connection, connector: Connector | None) -> list[kit.Block]:
    sure = kit.confirmation(
        f"Disconnect {connection.title}?",
        "The credentials are wiped here and syncs stop. Companies, people and history stay.",
        "Disconnect", danger=True,
    )
    opens = connector is not None and Kind.PASSWORDS in connector.offers and Kind.PASSWORDS.value not in connection.locked
    passwords = [doors.start_import(Kind.PASSWORDS, "", connection.id)] if opens else []
    return kit.actions(
        doors.connect("Configure", connection.source),
        kit.button("Test", TEST, connection.id),
        doors.map_companies(connection.id, text="Map"),
        doors.start_import(Kind.COMPANIES, "", connection.id),
        *passwords,
        kit.button("Sync now", SYNC, connection.id),
        kit.button("Disconnect", DISCONNECT, connection.id, "danger", sure),
    )
