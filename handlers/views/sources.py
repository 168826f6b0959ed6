"""The sources of a company side by side: what each says, which one owns the fields, by which rule."""

from domain.isolation import LinkState
from domain.ownership import REMOVAL, RULE
from flows.sources import SideBySide, SourceSays
from handlers.views import doors, kit

SHOW = "company_sources"  # value: company id
_FROZEN = {LinkState.ORPHANED: " · frozen"}


def message(there: SideBySide) -> kit.Block:
    company = there.company
    ours = f"*Here*: {kit.said(company.name, 120)} · {kit.said(company.domain) if company.domain else 'needs domain'}"
    blocks = [kit.header("Sources"), kit.section(ours), *(kit.section(_line(each, company.name)) for each in there.sources)]
    if not there.sources:
        blocks.append(kit.section("It is mapped to no source yet."))
    blocks += kit.actions(doors.map_companies(company_id=company.id, text="Map"), doors.manage(company.id))
    return kit.message(f"Sources of {kit.said(company.name)}", [*blocks, kit.context_line(RULE, REMOVAL)])


def _line(each: SourceSays, ours: str) -> str:
    owns = " · *owns the fields*" if each.owns else ""
    differs = "" if each.name.casefold() == ours.casefold() else " ≠ ours"
    web = kit.said(each.web, 100) if each.web else "no web address"
    people = "person" if each.people == 1 else "people"
    return (
        f"*{kit.said(each.claim.title)}*{owns}{_FROZEN.get(each.state, '')}\n"
        f"{kit.said(each.name, 120)}{differs} · {web} · record {kit.said(each.external_id, 60)} · {each.people:,} {people}"
    )
