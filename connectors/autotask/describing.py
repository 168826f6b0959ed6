"""What Autotask says about its own objects: their fields with the tenant's values, and what the API user may do with them.

These calls count among the three at once of their object, so they are made one after the other and their answers kept a while.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from connectors.autotask.walking import Walker
from domain.errors import AskOperator, Trouble
from domain.ports import Opening

TRUSTED_FOR = timedelta(hours=1)  # a tenant's lists change rarely; pressing Sync PSA data reads them anew


VERBS = ("query", "create", "update", "delete")


class Value(msgspec.Struct):
    """{"value":"5","label":"Complete","isDefaultValue":false,"sortOrder":2,"parentValue":"","isActive":true}

    Values are text here and numbers in the rows.
    """

    value: str | int | None = None
    label: str | None = None
    is_default: bool | None = msgspec.field(name="isDefaultValue", default=None)
    order: int | None = msgspec.field(name="sortOrder", default=None)
    parent: str | int | None = msgspec.field(name="parentValue", default=None)
    is_active: bool | None = msgspec.field(name="isActive", default=None)

    @property
    def id(self) -> str:
        return "" if self.value is None else str(self.value)

    @property
    def name(self) -> str:
        return (self.label or "").strip() or self.id

    @property
    def is_offered(self) -> bool:
        return self.is_active is not False


class Described(msgspec.Struct):
    """One field of an object."""

    name: str
    is_required: bool | None = msgspec.field(name="isRequired", default=None)
    is_read_only: bool | None = msgspec.field(name="isReadOnly", default=None)
    values: list[Value] | None = msgspec.field(name="picklistValues", default=None)


class Fields(msgspec.Struct):
    """{"fields":[{"name":"status","isRequired":true,"isPickList":true,"picklistValues":[…]}]}"""

    fields: list[Described] | None = None

    def values(self, name: str) -> tuple[Value, ...]:
        """The values of a field's list in the order Autotask shows them."""
        listed = [each.values or () for each in self.fields or () if each.name.lower() == name.lower()]
        values = [value for each in listed for value in each if value.id]
        return tuple(sorted(values, key=lambda value: (value.order is None, value.order or 0)))


class About(msgspec.Struct):
    """What the API user may do with an object."""

    can_query: bool | None = msgspec.field(name="canQuery", default=None)
    can_create: bool | None = msgspec.field(name="canCreate", default=None)
    can_update: bool | None = msgspec.field(name="canUpdate", default=None)
    can_delete: bool | None = msgspec.field(name="canDelete", default=None)
    for_query: str | None = msgspec.field(name="userAccessForQuery", default=None)
    for_create: str | None = msgspec.field(name="userAccessForCreate", default=None)
    for_update: str | None = msgspec.field(name="userAccessForUpdate", default=None)
    for_delete: str | None = msgspec.field(name="userAccessForDelete", default=None)

    def access(self, verb: str) -> str:
        """How much of the rows: All, Restricted or None; "" where it is not said."""
        possible: bool | None = getattr(self, f"can_{verb}")
        allowed: str | None = getattr(self, f"for_{verb}")
        return "None" if possible is False else (allowed or "")

    def is_full(self) -> bool:
        """Whether everything that is possible at all is allowed."""
        possible = [verb for verb in VERBS if getattr(self, f"can_{verb}") is not False]
        return bool(possible) and all(self.access(verb) == "All" for verb in possible)


class _Information(msgspec.Struct):
    info: About


class Describer(Walker):
    """A line that knows the tenant's own lists."""

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        super().__init__(credentials, opening)
        self._described: dict[str, tuple[datetime, Fields]] = {}

    def _fields(self, name: str, *, anew: bool = False) -> Fields:
        """The fields of an object, from what was read within the hour."""
        kept = self._described.get(name)
        if kept is not None and not anew and self._clock() - kept[0] < TRUSTED_FOR:
            return kept[1]
        found = self._ask("GET", f"{name}/entityInformation/fields", name, Fields).body
        self._described[name] = (self._clock(), found)
        return found

    def _information(self, name: str) -> About:
        return self._ask("GET", f"{name}/entityInformation", name, _Information).body.info

    def _labels(self, name: str, field: str) -> dict[str, str]:
        """A field's values with their words: the last known ones where Autotask will not describe the object (any more)."""
        try:
            described = self._fields(name)
        except AskOperator as refused:
            if refused.trouble is Trouble.WRONG_KEY:
                raise
            described = self._described[name][1] if name in self._described else Fields()
        return {value.id: value.name for value in described.values(field)}
