"""`/msp history audit`: the journal of one company, or of everything, as files that show whether they were changed."""

from dataclasses import dataclass

from domain import audit
from domain.roles import Act
from flows import companies
from flows.context import Context
from flows.desk import Desk


@dataclass(frozen=True)
class Export:
    title: str
    name: str  # of the files, without their ending
    json: str
    csv: str
    lines: int
    seal: str


def export(context: Context, desk: Desk, company_words: str) -> Export:
    """For Admins. In a bound channel only that company's; the journal holds no secret. Raises NotAllowed, TellPerson."""
    desk.require(Act.AUDIT)
    wanted = company_words.strip() or desk.bound is not None
    company = companies.meant(context, desk, company_words) if wanted else None
    of, now = company.name if company else "everything", context.clock()
    with context.store.write() as work:
        told = audit.export(work.journal.lines(company.id if company else None), of, now)
        # The seal is noted in the journal itself, so that an export made up as a whole can be told from this one.
        said = f"The audit trail of {of} was exported: {told['count']} lines."
        work.journal.write(now, desk.actor, "audit export", said, company.id if company else None, data={"seal": told["seal"]})
    name = f"gangway-audit-{now:%Y%m%d-%H%M%S}"
    return Export(f"Audit trail of {of}", name, audit.as_json(told), audit.as_csv(told), told["count"], told["seal"])
