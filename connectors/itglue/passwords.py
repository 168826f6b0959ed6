"""IT Glue's passwords: the walk over their records, one value at a time, and what a missing value means."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

import msgspec

from connectors._paging import all_rows
from connectors.itglue import lists, rows, safe, words
from domain.errors import AskOperator, SkipRecord, Stop, Stranger, Trouble
from domain.isolation import Scope
from domain.ports import Page, UpstreamPassword
from domain.secret import Secret

T = TypeVar("T")
Shape = TypeVar("Shape", bound=msgspec.Struct)
Row = TypeVar("Row")

TRIED = 3  # how many entries are asked before none of them opening is put down to the key


class ReadPage(Protocol):
    def __call__(
        self, wanted: lists.Listed, shape: type[Shape], convert: Callable[[Shape], Row | None], cursor: str | None
    ) -> Page[Row]: ...


class Ask(Protocol):
    def __call__(self, path: str, params: Mapping[str, str], shape: type[T]) -> T: ...


class _Place(msgspec.Struct, frozen=True):
    """Where the walk goes on: in which of the two lists, at which place of it, behind how many rows of the first."""

    archived: bool = False
    inner: str | None = None
    before: int | None = None


class Passwords:
    """The passwords of one open account. Values are asked for one by one: no list gives them."""

    def __init__(self, read_page: ReadPage, ask: Ask, iso: Callable[[str | None], str]) -> None:
        self._read_page, self._ask, self._iso = read_page, ask, iso
        self._folders: dict[str, dict[str, tuple[str, ...]]] = {}  # by organisation
        self._witnesses: dict[str, str] = {}  # by organisation: an entry whose value came

    def is_open(self) -> bool | None:
        """Whether the key opens passwords; None where there is none to try. A value that is asked for is dropped at once.

        Without the right IT Glue still lists them; the value is then absent, null, empty or refused with 403. A single one
        may be so by itself.
        """
        try:
            listed = self._ask("passwords", {"page[size]": "10", "page[number]": "1"}, rows.Listing)
        except AskOperator as refused:
            self._only_a_right(refused)
            return False
        plain = safe.plain_ids(listed.data or ())
        if not plain:
            return None
        is_open = any(self._opens(each) for each in plain[:TRIED])
        if not is_open:
            self._key_lives()
        return is_open

    # --- records ------------------------------------------------------------------------------------

    def page(self, scope: Scope, cursor: str | None) -> Page[UpstreamPassword]:
        """First those in use, then the archived ones, as one walk. Its length is known when the second list begins."""
        place = _Place() if cursor is None else _unpack(cursor)
        if cursor is None:
            self._folders.pop(scope.external_id, None)  # a new walk reads them anew, a resumed one where it has none

        def convert(row: safe.PasswordRow) -> UpstreamPassword | None:
            about = row.attributes
            if about.archived is not None and about.archived is not place.archived:
                return None  # a service that does not heed the filter shows it in the other list too
            rotated, modified = self._iso(about.password_updated_at), self._iso(about.updated_at)
            return safe.password(row, place.archived, self._folder(scope, safe.folder_of(row)), rotated, modified)

        page = self._records(lists.passwords(scope, place.archived), convert, place.inner)
        total = page.total + place.before if page.total is not None and place.before is not None else None
        return Page(page.rows, page.bad, _next(place, page.next, page.total), total, page.as_of)

    def _records(
        self, wanted: lists.Listed, convert: Callable[[safe.PasswordRow], UpstreamPassword | None], cursor: str | None
    ) -> Page[UpstreamPassword]:
        try:
            return self._read_page(wanted, safe.PasswordRow, convert, cursor)
        except AskOperator as refused:
            self._only_a_right(refused)
            raise

    def _folder(self, scope: Scope, folder: str) -> tuple[str, ...]:
        if not folder:
            return ()
        if scope.external_id not in self._folders:  # asked for at the first row that lies in one
            self._folders[scope.external_id] = self._all_folders(scope)
        return self._folders[scope.external_id].get(folder) or (f"Folder {folder}",)

    def _all_folders(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """The organisation's folders with their paths, read once for a walk. An account without the route has none to tell.

        A refusal ends the walk: records without their folders would look as if they had been moved.
        """
        wanted = lists.password_folders(scope)
        try:
            found = all_rows(lambda cursor: self._read_page(wanted, safe.FolderRow, lambda row: row, cursor))
        except AskOperator as refused:
            if refused.trouble is Trouble.NOT_FOUND:
                return {}
            self._only_a_right(refused)
            raise AskOperator(words.FOLDERS_REFUSED, Trouble.MISSING_RIGHT) from None
        return safe.paths(found, scope.external_id)

    # --- values -------------------------------------------------------------------------------------

    def value(self, scope: Scope, external_id: str) -> Secret:
        """One value with its notes. Raises SkipRecord when this entry alone is refused, AskOperator when the right is gone."""
        if not external_id.isdecimal():  # it becomes part of an address
            raise SkipRecord("Its number at IT Glue is not readable.")
        try:
            shown = self._ask(f"passwords/{external_id}", {}, safe.Shown)
        except AskOperator as refused:
            raise self._why_refused(scope, external_id, refused) from None
        if shown.organization != scope.external_id:
            raise Stranger(
                "IT Glue answered with an entry of another company than the one asked for. "
                "The run was stopped and nothing of it was kept. Please report this to your administrator."
            )
        if shown.is_vaulted():
            raise SkipRecord(words.VAULTED)
        if not shown.has_value() and not self._others_open(scope, external_id):
            raise AskOperator(words.PASSWORDS_LOCKED, Trouble.MISSING_RIGHT)
        if shown.has_value():
            self._witnesses[scope.external_id] = external_id
        return shown.secret()

    def _why_refused(self, scope: Scope, external_id: str, refused: AskOperator) -> Exception:
        """Gone, refused for this entry alone, the right taken away, or the key: told apart with a cheap call or two."""
        if refused.trouble is Trouble.NOT_FOUND:
            return SkipRecord(words.GONE)
        if refused.trouble is not Trouble.MISSING_RIGHT:
            return refused
        others = self._others_open(scope, external_id)
        if others is False:
            return AskOperator(words.PASSWORDS_LOCKED, Trouble.MISSING_RIGHT)
        return SkipRecord(words.ENTRY_REFUSED if others else words.ONLY_ENTRY_REFUSED)

    def _others_open(self, scope: Scope, external_id: str) -> bool | None:
        """Whether another entry of the same company gives its value; None where there is no other. It is dropped at once.

        Raises where none does because the key itself is refused.
        """
        known = self._witnesses.get(scope.external_id, external_id)
        if known != external_id and self._opens(known):
            return True
        others = self._some_others(scope, external_id)  # the one that was known may be gone, or emptied since
        for other in others or ():
            if self._opens(other):
                self._witnesses[scope.external_id] = other
                return True
        self._key_lives()
        return None if others == [] and known == external_id else False

    def _some_others(self, scope: Scope, external_id: str) -> list[str] | None:
        """A few, since one of them may be refused or empty by itself; None where not even their list is shown."""
        try:
            listed = self._ask("passwords", lists.some_passwords(scope), rows.Listing)
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            return None
        return [each for each in safe.plain_ids(listed.data or ()) if each != external_id][:TRIED]

    def _only_a_right(self, refused: AskOperator) -> None:
        """Raises what else it is: a dead key is refused here with the same 403 as a missing right."""
        if refused.trouble is not Trouble.MISSING_RIGHT:
            raise refused
        self._key_lives()

    def _key_lives(self) -> None:
        """One organisation, which any key may see. Asked last: a key that opens now was not dead at the refusal before."""
        self._ask("organizations", lists.ONE, rows.Listing)

    def _opens(self, external_id: str) -> bool:
        try:
            return self._ask(f"passwords/{external_id}", {}, safe.Shown).has_value()
        except AskOperator as refused:
            if refused.trouble not in (Trouble.MISSING_RIGHT, Trouble.NOT_FOUND):
                raise
            return False


def _next(place: _Place, inner: str | None, total: int | None) -> str | None:
    if inner is not None:
        return msgspec.json.encode(_Place(place.archived, inner, place.before)).decode()
    return None if place.archived else msgspec.json.encode(_Place(True, None, total)).decode()


def _unpack(cursor: str) -> _Place:
    try:
        return msgspec.json.decode(cursor, type=_Place)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Stop("The place where the read was to go on is damaged. Start the import again.") from None
