"""The settings of four eyes: which acts need a second person, and who decides for whom while they are away."""

from domain import four_eyes, mention
from domain.errors import TellPerson
from domain.four_eyes import Risky
from domain.roles import Act
from flows.context import Context
from flows.desk import Desk


def read(context: Context, desk: Desk) -> tuple[frozenset[Risky], dict[str, str]]:
    desk.require(Act.SETTINGS)
    with context.store.work() as work:
        return work.settings.four_eyes(), work.settings.stand_ins()


def choose(context: Context, desk: Desk, acts: frozenset[Risky]) -> str:
    """Returns the sentence of what changed, "" for nothing."""
    desk.require(Act.SETTINGS)
    with context.store.write() as work:
        if acts == work.settings.four_eyes():
            return ""
        work.settings.put(four_eyes.SETTING, four_eyes.stored(acts))
        listed = ", ".join(act.value for act in Risky if act in acts)
        said = f"A second person must approve now: to {listed}." if listed else "No act needs a second person now."
        work.journal.write(context.clock(), desk.actor, "setting", said)
    return said


def stand_in(context: Context, desk: Desk, away: str, deputy: str | None) -> str:
    """While `away` is away, `deputy` decides; None: they are back. Raises TellPerson."""
    desk.require(Act.SETTINGS)
    if away == deputy:
        raise TellPerson("Nobody stands in for themselves. Choose somebody else.", field="deputy")
    with context.store.write() as work:
        there = work.settings.stand_ins()
        if deputy is None:
            there.pop(away, None)
            said = f"{mention.person(away)} is back."
        else:
            there[away] = deputy
            said = f"While {mention.person(away)} is away, {mention.person(deputy)} approves."
        work.settings.put(four_eyes.STAND_INS, there)
        work.journal.write(context.clock(), desk.actor, "setting", said, subject=away)
    return said
