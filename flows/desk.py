"""Who asks, and from where: the person, the channel, and the company they are in.

A channel bound to a company sees that company and no other, whoever types there. Otherwise the person's working company
in that channel applies. Every flow that shows or changes something of a company asks the desk first.
"""

from dataclasses import dataclass

from domain import mention
from domain.company import Company
from domain.errors import NotAllowed
from domain.roles import Act, Actor, SlackStanding, require, role_of
from flows.context import Context

NOT_HERE = "There is no such company here."
REMOVED = "That company is not here any more: it was removed. Nothing was done."


@dataclass(frozen=True)
class Desk:
    actor: Actor
    channel: str
    bound: Company | None
    working: Company | None
    admins: tuple[str, ...] = ()  # Slack ids of named Admins, for refusals

    @property
    def company(self) -> Company | None:
        return self.bound or self.working

    def sees(self, company_id: str) -> bool:
        return self.bound is None or self.bound.id == company_id

    def must_see(self, company_id: str) -> None:
        """Raises the same words for another's company and for none."""
        if not self.sees(company_id):
            raise NotAllowed(self.refusal())

    def refusal(self) -> str:
        return f"{NOT_HERE} This channel is bound to {self.bound.name}." if self.bound else NOT_HERE

    def gone(self) -> str:
        """Where a button names a company that is not there: it was removed since. A bound channel learns nothing of that."""
        return self.refusal() if self.bound else REMOVED

    def whole_msp(self) -> None:
        """For what concerns all companies: refused in a bound channel."""
        if self.bound is not None:
            raise NotAllowed(
                f"This channel is bound to {self.bound.name}: only that company can be worked on here. Use another channel for this."
            )

    def require(self, act: Act) -> None:
        require(self.actor, act, " or ".join(mention.person(user) for user in self.admins[:3]))


def may_stand(context: Context, channel: str, company_id: str | None) -> bool:
    """Whether a message that concerns this company, or the whole MSP, may still be shown in a channel, bound as it is by now."""
    with context.store.work() as work:
        bound = work.desks.bound(channel)
    return bound is None or bound.id == company_id


def sit(context: Context, standing: SlackStanding, channel: str) -> Desk:
    """The desk of a person in a channel, with the role they have now."""
    with context.store.work() as work:
        admins = work.roles.admins()
        role = role_of(standing, work.roles.of(standing.user_id), bool(admins), work.settings.default_role())
        return Desk(
            Actor(standing.user_id, standing.name, role, standing.email, standing.zone),
            channel,
            work.desks.bound(channel),
            work.desks.working(standing.user_id, channel),
            admins,
        )
