"""`/msp why <thing>`: where an item came from, or why it is not here, as far as the asker sees."""

from domain.naming import short
from domain.person import Person
from domain.plan import Action, Plan
from domain.roles import Act
from flows.connect import titled
from flows.context import Context
from flows.desk import Desk
from storage.people import Origin
from storage.store import Work

MOST = 5
_WORDS = {Action.CONFLICT: "in conflict"}


def why(context: Context, desk: Desk, thing: str) -> tuple[str, ...]:
    """A sentence for each person, company and imported row that the words name."""
    desk.require(Act.LOOK)
    only = desk.bound.id if desk.bound else None
    words = thing.strip()
    with context.store.work() as work:
        titles = {connection.id: titled(context, connection).title for connection in work.connections.all()}
        said = [_person(work, person, titles) for person in work.people.named(words, only, MOST)] if words else []
        if words:
            said += _companies(work, words, only, titles)
            said += _entries(work, words, only, titles) if desk.actor.may(Act.VAULT) else []
            said += _rows(work, words, only)
    if not said:
        return (
            f"Nothing here is called “{short(words, 60)}”, and no preview held it. Try a name, an e-mail address or a web address.",
        )
    return tuple(said)


def _person(work: Work, person: Person, titles: dict[str, str]) -> str:
    company = work.companies.get(person.company_id)
    origins = work.people.origins([person.id]).get(person.id, ())
    where = "; ".join(_origin(work, origin, titles) for origin in origins) or "added by hand"
    return f"{person.name} ({person.email}) is with {company.name if company else 'nobody'}: {where}."


def _origin(work: Work, origin: Origin, titles: dict[str, str]) -> str:
    who = _run(work.plans.get(origin.plan_id))
    company = f" · company {origin.external_company_id}" if origin.external_company_id else ""
    gone = ", no longer there" if origin.gone else ""
    return f"from {titles.get(origin.connection_id, 'a source')}{company} · record {origin.external_id}{who}{gone}"


def _run(plan: Plan | None) -> str:
    """Ids begin with the time: what tells two runs apart is their end."""
    return f", run {plan.id[-8:]} approved by {plan.decided_by_name}" if plan and plan.decided_by_name else ""


def _entries(work: Work, words: str, only: str | None, titles: dict[str, str]) -> list[str]:
    """Entries of the vault, by what is not secret of them."""
    found, _ = work.entries.search(only, words, None, MOST)
    said = []
    for entry in found:
        company = work.companies.get(entry.company_id)
        source = f"from {titles.get(entry.connection_id or '', 'a source')} · company {entry.external_company_id} · record {entry.external_id}"
        who = _run(work.plans.get(entry.plan_id) if entry.plan_id else None)
        where = f"{source}{who}" if entry.external_id else f"made here by {entry.updated_by}" if entry.updated_by else "made here"
        touched = ", changed here since" if entry.touched and entry.external_id else ""
        said.append(f"{entry.name} is in the vault of {company.name if company else 'nobody'} ({entry.state.value}): {where}{touched}.")
    return said


def _companies(work: Work, words: str, only: str | None, titles: dict[str, str]) -> list[str]:
    found, _ = work.companies.search(words, only, MOST)
    said = []
    for company in found:
        links = work.links.of_one_company(company.id)
        where = "; ".join(
            f"mapped to {link.external_name} ({titles[link.connection_id]}, record {link.external_id})"
            for link in links
        )
        waits = "" if company.domain else ". It waits because it has no web address"
        said.append(f"{company.name} is a managed company, {where or 'mapped nowhere'}{waits}.")
    return said


def _rows(work: Work, words: str, only: str | None) -> list[str]:
    """Rows of previews that were held or in conflict: why they are not here."""
    return [
        f"{item.label} was {_WORDS.get(item.verdict.action, item.verdict.action.value)} in the import of {plan.kind.value} from {plan.source_title}: {plan.advised(item.verdict.reason)}"
        for plan, item in work.plans.left_out(words, only, MOST)
    ]
