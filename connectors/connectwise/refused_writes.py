"""What ConnectWise says against a write, in words for the person who asked for it."""

import msgspec

from domain.errors import TellPerson

# What people call ConnectWise's fields, and our own name of the field where a form has it.
FIELDS = {
    "summary": ("title", "title"),
    "status": ("status", "status"),
    "board": ("board", "queue"),
    "type": ("type", "type"),
    "priority": ("priority", "priority"),
    "owner": ("assignee", "assignee_id"),
    "contact": ("contact", "contact_id"),
    "company": ("company", None),
    "requireddate": ("due date", "due"),
    "text": ("text", "text"),
    "name": ("name", "name"),
    "stage": ("stage", "stage"),
    "primarysalesrep": ("owner", "owner_id"),
    "expectedclosedate": ("projected close", "closes"),
    "serialnumber": ("serial number", "serial"),
    "notes": ("notes", "notes"),
}


class Problem(msgspec.Struct):
    """{"code":"NotFound","message":"status 999 was not found","resource":"ticket","field":"status/id"}"""

    code: str | None = None
    message: str | None = None
    resource: str | None = None
    field: str | None = None


def refusal(problems: list[Problem], said: str) -> TellPerson:
    """What a refused write means, by its first problem; `said` is ConnectWise's own text, fit to be shown."""
    first = problems[0] if problems else Problem()
    wire = (first.field or "").partition("/")[0]
    name, field = FIELDS.get(wire.lower(), (wire, None))
    if name and first.code == "NotFound":
        words = f"ConnectWise does not know that {name} (any more). Press *Sync PSA data*, then choose again."
        return TellPerson(words, "sync psa data", field)
    if name and first.code == "MissingRequired":
        return TellPerson(f"This ConnectWise asks for a {name} here. Choose one and try again.", field=field)
    reason = f": {said}" if said else "."
    return TellPerson(f"ConnectWise refused to save this{reason} Nothing was changed; correct it and try again.", field=field)
