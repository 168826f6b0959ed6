"""How the forms of tickets look, and how they are read: new ticket, comment, status, assignee."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.psa import Choice
from flows.ticket_making import TEXT_LIMIT, TITLE_LIMIT, Form
from handlers.views import kit

COMMENT_VIEW, STATUS_VIEW, ASSIGN_VIEW = "tickets_comment_view", "tickets_status_view", "tickets_assign_view"
COMPANY_VIEW, NEW_VIEW = "tickets_company_view", "tickets_new_view"
TEXT, FOR_WHOM, STATUS, OWNER = "ticket:text", "ticket:for_whom", "ticket:status", "ticket:owner"
STATUS_PICK, OWNER_PICK = "tickets_status_pick", "tickets_owner_pick"
COMPANY, COMPANY_PICK = "ticket:company", "tickets_company_pick"
TITLE, DESCRIPTION, TEMPLATE, TEMPLATE_PICK = "ticket:title", "ticket:description", "ticket:template", "tickets_template_pick"
FIELDS = ("category", "priority", "queue", "contact_id")
_LABELS = {"category": "Category", "priority": "Priority", "queue": "Queue", "contact_id": "Contact"}
_CLIENT, _INTERNAL, _NONE = "client", "internal", "-"
MOST = 100  # what a picker shows by itself; more is searched for


def pick(name: str) -> str:
    """The action id of a field's picker; choosing a category draws the form anew."""
    return f"tickets_field_{name}"


PICKS = {pick(name): name for name in FIELDS}


def block(name: str) -> str:
    return f"ticket:{name}"


# comment, status, assignee; what they keep: the wish's id, the ticket's, the channel


def comment(meta: str, ticket: str, internal: bool, title: str = "Comment") -> kit.Block:
    """`internal`: whether the person may write a comment that the client does not see."""
    blocks = [
        kit.section(kit.said(ticket, 200)),
        kit.input_text("Comment", TEXT, TEXT, multiline=True, max_length=3000, hint="No keys or passwords, please."),
    ]
    if internal:
        choices = [("Internal: only your own people see it", _INTERNAL), ("To the client: they see it too", _CLIENT)]
        blocks.append(kit.select("Who may read it", FOR_WHOM, FOR_WHOM, choices, initial=_INTERNAL))
    else:
        blocks.append(kit.context_line("Everybody who may see the ticket reads it."))
    return kit.modal(title, blocks, COMMENT_VIEW, submit="Send", private_metadata=meta)


def commented(state: Mapping[str, Any]) -> tuple[str, bool]:
    """The words, and whether they are for the client."""
    return kit.value(state, TEXT, TEXT), kit.value(state, FOR_WHOM, FOR_WHOM) == _CLIENT


def status(meta: str, ticket: str, choices: Sequence[Choice]) -> kit.Block:
    picker = _picker("New status", STATUS, STATUS_PICK, choices)
    return kit.modal("Change status", [kit.section(kit.said(ticket, 200)), picker], STATUS_VIEW, "Save", private_metadata=meta)


def assign(meta: str, ticket: str, choices: Sequence[Choice]) -> kit.Block:
    picker = _picker("Assign to", OWNER, OWNER_PICK, choices)
    return kit.modal("Assign", [kit.section(kit.said(ticket, 200)), picker], ASSIGN_VIEW, "Save", private_metadata=meta)


def _picker(
    label: str, block_id: str, action_id: str, choices: Sequence[Choice], *, initial: tuple[str, str] | None = None,
    optional: bool = False, dispatch: bool = False, hint: str = "",
) -> kit.Block:
    """All choices where Slack shows them at once, else a search among them."""
    if len(choices) > MOST:
        return kit.external(label, block_id, action_id, initial=initial, optional=optional, dispatch=dispatch, hint=hint)
    pairs = [(choice.label, choice.id) for choice in choices]
    return kit.select(
        label, block_id, action_id, pairs, initial=initial[1] if initial else "", optional=optional, dispatch=dispatch, hint=hint
    )


def chosen(state: Mapping[str, Any], block_id: str, action_id: str) -> str:
    """"" where nothing was chosen, or there was nothing to choose."""
    found = kit.value(state, block_id, action_id)
    return "" if found == _NONE else found


# new ticket


def company(meta: str) -> kit.Block:
    """First the company, where neither the words nor the channel say it."""
    blocks = [kit.external("Company", COMPANY, COMPANY_PICK)]
    return kit.modal("New ticket", blocks, COMPANY_VIEW, submit="Next", private_metadata=meta)


def new(form: Form, meta: str) -> kit.Block:
    """The form as far as it is filled in; `meta` as for the others, with the company's id in place of the ticket's."""
    values = form.values
    blocks = [kit.section(f"For *{kit.said(form.company.name, 100)}*, in {kit.said(form.source, 60)}")]
    if form.templates:
        pairs = [(template.name, template.id) for template in form.templates[:MOST]]
        blocks.append(kit.select("Template", TEMPLATE, TEMPLATE_PICK, pairs, initial=form.template_id, optional=True, dispatch=True))
    blocks.append(kit.input_text("Title", _drawn(TITLE, form), TITLE, initial=values.get("title", ""), max_length=TITLE_LIMIT))
    blocks.append(kit.input_text(
        "Description", _drawn(DESCRIPTION, form), DESCRIPTION, initial=values.get("description", ""), multiline=True,
        max_length=TEXT_LIMIT, optional="description" not in form.required,
    ))  # fmt: skip
    blocks += [_field(form, name) for name, choices in form.offered.items() if choices]
    if form.with_contact:
        initial = _initial(form, "contact_id")
        blocks.append(kit.external(
            "Contact", _drawn(block("contact_id"), form), pick("contact_id"), initial=initial, optional="contact_id" not in form.required,
        ))  # fmt: skip
    if form.labels.get("type"):
        blocks.append(kit.context_line(f"Type: {kit.said(form.labels['type'], 80)}"))
    return kit.modal("New ticket", blocks, NEW_VIEW, submit="Create", private_metadata=meta)


def _drawn(block_id: str, form: Form) -> str:
    """Slack keeps what stands in an input with the same id: another template must come with another one to be seen."""
    head, _, name = block_id.rpartition(":")
    return f"{head}:{form.template_id}:{name}" if form.template_id else block_id


def _field(form: Form, name: str) -> kit.Block:
    is_category = name == "category"
    return _picker(
        _LABELS[name], _drawn(block(name), form), pick(name), form.offered[name], initial=_initial(form, name),
        optional=name not in form.required, dispatch=is_category, hint="Decides the type, and what is asked for" if is_category else "",
    )  # fmt: skip


def _initial(form: Form, name: str) -> tuple[str, str] | None:
    value, label = form.values.get(name, ""), form.labels.get(name, "")
    return (label, value) if value and label else None


def filled(state: Mapping[str, Any]) -> dict[str, str]:
    """NewTicket's fields as they stand in the form: those that are drawn in it, "" where they were emptied."""
    found = {}
    for block_id, inputs in (state.get("values") or {}).items():
        for action_id in inputs:
            name = {TITLE: "title", DESCRIPTION: "description", **PICKS}.get(action_id)
            if name is not None:
                found[name] = chosen(state, block_id, action_id)
    return found


def template(state: Mapping[str, Any]) -> str:
    return kit.value(state, TEMPLATE, TEMPLATE_PICK)
