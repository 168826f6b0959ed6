"""ConnectWise PSA as a source (REST API 3.0): the connection test, and its abilities put together, one module each.

An ability is a class over the shared line: `calling` (codebase, gate, one call) and `walking` (lists by id). Rows, queries,
refusals and words are plain values beside them.
"""

from collections.abc import Mapping

from connectors.connectwise import allowing, words
from connectors.connectwise.assets import Assets
from connectors.connectwise.companies import STATUSES, Companies
from connectors.connectwise.hooks import Hooks
from connectors.connectwise.lists import Lists
from connectors.connectwise.notes import Notes
from connectors.connectwise.people import People
from connectors.connectwise.queries import Walk
from connectors.connectwise.rights import Rights
from connectors.connectwise.sales import Sales
from domain.errors import AskOperator, Trouble
from domain.ports import Connector, Finding, Kind

PROBES = (
    # Deleted companies stay in the list; who asks how many there are does not mean those.
    (Kind.COMPANIES, Walk("company/companies", "companies", ("deletedFlag=false",))),
    (Kind.USERS, Walk("company/contacts", "contacts")),
    (Kind.STAFF, Walk("system/members", "members")),
)


class ConnectWiseSource(Companies, People, Lists, Notes, Sales, Assets, Hooks, Rights):
    """An open connection to one company's ConnectWise."""

    def test(self) -> Finding:
        """Codebase, one count per object, and one of a list behind Table Setup: five calls tell the failures apart.

        Finding(account="Contoso IT", counts={"companies": 812, "users": 9120, "staff": 34})
        """
        home = self._home(is_trial=True)
        counts: dict[str, int] = {}
        locked: dict[Kind, str] = {}
        for kind, walk in PROBES:
            try:
                counts[kind.value] = self._count(walk).body
            except AskOperator as refused:
                if refused.trouble is not Trouble.MISSING_RIGHT:
                    raise
                locked[kind] = refused.said
        if not counts:
            raise _nothing_to_read(locked)
        # A role of level "My" is shown fewer rows without any error, so a lone own company is worth a word.
        few = (words.FEW_COMPANIES,) if counts.get(Kind.COMPANIES.value, 2) < 2 else ()
        return Finding(home.company_name or "ConnectWise", counts, locked, (*few, *self._tables_note()))

    def _tables_note(self) -> tuple[str, ...]:
        """Companies, contacts and members work without Table Setup; choosing types, statuses and boards does not."""
        try:
            self._count(STATUSES)
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            return (allowing.missing(STATUSES.path, "GET"),)
        return ()


def _nothing_to_read(locked: Mapping[Kind, str]) -> AskOperator:
    """No right at all; or no client id, where nothing that was refused speaks of rights."""
    if all(said.endswith(words.OR_CLIENT_ID) for said in locked.values()):
        return AskOperator(words.NO_API_RIGHT + words.OR_CLIENT_ID, Trouble.NO_API_RIGHT, "client_id")
    return AskOperator(words.NO_API_RIGHT, Trouble.NO_API_RIGHT)


CONNECTOR = Connector(
    name="connectwise",
    title="ConnectWise PSA",
    aliases=("cw", "cwm", "manage"),
    offers=frozenset({Kind.COMPANIES, Kind.STAFF, Kind.USERS}),
    declines=words.DECLINES,
    fields=words.FIELDS,
    guides=words.GUIDES,
    open=ConnectWiseSource,
    check=words.check,
    is_psa=True,
    secret_field=words.MASKED,
)
