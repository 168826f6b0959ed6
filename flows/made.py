"""What a run makes of a new row: the run writes it, and an undo compares with it what stands there now."""

from collections.abc import Mapping

from domain import judge_companies, judge_people
from domain.company import Company, state_for
from domain.person import Person, PersonKind, default_role
from domain.ports import UpstreamCompany, UpstreamPerson
from domain.roles import Role
from storage.upstream import company as upstream_company


def person(id_: str, row: UpstreamPerson, company_id: str, kind: PersonKind, role: str = "") -> Person:
    return Person(
        id_,
        company_id,
        kind,
        row.email.strip(),
        judge_people.match_key(row),
        row.first_name,
        row.last_name,
        row.title,
        Role(role) if role else default_role(kind),
    )


def company(id_: str, row: UpstreamCompany) -> Company:
    domain = judge_companies.usable_domain(row)
    ascii_ = domain.ascii if domain else None
    return Company(id_, row.name.strip(), ascii_, row.web.strip(), state_for(ascii_))


def company_row(row: Mapping[str, object]) -> UpstreamCompany:
    return upstream_company(dict(row))
