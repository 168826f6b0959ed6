"""Autotask's contacts, by company or of all, and the MSP's own staff."""

from connectors._paging import instant, iso, kept
from connectors.autotask import queries, rows
from connectors.autotask.queries import Walk
from connectors.autotask.walking import Walker
from domain.isolation import Scope
from domain.ports import Page, UpstreamPerson


class People(Walker):
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


def _contact(row: rows.ContactRow) -> UpstreamPerson:
    return rows.contact(row, iso(row.modified) or iso(row.activity))
