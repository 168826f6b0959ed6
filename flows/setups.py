"""Keeping what an MSP decided about a connection: read by syncs and forms, written by the wizard and the settings."""

from collections.abc import Mapping
from typing import Any

from domain.psa import Feature
from domain.roles import Role
from domain.setup import AutoImport, CompaniesWanted, Opportunities, People, Stage, Tickets
from storage.store import Work

OFF_UNTIL_CHOSEN = frozenset({Feature.TICKETS, Feature.OPPORTUNITIES, Feature.ASSETS})


def is_on(work: Work, connection_id: str, feature: str) -> bool:
    """Whether a kind or feature of a connection is synced. People and companies are unless switched off."""
    return work.syncs.get(connection_id, feature, feature not in OFF_UNTIL_CHOSEN).enabled


def people(work: Work, connection_id: str) -> People:
    kept = work.settings.get(f"people:{connection_id}", {})
    role = kept.get("role")
    since = str(kept.get("since", ""))
    return People(AutoImport(kept.get("auto_import", AutoImport.OFF)), Role(role) if role else None, since)


def keep_people(work: Work, connection_id: str, chosen: People) -> None:
    role = chosen.role.value if chosen.role else ""
    kept = {"auto_import": chosen.auto_import.value, "role": role, "since": chosen.since}
    work.settings.put(f"people:{connection_id}", kept)


def tickets(work: Work, connection_id: str) -> Tickets:
    """While nobody chose closed statuses, they are those that the source itself counts as closed."""
    kept: Mapping[str, Any] = work.settings.get(f"tickets:{connection_id}", {})
    return Tickets(
        frozenset(kept.get("queues", ())),
        frozenset(kept.get("categories", ())),
        frozenset(kept.get("without_statuses", ())),
        frozenset(kept["closed"]) if "closed" in kept else work.picks.closing(connection_id),
        str(kept.get("client_comment_status", "")),
        {Stage(stage): frozenset(statuses) for stage, statuses in kept.get("stages", {}).items()},
        dict(kept.get("types", {})),
        dict(kept.get("defaults", {})),
    )


def keep_tickets(work: Work, connection_id: str, chosen: Tickets) -> None:
    """Closed statuses that are the source's own are nobody's choice: they go on following the source."""
    kept = {
        "queues": sorted(chosen.queues),
        "categories": sorted(chosen.categories),
        "without_statuses": sorted(chosen.without_statuses),
        "client_comment_status": chosen.client_comment_status,
        "stages": {stage.value: sorted(statuses) for stage, statuses in chosen.stages.items()},
        "types": dict(chosen.types),
        "defaults": dict(chosen.defaults),
    }
    if chosen.closed != work.picks.closing(connection_id):
        kept["closed"] = sorted(chosen.closed)
    work.settings.put(f"tickets:{connection_id}", kept)


def opportunities(work: Work, connection_id: str) -> Opportunities:
    return Opportunities(**work.settings.get(f"opportunities:{connection_id}", {}))


def keep_opportunities(work: Work, connection_id: str, chosen: Opportunities) -> None:
    kept = {
        "fallback_owner": chosen.fallback_owner,
        "stage": chosen.stage,
        "category": chosen.category,
        "close_days": chosen.close_days,
    }
    work.settings.put(f"opportunities:{connection_id}", kept)


def companies(work: Work, connection_id: str) -> CompaniesWanted:
    kept = work.settings.get(f"companies:{connection_id}", {})
    return CompaniesWanted(frozenset(kept.get("types", ())), frozenset(kept.get("statuses", ())))


def keep_companies(work: Work, connection_id: str, chosen: CompaniesWanted) -> None:
    work.settings.put(f"companies:{connection_id}", {"types": sorted(chosen.types), "statuses": sorted(chosen.statuses)})
