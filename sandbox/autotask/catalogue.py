"""Every entity as data: its fields, who may write it and where, its parent, its webhook support."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from sandbox.autotask.picklists import Choice

Kind = Literal["integer", "long", "string", "datetime", "double", "boolean"]

_KINDS: dict[str, Kind] = {
    "int": "integer", "long": "long", "num": "integer", "dbl": "double", "bool": "boolean", "dt": "datetime",
}  # fmt: skip
_FIELD = re.compile(r"(?P<name>\w+)(?P<marks>[!*]*) (?P<type>[a-z]+)(?P<length>\d*)~?(?P<rest>( \w+)*)")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an entity. `reference` is the entity an id points to, when it is one we keep.

    `choices` are a picklist that is the same for every tenant; the others are in the tenant's `Picklists`. An `ignored`
    field looks writable and is not.
    """

    name: str
    kind: Kind
    length: int = 0
    required: bool = False
    read_only: bool = False
    create_only: bool = False
    queryable: bool = True
    is_picklist: bool = False
    choices: tuple[Choice, ...] = ()
    parent_choice: str = ""
    reference: str = ""
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Udf:
    """One user-defined field; its values are strings whatever its type says."""

    name: str
    kind: Kind
    field_id: int


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a child is written: `/{entity}/{id}/{short}`; `column` of the child holds the parent's id."""

    entity: str
    short: str
    column: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity. With a parent, the root has no write verbs at all."""

    name: str
    singular: str
    fields: dict[str, Field]
    creates: bool = False
    updates: bool = False
    deletes: bool = False
    parent: Parent | None = None
    udfs: tuple[Udf, ...] = ()
    has_webhooks: bool = False
    children: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Field | None:
        """A field by its name in any case."""
        return self.fields.get(name.lower())

    def find_udf(self, name: str) -> Udf | None:
        """A user-defined field by its name in any case."""
        return next((udf for udf in self.udfs if udf.name.lower() == name.lower()), None)


# Create, update, delete; as the verb matrix of the public Swagger has it.
_VERBS: dict[str, str] = {
    "Companies": "cu", "Tickets": "cu", "Opportunities": "cu", "ConfigurationItems": "cu",
    "ConfigurationItemCategories": "cu", "Contracts": "cu", "Departments": "cu", "Roles": "cu",
    "ConfigurationItemTypes": "cud", "Contacts": "cud", "CompanyToDos": "cud", "TicketNotes": "cu",
    "Resources": "u", "TicketCategories": "u", "OpportunityCategories": "u", "InternalLocations": "",
    "TicketCategoryFieldDefaults": "", "ResourceRoles": "", "ResourceServiceDeskRoles": "",
    "ResourceRoleDepartments": "", "DeletedTicketLogs": "", "WebhookEventErrorLogs": "d",
    "*Webhooks": "cud", "*WebhookFields": "cud", "*WebhookUdfFields": "cud",
    "*WebhookExcludedResources": "cd",
}  # fmt: skip
_PARENTS = {
    "Contacts": Parent("Companies", "Contacts", "companyID"),
    "CompanyToDos": Parent("Companies", "ToDos", "companyID"),
    "TicketNotes": Parent("Tickets", "Notes", "ticketID"),
    "TicketCategoryFieldDefaults": Parent("TicketCategories", "FieldDefaults", "ticketCategoryID"),
    "*WebhookFields": Parent("*Webhooks", "Fields", "webhookID"),
    "*WebhookUdfFields": Parent("*Webhooks", "UdfFields", "webhookID"),
    "*WebhookExcludedResources": Parent("*Webhooks", "ExcludedResources", "webhookID"),
}
# The subjects of webhooks, by the word their collections begin with.
SUBJECTS = {
    "Company": "Companies", "Contact": "Contacts", "ConfigurationItem": "ConfigurationItems",
    "Ticket": "Tickets", "TicketNote": "TicketNotes",
}  # fmt: skip
_REFERENCES = {
    "companyid": "Companies", "parentcompanyid": "Companies", "vendorid": "Companies",
    "billtocompanyid": "Companies", "contactid": "Contacts", "billtocompanycontactid": "Contacts",
    "configurationitemid": "ConfigurationItems", "parentconfigurationitemid": "ConfigurationItems",
    "configurationitemcategoryid": "ConfigurationItemCategories", "contractid": "Contracts",
    "opportunityid": "Opportunities", "ticketid": "Tickets", "problemticketid": "Tickets",
    "assignedresourceroleid": "Roles", "locationid": "InternalLocations",
    "primarylocationid": "InternalLocations", "roleid": "Roles", "departmentid": "Departments",
    "ticketcategoryid": "TicketCategories", "defaultservicedeskroleid": "Roles",
}  # fmt: skip
_UDFS = {
    "Companies": (("Contract Renewal", "datetime"), ("Headcount", "double"), ("Portal Status", "string")),
    "Contacts": (("Badge Number", "string"),),
    "Tickets": (("Approval", "string"), ("Floor", "string")),
    "Opportunities": (("Campaign", "string"),),
    "ConfigurationItems": (("Rack", "string"),),
}


@cache
def entities() -> dict[str, Entity]:
    """All entities by lower-case name."""
    found: dict[str, Entity] = {}
    for name, (singular, body) in _blocks().items():
        for subject in SUBJECTS if "*" in name else ("",):
            if subject == "TicketNote" and "Udf" in name:
                continue
            entity = _entity(name, singular, subject, body)
            found[entity.name.lower()] = entity
    for entity in found.values():
        if entity.parent:
            found[entity.parent.entity.lower()].children[entity.parent.short.lower()] = entity.name
    return found


@cache
def _blocks() -> dict[str, tuple[str, str]]:
    """The blocks of the field file: entity name to its singular and its fields."""
    text = Path(__file__).with_name("fields.txt").read_text(encoding="utf-8")
    blocks: dict[str, tuple[str, str]] = {}
    for block in re.split(r"\n\n(?=\[)", text)[1:]:
        head, _, body = block.partition("\n")
        name, _, singular = head[1:].partition("] ")
        blocks[name] = (singular, " ".join(body.split()))
    return blocks


def _entity(pattern: str, singular: str, subject: str, body: str) -> Entity:
    name = pattern.replace("*", subject)
    verbs = _VERBS[pattern]
    parent = _PARENTS.get(pattern)
    if parent and subject:
        parent = Parent(parent.entity.replace("*", subject), parent.short, parent.column)
    fields = [_field(name, subject, part.strip()) for part in body.split(";")]
    if pattern in ("*WebhookFields", "*WebhookUdfFields"):
        fields[1] = _with_ids(fields[1], subject)
    return Entity(
        name,
        singular.replace("*", subject),
        {one.name.lower(): one for one in fields},
        "c" in verbs,
        "u" in verbs,
        "d" in verbs,
        parent,
        _udfs(name),
        name in SUBJECTS.values(),
    )


def _field(entity: str, subject: str, text: str) -> Field:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ValueError(f"{entity}: cannot read the field {text!r}")
    name, marks, rest = match["name"], match["marks"], match["rest"].split()
    return Field(
        name,
        _KINDS.get(match["type"], "string"),
        int(match["length"] or 0),
        "!" in marks,
        "ro" in rest,
        "co" in rest,
        "hidden" not in rest,
        "*" in marks,
        parent_choice="issueType" if name == "subIssueType" else "",
        reference=_reference(name, subject),
        ignored="ignored" in rest,
    )


def _reference(name: str, subject: str) -> str:
    lower = name.lower()
    if lower == "webhookid":
        return f"{subject}Webhooks"
    if lower.endswith("resourceid"):
        return "Resources"
    return _REFERENCES.get(lower, "")


def _udfs(entity: str) -> tuple[Udf, ...]:
    base = 29_682_851 + 10 * list(_UDFS).index(entity) if entity in _UDFS else 0
    return tuple(
        Udf(name, kind, base + n)  # type: ignore[arg-type]
        for n, (name, kind) in enumerate(_UDFS.get(entity, ()))
    )


def _with_ids(field_id: Field, subject: str) -> Field:
    """The picklist of a webhook's field ids: the value is the id, the label the field's Pascal-case name."""
    target = SUBJECTS[subject]
    if field_id.name == "udfFieldID":
        pairs = [(udf.field_id, udf.name) for udf in _udfs(target)]
    else:
        pairs = list(webhook_field_ids(target).items())
    choices = tuple(Choice(str(value), label) for value, label in pairs)
    return Field(field_id.name, field_id.kind, required=True, is_picklist=True, choices=choices)


# The two ids the vendor's own sample shows; the others are numbered around them.
_KNOWN_IDS = {("Companies", "companyName"): 7, ("Companies", "companyType"): 24}


@cache
def webhook_field_ids(entity: str) -> dict[int, str]:
    """Webhook field ids of an entity and the Pascal-case name each stands for."""
    names = [part.split()[0].rstrip("!*") for part in _blocks()[entity][1].split(";")]
    taken = {known for (owner, _), known in _KNOWN_IDS.items() if owner == entity}
    free = iter(n for n in range(1, 500) if n not in taken)
    names.remove("id")
    return {_KNOWN_IDS.get((entity, name)) or next(free): name[0].upper() + name[1:] for name in names}
