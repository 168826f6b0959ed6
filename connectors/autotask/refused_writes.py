"""What Autotask says against a write, in words for the person who asked for it.

It answers 500 with sentences about its own fields; several can come together. The texts are those of the vendor's help
("REST: Creating Resources") and of answers people have published.
"""

import re

from domain.errors import GangwayError, TellPerson

GONE = "This record is no longer in Autotask, or the API user may not see it. Run a sync, then look again."
REFRESH = "Press Sync PSA data on the card of this source, then choose again."
# What people call Autotask's fields, and our own name of the ticket's field where a form has one.
FIELDS = {
    "status": ("status", "status"),
    "priority": ("priority", "priority"),
    "queueid": ("queue", "queue"),
    "ticketcategory": ("category", "category"),
    "tickettype": ("type", "type"),
    "contactid": ("contact", "contact_id"),
    "assignedresourceid": ("assignee", "assignee_id"),
    "assignedresourceroleid": ("role of the assignee", "assignee_id"),
    "duedatetime": ("due date", "due"),
    "title": ("title", "title"),
    "description": ("description", "description"),
    "resolution": ("resolution", "resolution"),
    "notetype": ("type of note", None),
    "publish": ("visibility of the note", None),
    "billingcodeid": ("work type", None),
    "companyid": ("company", None),
    "stage": ("stage", "stage"),
    "ownerresourceid": ("owner", "owner_id"),
    "assignedtoresourceid": ("owner", "owner_id"),
    "opportunitycategoryid": ("category", "category"),
    "projectedclosedate": ("projected close", "closes"),
    "actiontype": ("type of to-do", "type"),
    "configurationitemtype": ("type", "type"),
    "referencetitle": ("name", "name"),
    "serialnumber": ("serial number", "serial"),
    "location": ("location", "location"),
    "notes": ("notes", "notes"),
}


class Wanting(TellPerson):
    """A field was left empty that this Autotask asks for; `field` is ours, where a form has it."""


class Gone(TellPerson):
    """What was to be changed is no longer there, or is not shown to the API user."""


class BadRole(TellPerson):
    """The person and the role that were given do not go together (any more)."""


def refusal(text: str, said: str) -> GangwayError:
    """What a refused write means; `text` is Autotask's own, `said` the same, fit to be shown."""
    lowered = text.lower()
    for pattern, meaning in _MEANINGS:
        found = re.search(pattern, lowered)
        if found:
            return meaning(found)
    if "no matching records found" in lowered:
        return Gone(GONE)
    if "combination is not currently defined" in lowered or "assignedresourceroleid" in lowered:
        return BadRole("Autotask refused the assignee: the person has no fitting role there. Choose somebody else.")
    reason = f": {said}" if said else "."
    return TellPerson(f"Autotask refused to save this{reason} Nothing was changed; correct it and try again.")


def _names(found: re.Match[str]) -> tuple[str, str | None]:
    return FIELDS.get(found.group(1), (found.group(1), None))


def _unknown_value(found: re.Match[str]) -> TellPerson:
    name, field = _names(found)
    return TellPerson(f"Autotask does not know that {name} any more. {REFRESH}", "sync psa data", field)


def _bad_reference(found: re.Match[str]) -> TellPerson:
    name, field = _names(found)
    return TellPerson(f"Autotask refused the {name}: it is inactive or gone there. Choose another one.", field=field)


def _wanting(found: re.Match[str]) -> TellPerson:
    name, field = _names(found)
    return Wanting(f"This Autotask asks for a {name} here. Choose one and try again.", field=field)


def _too_long(found: re.Match[str]) -> TellPerson:
    name, field = _names(found)
    said = f"The {name} is too long for Autotask: it takes {found.group(2)} characters at most. Shorten it."
    return TellPerson(said, field=field)


_MEANINGS = (
    (r"picklist value \[[^\]]*\] does not exist for (\w+)", _unknown_value),
    (r"reference value on field: (\w+) of type", _bad_reference),
    (r"value does not reference an existing entity for (\w+)", _bad_reference),
    (r"value does not exist for the required field (\w+)", _wanting),
    (r"(\w+) is (?:a )?required", _wanting),
    (r"(\w+) must be less than or equal to (\d+) characters", _too_long),
)
