"""What an import will do with each company: a pure judgement on one upstream row, with its reason.

A company needs a name and a web address. One without a usable address is held: it is created, and waits as "needs
domain" until a person adds one. A certain match with a company we have becomes a second link, never a double.
"""

from dataclasses import dataclass

from domain.company import Company
from domain.plan import ONLY_SOME, Action, Verdict
from domain.ports import UpstreamCompany
from domain.webaddress import Domain, is_public_mail, registered


@dataclass(frozen=True)
class Likeness:
    """A company of ours that an unmapped upstream company seems to be."""

    company_id: str
    company_name: str
    reason: str
    certain: bool


@dataclass(frozen=True)
class Known:
    linked: Company | None = None  # the company this upstream company is mapped to
    linked_name: str = ""  # its upstream name when last seen
    likeness: Likeness | None = None
    domain_owner: str = ""  # the name of our company that has this web address
    twin_label: str = ""  # another row of this plan with the same web address
    chosen: bool = False  # a person picked this very row: a mere similarity does not stop it
    unwanted: str = ""  # why the MSP leaves out companies such as this one
    owner: str = ""  # another source of the company, whose word counts before this one's


@dataclass(frozen=True)
class Wanted:
    """The types and statuses that come in, in the source's own words; None: all."""

    types: frozenset[str] | None = None
    statuses: frozenset[str] | None = None

    def unwanted(self, row: UpstreamCompany) -> str:
        """Why a company is left out; "" where it is not. One of several types comes in with any of them."""
        for name, has, wanted in (("Type", row.type_name, self.types), ("Status", row.status_name, self.statuses)):
            if wanted is not None and not _each(has) & {each.strip().casefold() for each in wanted}:
                return f"{name} {has.strip()} is not imported" if has.strip() else f"It has no {name.casefold()}, and only chosen ones are imported"
        return ""


def _each(text: str) -> set[str]:
    """What a source says, and each of several that it names together: "Client, Vendor"."""
    return {text.strip().casefold(), *(part.strip().casefold() for part in text.split(","))}


def usable_domain(row: UpstreamCompany) -> Domain | None:
    """The web address that makes the company unique: its own field, else the only domain the source lists."""
    candidates = [row.web] if row.web.strip() else list(row.domains[:1]) if len(row.domains) == 1 else []
    for text in candidates:
        domain = registered(text)
        if domain is not None and not is_public_mail(domain.ascii):
            return domain
    return None


def match_key(row: UpstreamCompany) -> str:
    domain = usable_domain(row)
    return domain.ascii if domain is not None and not row.is_own and row.is_active else ""


def label(row: UpstreamCompany) -> str:
    return row.name.strip() or f"record {row.id}"


def judge(row: UpstreamCompany, known: Known, source: str, new_id: str) -> Verdict:
    """What will happen to `row`; `new_id` is the id a new company would get."""
    if row.is_own:
        return Verdict(Action.UNCHANGED, "Your own company: its row here is reserved for your staff.")
    if known.linked is not None:
        return _judge_linked(row, known.linked, known.linked_name, known.owner, source)
    if not row.is_active:
        return Verdict(Action.HELD, f"Inactive in {source}: not imported.")
    if not row.name.strip():
        return Verdict(Action.HELD, f"Has no name. Give it one in {source} and preview again.")
    if known.unwanted and not known.chosen:
        return Verdict(Action.HELD, f"{known.unwanted}: left out by the settings of {source}. Pick it with the button “{ONLY_SOME}” to import it all the same.")
    if known.likeness is not None and known.likeness.certain:
        return Verdict(
            Action.CHANGED,
            f"Is {known.likeness.company_name} ({known.likeness.reason}): gets {source} as a second source.",
            known.likeness.company_id,
        )
    if known.likeness is not None and not known.chosen:
        return Verdict(
            Action.CONFLICT,
            f"May be {known.likeness.company_name} ({known.likeness.reason}). Map it to that company, or {_otherwise(known, source)}.",
            known.likeness.company_id,
        )
    return _judge_new(row, known, source, new_id)


def _otherwise(known: Known, source: str) -> str:
    """Picking helps only a company that could come in beside the one it is like."""
    if known.domain_owner:
        return f"correct its web address in {source}: {known.domain_owner} has the same"
    return f"pick it with the button “{ONLY_SOME}” to import it as a new one"


def _judge_linked(row: UpstreamCompany, company: Company, last_name: str, owner: str, source: str) -> Verdict:
    if not row.is_active:
        return Verdict(Action.HELD, f"Became inactive in {source}. {company.name} stays as it is until you decide.", company.id)
    changes = {}
    renamed = bool(row.name.strip()) and row.name != last_name
    if renamed and not owner:
        changes["name"] = (company.name, row.name)
    domain = usable_domain(row)
    if company.domain is None and domain is not None:
        changes["web address"] = ("", domain.ascii)
    if changes:
        return Verdict(Action.CHANGED, "", company.id, changes)
    reason = f"{owner} owns the name; {source} calls it “{row.name.strip()}”." if renamed else ""
    return Verdict(Action.UNCHANGED, reason, company.id)


def _judge_new(row: UpstreamCompany, known: Known, source: str, new_id: str) -> Verdict:
    domain = usable_domain(row)
    if domain is None:
        wrong = f" (“{row.web.strip()[:60]}” is not one of its own)" if row.web.strip() else ""
        return Verdict(Action.HELD, f"Has no web address{wrong}: it will wait as “needs domain” until you add one.", new_id, waits=True)
    if known.domain_owner:
        return Verdict(Action.CONFLICT, f"Has the same web address as your company {known.domain_owner} ({domain.shown}). Map it, or correct the address in {source}.")
    if known.twin_label:
        return Verdict(Action.CONFLICT, f"Has the same web address as {known.twin_label} ({domain.shown}). Correct one of them in {source}, or pick one with the button “{ONLY_SOME}”.")
    return Verdict(Action.NEW, "", new_id)
