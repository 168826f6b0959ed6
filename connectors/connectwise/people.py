"""ConnectWise's contacts, by company or of all, and the MSP's own members."""

from connectors._paging import instant, kept
from connectors.connectwise import queries, rows
from connectors.connectwise.queries import Walk
from connectors.connectwise.walking import Walker
from domain.isolation import Scope
from domain.ports import Page, UpstreamPerson


class People(Walker):
    def users(self, scope: Scope, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of the scope's company. A row of another company stops the read.

        {"id":31004,"firstName":"Ada","lastName":"Byron","company":{"id":250,"name":"Contoso Ltd."},"inactiveFlag":false,
        "communicationItems":[{"value":"ada@contoso.com","defaultFlag":true,"communicationType":"Email"}]}

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
        """The MSP's own members, inactive ones flagged, API members left out.

        {"id":141,"identifier":"GHopper","firstName":"Grace","lastName":"Hopper","officeEmail":"grace@msp.example",
        "defaultEmail":"Office","inactiveFlag":false,"licenseClass":"F"}

            page = source.staff(None)   # page.rows[0].company_id is None
        """
        return self._page(Walk("system/members", "members"), rows.MemberRow, rows.staff_member, cursor)

    def _contacts(self, narrowed: tuple[str, ...], since: str | None, cursor: str | None) -> Page[UpstreamPerson]:
        walk = Walk("company/contacts", "contacts", narrowed, None if since is None else instant(since))
        return self._page(walk, rows.ContactRow, rows.contact, cursor)
