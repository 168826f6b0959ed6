"""Settings that people change in Slack: roles, approvals, the role of members who have none named."""

from dataclasses import dataclass

from domain.roles import Role
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
    raise NotImplementedError


def assign(context: Context, desk: Desk, user_id: str, role: Role | None) -> str:
    """Name (or, None, forget) somebody's role. The last Admin cannot be taken away by accident. Returns the sentence."""
    raise NotImplementedError


def change(context: Context, desk: Desk, *, default_role: Role | None = None, second_person: bool | None = None, msp_name: str | None = None, feedback_channel: str | None = None) -> str:
    raise NotImplementedError


def give_feedback(context: Context, desk: Desk, words: str) -> str:
    """Keep it in the journal; returns where it goes (the configured channel's id, or "")."""
    raise NotImplementedError


def why(context: Context, desk: Desk, thing: str) -> tuple[str, ...]:
    """Where an item came from, or why it is not here: a sentence each, as far as this desk sees."""
    raise NotImplementedError
