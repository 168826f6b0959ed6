"""Removing a company with all that is its own; where the workspace wants four eyes for that, a second person approves first."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from domain.company import Company
from domain.errors import NotAllowed, TellPerson
from domain.four_eyes import Risky
from domain.invitation import Badge
from domain.roles import Act
from flows import requests
from flows.context import Context
from flows.desk import Desk
from storage import removal
from storage.store import Work

ASKED = "Nothing was removed yet: a second person must approve. I have asked where others see it."


class StillIn(TellPerson):
    """People of the company have accepted: it is asked once more."""


def remove(context: Context, desk: Desk, company_id: str, sure: bool = False) -> str:
    """Forget a company: its secrets beyond recovery, its people, links and invitations. Returns the sentence.

    Raises StillIn while people of it have accepted, unless `sure`. The journal keeps what was removed, in numbers.
    Where a second person must approve, it is only asked for.
    """
    with context.store.write() as work:
        company, accepted = _removable(context, work, desk, company_id, sure)
        there = removal.what_is_there(work.session, company_id)
        request = None
        if requests.needed(work, Risky.MASS_REMOVAL, _rows(there)):
            # The request must outlive the company, so it is not the company's.
            subject = {"company": company_id, "sure": sure}
            request = requests.ask(context, work, desk, Risky.MASS_REMOVAL, subject, _plea(company, there, accepted), None)
        else:
            done = _remove(context, work, desk, company, accepted)
    if request is not None:
        context.tell.request(request.id)
        return ASKED
    done.after()
    return done.said


def perform(context: Context, work: Work, desk: Desk, subject: Mapping[str, Any]) -> requests.Performed:
    """The approved removal, with everything checked again, inside the transaction that approves it."""
    company, accepted = _removable(context, work, desk, str(subject["company"]), bool(subject["sure"]))
    return _remove(context, work, desk, company, accepted)


def _removable(context: Context, work: Work, desk: Desk, company_id: str, sure: bool) -> tuple[Company, int]:
    """The company, and how many of it have accepted."""
    desk.require(Act.REMOVE)
    desk.whole_msp()
    company = work.companies.get(company_id)
    if company is None:
        raise NotAllowed(desk.gone())
    if company.is_own:
        raise TellPerson("This is your own company: it cannot be removed.")
    badges = work.invitations.counts(context.clock(), company_id)
    accepted = badges.get(Badge.ACCEPTED, 0) + badges.get(Badge.ADMINISTRATOR, 0)
    if accepted and not sure:
        raise StillIn(f"{accepted:,} of {company.name} accepted an invitation and would be shut out. Nothing was done.")
    return company, accepted


def _rows(there: removal.Removed) -> int:
    """What goes with it; a company of which nothing came in yet needs nobody."""
    return there.people + there.links + there.entries + int(there.had_key)


def _plea(company: Company, there: removal.Removed, accepted: int) -> str:
    shut = f", of whom {accepted:,} accepted an invitation and are shut out" if accepted else ""
    key = " Its data key is destroyed: no copy of its secrets can be opened any more." if there.had_key else ""
    return f"{company.name} shall be removed: {there.people:,} people{shut}; {there.entries:,} vault entries, {there.links:,} links.{key}"


def _remove(context: Context, work: Work, desk: Desk, company: Company, accepted: int) -> requests.Performed:
    there = removal.what_is_there(work.session, company.id)
    voided = _shut(work, company, context)
    removal.forget(work.session, context.store.vault, company.id)
    said = f"{company.name} was removed: {there.people:,} people, {there.entries:,} vault entries, {there.links:,} links."
    if there.had_key:
        said += " Its data key is destroyed: no copy of its secrets can be opened any more."
    facts = {"people": there.people, "accepted": accepted, "entries": there.entries, "links": there.links}
    facts |= {"key_destroyed": int(there.had_key)}
    work.journal.write(context.clock(), desk.actor, "company removed", said, company.id, company.id, facts)
    return requests.Performed(said, _telling(context, voided))


def _telling(context: Context, voided: tuple[str, ...]) -> Callable[[], None]:
    def tell(plan_ids: tuple[str, ...]) -> None:
        for plan_id in plan_ids:
            context.tell.plan(plan_id, final=True)

    return partial(tell, voided)


def _shut(work: Work, company: Company, context: Context) -> tuple[str, ...]:
    """Retire the links, so that whatever runs under them stops; returns the plans that are void by it."""
    voided: tuple[str, ...] = ()
    for link in work.links.of_one_company(company.id):
        work.links.retire(link.id)
        voided += work.plans.void_of_link(link.id, f"{company.name} was removed.", context.clock())
    return voided
