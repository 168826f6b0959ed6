"""How the ticket settings look: the overview, and the forms of a display group, a template, the defaults, a type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.connection import Connection
from domain.display_group import DisplayGroup, TicketField, TicketTemplate
from domain.psa import Pick
from domain.roles import Role
from flows.ticket_settings import FILLABLE, TicketDesk
from handlers.views import kit

OPEN = "ticket_settings_open"  # value: connection id, or nothing
PSA = "ticket_settings_psa"  # value: connection id
GROUP, DROP_GROUP, GROUP_SAVED = "display_group_open", "display_group_drop", "display_group_save"  # value: group id, or nothing
TEMPLATE, DROP_TEMPLATE, TEMPLATE_SAVED = "ticket_template_open", "ticket_template_drop", "ticket_template_save"
DEFAULTS, DEFAULTS_SAVED = "ticket_defaults_open", "ticket_defaults_save"
TYPE, DROP_TYPE, TYPE_SAVED = "ticket_type_open", "ticket_type_drop", "ticket_type_save"  # value: category
PICK = "ticket_settings_pick_"  # + the list's name
_NAME, _ROLES, _FIELDS, _STATUSES, _ANY = "group:name", "group:roles", "group:fields", "group:statuses", "group:any"
_TITLE, _TEXT = "template:title", "template:text"
_FILL = "fill:"
_ANY_STATUS = "any"
_LISTED = 12
_LABELS = {"queue": "Queue", "category": "Category", "type": "Ticket type", "priority": "Priority", "status": "Status"}


@dataclass(frozen=True)
class Place:
    """What a form keeps: opaque ids and the channel it was opened in."""

    connection_id: str
    entry_id: str
    channel: str

    @property
    def meta(self) -> str:
        return f"{self.connection_id}|{self.entry_id}|{self.channel}"


def place(meta: str) -> Place:
    return Place(*[*meta.split("|"), "", "", ""][:3])


def overview(
    there: TicketDesk, others: Sequence[Connection], channel: str, done: str = "", maintenance: Sequence[kit.Block] = ()
) -> kit.Block:
    """Everything that is decided, with a button for each part; `maintenance`: what acts on the tickets that are here."""
    psa = kit.said(there.connection.title)
    blocks = [kit.section(done)] if done else []
    blocks.append(kit.fields([("Delivery Method", "PSA"), ("PSA provider", psa)]))
    rest = [each for each in others if each.id != there.connection.id]
    blocks += kit.actions(*(kit.button(each.title, f"{PSA}_{number}", each.id) for number, each in enumerate(rest[:5])))
    blocks += [*_defaults(there), *_types(there), kit.divider(), *_groups(there), kit.divider(), *_templates(there)]
    blocks += maintenance
    meta = Place(there.connection.id, "", channel).meta
    return kit.modal("Ticket settings", blocks, "ticket_settings_shown", close="Done", private_metadata=meta)


def _defaults(there: TicketDesk) -> list[kit.Block]:
    lines = [f"{_LABELS[name]}: {kit.said(there.label(FILLABLE[name], id_), 75)}" for name, id_ in there.settings.defaults.items()]
    text = "*Ticket Defaults* · of tickets that are made here\n" + ("\n".join(lines) or "None yet: the PSA decides.")
    return [kit.section(text, kit.button("Change defaults", DEFAULTS))]


def _types(there: TicketDesk) -> list[kit.Block]:
    blocks = [kit.section("*Ticket types by category*", kit.button("Set a type", TYPE))]
    for category, type_ in list(there.settings.types.items())[:_LISTED]:
        name, gets = there.label(Pick.TICKET_CATEGORIES, category), there.label(Pick.TICKET_TYPES, type_)
        blocks.append(kit.section(f"{kit.said(name, 75)} → {kit.said(gets, 75)}", kit.button("Remove", DROP_TYPE, category)))
    return [*blocks, *_more(len(there.settings.types))]


def _groups(there: TicketDesk) -> list[kit.Block]:
    hint = "A group decides which fields of a ticket a role sees, and which statuses it may set."
    blocks = [kit.section(f"*Display groups*\n{hint}", kit.button("Create Group", GROUP))]
    for group in there.groups[:_LISTED]:
        roles = ", ".join(sorted(role.value for role in group.roles))
        number = 0 if group.statuses is None else len(group.statuses)
        may = "any status" if group.statuses is None else f"{number:,} {'status' if number == 1 else 'statuses'}"
        blocks.append(kit.section(f"*{kit.said(group.name)}* · {roles} · {len(group.fields)} fields, may set {may}"))
        sure = kit.confirmation("Remove the group?", "Its roles then see what they see by themselves.", "Remove")
        blocks += kit.actions(kit.button("Edit", GROUP, group.id), kit.button("Remove", DROP_GROUP, group.id, "danger", sure))
    return [*blocks, *_more(len(there.groups))]


def _templates(there: TicketDesk) -> list[kit.Block]:
    hint = "A starting point of new tickets; a new one begins with the defaults."
    blocks = [kit.section(f"*Ticket templates*\n{hint}", kit.button("Create template", TEMPLATE))]
    for each in there.templates[:_LISTED]:
        blocks.append(kit.section(f"*{kit.said(each.name)}* · {kit.said(each.title, 75) or 'no title'}"))
        blocks += kit.actions(kit.button("Edit", TEMPLATE, each.id), kit.button("Remove", DROP_TEMPLATE, each.id))
    return [*blocks, *_more(len(there.templates))]


def _more(number: int) -> list[kit.Block]:
    return [kit.context_line(f"… and {number - _LISTED:,} more")] if number > _LISTED else []


# forms


def group_form(there: TicketDesk, group: DisplayGroup, channel: str) -> kit.Block:
    roles = [(role.value, role.name) for role in Role]
    fields = [(each.value, each.name) for each in TicketField]
    statuses = [(there.label(Pick.TICKET_STATUSES, id_), id_) for id_ in sorted(group.statuses or ())]
    any_status = [("Any status", _ANY_STATUS)]
    blocks = [
        kit.input_text("Group name", _NAME, _NAME, initial=group.name, max_length=75),
        kit.section(f"*PSA provider*: {kit.said(there.connection.title)}"),
        kit.multi("Roles", _ROLES, _ROLES, roles, initial=[role.name for role in group.roles]),
        kit.section("⚠️ Show only what a role needs: what is not chosen here never leaves the server."),
        kit.multi(
            "Visible fields", _FIELDS, _FIELDS, fields, initial=[each.name for each in group.fields], optional=True,
            hint="Number and title are always shown. A client never sees internal comments.",
        ),
        kit.multi_external(
            "Allowed statuses", _STATUSES, PICK + Pick.TICKET_STATUSES.name, initial=statuses, optional=True,
            hint="Better not let clients close tickets: let them set “Ready for Review”.",
        ),
        kit.checkboxes("Or", _ANY, _ANY, any_status, checked=[_ANY_STATUS] if group.statuses is None else []),
    ]
    meta = Place(there.connection.id, group.id, channel).meta
    return kit.modal("Display group", blocks, GROUP_SAVED, submit="Save", private_metadata=meta)


def read_group(
    state: Mapping[str, Any],
) -> tuple[str, frozenset[Role], frozenset[TicketField], frozenset[str] | None]:
    """Name, roles, visible fields, statuses (None: any). A name that no list holds is nobody's choice."""
    roles = frozenset(Role[name] for name in kit.values(state, _ROLES, _ROLES) if name in Role.__members__)
    chosen = [name for name in kit.values(state, _FIELDS, _FIELDS) if name in TicketField.__members__]
    statuses = frozenset(kit.values(state, _STATUSES, PICK + Pick.TICKET_STATUSES.name))
    any_status = _ANY_STATUS in kit.values(state, _ANY, _ANY)
    fields = frozenset(TicketField[name] for name in chosen)
    return kit.value(state, _NAME, _NAME), roles, fields, None if any_status else statuses


def template_form(there: TicketDesk, template: TicketTemplate, channel: str) -> kit.Block:
    blocks = [
        kit.input_text("Template name", "template:name", "template:name", initial=template.name, max_length=75),
        kit.input_text("Title", _TITLE, _TITLE, initial=template.title, max_length=255, optional=True),
        kit.input_text("Description", _TEXT, _TEXT, initial=template.description, multiline=True, optional=True),
        *_fillable(there, template.values),
    ]
    meta = Place(there.connection.id, template.id, channel).meta
    return kit.modal("Ticket template", blocks, TEMPLATE_SAVED, submit="Save", private_metadata=meta)


def read_template(state: Mapping[str, Any], template_id: str, source: str) -> TicketTemplate:
    name = kit.value(state, "template:name", "template:name")
    title, text = kit.value(state, _TITLE, _TITLE), kit.value(state, _TEXT, _TEXT)
    return TicketTemplate(template_id, name, source, title, text, filled(state))


def defaults_form(there: TicketDesk, channel: str) -> kit.Block:
    blocks = [
        kit.section("Tickets that are made here start with these, and so does every new template."),
        *_fillable(there, there.settings.defaults),
    ]
    meta = Place(there.connection.id, "", channel).meta
    return kit.modal("Ticket Defaults", blocks, DEFAULTS_SAVED, submit="Save", private_metadata=meta)


def _fillable(there: TicketDesk, values: Mapping[str, str]) -> list[kit.Block]:
    """One picker a field, for each list that this PSA has."""
    shown = []
    for name, pick in FILLABLE.items():
        if pick in there.lists:
            chosen = values.get(name, "")
            initial = (there.label(pick, chosen), chosen) if chosen else None
            shown.append(kit.external(_LABELS[name], _FILL + name, PICK + pick.name, initial=initial, optional=True))
    return shown


def filled(state: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen for each field that can be filled."""
    return {name: kit.value(state, _FILL + name, PICK + pick.name) for name, pick in FILLABLE.items()}


def type_form(there: TicketDesk, channel: str) -> kit.Block:
    category = Pick.TICKET_CATEGORIES if Pick.TICKET_CATEGORIES in there.lists else Pick.QUEUES
    blocks = [
        kit.external("Category", _FILL + "category", PICK + category.name),
        kit.external("Ticket type", _FILL + "type", PICK + Pick.TICKET_TYPES.name),
    ]
    meta = Place(there.connection.id, "", channel).meta
    return kit.modal("Type of a category", blocks, TYPE_SAVED, submit="Save", private_metadata=meta)
