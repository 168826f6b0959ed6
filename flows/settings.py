"""Settings that people change in Slack: roles, approvals, the role of members who have none named; feedback."""

from dataclasses import dataclass

from domain import mention
from domain.errors import TellPerson
from domain.roles import Act, Role
from flows.context import Context
from flows.desk import Desk


@dataclass(frozen=True)
class Settings:
    roles: tuple[tuple[str, Role], ...]  # Slack user id, role
    default_role: Role  # of full members without a named role: Technician or Viewer
    second_person: bool  # imports need a second person's approval
    msp_name: str
    feedback_channel: str


def read(context: Context) -> Settings:
    with context.store.work() as work:
        return Settings(
            work.roles.all(),
            work.settings.default_role(),
            work.settings.second_person(),
            work.companies.own().name,
            str(work.settings.get("feedback_channel", "")),
        )


def assign(context: Context, desk: Desk, user_id: str, role: Role | None) -> str:
    """Name (or, None, forget) somebody's role. Returns the sentence.

    Raises TellPerson where it would leave nobody named as Admin while others are named: the person would lock
    themselves out unseen.
    """
    desk.require(Act.SETTINGS)
    now = context.clock()
    with context.store.write() as work:
        admins = work.roles.admins()
        if admins == (user_id,) and role is not Role.ADMIN:
            raise TellPerson("That is the only named Admin. Name another Admin first.")
        first = not admins and role is not Role.ADMIN
        if first:
            # Naming the first role ends the time when every Slack admin is Admin: the one who names stays Admin.
            work.roles.put(desk.actor.user_id, Role.ADMIN, desk.actor.user_id)
        work.roles.put(user_id, role, desk.actor.user_id)
        who = mention.person(user_id)
        said = f"{who} is {role.value} now." if role else f"{who} has no named role any more."
        if first and user_id != desk.actor.user_id:
            said += " You are named Admin, so that the roles have a keeper."
        work.journal.write(now, desk.actor, "role", said, subject=user_id)
    return said


def change(
    context: Context,
    desk: Desk,
    *,
    default_role: Role | None = None,
    second_person: bool | None = None,
    msp_name: str | None = None,
    feedback_channel: str | None = None,
) -> str:
    """Change what is given; returns the sentence of what changed, "" for nothing."""
    desk.require(Act.SETTINGS)
    now = context.clock()
    before = read(context)
    said = []
    with context.store.write() as work:
        if default_role in (Role.TECHNICIAN, Role.VIEWER) and default_role is not before.default_role:
            work.settings.put("default_role", default_role)
            said.append(f"Members without a named role are {default_role.value} now.")
        if second_person is not None and second_person is not before.second_person:
            work.settings.put("second_person", second_person)
            said.append(
                "Imports need a second person's approval now."
                if second_person
                else "Who asks for an import may approve it now."
            )
        if msp_name and msp_name.strip() and msp_name.strip() != before.msp_name:
            own = work.companies.own()
            work.companies.rename(own.id, msp_name.strip()[:200], msp_name.strip()[:200].casefold())
            said.append(f"Your company is called {msp_name.strip()[:200]} in invitations now.")
        if feedback_channel is not None and feedback_channel != before.feedback_channel:
            work.settings.put("feedback_channel", feedback_channel)
            said.append(
                f"Feedback goes to {mention.channel(feedback_channel)} now."
                if feedback_channel
                else "Feedback is only kept in the journal now."
            )
        for sentence in said:
            work.journal.write(now, desk.actor, "setting", sentence)
    return " ".join(said)


def give_feedback(context: Context, desk: Desk, words: str) -> str:
    """Keep it in the journal; returns where it goes (the configured channel's id, or "")."""
    desk.require(Act.LOOK)
    if not words.strip():
        raise TellPerson("Write a few words first.")
    with context.store.write() as work:
        work.journal.write(context.clock(), desk.actor, "feedback", words.strip()[:3000])
        return str(work.settings.get("feedback_channel", ""))
