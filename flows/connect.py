"""Connecting a source: shape check, test, save, disconnect. Nothing is stored until a test has passed."""

from collections.abc import Mapping

from domain.connection import Connection
from domain.ports import Connector, Finding
from flows.context import Context
from flows.desk import Desk


def connector_named(context: Context, words: str) -> Connector:
    """The connector a person means. Raises TellPerson (with the names there are) for an unknown one."""
    raise NotImplementedError


def shape_problems(context: Context, connector: Connector, fields: Mapping[str, str]) -> Mapping[str, str]:
    """Field name → what is wrong with it, before any call."""
    raise NotImplementedError


def test(context: Context, desk: Desk, connector: Connector, fields: Mapping[str, str]) -> Finding:
    """Try credentials without keeping them. Raises AskOperator (its `field` names the field to blame) or TryLater."""
    raise NotImplementedError


def save(context: Context, desk: Desk, connector: Connector, fields: Mapping[str, str]) -> tuple[Connection, Finding]:
    """Test once more, then keep. Raises as `test`; nothing is stored on failure."""
    raise NotImplementedError


def connections(context: Context) -> tuple[Connection, ...]:
    raise NotImplementedError


def connection_of(context: Context, words: str) -> Connection:
    """The connection of a source named by a person, or the only one there is when nothing is named.

    Raises TellPerson(remedy="connect") when there is none, TellPerson (asking which) when several fit.
    """
    raise NotImplementedError


def retest(context: Context, desk: Desk, connection_id: str) -> Finding:
    """Test stored credentials again and remember what was found."""
    raise NotImplementedError


def disconnect(context: Context, desk: Desk, connection_id: str) -> str:
    """Wipe the credentials; companies, people and history stay. Returns the sentence of what was done."""
    raise NotImplementedError
