"""A source that lives in memory and can be made to lie, a post office, and somebody who listens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from domain.errors import AskOperator, Stop, Trouble, TryLater
from domain.isolation import Scope
from domain.ports import (
    Connector,
    Delivery,
    Field,
    Finding,
    Kind,
    Mail,
    MailOutcome,
    Opening,
    Page,
    Source,
    UpstreamCompany,
    UpstreamPerson,
)
from domain.psa import UpstreamAsset, UpstreamOpportunity

T = TypeVar("T", UpstreamCompany, UpstreamPerson, UpstreamOpportunity, UpstreamAsset)
WRONG = "wrong-secret-0000"


def _nothing() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Used:
    used: int = 0
    share: int = 5000
    window: float = 3600.0


@dataclass
class Paper:
    """What a vendor has. `foreign` rows are slipped into every answer about one company: a lying source."""

    clock: Callable[[], datetime]
    companies_: dict[str, UpstreamCompany] = field(default_factory=dict)
    people: dict[str, UpstreamPerson] = field(default_factory=dict)
    staff_: dict[str, UpstreamPerson] = field(default_factory=dict)
    foreign: list[UpstreamPerson] = field(default_factory=list)
    page_size: int = 50
    calls: list[str] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)  # raised by the next calls, one each
    cut: int | None = None  # answers end after so many rows
    moment: Callable[[], None] = _nothing

    # --- the vendor's side ---

    def company(self, id_: str, name: str, web: str = "", **more: object) -> UpstreamCompany:
        made = UpstreamCompany(id_, name, web, modified=self.clock().isoformat(), **more)  # type: ignore[arg-type]
        self.companies_[id_] = made
        return made

    def person(self, id_: str, company_id: str | None, email: str, first: str = "Ada", **more: object) -> UpstreamPerson:
        last = str(more.pop("last", f"No{id_}"))
        stamp = self.clock().isoformat()
        made = UpstreamPerson(id_, company_id, first, last, email, modified=stamp, **more)  # type: ignore[arg-type]
        (self.staff_ if company_id is None else self.people)[id_] = made
        return made

    def edit(self, id_: str, **changes: object) -> None:
        for rows in (self.people, self.staff_):
            if id_ in rows:
                rows[id_] = replace(rows[id_], modified=self.clock().isoformat(), **changes)  # type: ignore[arg-type]

    def edit_company(self, id_: str, **changes: object) -> None:
        stamp = self.clock().isoformat()
        self.companies_[id_] = replace(self.companies_[id_], modified=stamp, **changes)  # type: ignore[arg-type]

    # --- the source's side ---

    def test(self) -> Finding:
        self._called("test")
        return Finding("Northwind", {"companies": len(self.companies_)})

    def used(self) -> Used:
        return Used(len(self.calls))

    def close(self) -> None:
        """Nothing is open."""

    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        return self._page("companies", list(self.companies_.values()), cursor)

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        return self._changed("companies changed", list(self.companies_.values()), since, cursor)

    def users(self, scope: Scope, cursor: str | None) -> Page[UpstreamPerson]:
        return self._page("users", self._of(scope), cursor)

    def users_changed(self, scope: Scope, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        return self._changed("users changed", self._of(scope), since, cursor)

    def all_users(self, cursor: str | None) -> Page[UpstreamPerson]:
        return self._page("all users", list(self.people.values()), cursor)

    def all_users_changed(self, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        return self._changed("all users changed", list(self.people.values()), since, cursor)

    def staff(self, cursor: str | None) -> Page[UpstreamPerson]:
        return self._page("staff", list(self.staff_.values()), cursor)

    def _of(self, scope: Scope) -> list[UpstreamPerson]:
        return [one for one in self.people.values() if one.company_id == scope.external_id] + self.foreign

    def _called(self, what: str) -> None:
        self.moment()
        self.calls.append(what)
        if self.trouble:
            raise self.trouble.pop(0)

    def _changed(self, what: str, rows: list[T], since: str, cursor: str | None) -> Page[T]:
        if not since:
            raise Stop("No time to ask from.")  # as every connector answers
        found = [row for row in rows if row.modified >= since]
        return replace(self._page(what, found, cursor), total=self._told(rows))

    def _page(self, what: str, rows: list[T], cursor: str | None) -> Page[T]:
        self._called(what)
        total = self._told(rows)
        rows = rows[: self.cut] if self.cut is not None else rows
        start = int(cursor or 0)
        end = start + self.page_size
        more = str(end) if end < len(rows) else None
        return Page(tuple(rows[start:end]), next=more, total=total, as_of=self.clock().isoformat())

    def _told(self, rows: list[T]) -> int:
        return len(rows) if self.cut is None else min(self.cut, len(rows))


def connector(paper: Paper, name: str, title: str, is_psa: bool) -> Connector:
    def opened(fields: Mapping[str, str], _opening: Opening) -> Source:
        if fields.get("secret") == WRONG:
            paper.trouble.append(AskOperator("The secret is wrong. Make a new one.", Trouble.WRONG_KEY, "secret"))
        return paper

    def check(fields: Mapping[str, str]) -> Mapping[str, str]:
        return {} if fields.get("secret") else {"secret": "Paste the secret."}

    kinds = frozenset({Kind.COMPANIES, Kind.STAFF, Kind.USERS})
    declines = {Kind.PASSWORDS: f"{title} has no passwords to give."} if is_psa else {}
    fields = (Field("region", "Region", choices=("US", "EU")), Field("secret", "API secret", secret=True))
    return Connector(name, title, (), kinds, declines, fields, (), opened, check, is_psa=is_psa, secret_field="secret")


@dataclass
class Post:
    """A mail server in memory. `refused` addresses bounce, `later` ones are put off so many times."""

    sent: list[Mail] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    later: dict[str, int] = field(default_factory=dict)
    moment: Callable[[], None] = _nothing

    def send(self, mail: Mail, before_handover: Callable[[], None]) -> Delivery:
        self.moment()
        if mail.to in self.refused:
            return Delivery(MailOutcome.BOUNCED, "550 no such user")
        if self.later.get(mail.to, 0) > 0:
            self.later[mail.to] -= 1
            raise TryLater("The mail server asks to come back later.")
        before_handover()
        self.moment()
        self.sent.append(mail)
        self.moment()
        return Delivery(MailOutcome.SENT)

    def close(self) -> None:
        """Nothing is open."""

    def links(self, to: str) -> list[str]:
        """The tokens of the links mailed to an address, oldest first."""
        return [mail.text.split("/join/")[1].split()[0] for mail in self.sent if mail.to == to]


@dataclass
class Ear:
    """Who is told, and what."""

    state_of: Callable[[str], str] = field(default=lambda _plan_id: "")
    plans: list[tuple[str, bool, str]] = field(default_factory=list)  # plan, final, its state when it was drawn
    people: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    mappings: list[str] = field(default_factory=list)
    syncs: list[tuple[str, bool]] = field(default_factory=list)  # connection, ended
    requests: list[str] = field(default_factory=list)
    questions: list[tuple[str, str]] = field(default_factory=list)  # question, text
    private: list[tuple[str, str, str]] = field(default_factory=list)  # user, channel, text
    tickets: list[str] = field(default_factory=list)
    opportunities: list[str] = field(default_factory=list)
    moment: Callable[[], None] = _nothing

    def plan(self, plan_id: str, final: bool = False) -> None:
        self.moment()
        self.plans.append((plan_id, final, self.state_of(plan_id)))

    def whisper(self, user_id: str, channel: str, text: str) -> None:
        self.moment()
        self.private.append((user_id, channel, text))

    def person(self, person_id: str) -> None:
        self.moment()
        self.people.append(person_id)

    def ticket(self, ticket_id: str) -> None:
        self.moment()
        self.tickets.append(ticket_id)

    def opportunity(self, opportunity_id: str) -> None:
        self.moment()
        self.opportunities.append(opportunity_id)

    def digest(self, channel: str) -> None:
        self.moment()
        self.digests.append(channel)

    def sync(self, connection_id: str, ended: bool = False) -> None:
        self.moment()
        self.syncs.append((connection_id, ended))

    def notice(self, connection_id: str, text: str) -> None:
        self.moment()
        self.notices.append(text)

    def mapping(self, connection_id: str) -> None:
        self.moment()
        self.mappings.append(connection_id)

    def request(self, request_id: str) -> None:
        self.moment()
        self.requests.append(request_id)

    def question(self, connection_id: str, question_id: str, text: str) -> None:
        self.moment()
        self.questions.append((question_id, text))
