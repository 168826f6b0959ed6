"""IT Glue as a source of companies, their contacts and passwords, and the MSP's own staff and groups (JSON:API over HTTPS).

The source stands in the package's front, so that one module alone calls the gate; rows and words are plain values.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import msgspec

from connectors._http import Answer, Call, Gate, Manners, Reply, TimedOut, Use, clean, error_texts, web_address
from connectors._paging import (
    Place,
    following,
    id_of,
    instant,
    iso,
    kept,
    read_rows,
    slipped,
    unpack,
    until_watermark,
)
from connectors.itglue import lists, refusals, rows, words
from connectors.itglue.passwords import Passwords
from domain.errors import AskOperator, GangwayError, Trouble, TryLater
from domain.isolation import Scope
from domain.ports import (
    Connector,
    Finding,
    Kind,
    Opening,
    Page,
    UpstreamCompany,
    UpstreamGroup,
    UpstreamPassword,
    UpstreamPerson,
)
from domain.secret import Secret

VENDOR = "IT Glue"
T = TypeVar("T")
Shape = TypeVar("Shape", bound=msgspec.Struct)
Row = TypeVar("Row")

AT_ONCE = 3
# Of 3,000 in five minutes, which the account's other integrations may share: a hundred are left for them and for what
# we ask outside this gate (testing a connection). We count when a call leaves and IT Glue when it comes in, so that a
# slow one may fall into its next window: ours is two seconds longer, which costs less than one per cent. Together a long
# import of passwords uses 96 % of what there is.
SHARE = 2_900
WINDOW = 302.0


class ITGlueSource:
    """An open connection to one IT Glue account."""

    page_size = lists.PAGE_SIZE
    values_at_once = AT_ONCE

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        self._region = credentials.get("region", "").strip().upper()
        if self._region not in words.REGIONS:
            raise AskOperator("Choose the region: US, EU or AU.", Trouble.MISCONFIGURED, "region")
        self._key = _Key(credentials.get(words.MASKED, "").strip())
        self._key_name = credentials.get("key_name", "").strip()
        self._opening = opening
        self._override = None if opening.base_url is None else web_address(opening.base_url, "ITGLUE_API_URL")
        self._base = self._override or words.REGIONS[self._region]
        self._gate = self._key.gate(opening)
        self._domains: dict[str, tuple[str, ...]] | None = None
        self._passwords = Passwords(self._page, self._body, iso)
        self._psa_ids: dict[str, str] = {}  # by the id of the record that carries them beside the rows
        self._users: dict[str, rows.UserRow] = {}  # by id, of those beside the groups they are in

    def test(self) -> Finding:
        """Organisations, contacts, users, and whether the key opens passwords: five calls, three more where it does not.

        Finding(account="key Gangway, region EU", counts={"companies": 240, "users": 3100, "staff": 18},
                locked={Kind.PASSWORDS: "This key does not open passwords. …"})
        """
        companies = self._first_count()
        users = self._ask("contacts", lists.ONE, rows.Listing).body.total
        people = self.staff(None)  # read, since their total counts the clients' MyGlue users too
        staff = len(people.rows) if people.next is None else None
        counts = {Kind.COMPANIES.value: companies, Kind.USERS.value: users, Kind.STAFF.value: staff}
        locked, notes = self._try_password()
        key = f"key {self._key_name}, " if self._key_name else ""
        return Finding(f"{key}region {self._region}", {k: n for k, n in counts.items() if n is not None}, locked, notes)

    def close(self) -> None:
        self._gate.close()

    def used(self) -> Use:
        """How much of its share of calls this connection has used."""
        return self._gate.used()

    # --- companies ----------------------------------------------------------------------------------

    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        """All organisations by id, with their domains and the ids they have in a PSA.

        {"id":"42","type":"organizations","attributes":{"name":"Contoso","organization-status-name":"Active",
        "primary":false,"updated-at":"2026-10-30T10:32:29.000Z"},"relationships":{"adapters-resources":{"data":
        [{"id":"9001","type":"adapters-resources"}]}}}   and beside `data`
        "included":[{"id":"9001","type":"adapters-resources","attributes":{"remote-id":"178"}}]

            page = source.companies(None)   # page.rows[0].psa_ids == ("178",)
        """
        return self._companies(lists.organizations(), cursor)

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        """Organisations changed at or after `since`, newest first; `total` counts all of them.

        A domain that was added does not move its organisation's time; a full read finds it.
        """
        return self._companies(lists.organizations(instant(since)), cursor)

    def _companies(self, wanted: lists.Listed, cursor: str | None) -> Page[UpstreamCompany]:
        if cursor is None:
            self._domains = None  # a new walk reads them anew, a resumed one where it has none

        def convert(row: rows.OrganizationRow) -> UpstreamCompany:
            # Asked for at the first row: a read that finds nothing changed needs no domains.
            domains = self._all_domains().get(str(row.id), ())
            return rows.company(row, domains, self._psa_ids, iso(row.attributes.updated_at))

        return self._page(wanted, rows.OrganizationRow, convert, cursor)

    def _all_domains(self) -> dict[str, tuple[str, ...]]:
        """Every tracked domain by organisation id, read once for a walk: {"42": ("contoso.com",)}."""
        if self._domains is None:
            wanted = lists.Listed("domains", sort="created_at")  # cannot be sorted by id
            page = self._page(wanted, rows.DomainRow, lambda row: row, None)
            found = list(page.rows)
            while page.next is not None:
                page = self._page(wanted, rows.DomainRow, lambda row: row, page.next)
                found += page.rows
            self._domains = rows.domains_by_company(found)
        return self._domains

    # --- people -------------------------------------------------------------------------------------

    def users(self, scope: Scope, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of the scope's organisation. A row of another organisation stops the read.

        {"id":"77","type":"contacts","attributes":{"organization-id":42,"first-name":"Ada","last-name":"Byron",
        "contact-emails":[{"value":"ada@contoso.com","primary":true,"label-name":"Work"}]}}

            page = source.users(scope, None)   # every row: company_id == scope.external_id
        """
        return kept(scope, self._contacts(lists.contacts(scope), cursor))

    def users_changed(self, scope: Scope, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of the scope's organisation changed at or after `since`; `total` counts all its contacts."""
        return kept(scope, self._contacts(lists.contacts(scope, instant(since)), cursor))

    def all_users(self, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of every organisation, by id; rows as in `users`."""
        return self._contacts(lists.contacts(), cursor)

    def all_users_changed(self, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of every organisation changed at or after `since`; `total` counts all contacts."""
        return self._contacts(lists.contacts(since=instant(since)), cursor)

    def staff(self, cursor: str | None) -> Page[UpstreamPerson]:
        """The MSP's own people, without the MyGlue users of its clients.

        {"id":"5","type":"users","attributes":{"first-name":"Grace","last-name":null,"email":"grace@msp.example",
        "role-name":"Administrator","my-glue":false}}

            page = source.staff(None)   # page.rows[0].company_id is None
        """

        def convert(row: rows.UserRow) -> UpstreamPerson | None:
            return rows.staff_member(row, iso(row.attributes.updated_at))

        return self._page(lists.Listed("users"), rows.UserRow, convert, cursor)

    def groups(self, cursor: str | None) -> Page[UpstreamGroup]:
        """The groups of the MSP's own people, with who is in them.

        {"id":"3","type":"groups","attributes":{"name":"Service Desk","my-glue":false},"relationships":{"users":{"data":
        [{"id":"5","type":"users"}]}}}   and beside `data` "included":[{"id":"5","type":"users","attributes":{…}}]

            page = source.groups(None)   # page.rows[0].member_ids == ("5",)
        """

        def convert(row: rows.GroupRow) -> UpstreamGroup | None:
            return rows.group(row, self._users, iso(row.attributes.updated_at))

        return self._page(lists.groups(), rows.GroupRow, convert, cursor)

    # --- passwords ----------------------------------------------------------------------------------

    def passwords(self, scope: Scope, cursor: str | None) -> Page[UpstreamPassword]:
        """The scope's records without any value, archived ones behind the others.

        {"id":"7","type":"passwords","attributes":{"organization-id":42,"name":"Router","username":"admin",
        "password-folder-id":9,"otp-enabled":true,"vault-id":null,"archived":false,"password-updated-at":"2026-…Z"}}

            page = source.passwords(scope, None)   # page.rows[0].folder == ("Infrastructure", "Switches")
        """
        return kept(scope, self._passwords.page(scope, cursor))

    def password_value(self, scope: Scope, external_id: str) -> Secret:
        """One value with its notes, which no list gives: {"data":{"id":"7","attributes":{…,"password":"…","notes":"…"}}}"""
        return self._passwords.value(scope, external_id)

    def _contacts(self, wanted: lists.Listed, cursor: str | None) -> Page[UpstreamPerson]:
        def convert(row: rows.ContactRow) -> UpstreamPerson:
            return rows.contact(row, iso(row.attributes.updated_at))

        return self._page(wanted, rows.ContactRow, convert, cursor)

    # --- reading lists ------------------------------------------------------------------------------

    def _page(
        self, wanted: lists.Listed, shape: type[Shape], convert: Callable[[Shape], Row | None], cursor: str | None
    ) -> Page[Row]:
        """One page of a list, found by its number: IT Glue has no cursors, and links no faster way."""
        size = lists.PAGE_SIZE if wanted.since is None else lists.CHANGED_PAGE_SIZE
        place = Place(0, size) if cursor is None else unpack(cursor, Place)
        place, reply = self._read(wanted, place)
        data, total = reply.body.data or [], reply.body.total
        late = self._slipped(wanted, place, reply.body)
        fresh, reached = until_watermark(data, rows.updated_at, wanted.since)
        batch = read_rows([*late, *fresh], shape, convert)
        ids, came = tuple(id_of(raw) for raw in data), len(data) + len(late)
        after = None if reached else following(VENDOR, wanted.word, place, ids, came, total)
        return Page(batch.rows, batch.bad, after, total, reply.as_of)

    def _read(self, wanted: lists.Listed, place: Place) -> tuple[Place, Reply[rows.Listing]]:
        """The page at a place. When it is too much for IT Glue (504), half of it, as often as it halves well."""
        while True:
            try:
                return place, self._read_once(wanted, place)
            except TimedOut:  # raised only where a page may be too much
                place = place.halved()

    def _read_once(self, wanted: lists.Listed, place: Place) -> Reply[rows.Listing]:
        paging = {"page[size]": str(place.size), "page[number]": str(place.page_number)}
        params = {**wanted.params, "sort": wanted.sort, **paging}
        too_much = place.size > lists.SMALLEST_PAGE
        reply = self._ask(wanted.path, params, rows.Listing, may_be_too_much=too_much, endpoint=wanted.word)
        if wanted.path == "groups":
            self._users.update(rows.users(reply.body.included or ()))
        else:
            self._psa_ids.update(rows.remote_ids(reply.body.included or ()))
        return reply

    def _slipped(self, wanted: lists.Listed, place: Place, listing: rows.Listing) -> list[msgspec.Raw]:
        """Rows that moved onto the page before, because rows were deleted there since it was read.

        Page numbers count from the top: when the list gets shorter, the first rows of this page become the last
        of the one before. Only in a list sorted by id can they be told.
        """
        if wanted.sort != "id" or not place.has_shrunk(listing.total):
            return []
        before = self._read_once(wanted, place.page_before()).body.data or []
        return slipped(place, before, listing.data or [])

    # --- trying the key -----------------------------------------------------------------------------

    def _first_count(self) -> int | None:
        try:
            return self._ask("organizations", lists.ONE, rows.Listing).body.total
        except AskOperator as refused:
            if refused.trouble is not Trouble.WRONG_KEY or self._override is not None:
                raise
        raise self._why_refused()

    def _why_refused(self) -> AskOperator:
        """A key on another region's host is refused like a wrong one; one call to each tells them apart."""
        answers = {region: self._opens(url) for region, url in words.REGIONS.items() if region != self._region}
        for region, opens in answers.items():
            if opens:
                return AskOperator(words.belongs_to(region), Trouble.WRONG_REGION, "region")
        if None in answers.values():
            return AskOperator(words.REFUSED, Trouble.WRONG_KEY, words.MASKED)
        return AskOperator(words.refused_everywhere(words.REGIONS), Trouble.WRONG_KEY, words.MASKED)

    def _opens(self, base: str) -> bool | None:
        """Whether the key opens this address; None when that could not be found out."""
        gate = self._key.gate(self._opening)
        try:
            gate.send(Call("GET", f"{base}/organizations", "organizations", lists.ONE, once=True), rows.Listing)
        except AskOperator as refused:
            return False if refused.trouble is Trouble.WRONG_KEY else None
        except TryLater:
            return None
        finally:
            gate.close()
        return True

    def _try_password(self) -> tuple[dict[Kind, str], tuple[str, ...]]:
        """Whether the key opens passwords: (locked, notes)."""
        opens = self._passwords.is_open()
        if opens is None:
            return {}, (words.NO_PASSWORDS,)
        return ({} if opens else {Kind.PASSWORDS: words.PASSWORDS_LOCKED}), ()

    def _body(self, path: str, params: Mapping[str, str], shape: type[T]) -> T:
        return self._ask(path, params, shape).body

    def _ask(
        self, path: str, params: Mapping[str, str], shape: type[T], may_be_too_much: bool = False, endpoint: str = ""
    ) -> Reply[T]:
        endpoint = endpoint or path.partition("/")[0]
        # Never a slash at the end: IT Glue answers it with a redirect.
        url = f"{self._base}/{path}"
        return self._gate.send(Call("GET", url, endpoint, params, may_be_too_much=may_be_too_much), shape)


class _Key:
    """The key, kept where no representation shows it, for the region's gate and for trying the other regions."""

    def __init__(self, value: str) -> None:
        if not value:
            raise AskOperator("The API key is missing. Connect IT Glue again.", Trouble.WRONG_KEY, words.MASKED)
        self._value = value

    def gate(self, opening: Opening) -> Gate:
        manners = Manners(VENDOR, AT_ONCE, SHARE, WINDOW, partial(_judge, (self._value,)))
        return Gate(manners, {"x-api-key": self._value}, clock=opening.clock, sleep=opening.sleep)


def _judge(secrets: tuple[str, ...], call: Call, answer: Answer) -> GangwayError:
    texts = error_texts(answer.body) or ()
    return refusals.judge(call.endpoint, answer.status, clean(texts, secrets))


CONNECTOR = Connector(
    name="itglue",
    title="IT Glue",
    aliases=("it-glue", "glue", "itg"),
    offers=frozenset({Kind.COMPANIES, Kind.STAFF, Kind.USERS, Kind.PASSWORDS, Kind.GROUPS}),
    declines=words.DECLINES,
    fields=words.FIELDS,
    guides=words.GUIDES,
    open=ITGlueSource,
    check=words.check,
    secret_field=words.MASKED,
)
