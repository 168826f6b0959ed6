"""The preflight of Autotask's security level: every right the switched-on features need, and what is held beyond them.

Each is looked up twice where that is possible: what the object says of the API user, and a real read. What no call tells is
said to be unseen, with a sentence how to look it up.
"""

from collections.abc import Collection

import msgspec

from connectors.autotask import levels, queries, rights_cut, unseen
from connectors.autotask.describing import About, Describer
from connectors.autotask.levels import Line
from connectors.autotask.queries import Walk
from connectors.autotask.walking import as_it_is
from domain.errors import AskOperator, Trouble
from domain.psa import Feature, Held, Right

PARTED = ("Tickets", "Opportunities", "Contracts")  # the objects that lines of business keep apart
NOTHING = About(can_query=False, can_create=False, can_update=False, can_delete=False)
OWN_COMPANY = 0  # the MSP's: everybody is shown it
FEW = 2  # fewer companies than this are the MSP's own and nobody's


class _UserRow(msgspec.Struct):
    id: int
    name: str | None = msgspec.field(name="userName", default=None)
    email: str | None = None
    level: int | None = msgspec.field(name="userType", default=None)


class _Look:
    """What one preflight has seen so far: an object is asked about once."""

    def __init__(self) -> None:
        self.about: dict[str, About | None] = {}
        self.counts: dict[str, int | None] = {}
        self.classes: dict[tuple[int, ...], int | None] = {}  # companies, by the types that were asked for


class Rights(Describer):
    def rights(self, features: frozenset[Feature]) -> tuple[Right, ...]:
        """The lines of the security level that the features need, in the order of its page; then what is beyond them.

        GET Tickets/entityInformation → {"info":{"canQuery":true,"userAccessForQuery":"Restricted","canCreate":true,
        "userAccessForCreate":"All",…}}

            source.rights(frozenset({Feature.TICKETS}))[1]
            # Right("Tickets: View", "Security level → Service Desk → …", …, Held.CUT, "Autotask lets …: 812.")
        """
        look = _Look()
        needed = [line for line in levels.LINES if set(line.needed_for) & features]
        found = [self._line(line, look) for line in needed]
        return (*found, *self._unseen(features, look), *self._excess(features, look))

    # --- what is needed --------------------------------------------------------------------------------

    def _line(self, line: Line, look: _Look) -> Right:
        held, said = Held.FOUND, ""
        for name in line.objects:
            held, said = self._held(name, line, look)
            if held is not Held.FOUND:
                break
        is_cut = self._access("Companies", "query", look) == "Restricted"
        places, why = rights_cut.causes(line, held, is_cut, lambda types: self._of_types(types, look))
        said = f"{said} {why}".strip()
        return Right(line.name, f"{levels.PAGE}{places or line.path}", line.needed_for, held, said)

    def _held(self, name: str, line: Line, look: _Look) -> tuple[Held, str]:
        what = levels.called(name)
        access = self._access(name, line.verb, look)
        count = self._seen(name, look) if line.verb == "query" and access != "None" else None
        if access == "None" or (access and line.verb == "query" and count is None):
            return Held.MISSING, f"The API user may not {levels.DOES[line.verb]} {what}."
        if access == "" and count is None:
            return Held.UNSEEN, unseen.NOT_TOLD
        if access == "Restricted" and line.whole:
            shown = "" if count is None else f": {count:,}"
            return Held.CUT, f"Autotask lets the API user {levels.DOES[line.verb]} only a part of the {what}{shown}."
        if name == "Companies" and count is not None and count < FEW:
            return Held.CUT, unseen.FEW_COMPANIES
        return Held.FOUND, "" if count is None else f"{count:,} are shown."

    def _access(self, name: str, verb: str, look: _Look) -> str:
        about = self._about(name, look)
        return "" if about is None else about.access(verb)

    def _about(self, name: str, look: _Look) -> About | None:
        """What an object says of the API user; None where this Autotask does not say, nothing allowed where it refuses."""
        if name not in look.about:
            try:
                look.about[name] = self._information(name)
            except AskOperator as refused:
                if refused.trouble is Trouble.WRONG_KEY:
                    raise
                look.about[name] = NOTHING if refused.trouble is Trouble.MISSING_RIGHT else None
        return look.about[name]

    def _seen(self, name: str, look: _Look) -> int | None:
        """How many rows a real read finds; None where it is refused."""
        if name not in look.counts:
            try:
                look.counts[name] = self._count(Walk(name, levels.called(name))).body
            except AskOperator as refused:
                if refused.trouble not in (Trouble.MISSING_RIGHT, Trouble.NOT_FOUND):
                    raise
                look.counts[name] = None
        return look.counts[name]

    def _of_types(self, types: tuple[int, ...], look: _Look) -> int | None:
        """How many companies of these types are shown, beside the MSP's own; None where that is not told."""
        if types not in look.classes:
            narrowed = (queries.after_id(OWN_COMPANY), {"op": "in", "field": "companyType", "value": list(types)})
            try:
                look.classes[types] = self._count(Walk("Companies", levels.called("Companies"), narrowed)).body
            except AskOperator as refused:
                if refused.trouble is Trouble.WRONG_KEY:
                    raise
                look.classes[types] = None
        return look.classes[types]

    # --- what no call tells ----------------------------------------------------------------------------

    def _unseen(self, features: Collection[Feature], look: _Look) -> list[Right]:
        found = [unseen.password(), self._level(look)]
        if {Feature.TICKETS, Feature.OPPORTUNITIES, Feature.CONTRACTS} & set(features):
            found.append(unseen.lines_of_business(self._why_cut(features, look)))
        # Where contracts are cut or refused, their own line names both places.
        if Feature.CONTRACTS in features and self._access("Contracts", "query", look) not in ("None", "Restricted"):
            found.append(unseen.contract_visibility())
        if Feature.HOOKS in features:
            seen = [self._seen(name, look) for name in levels.HOOK_OBJECTS]
            found.append(unseen.webhook_limit(sum(count or 0 for count in seen)))
        return found

    def _why_cut(self, features: Collection[Feature], look: _Look) -> str:
        """Why lines of business seem to hide records; "" where nothing looks so."""
        parted = [name for name in PARTED if (name, "query") in levels.needed(features)]
        cut = [name for name in parted if self._access(name, "query", look) == "Restricted"]
        if "Opportunities" in cut and self._access("Companies", "query", look) == "Restricted":
            cut.remove("Opportunities")  # CRM keeps them under their companies: those that are hidden hide them too
        if cut:
            return f"Autotask shows the API user only a part of the {' and '.join(map(levels.called, cut))}."
        # A service desk that works has tickets.
        is_empty = "Tickets" in parted and self._seen("Tickets", look) == 0
        return "No ticket at all is shown to the API user." if is_empty else ""

    def _level(self, look: _Look) -> Right:
        """Whether the user has a level of its own: by its name where Autotask tells it, else by what it may do."""
        name = self._level_name()
        full = [self._about(each, look) for each in (*levels.SET_UP, "Companies", "Contacts", "Contracts", "Tickets")]
        is_stock = unseen.is_stock(name) if name else all(about is not None and about.is_full() for about in full)
        return unseen.own_level(name, is_stock)

    def _level_name(self) -> str:
        """The security level of the API user, from its own record; "" where that is not shown."""
        try:
            walk = Walk("Resources", "resources", (queries.equals("licenseType", queries.API_ONLY),))
            users = self._all(walk, _UserRow, as_it_is)
            values = self._fields("Resources", anew=True).values("userType")
        except AskOperator as refused:
            if refused.trouble is Trouble.WRONG_KEY:
                raise
            return ""
        own = self._username.casefold()
        mine = [user for user in users if own in {(user.name or "").casefold(), (user.email or "").casefold()}]
        mine = mine or users  # its key is not always its user name; a lone one is it
        names = {value.id: value.name for value in values}
        return names.get(str(mine[0].level), "") if len(mine) == 1 else ""

    # --- what is more than needed ------------------------------------------------------------------------

    def _excess(self, features: Collection[Feature], look: _Look) -> list[Right]:
        needed = levels.needed(features)
        found: dict[tuple[str, str], Right] = {}
        objects = dict.fromkeys((*(name for line in levels.LINES for name in line.objects), *levels.SET_UP))
        for name in objects:
            verbs = [
                verb for verb in levels.beyond(name, needed) if self._access(name, verb, look) in ("All", "Restricted")
            ]
            if verbs:
                what = levels.called(name).capitalize()
                right = f"{what}: {', '.join(levels.WORDS[verb] for verb in verbs)}"
                found.setdefault(
                    (what, right), Right(right, f"{levels.PAGE}{levels.area(name)}", (), Held.EXCESS, unseen.NOT_NEEDED)
                )
        return list(found.values())
