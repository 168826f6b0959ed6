"""Autotask PSA as a source of companies, their contacts, and the MSP's own staff (REST API v1.0).

The source stands in the package's front, so that one module alone calls the gate; rows, queries, zone,
refusals and words are plain values beside it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from connectors._http import Answer, Call, Gate, Manners, Reply, Use, clean, error_texts, web_address
from connectors._paging import Batch, half_read, id_of, instant, iso, kept, pack, read_rows, same_page_twice, unpack
from connectors.autotask import queries, refusals, rows, words, zone
from connectors.autotask.queries import Walk
from domain.errors import AskOperator, GangwayError, Trouble
from domain.isolation import Scope
from domain.ports import Connector, Finding, Kind, Opening, Page, UpstreamCompany, UpstreamPerson

VENDOR = "Autotask"
T = TypeVar("T")
Shape = TypeVar("Shape", bound=msgspec.Struct)
Row = TypeVar("Row")

AT_ONCE = 3  # per object: a fourth call in flight is answered 429
HOURLY_SHARE = 5_000  # of the 10,000 that all integrations of a tenant have together
ZONE_TRUSTED_FOR = timedelta(minutes=10)


class AutotaskSource:
    """An open connection to one Autotask tenant."""

    page_size = queries.PAGE_SIZE

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        given = words.complete(credentials, opening.defaults)
        self._username = given["username"]
        self._base = None if opening.base_url is None else web_address(opening.base_url, "AUTOTASK_API_URL")
        self._clock = opening.clock
        self._gate = Gate(
            Manners(VENDOR, AT_ONCE, HOURLY_SHARE, 3600, partial(_judge, tuple(given.values()))),
            {
                "ApiIntegrationCode": given["tracking"],
                "UserName": given["username"],
                "Secret": given["secret"],
                "Content-Type": "application/json",
            },
            clock=opening.clock,
            sleep=opening.sleep,
        )
        self._zone: zone.ZoneAnswer | None = None
        self._zone_since: datetime | None = None
        self._can_count = True
        self._unknown: set[str] = set()  # fields this tenant turned out not to have, in lower case

    def test(self) -> Finding:
        """Zone, then one count per object: four calls tell the failures apart.

        Finding(account="Pre Release (database 30595)", counts={"companies": 812, "users": 9120, "staff": 34})
        """
        home = self._home()
        counts: dict[str, int] = {}
        locked: dict[Kind, str] = {}
        for kind, walk in queries.PROBES:
            try:
                counts[kind.value] = self._count(walk).body
            except AskOperator as refused:
                if refused.trouble is not Trouble.MISSING_RIGHT:
                    raise
                locked[kind] = refused.said
        if not counts:
            raise AskOperator(words.NO_API_RIGHT, Trouble.NO_API_RIGHT)
        # Restricted users are shown fewer rows without any error, so a lone own company is worth a word.
        few = counts.get(Kind.COMPANIES.value, 2) < 2
        account = home.name or "Autotask"
        return Finding(
            account if home.database is None else f"{account} (database {home.database})",
            counts,
            locked,
            (words.FEW_COMPANIES,) if few else (),
        )

    def close(self) -> None:
        self._gate.close()

    def used(self) -> Use:
        """How much of the hourly share this connection has used."""
        return self._gate.used()

    # --- companies -------------------------------------------------------------------------------

    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        """All companies by id, inactive ones and the MSP's own (id 0) among them.

        {"id":174,"companyName":"Contoso","webAddress":"www.contoso.com","isActive":true,"companyType":1,
        "parentCompanyID":null,"lastActivityDate":"2026-11-02T08:53:10Z"}

            page = source.companies(None)   # page.rows[0].name == "Contoso", page.next is the next cursor
        """
        return self._page(Walk("Companies", "companies"), rows.CompanyRow, self._company, cursor)

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        """Companies with activity or a tracked change at or after `since`; `total` counts all companies."""
        walk = Walk("Companies", "companies", since=instant(since))
        return self._page(walk, rows.CompanyRow, self._company, cursor)

    def _company(self, row: rows.CompanyRow) -> UpstreamCompany:
        return rows.company(row, iso(row.modified) or iso(row.activity))

    # --- people ----------------------------------------------------------------------------------

    def users(self, scope: Scope, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of the scope's company. A row of another company stops the read.

        {"id":30682885,"companyID":174,"firstName":"Ada","lastName":"Byron","emailAddress":"ada@contoso.com",
        "title":"CFO","isActive":1,"lastModifiedDate":"2026-10-30T10:32:29.52Z"}

            page = source.users(scope, None)   # every row: company_id == scope.external_id
        """
        return kept(scope, self._contacts((queries.of_company(scope),), None, cursor))

    def users_changed(self, scope: Scope, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of the scope's company changed at or after `since`; `total` counts all its contacts."""
        return kept(scope, self._contacts((queries.of_company(scope),), since, cursor))

    def all_users(self, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of every company, by id; rows as in `users`."""
        return self._contacts((), None, cursor)

    def all_users_changed(self, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of every company changed at or after `since`; `total` counts all contacts."""
        return self._contacts((), since, cursor)

    def staff(self, cursor: str | None) -> Page[UpstreamPerson]:
        """The MSP's own people, inactive ones flagged, API-only users left out.

        {"id":29682885,"firstName":"Grace","lastName":"Hopper","email":"grace@msp.example","isActive":true,
        "licenseType":1}

            page = source.staff(None)   # page.rows[0].company_id is None
        """
        return self._page(Walk("Resources", "resources"), rows.ResourceRow, rows.staff_member, cursor)

    def _contacts(
        self, narrowed: tuple[queries.Condition, ...], since: str | None, cursor: str | None
    ) -> Page[UpstreamPerson]:
        walk = Walk("Contacts", "contacts", narrowed, None if since is None else instant(since))
        return self._page(walk, rows.ContactRow, _contact, cursor)

    # --- walking ---------------------------------------------------------------------------------

    def _page(
        self, walk: Walk, shape: type[Shape], convert: Callable[[Shape], Row | None], cursor: str | None
    ) -> Page[Row]:
        """One page of an id-walk: a whole read costs its pages and nothing more.

        A read of what changed is preceded by two counts: how many changed, which is mostly none and then there is no page
        to fetch, and how many there are in all.

        Autotask's own next-page links have to be POSTed with the first body again and die with their session; walking
        by id needs neither and goes on from any row.
        """
        if cursor is not None:
            place = unpack(cursor, queries.Place)
        elif walk.since is None:
            place = queries.Place(queries.BEFORE_ALL, 0, 0, None)
        else:
            counted = self._count(walk)
            total = self._count(walk.over_all()).body
            if counted.body == 0:
                return Page((), total=total, as_of=counted.as_of)
            place = queries.Place(queries.BEFORE_ALL, 0, counted.body, total)
        reply = self._query(walk, place.last, rows.fields_of(shape))
        items = reply.body.items or []
        batch = read_rows(items, shape, convert)
        following = self._following(walk, place, reply.body, batch)
        return Page(batch.rows, batch.bad, following, place.total, reply.as_of)

    def _following(
        self, walk: Walk, place: queries.Place, listing: queries.Listing, batch: Batch[Row]
    ) -> str | None:
        ids = [int(row_id) for row_id in batch.ids if row_id.isdigit()]
        if any(row_id <= place.last for row_id in ids):
            raise same_page_twice(VENDOR, walk.what)
        seen = place.seen + len(listing.items or ())
        if not listing.is_last() and ids:
            return pack(queries.Place(max(ids), seen, place.expected, place.total))
        # Fewer than announced: asked again, since somebody may just have deleted one.
        if not listing.is_last() or (seen < place.expected and seen < self._count(walk).body):
            raise half_read(VENDOR, walk.what, seen, place.expected)
        return None

    def _query(self, walk: Walk, last: int, fields: tuple[str, ...]) -> Reply[queries.Listing]:
        def ask() -> Reply[queries.Listing]:
            known = [name for name in fields if name.lower() not in self._unknown]
            body = queries.query([queries.after_id(last), *walk.conditions(self._unknown)], known)
            return self._ask("POST", f"{walk.endpoint}/query", walk.endpoint, queries.Listing, body)

        return self._without_unknown(ask)

    def _count(self, walk: Walk) -> Reply[int]:
        """How many rows the walk is over. An address that cannot count has its ids walked instead."""
        if not self._can_count:
            return self._counted_by_hand(walk)
        try:
            return self._counted(walk)
        except AskOperator as refused:
            if refused.trouble is not Trouble.NOT_FOUND:
                raise
        found = self._counted_by_hand(walk)  # refused alike when nothing answers there
        self._can_count = False
        return found

    def _counted_by_hand(self, walk: Walk) -> Reply[int]:
        seen, last, as_of = 0, queries.BEFORE_ALL, ""
        while True:
            reply = self._query(walk, last, ("id",))
            items = reply.body.items or []
            seen, as_of = seen + len(items), as_of or reply.as_of
            following = max((int(row_id) for row_id in map(id_of, items) if row_id.isdigit()), default=last)
            if reply.body.is_last():
                return Reply(seen, as_of)
            if following <= last:
                raise same_page_twice(VENDOR, walk.what)
            last = following

    def _counted(self, walk: Walk) -> Reply[int]:
        def ask() -> Reply[int]:
            body = queries.query([queries.after_id(queries.BEFORE_ALL), *walk.conditions(self._unknown)])
            reply = self._ask("POST", f"{walk.endpoint}/query/count", walk.endpoint, queries.Count, body)
            return Reply(reply.body.count, reply.as_of)

        return self._without_unknown(ask)

    def _without_unknown(self, ask: Callable[[], T]) -> T:
        """Ask; when the tenant does not have one of the fields, ask again without it."""
        while True:
            try:
                return ask()
            except refusals.UnknownField as refused:
                if refused.name in self._unknown or refused.name in ("", "id", "companyid"):
                    raise
                self._unknown.add(refused.name)

    # --- calling ---------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, endpoint: str, shape: type[T], body: Any = None) -> Reply[T]:
        call = partial(Call, method, endpoint=endpoint, body=body)
        home = self._home()
        try:
            return self._gate.send(call(url=f"{zone.api_root(home)}/{path}"), shape)
        except AskOperator as refused:
            if not self._has_moved(home, refused):
                raise
        return self._gate.send(call(url=f"{zone.api_root(self._home())}/{path}"), shape)

    def _home(self) -> zone.ZoneAnswer:
        """The tenant's zone, asked for once, without credentials."""
        if self._zone is None:
            url = zone.question_url(self._base)
            call = Call("GET", url, zone.ENDPOINT, params={"user": self._username}, bare=True)
            found = self._gate.send(call, zone.ZoneAnswer).body
            if not zone.is_trusted(found, self._base):
                raise AskOperator(words.STRANGE_ZONE, Trouble.BAD_ANSWER)
            self._zone, self._zone_since = found, self._clock()
        return self._zone

    def _has_moved(self, old: zone.ZoneAnswer, refused: AskOperator) -> bool:
        """Whether a refusal came because the tenant now lives in another zone, which looks like a wrong key.

        Asked only when the zone was found a while ago. The question needs no credentials, so it cannot lock
        the user, and the refused call is repeated only at a new address.
        """
        may_be = refused.trouble in (Trouble.WRONG_KEY, Trouble.NOT_FOUND)
        if not may_be or self._zone_since is None or self._clock() - self._zone_since < ZONE_TRUSTED_FOR:
            return False
        self._gate.reopen()
        self._zone = None
        try:
            moved = self._home().url != old.url
        except GangwayError:  # not found out: the refusal stands
            self._zone, moved = old, False
        if not moved and refused.trouble is Trouble.WRONG_KEY:
            self._gate.shut(refused)
        return moved


def _judge(secrets: tuple[str, ...], call: Call, answer: Answer) -> GangwayError:
    texts = error_texts(answer.body) or ()
    return refusals.judge(call.endpoint, answer.status, " ".join(texts), clean(texts, secrets))


def _contact(row: rows.ContactRow) -> UpstreamPerson:
    return rows.contact(row, iso(row.modified) or iso(row.activity))


CONNECTOR = Connector(
    name="autotask",
    title="Autotask PSA",
    aliases=("at", "psa", "datto"),
    offers=frozenset({Kind.COMPANIES, Kind.STAFF, Kind.USERS}),
    declines=words.DECLINES,
    fields=words.FIELDS,
    guides=words.GUIDES,
    open=AutotaskSource,
    check=words.check,
    is_psa=True,
    secret_field=words.MASKED,
)
