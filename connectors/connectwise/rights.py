"""The preflight of ConnectWise's security role, found by real reads: no call tells what a role holds.

What may be added and edited shows itself only by doing it, so those lines are said to be unseen, with where to look.
"""

from dataclasses import dataclass, replace

from connectors.connectwise import allowing
from connectors.connectwise.allowing import Area
from connectors.connectwise.queries import Walk
from connectors.connectwise.walking import Walker
from domain.errors import AskOperator, Trouble
from domain.psa import Feature, Held, Right

FEW = 2  # fewer companies than this are the MSP's own and nobody's
UNSEEN = "No call tells this before something is written. Look it up in the security role."


@dataclass(frozen=True)
class Line:
    """A line of the security role: what it opens, what needs it, a list that shows whether it is there, and what is written."""

    area: Area
    needed_for: tuple[Feature, ...]
    walk: Walk
    writes: tuple[str, ...] = ()


LINES = (
    Line(
        allowing.COMPANIES,
        (Feature.COMPANIES, Feature.USERS, Feature.TICKETS, Feature.OPPORTUNITIES, Feature.ASSETS),
        Walk("company/companies", "companies", ("deletedFlag=false",)),
    ),
    Line(allowing.CONTACTS, (Feature.USERS,), Walk("company/contacts", "contacts")),
    Line(allowing.MEMBERS, (Feature.STAFF,), Walk("system/members", "members")),
    Line(
        allowing.TABLES,
        (Feature.COMPANIES, Feature.TICKETS, Feature.OPPORTUNITIES, Feature.ASSETS),
        Walk("service/boards", "boards"),
    ),
    Line(allowing.TICKETS, (Feature.TICKETS,), Walk("service/tickets", "tickets"), ("Add", "Edit")),
    Line(allowing.OPPORTUNITIES, (Feature.OPPORTUNITIES,), Walk("sales/opportunities", "opportunities"), ("Add", "Edit")),
    Line(allowing.CONFIGURATIONS, (Feature.ASSETS,), Walk("company/configurations", "configurations"), ("Edit",)),
    Line(allowing.CALLBACKS, (Feature.HOOKS,), Walk("system/callbacks", "callbacks"), ("Add", "Edit", "Delete")),
)
# Table Setup can be given table by table: each feature has lists of its own behind it.
TABLES_OF = {
    Feature.COMPANIES: "company/companies/statuses",
    Feature.TICKETS: "service/boards",
    Feature.OPPORTUNITIES: "sales/opportunities/statuses",
    Feature.ASSETS: "company/configurations/types",
}


class Rights(Walker):
    def rights(self, features: frozenset[Feature]) -> tuple[Right, ...]:
        """The lines of the security role that the features need. One count each; what is beyond them nobody is told.

        source.rights(frozenset({Feature.TICKETS}))[2]
        # Right("Service Tickets: Inquire", "System → Security Roles → … → Inquire: All", …, Held.FOUND, "812 are shown.")
        """
        found: list[Right] = []
        for line in LINES:
            if not set(line.needed_for) & features:
                continue
            if line.area is allowing.TABLES:
                found += [self._looked_at(replace(line, needed_for=(each,), walk=Walk(path, "lists")))
                          for each, path in TABLES_OF.items() if each in features]  # fmt: skip
            else:
                found.append(self._looked_at(line))
            found += [_right(line, verb, Held.UNSEEN, UNSEEN) for verb in line.writes]
        return tuple(found)

    def _looked_at(self, line: Line) -> Right:
        try:
            count = self._count(line.walk).body
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            return _right(line, "Inquire", Held.MISSING, f"The API member may not read {line.area.what}.")
        if line.area is allowing.COMPANIES and count < FEW:
            said = f"Hardly any company is shown ({count:,}): the level may be My instead of All."
            return _right(line, "Inquire", Held.CUT, said)
        return _right(line, "Inquire", Held.FOUND, f"{count:,} are shown.")


def _right(line: Line, verb: str, held: Held, said: str) -> Right:
    name = line.area.path.rpartition("→ ")[2]
    if line.area is allowing.TABLES:
        name = f"{name} ({line.needed_for[0].value})"
    path = f"System → Security Roles → the role → {line.area.path} → {verb}: All"
    return Right(f"{name}: {verb}", path, line.needed_for, held, said)
