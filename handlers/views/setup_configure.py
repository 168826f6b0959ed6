"""The wizard's third step: what the statuses of tickets mean, and the defaults of opportunities."""

from collections.abc import Sequence

from domain.psa import Choice, Feature
from domain.setup import Stage
from flows.setup_steps import STAGES, Facts, first
from handlers.views import kit
from handlers.views.setup import PICK, VALUE, Look, block_of, frame
from handlers.views.setup_sync import lost, picker

_MEANS = {
    Stage.NEW: "New, or not yet triaged.",
    Stage.TRIAGED: "Reviewed and categorised.",
    Stage.WORKING: "Being worked on.",
    Stage.WAITING: "Waits for the customer or somebody outside.",
    Stage.RESOLVED: "Completed.",
}


def draw(look: Look, facts: Facts, said: str = "", note: str = "", maintenance: Sequence[kit.Block] = ()) -> kit.Block:
    """`maintenance`: buttons that act on tickets which are here already; they stand below their settings."""
    blocks = [*lost(facts.gone), *_tickets(facts, maintenance), kit.divider(), *_opportunities(facts)]
    blocks += [kit.context_line(note)] if note else []
    return frame(look, blocks, said)


def _tickets(facts: Facts, maintenance: Sequence[kit.Block]) -> list[kit.Block]:
    if Feature.TICKETS not in facts.on:
        return [kit.section("*Tickets* are not synced. Their settings appear here once *Enable ticket sync* is on.")]
    labels = facts.labels
    comment = "The status a ticket gets when a client comments. Empty: it keeps its own."
    stages = [picker(stage.value, field, labels[field], _MEANS[stage], live=True) for field, stage in STAGES.items()]
    return [
        picker("Closed statuses", "closed", labels["closed"], "Tickets in these count as closed."),
        _one("Client comment status", "comment", labels["comment"], comment),
        kit.section("*Resolution stepper*: which statuses belong to which stage. A ticket's card shows ●●○○○ with the stage."),
        *stages,
        kit.section(_loose(facts.unmapped)),
        *maintenance,
    ]


def _loose(unmapped: Sequence[str]) -> str:
    if not unmapped:
        return "Every status has a stage."
    names = kit.mrkdwn_list((kit.said(label, 60) for label in unmapped), 15)
    return f"*Without a stage* ({len(unmapped):,}): these show no step.\n{names}"


def _opportunities(facts: Facts) -> list[kit.Block]:
    if Feature.OPPORTUNITIES not in facts.on:
        return [kit.section("*Opportunities* are not synced. Their settings appear here once *Enable opportunity sync* is on.")]
    labels = facts.labels
    return [
        _one("Fallback owner", "owner", labels["owner"], "Owns an opportunity when the person has no account at the source."),
        _one("Default stage", "stage", labels["stage"], "Of new opportunities."),
        _one("Default category", "category", labels["category"], "Of new opportunities."),
        kit.input_text(
            "Projected close days", block_of("days"), VALUE, initial=first(facts.filled, "days"), optional=True, max_length=4,
            hint="Close date: so many days after the start.",
        ),
    ]


def _one(label: str, field: str, chosen: Sequence[Choice], hint: str) -> kit.Block:
    initial = (chosen[0].label, chosen[0].id) if chosen else None
    return kit.external(label, block_of(field), PICK + field, initial=initial, hint=hint, optional=True)
