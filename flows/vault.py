"""The vault as Slack shows it: search, an entry's facts, links to private pages, adding and changing by hand.

No secret passes here: values are read and written on private pages only (flows/private.py).
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.company import Company
from domain.errors import NotAllowed, TellPerson
from domain.four_eyes import Risky
from domain.naming import short
from domain.paging import turned
from domain.roles import Act
from domain.secret import Entry, EntryState, Secret
from flows import companies, onetime, requests
from flows.connect import titled
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

NO_ENTRY = "There is no such vault entry here."
NAME_LIMIT, WORD_LIMIT, URL_LIMIT = 200, 300, 2000
ALL, CODE = "all", "code"  # what a reveal shows


@dataclass(frozen=True)
class EntryLine:
    entry: Entry
    company: Company
    source: str  # title of where it was imported from; "" for one made here


@dataclass(frozen=True)
class VaultPage:
    """`company` None: all companies together. `may` is what the reader may do, so that only such buttons are drawn."""

    company: Company | None
    lines: tuple[EntryLine, ...]
    page: int  # from 1
    pages: int
    total: int
    search: str
    archived: bool
    may: frozenset[Act]


@dataclass(frozen=True)
class Draft:
    """What a person may type about an entry in Slack."""

    name: str
    username: str = ""
    url: str = ""
    folder: str = ""  # parts parted by "/"
    category: str = ""


def search(
    context: Context, desk: Desk, company_id: str | None, typed: str = "", page: int = 1, archived: bool = False, size: int = 10
) -> VaultPage:
    """A company's entries; None: those of all that the desk sees."""
    desk.require(Act.VAULT)
    state = EntryState.ARCHIVED if archived else EntryState.ACTIVE
    with context.store.work() as work:
        company = desk.bound if company_id is None else companies.at(work, desk, company_id)
        only = company.id if company else None
        _, total = work.entries.search(only, typed, state, 0)
        page, pages = turned(page, total, size)
        found, _ = work.entries.search(only, typed, state, size, (page - 1) * size)
        lines = tuple(_line(context, work, entry) for entry in found)
    return VaultPage(company, lines, page, pages, total, typed, archived, may(desk))


def may(desk: Desk) -> frozenset[Act]:
    return frozenset(act for act in Act if desk.actor.may(act))


def card(context: Context, desk: Desk, entry_id: str) -> EntryLine:
    """Raises NotAllowed in the same words for another company's entry and for none."""
    desk.require(Act.VAULT)
    with context.store.work() as work:
        return _line(context, work, seen(work, desk, entry_id))


def seen(work: Work, desk: Desk, entry_id: str) -> Entry:
    """The entry, if this desk may see it at all."""
    entry = work.entries.get(entry_id)
    if entry is None or not desk.sees(entry.company_id):
        raise NotAllowed(NO_ENTRY)
    return entry


def _line(context: Context, work: Work, entry: Entry) -> EntryLine:
    company = work.companies.get(entry.company_id)
    assert company is not None
    connection = work.connections.get(entry.connection_id) if entry.connection_id else None
    return EntryLine(entry, company, titled(context, connection).title if connection else "")


def place(context: Context, desk: Desk) -> Company:
    """The company that words alone mean: the desk's, else the MSP's own. What was drawn carries its own company instead."""
    if desk.company is not None:
        return desk.company
    with context.store.work() as work:
        return work.companies.own()


def drawn(context: Context, desk: Desk, company_id: str) -> Company:
    """The company that a list or a form was drawn for, as far as this desk may still act on it."""
    with context.store.work() as work:
        return companies.at(work, desk, company_id)


# --- links to private pages --------------------------------------------------------------------------------------


def reveal_link(context: Context, desk: Desk, entry_id: str, part: str = ALL) -> str:
    """The address of a page that shows an entry's secret (or, CODE, its one-time code) once, to whoever asked."""
    desk.require(Act.REVEAL)
    with context.store.write() as work:
        entry = seen(work, desk, entry_id)
        if part == CODE and not entry.has_otp:
            raise TellPerson("This entry has no one-time code. Add its seed with *Edit*.")
        if not (entry.has_password or entry.has_otp or entry.has_notes) and not work.entries.secret(entry_id).fields:
            raise TellPerson("This entry holds no secret yet. Enter it with *Edit*.")
        link = onetime.make(context, work, desk, onetime.Kind.REVEAL, entry.id, entry.company_id, part)
        said = f"A link to {'the one-time code' if part == CODE else 'the secret'} of {named(entry)} was made."
        _journal(context, work, desk, "reveal link", said, entry)
    return link


def secret_link(context: Context, desk: Desk, entry_id: str) -> str:
    """The address of a page that takes an entry's secret."""
    desk.require(Act.KEEP)
    with context.store.write() as work:
        entry = seen(work, desk, entry_id)
        return onetime.make(context, work, desk, onetime.Kind.SECRET, entry.id, entry.company_id)


def file_link(context: Context, desk: Desk, company_id: str) -> str:
    """The address of a page that takes a file of passwords for a company."""
    desk.require(Act.IMPORT)
    with context.store.write() as work:
        company = companies.at(work, desk, company_id)
        return onetime.make(context, work, desk, onetime.Kind.FILE, company.id, company.id)


def export_link(context: Context, desk: Desk, company_id: str) -> str:
    """The address of a page that gives a company's vault as an encrypted file.

    "" where a second person must approve first: it is asked for then, and the asker gets the address with the approval.
    """
    desk.require(Act.EXPORT)
    with context.store.write() as work:
        company = companies.at(work, desk, company_id)
        if not requests.needed(work, Risky.EXPORT):
            return _export(context, work, desk, company)
        _, entries = work.entries.search(company.id, "", None, 0)
        summary = (
            f"The vault of {short(company.name, 60)} ({entries:,} entries with their secrets) shall be exported as an encrypted "
            f"file, by {desk.actor.name}. After the approval the link to it reaches them alone, works once and lives 15 minutes."
        )
        subject = {"company": company.id, "by": desk.actor.user_id}  # the link is its asker's, so each asks for themselves
        request = requests.ask(context, work, desk, Risky.EXPORT, subject, summary, company.id)
    context.tell.request(request.id)
    return ""


def perform_export(context: Context, work: Work, desk: Desk, subject: Mapping[str, Any]) -> requests.Performed:
    """The approved export: the asker gets the page's address, nobody else."""
    desk.require(Act.EXPORT)
    company = companies.at(work, desk, str(subject["company"]))
    address = _export(context, work, desk, company)
    told = (
        f"Your export of the vault of {short(company.name, 60)} is approved. Your private page, for the next 15 minutes, "
        f"once: {address}"
    )
    who = desk.actor.user_id
    said = f"Approved: {desk.actor.name} was sent the link to export the vault of {short(company.name, 60)}."
    return requests.Performed(said, lambda: context.tell.whisper(who, "", told))


def _export(context: Context, work: Work, desk: Desk, company: Company) -> str:
    said = f"A link to export the vault of {short(company.name, 60)} was made."
    work.journal.write(context.clock(), desk.actor, "vault export link", said, company.id, company.id)
    return onetime.make(context, work, desk, onetime.Kind.EXPORT, company.id, company.id)


# --- by hand -----------------------------------------------------------------------------------------------------


def add(context: Context, desk: Desk, company_id: str, draft: Draft) -> EntryLine:
    """A new entry without a secret yet, in a company's vault. Raises TellPerson with the field to blame."""
    desk.require(Act.KEEP)
    draft, now = checked(draft), context.clock()
    entry = Entry(
        context.new_id(), company_id, draft.name, draft.username, draft.url, draft.category, folder_of(draft.folder),
        EntryState.ACTIVE, False, False, False, now, desk.actor.name, touched=True,
    )
    with context.store.write() as work:
        companies.at(work, desk, company_id)
        work.entries.put(entry, Secret())
        _journal(context, work, desk, "vault entry", f"{named(entry)} was added by hand.", entry)
        return _line(context, work, entry)


def edit(context: Context, desk: Desk, entry_id: str, draft: Draft) -> EntryLine:
    """Change what is no secret. It counts as changed by hand, which an import will respect."""
    desk.require(Act.KEEP)
    draft = checked(draft)
    with context.store.write() as work:
        entry = seen(work, desk, entry_id)
        changed = dataclasses.replace(
            entry, name=draft.name, username=draft.username, url=draft.url, category=draft.category,
            folder=folder_of(draft.folder), touched=True, updated_at=context.clock(), updated_by=desk.actor.name,
        )
        work.entries.put(changed, work.entries.secret(entry_id))
        _journal(context, work, desk, "vault entry", f"{named(changed)} was changed by hand.", changed)
        return _line(context, work, changed)


def set_state(context: Context, desk: Desk, entry_id: str, state: EntryState) -> EntryLine:
    """Archive, or restore. Raises TellPerson when it is so already."""
    desk.require(Act.KEEP)
    word = "archived" if state is EntryState.ARCHIVED else "restored"
    with context.store.write() as work:
        entry = seen(work, desk, entry_id)
        if not work.entries.set_state(entry_id, state):
            raise TellPerson(f"This entry was {word} already.")
        _journal(context, work, desk, "vault entry", f"{named(entry)} was {word}.", entry)
        return _line(context, work, seen(work, desk, entry_id))


def checked(draft: Draft) -> Draft:
    """The draft without stray white space. Raises TellPerson for what cannot be kept."""
    tidy = Draft(*(" ".join(value.split()) for value in dataclasses.astuple(draft)))
    if not tidy.name:
        raise TellPerson("An entry needs a name.", field="name")
    for field, limit in (("name", NAME_LIMIT), ("username", WORD_LIMIT), ("url", URL_LIMIT), ("category", WORD_LIMIT)):
        if len(getattr(tidy, field)) > limit:
            raise TellPerson(f"At most {limit} characters, please.", field=field)
    if any(len(part) > WORD_LIMIT for part in folder_of(tidy.folder)) or len(folder_of(tidy.folder)) > 10:
        raise TellPerson("At most 10 folders deep, each of at most 300 characters.", field="folder")
    return tidy


def folder_of(text: str) -> tuple[str, ...]:
    return tuple(part for part in (" ".join(each.split()) for each in text.split("/")) if part)


def named(entry: Entry) -> str:
    return f"“{short(' '.join(entry.name.split()) or '–', 60)}”"


def _journal(context: Context, work: Work, desk: Desk, what: str, said: str, entry: Entry) -> None:
    work.journal.write(context.clock(), desk.actor, what, said, entry.company_id, entry.id)
