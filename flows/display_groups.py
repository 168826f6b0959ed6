"""Keeping display groups and ticket templates: which role sees what of a ticket, and where new tickets start from."""

from collections.abc import Mapping
from typing import Any

from domain.display_group import DisplayGroup, TicketField, TicketTemplate, group_of
from domain.roles import Role
from storage.store import Work

_GROUPS, _TEMPLATES = "display groups", "ticket templates"


def groups(work: Work) -> tuple[DisplayGroup, ...]:
    return tuple(_group(kept) for kept in work.settings.get(_GROUPS, []))


def rules(work: Work, source: str, role: Role) -> DisplayGroup:
    """What a role sees and may set in a PSA."""
    return group_of(role, source, groups(work))


def keep(work: Work, group: DisplayGroup) -> None:
    """Add the group or replace the one with its id."""
    kept = [each for each in work.settings.get(_GROUPS, []) if each["id"] != group.id]
    statuses = None if group.statuses is None else sorted(group.statuses)
    kept.append(
        {
            "id": group.id,
            "name": group.name,
            "source": group.source,
            "roles": sorted(group.roles),
            "fields": sorted(group.fields),
            "statuses": statuses,
        }
    )
    work.settings.put(_GROUPS, kept)


def drop(work: Work, group_id: str) -> None:
    work.settings.put(_GROUPS, [each for each in work.settings.get(_GROUPS, []) if each["id"] != group_id])


def templates(work: Work, source: str) -> tuple[TicketTemplate, ...]:
    """The templates of a PSA, by name."""
    kept = [_template(each) for each in work.settings.get(_TEMPLATES, [])]
    return tuple(sorted((each for each in kept if each.source == source), key=lambda each: each.name.casefold()))


def keep_template(work: Work, template: TicketTemplate) -> None:
    kept = [each for each in work.settings.get(_TEMPLATES, []) if each["id"] != template.id]
    kept.append(
        {
            "id": template.id,
            "name": template.name,
            "source": template.source,
            "title": template.title,
            "description": template.description,
            "values": dict(template.values),
        }
    )
    work.settings.put(_TEMPLATES, kept)


def drop_template(work: Work, template_id: str) -> None:
    work.settings.put(_TEMPLATES, [each for each in work.settings.get(_TEMPLATES, []) if each["id"] != template_id])


def _group(kept: Mapping[str, Any]) -> DisplayGroup:
    statuses = kept["statuses"]
    return DisplayGroup(
        kept["id"],
        kept["name"],
        kept["source"],
        frozenset(Role(role) for role in kept["roles"]),
        frozenset(TicketField(name) for name in kept["fields"]),
        None if statuses is None else frozenset(statuses),
    )


def _template(kept: Mapping[str, Any]) -> TicketTemplate:
    return TicketTemplate(
        kept["id"], kept["name"], kept["source"], kept["title"], kept["description"], dict(kept["values"])
    )
