"""To-dos for the MSP's people in the PSA: made from Slack, written once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from domain.connection import Connection
from domain.errors import Stop, TellPerson
from domain.isolation import scope_of
from domain.opportunity import day, owner_of, today
from domain.psa import Choice, HasTodos, NewTodo, Pick
from domain.roles import SYSTEM, Act
from flows import companies, connect, setups, sources
from flows.context import Context, Steps
from flows.desk import Desk
from flows.patience import GaveUp, finding, patiently, quietly

LASTS = timedelta(minutes=30)
NINE = 9  # o'clock, where the MSP is


@dataclass(frozen=True)
class TodoForm:
    connection: Connection
    company_id: str
    company: str
    day: str
    types: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    owner: str  # proposed: the person's own account, else the fallback owner, else nobody


def form(context: Context, desk: Desk, company_id: str, connection_id: str = "") -> TodoForm:
    """What a new to-do of a company starts with: at one connection, or at the first that takes one.

    Raises TellPerson where there is none, or where that one takes none of the company.
    """
    desk.require(Act.SELL)
    with context.store.work() as work:
        company = companies.at(work, desk, company_id)
    able = sources.able(context, company_id, HasTodos)
    connection = sources.chosen(context, company, able, connection_id, "Nothing was made.")
    if connection is None:
        raise TellPerson(f"{company.name} is not mapped to a PSA that takes to-dos. Map it first.", remedy="map")
    with context.store.work() as work:
        lists, defaults = work.picks.all(connection.id), setups.opportunities(work, connection.id)
    owners = lists.get(Pick.OWNERS, ())
    try:
        owner, _ = owner_of(desk.actor.email, desk.actor.name, owners, defaults)
    except TellPerson:
        owner = ""
    on = today(context.clock(), context.words.zone).isoformat()
    return TodoForm(connection, company_id, company.name, on, lists.get(Pick.TODO_TYPES, ()), owners, owner)


def make(
    context: Context, desk: Desk, company_id: str, connection_id: str, typed: Mapping[str, str], opportunity_id: str = ""
) -> str:
    """Make it; the PSA's answer is told when it is there. `typed`: type, text, owner, day. Returns the sentence.

    For exactly the connection that its form was drawn for: the ids in it mean something else at another one.
    Raises TellPerson with the field to blame.
    """
    start = form(context, desk, company_id, connection_id)
    text = typed.get("text", "").strip()
    if not text:
        raise TellPerson("Say what is to be done.", field="text")
    _one_of(start.types, typed.get("type", ""), "type")
    _one_of(start.owners, typed.get("owner", ""), "owner")
    begins = datetime.combine(day(typed.get("day", ""), "day"), datetime.min.time(), ZoneInfo(context.words.zone)).replace(hour=NINE)
    key = context.new_id()
    with context.store.write() as work:
        link = work.links.of_company(start.connection.id, company_id)
        if link is None:
            raise TellPerson("The mapping was changed meanwhile. Open the form again.", remedy="map")
        work.journal.write(context.clock(), desk.actor, "to-do", "A to-do was made.", company_id, key)
    asked = {
        "link": link.id, "key": key, "type": typed["type"], "text": text[:32_000], "owner": typed["owner"],
        "starts": begins.isoformat(), "ends": (begins + LASTS).isoformat(), "opportunity": opportunity_id,
        "user": desk.actor.user_id, "channel": desk.channel,
    }  # fmt: skip
    context.jobs.enqueue("todo", f"todo-{key}", json.dumps(asked), start.connection.id)
    return f"The to-do is on its way to {start.connection.title}. I tell you when it stands there."


def _one_of(choices: tuple[Choice, ...], id_: str, field: str) -> None:
    if all(choice.id != id_ or not choice.is_active for choice in choices):
        raise TellPerson("Choose one of those there are.", field=field)


def work_off(context: Context, steps: Steps, argument: str) -> None:
    """Job "todo": the argument is what was asked for. Done twice, it finds what it made."""
    asked: Mapping[str, str] = json.loads(argument)
    try:
        create = partial(finding, partial(_create, context, asked))
        made = patiently(steps, "create", create, quietly)
        said = f"The to-do stands in the PSA now, as {made['id']}."
    except GaveUp as error:
        said = f"The to-do was not written: {error.said}"
        if error.unsure:
            said = "It is not known whether the to-do arrived in the PSA. Look there before you make it again."
    steps("noted", partial(_noted, context, asked, said))
    context.tell.whisper(asked["user"], asked["channel"], said)


def _create(context: Context, asked: Mapping[str, str]) -> Mapping[str, str]:
    with context.store.work() as work:
        link = work.links.get(asked["link"])
    if link is None:
        raise Stop("The mapping it was made under is not there any more. Nothing was sent.")
    source = context.sources.of(link.connection_id)
    assert isinstance(source, HasTodos)
    new = NewTodo(
        asked["key"], asked["type"], asked["text"], asked["owner"], asked["starts"], asked["ends"], asked["opportunity"]
    )
    with connect.noting(context, link.connection_id):
        return {"id": source.create_todo(scope_of(link), new)}


def _noted(context: Context, asked: Mapping[str, str], said: str) -> bool:
    with context.store.write() as work:
        link = work.links.get(asked["link"])
        work.journal.write(context.clock(), SYSTEM, "to-do", said, link.company_id if link else None, asked["key"])
    return True
