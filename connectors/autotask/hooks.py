"""Autotask's webhooks: whether they can be made, which are there, making them whole, and taking them away."""

from collections.abc import Mapping

from connectors.autotask import callouts, hook_rows, levels, queries, refused_writes
from connectors.autotask.describing import Describer
from connectors.autotask.hook_rows import SUBJECTS, ExcludedRow, FieldRow, HookRow
from connectors.autotask.queries import Walk
from connectors.autotask.walking import as_it_is
from domain.errors import AskOperator, TellPerson, Trouble, TryLater
from domain.psa import Callout, Hook, Hooked, HookRoom, HookWanted

LOOKS, BETWEEN = 3, 2.0  # how often, and after how many seconds, a new webhook is looked at until it is ready
NOT_READY = "Autotask has not switched the new webhook on yet. It goes on by itself."


class Hooks(Describer):
    hook_kinds = tuple(SUBJECTS)

    def hook_room(self) -> HookRoom:
        """Whether the level lets all five kinds be made: five calls. No call tells how many it lets be made in all."""
        for kind in self.hook_kinds:
            name = _object(kind)
            try:
                access = self._information(name).access("create")
            except AskOperator as refused:
                if refused.trouble is not Trouble.MISSING_RIGHT:
                    raise
                access = "None"
            if access == "None":
                return HookRoom(may=False, said=levels.missing(name, "create"))
        return HookRoom(may=True)

    def hooks(self) -> tuple[Hook, ...]:
        """All webhooks the user is shown, those of others too: two calls a kind.

        {"id":4,"name":"Gangway","webhookUrl":"https://…","deactivationUrl":"https://…","webhookGUID":"a1da…","isActive":true,
        "isReady":true,"isSubscribedToCreateEvents":true,"ownerResourceID":30691780}
        and TicketWebhookFields {"id":9,"webhookID":4,"fieldID":7,"isSubscribedField":true,"isDisplayAlwaysField":false}
        """
        return tuple(hook for kind in self.hook_kinds for hook in self._hooks(kind))

    def make_hook(self, wanted: HookWanted) -> Hook:
        """POST TicketWebhooks, then its fields one after the other, then our own user's changes are left out of it."""
        body = hook_rows.written(wanted)
        name = _object(wanted.kind)
        there = [row for row in self._rows(wanted.kind) if (row.url or "").casefold() == wanted.url.casefold()]
        if there:
            self._write("PATCH", name, name, {"id": there[0].id, **body})
            return self._completed(wanted.kind, there[0].id)
        return self._completed(wanted.kind, int(self._write("POST", name, name, body)))

    def mend_hook(self, hook: Hook, wanted: HookWanted) -> Hook:
        """PATCH TicketWebhooks with the id in its body, then the fields it lacks. Its secret is written anew each time."""
        name = _object(hook.kind)
        self._write("PATCH", name, name, {"id": int(hook.id), **hook_rows.written(wanted)})
        return self._completed(hook.kind, int(hook.id))

    def drop_hook(self, hook: Hook) -> None:
        """DELETE TicketWebhooks/{id}; one that is gone already is no failure."""
        name = _object(hook.kind)
        try:
            self._write("DELETE", f"{name}/{int(hook.id)}", name)
        except refused_writes.Gone:
            return

    def read_callout(self, kind: Hooked, headers: Mapping[str, str], body: bytes, secret: str) -> Callout:
        """See `callouts.read`; nothing is called."""
        return callouts.read(kind, headers, body, secret)

    # --- making one whole ----------------------------------------------------------------------------

    def _completed(self, kind: Hooked, hook_id: int) -> Hook:
        """A webhook with every field it should listen to: Autotask calls out only once it has one."""
        self._listen(kind, hook_id)
        for look in range(LOOKS):
            if look:
                self._sleep(BETWEEN)
            found = next((row for row in self._rows(kind) if row.id == hook_id), None)
            if found is None:
                raise refused_writes.Gone(refused_writes.GONE)
            if found.is_ready:
                self._leave_out(kind, hook_id, found.owner_id)
                return hook_rows.hook(found, kind, self._field_ids(kind), self._field_rows(kind, hook_id))
        raise TryLater(NOT_READY, 60.0)

    def _listen(self, kind: Hooked, hook_id: int) -> None:
        path, name = f"{_object(kind)}/{hook_id}/Fields", f"{SUBJECTS[kind]}WebhookFields"
        there = {row.field_id: row for row in self._field_rows(kind, hook_id)}
        for field_id, always in self._field_ids(kind).items():
            body = {
                "fieldID": field_id,
                "isSubscribedField": True,
                "isDisplayAlwaysField": always,
                "webhookID": hook_id,
            }
            row = there.get(field_id)
            if row is None:
                self._write("POST", path, name, body)
            elif not hook_rows.is_heard(row, always):
                self._write("PATCH", path, name, {"id": row.id, **body})

    def _leave_out(self, kind: Hooked, hook_id: int, owner_id: int | None) -> None:
        """Do not hear of what we wrote ourselves: the owner of a webhook is the API user. An echo more does no harm."""
        name = f"{SUBJECTS[kind]}WebhookExcludedResources"
        if owner_id is None:
            return
        try:
            walk = Walk(name, "webhooks", (queries.equals("webhookID", hook_id),))
            left_out = self._all(walk, ExcludedRow, as_it_is)
            if owner_id not in {row.resource_id for row in left_out}:
                body = {"resourceID": owner_id, "webhookID": hook_id}
                self._write("POST", f"{_object(kind)}/{hook_id}/ExcludedResources", name, body)
        except TellPerson:
            return
        except AskOperator as refused:
            if refused.trouble is Trouble.WRONG_KEY:
                raise

    # --- reading them --------------------------------------------------------------------------------

    def _hooks(self, kind: Hooked) -> list[Hook]:
        try:
            found = self._rows(kind)
        except AskOperator as refused:
            if refused.trouble is not Trouble.NOT_FOUND:
                raise
            found = []  # this Autotask has no webhooks of this kind
        if not found:
            return []
        wanted = self._field_ids(kind)
        fields = self._field_rows(kind)
        return [hook_rows.hook(row, kind, wanted, [each for each in fields if each.hook_id == row.id]) for row in found]

    def _rows(self, kind: Hooked) -> list[HookRow]:
        return self._all(Walk(_object(kind), "webhooks"), HookRow, as_it_is)

    def _field_rows(self, kind: Hooked, hook_id: int | None = None) -> list[FieldRow]:
        narrowed = () if hook_id is None else (queries.equals("webhookID", hook_id),)
        return self._all(Walk(f"{SUBJECTS[kind]}WebhookFields", "webhooks", narrowed), FieldRow, as_it_is)

    def _field_ids(self, kind: Hooked) -> dict[int, bool]:
        """The numbers by which Autotask calls the fields to listen to, and whether they come along always.

        GET TicketWebhookFields/entityInformation/fields → the list of its field `fieldID`: {"value":"7","label":"Title"}
        """
        listened = hook_rows.listened(kind)
        values = self._fields(f"{SUBJECTS[kind]}WebhookFields").values("fieldID")
        named = {value.id: value.name.replace(" ", "").lower() for value in values}
        found = {int(number): listened[name] for number, name in named.items() if name in listened}
        if not found:
            said = f"Autotask offers no field of {kind.value} that a webhook could listen to. Please report this to us."
            raise AskOperator(said, Trouble.BAD_ANSWER)
        return found


def _object(kind: Hooked) -> str:
    return f"{SUBJECTS[kind]}Webhooks"
