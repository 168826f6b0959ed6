"""How the App Home tab looks: the facts of `status` for one reader, what waits for them on top."""

from dataclasses import dataclass

from domain.plan import Plan
from domain.ports import Kind
from domain.roles import Act, Actor
from flows.overview import Facts
from handlers.views import doors, kit, menu, overview, requests

APPROVE = "home_approve"  # as on the plan's own message; here the tab is drawn anew afterwards
DENY = "home_deny"
REQUEST_APPROVE, REQUEST_DENY = "home_request_approve", "home_request_deny"
WAITING = 5
RECENT = 5


def home(facts: Facts, actor: Actor, command: str) -> kit.Block:
    blocks = [kit.header("Gangway"), *quick(actor), *_waiting(facts, actor), *_onboarding(facts, command)]
    blocks += [kit.header("Connections"), *overview.sources(facts), kit.section(overview.mail(facts))]
    blocks += [kit.header("People"), kit.section(overview.figures(facts)), *_recent(facts)]
    blocks += overview.digests(facts)
    role = f"Your role is {actor.role.value}. " if actor.role else ""
    hint = f"{role}As of {kit.when(facts.at)}. `{kit.escape(command)} help` lists everything."
    return kit.home([*blocks, kit.context_line(hint)])


def closed(said: str) -> kit.Block:
    """For guests and strangers: a sentence and nothing else."""
    return kit.home([kit.section(said)])


def quick(actor: Actor) -> list[kit.Block]:
    """Only what this reader may do; whether they may is asked again when it is pressed."""
    every = (
        (Act.CONNECT, doors.connect("Connect")),
        (Act.MAP, doors.map_companies(text="Map")),
        (Act.IMPORT, doors.import_menu()),
        (Act.LOOK, doors.companies()),
        (Act.LOOK, kit.button("Users", f"{menu.RUN}users")),
        (Act.LOOK, kit.button("Invites", f"{menu.RUN}invites")),
        (Act.SETTINGS, kit.button("Settings", f"{menu.RUN}settings")),
    )
    buttons = [button for act, button in every if actor.may(act)]
    return kit.actions(*buttons, block_id="home:quick") if buttons else []


def _waiting(facts: Facts, actor: Actor) -> list[kit.Block]:
    if not facts.waiting and not facts.requests:
        return []
    blocks = [kit.header("Waiting for approval")]
    blocks += requests.listed(facts.requests, REQUEST_APPROVE, REQUEST_DENY, actor.may(Act.APPROVE), WAITING)
    for plan in facts.waiting[:WAITING]:
        blocks += [kit.section(overview.plan(plan)), *kit.actions(*_decisions(plan, actor))]
    left = len(facts.waiting) - WAITING
    return [*blocks, kit.context_line(f"… and {left:,} more")] if left > 0 else blocks


def _decisions(plan: Plan, actor: Actor) -> list[kit.Block]:
    details = overview.details_button(plan)
    if not actor.may(Act.APPROVE):
        return [details]
    return [kit.button("Approve", APPROVE, plan.id, style="primary"), kit.button("Deny", DENY, plan.id), details]


def _recent(facts: Facts) -> list[kit.Block]:
    above = {plan.id for plan in facts.waiting}
    shown = {plan.id: plan for plan in (*facts.running, *facts.recent) if plan.id not in above}
    plans = list(shown.values())[:RECENT]
    if not plans:
        return []
    sections = [kit.section(overview.plan(plan), overview.details_button(plan)) for plan in plans]
    return [kit.header("Last imports"), *sections]


@dataclass(frozen=True)
class Step:
    done: bool
    text: str
    door: kit.Block | None = None


def steps(facts: Facts, command: str) -> tuple[Step, ...]:
    """The way from a fresh installation to a working one; ticked by facts, not by clicks."""
    mapped = any(source.mapped for source in facts.sources)
    digest = f"Type `{kit.escape(command)} digest` in a channel to hear what waits"
    return (
        Step(bool(facts.sources), "Connect a source", doors.connect("Connect")),
        Step(facts.companies > 0, "Import companies", doors.start_import(Kind.COMPANIES)),
        Step(mapped, "Map companies to the source", doors.map_companies(text="Map")),
        Step(facts.people > 0, "Import users and invite them", doors.start_import(Kind.USERS)),
        Step(bool(facts.digests), digest),
    )


def _onboarding(facts: Facts, command: str) -> list[kit.Block]:
    """Shown until every step is done; the button stands beside the first open one."""
    every = steps(facts, command)
    left = [step for step in every if not step.done]
    if not left:
        return []
    lines = [
        f"{'✅' if step.done else '⬜'} {number}. {step.text}{' – done' if step.done else ''}"
        for number, step in enumerate(every, 1)
    ]
    return [kit.header("First steps"), kit.section("\n".join(lines), left[0].door)]
