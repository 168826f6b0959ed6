"""Autotask PSA as a source (REST API v1.0): the connection test, and its abilities put together, one module each.

An ability is a class over the shared line: `calling` (zone, gate, one call), `walking` (lists by id), `describing` (the tenant's
own lists). Rows, queries, refusals and words are plain values beside them.
"""

from connectors.autotask import levels, queries, words
from connectors.autotask.assets import Assets
from connectors.autotask.companies import Companies
from connectors.autotask.deals import Deals
from connectors.autotask.hooks import Hooks
from connectors.autotask.lists import Lists
from connectors.autotask.notes import Notes
from connectors.autotask.people import People
from connectors.autotask.rights import Rights
from domain.errors import AskOperator, Trouble
from domain.ports import Connector, Finding, Kind


class AutotaskSource(Companies, People, Lists, Notes, Deals, Assets, Hooks, Rights):
    """An open connection to one Autotask tenant."""

    def test(self) -> Finding:
        """Zone, then one count per object: four calls tell the failures apart.

        Finding(account="Pre Release (database 30595)", counts={"companies": 812, "users": 9120, "staff": 34})
        """
        home = self._home()
        counts: dict[str, int] = {}
        locked: dict[Kind, str] = {}
        for kind, walk in queries.PROBES:
            try:
                counts[kind.value] = self._count(walk).body
            except AskOperator as refused:
                if refused.trouble is not Trouble.MISSING_RIGHT:
                    raise
                locked[kind] = refused.said
        if not counts:
            raise AskOperator(words.NO_API_RIGHT, Trouble.NO_API_RIGHT)
        # Restricted users are shown fewer rows without any error, so a lone own company is worth a word.
        few = counts.get(Kind.COMPANIES.value, 2) < 2
        account = home.name or "Autotask"
        return Finding(
            account if home.database is None else f"{account} (database {home.database})",
            counts,
            locked,
            (words.FEW_COMPANIES,) if few else (),
        )


CONNECTOR = Connector(
    name="autotask",
    title="Autotask PSA",
    aliases=("at", "psa", "datto"),
    offers=frozenset({Kind.COMPANIES, Kind.STAFF, Kind.USERS}),
    declines=words.DECLINES,
    fields=words.FIELDS,
    guides=(*words.GUIDES, levels.GUIDE),
    open=AutotaskSource,
    check=words.check,
    is_psa=True,
    secret_field=words.MASKED,
)
