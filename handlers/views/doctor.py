"""How the doctor's findings look: a line each with its button, what is wrong first; and the form for the default role."""

from collections.abc import Callable, Mapping, Sequence

from domain.roles import Role
from flows.findings import Finding, Health, Mend, Remedy
from handlers.views import doors, integrations, kit

MENDED = "doctor_mend_"  # + the kind of mending; value: what it is of
AGAIN = "doctor_again"
ROLE_FORM = "doctor_role"  # callback; private_metadata: connection id | channel
ROLE = "doctor:role"

_SIGNS = {Health.BAD: "❌", Health.DOUBTFUL: "⚠️", Health.OFF: "▫️", Health.GOOD: "✅"}
_OWN = (Mend.TURN_ON, Mend.AUTO_IMPORT, Mend.ROLE, Mend.UNFILTER)
_ELSEWHERE: Mapping[Mend, Callable[[Remedy], kit.Block]] = {
    Mend.CONFIGURE: lambda remedy: doors.connect(remedy.text, remedy.of),
    Mend.CONNECT: lambda remedy: doors.connect(remedy.text),
    Mend.SET_UP: lambda remedy: doors.set_up(remedy.of, remedy.text),
    Mend.PROVISION: lambda remedy: doors.provision(remedy.of),
    Mend.SYNC: lambda remedy: kit.button(remedy.text, integrations.SYNC, remedy.of),
    Mend.MAP: lambda remedy: doors.map_companies(remedy.of, text=remedy.text),
    Mend.TEST: lambda remedy: kit.button(remedy.text, integrations.TEST, remedy.of),
}
_LISTED = 18  # findings with buttons: a message holds 50 blocks


def message(findings: Sequence[Finding], done: str = "") -> kit.Block:
    """What needs a hand first, each with its buttons; what is well in one block at the end. `done`: what was just mended."""
    ill = [finding for finding in findings if finding.health is not Health.GOOD]
    well = [finding for finding in findings if finding.health is Health.GOOD]
    blocks = [kit.header("Doctor"), *_done(done), kit.section(summary(findings))]
    for finding in ill[:_LISTED]:
        blocks.append(kit.section(line(finding)))
        blocks += kit.actions(*(_button(remedy) for remedy in finding.remedies[:5])) if finding.remedies else []
    if len(ill) > _LISTED:
        blocks.append(kit.context_line(f"… and {len(ill) - _LISTED:,} more findings"))
    if well:
        blocks += [kit.divider(), kit.section("\n".join(line(finding, 150) for finding in well[:25]))]
    return kit.message(f"Doctor: {summary(findings)}", [*blocks, *kit.actions(kit.button("Look again", AGAIN))])


def looking(done: str) -> kit.Block:
    """Something was mended, and the rest is being looked at again."""
    blocks = [kit.header("Doctor"), *_done(done), kit.section("⏳ Looking again…")]
    return kit.message(f"Doctor: {kit.sentence(done)}", [*blocks, *kit.actions(kit.button("Look again", AGAIN))])


def _done(done: str) -> list[kit.Block]:
    return [kit.section(f"✔️ {kit.sentence(done)}")] if done else []


def summary(findings: Sequence[Finding]) -> str:
    counts = [(health, sum(finding.health is health for finding in findings)) for health in (Health.BAD, Health.DOUBTFUL)]
    words = {Health.BAD: "to be mended", Health.DOUBTFUL: "to be looked at"}
    said = ", ".join(f"{number} {words[health]}" for health, number in counts if number)
    return f"{said}." if said else "All is well."


def line(finding: Finding, most: int = 1200) -> str:
    about = f"{kit.said(finding.about, 60)} · " if finding.about else ""
    return f"{_SIGNS[finding.health]} *{about}{kit.said(finding.check, 60)}*: {kit.sentence(finding.said, most)}"


def _button(remedy: Remedy) -> kit.Block:
    if remedy.mend in _OWN:
        return kit.button(remedy.text, f"{MENDED}{remedy.mend}", remedy.of)
    return _ELSEWHERE[remedy.mend](remedy)


def role_form(roles: Sequence[Role], meta: str) -> kit.Block:
    pick = kit.select(
        "Default role for imported contacts", ROLE, ROLE, [(role.value, role.value) for role in roles], initial=Role.CLIENT.value,
        hint="What new people may do here. Auto-import is switched on with it; what is new waits for Approve.",
    )
    return kit.modal("Choose a role", [pick], ROLE_FORM, submit="Save", close="Cancel", private_metadata=meta)


def role_of(state: Mapping[str, object]) -> Role | None:
    chosen = kit.value(state, ROLE, ROLE)
    return Role(chosen) if chosen in {role.value for role in Role} else None
