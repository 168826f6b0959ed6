"""How the vault looks in Slack: lists, an entry's card, the form for what is no secret, links to private pages.

No value of a secret is ever drawn here, and no field asks for one.
"""

from dataclasses import dataclass

from domain.company import Company
from domain.ports import Kind
from domain.roles import Act
from domain.secret import Entry, EntryState
from flows.vault import EntryLine, VaultPage
from handlers.views import doors, kit

OPEN = "vault_open"  # value: a list's ref, as of ARCHIVED and ACTIVE
CARD = "vault_card"  # value: entry id
SEARCH, PAGE = "vault_search", "vault_page"
ARCHIVED, ACTIVE = "vault_archived", "vault_active"
REVEAL, CODE = "vault_reveal", "vault_code"  # value: entry id
EDIT, SECRET = "vault_edit", "vault_secret"
ARCHIVE, RESTORE = "vault_archive", "vault_restore"
ADD, FILE, EXPORT = "vault_add", "vault_file", "vault_export"  # value: company id
ADDED, EDITED, SHOWN = "vault_added", "vault_edited", "vault_shown"  # callbacks
NAME, USERNAME, URL, FOLDER, CATEGORY = "name", "username", "url", "folder", "category"
_LINK = doors.LINK + "_private"

_EVERY, _ARCHIVED = "all", "archived"

Buttons = list[kit.Block]


# lists


@dataclass(frozen=True)
class List:
    """Which list a message shows: of a company, or (None) of all that its reader sees. What is pressed in it carries this."""

    company_id: str | None
    archived: bool = False

    @property
    def ref(self) -> str:
        return f"{_EVERY if self.company_id is None else self.company_id}|{_ARCHIVED if self.archived else ''}"


def list_of(ref: str) -> List:
    """What a ref names. One without a company names nobody's list, never that of all."""
    company_id, _, state = ref.partition("|")
    return List(None if company_id == _EVERY else company_id, state == _ARCHIVED)


def listing(shown: VaultPage, place: Company, command: str, report: Buttons | None = None) -> kit.Block:
    """Entries of a company, or of all. `place` is where Add and the imports go; `report` the buttons of another feature."""
    title = f"Vault of {kit.cut(shown.company.name, 100)}" if shown.company else "Vaults of all companies"
    state = "archived " if shown.archived else ""
    text = f"{title}: {shown.total:,} {state}{'entry' if shown.total == 1 else 'entries'}"
    blocks = [kit.header(title), _search(shown)]
    for line in shown.lines:
        card = kit.button("Open", CARD, line.entry.id)
        blocks.append(kit.section(entry(line, with_company=shown.company is None), card))
    if not shown.lines:
        blocks.append(kit.section(_nothing(shown, command)))
    blocks += kit.paging(shown.page, shown.pages, PAGE, _ref(shown))
    blocks += kit.actions(*_tools(shown, place), *(report or ()))
    blocks.append(kit.context_line(f"{kit.escape(text)}. What is added or imported goes to *{kit.said(place.name)}*."))
    return kit.message(kit.escape(text), blocks)


def _ref(shown: VaultPage) -> str:
    return _here(shown).ref


def _here(shown: VaultPage) -> List:
    return List(shown.company.id if shown.company else None, shown.archived)


def _search(shown: VaultPage) -> kit.Block:
    return kit.input_text(
        "Search", f"{SEARCH}:{_ref(shown)}", SEARCH, placeholder="Part of a name, username or address, then Enter",
        initial=kit.cut(shown.search, 100), optional=True, max_length=100, dispatch=True,
    )


def entry(line: EntryLine, with_company: bool) -> str:
    """One entry in two lines: name and username, then folder, company and badges."""
    one = line.entry
    username = f" · {kit.said(one.username, 80)}" if one.username else ""
    facts = [kit.said(" / ".join(one.folder), 80)] if one.folder else []
    facts += [kit.said(line.company.name, 60)] if with_company else []
    return f"*{kit.said(one.name, 100)}*{username}\n{' · '.join([*facts, *badges(one)])}"


def badges(one: Entry) -> list[str]:
    found = ["🔑 password" if one.has_password else "no password"]
    found += ["🔢 code"] if one.has_otp else []
    found += ["📝 notes"] if one.has_notes else []
    found += ["🗄️ archived"] if one.state is EntryState.ARCHIVED else []
    return found


def _nothing(shown: VaultPage, command: str) -> str:
    if shown.search and shown.company and shown.company.is_own:
        return f"Nothing fits in your own vault. `{kit.escape(command)} vault` with the words looks through all companies."
    if shown.search:
        return "Nothing fits. Try fewer words, or choose a company first."
    if shown.archived:
        return "Nothing is archived."
    return kit.escape(f"This vault is empty. Import passwords, import a file, or add an entry; see also {command} help.")


def _tools(shown: VaultPage, place: Company) -> Buttons:
    there = List(_here(shown).company_id, not shown.archived).ref
    other = kit.button("Show active", ACTIVE, there) if shown.archived else kit.button("Show archived", ARCHIVED, there)
    tools = [kit.button("Add entry", ADD, place.id)] if Act.KEEP in shown.may else []
    if Act.IMPORT in shown.may:
        tools += [doors.start_import(Kind.PASSWORDS, place.id), kit.button("Import a file", FILE, place.id)]
    tools += [kit.button("Export", EXPORT, place.id)] if Act.EXPORT in shown.may else []
    return [*tools, other, doors.pick_company()]


def importing(place: Company) -> kit.Block:
    """`vault import`: from a source, by the mapping of the company, or from a file."""
    text = f"Import passwords into the vault of *{kit.said(place.name)}*: from a source it is mapped at, or from a file."
    buttons = kit.actions(doors.start_import(Kind.PASSWORDS, place.id), kit.button("Import a file", FILE, place.id))
    return kit.message(text, [kit.section(text), *buttons])


# the card


def card(line: EntryLine, may: frozenset[Act], channel: str, done: str = "") -> kit.Block:
    """Facts without the value. `done` says what was just done, ready mrkdwn."""
    one = line.entry
    blocks = [kit.section(done)] if done else []
    blocks += [
        kit.section(f"*{kit.said(one.name)}*\n{' · '.join(badges(one))}"),
        kit.fields([
            ("Company", kit.said(line.company.name)),
            ("Username", kit.said(one.username) if one.username else "–"),
            ("Web address", kit.said(one.url, 300) if one.url else "–"),
            ("Folder", kit.said(" / ".join(one.folder)) if one.folder else "–"),
            ("Category", kit.said(one.category) if one.category else "–"),
            ("Changed", f"{kit.when(one.updated_at)} by {kit.said(one.updated_by, 80)}"),
            ("From", _origin(line)),
        ]),
        *kit.actions(*_acts(one, may)),
        kit.context_line("The value is shown on a private page, once, and never in Slack."),
    ]
    return kit.modal("Vault entry", blocks, SHOWN, private_metadata=f"{one.id}|{channel}")


def _origin(line: EntryLine) -> str:
    if not line.source:
        return "made here"
    return f"{kit.said(line.source)}{', changed by hand since' if line.entry.touched else ''}"


def _acts(one: Entry, may: frozenset[Act]) -> Buttons:
    acts = []
    if Act.REVEAL in may:
        acts.append(kit.button("Reveal", REVEAL, one.id, "primary"))
        acts += [kit.button("One-time code", CODE, one.id)] if one.has_otp else []
    if Act.KEEP in may:
        acts += [kit.button("Edit", EDIT, one.id), kit.button("Enter the secret", SECRET, one.id)]
        if one.state is EntryState.ARCHIVED:
            acts.append(kit.button("Restore", RESTORE, one.id))
        else:
            sure = kit.confirmation("Archive it?", "It leaves the lists, and can be restored at any time.", "Archive")
            acts.append(kit.button("Archive", ARCHIVE, one.id, confirm=sure))
    return acts or [kit.button("Open the list", OPEN, List(one.company_id).ref)]


# forms and links


def new(place: Company, channel: str) -> kit.Block:
    """What is no secret of a new entry; the secret comes on a private page. It is kept in the company it names."""
    blocks = [kit.section(f"A new entry in the vault of *{kit.said(place.name)}*."), *_fields(None)]
    return kit.modal("Add entry", blocks, ADDED, submit="Save", close="Cancel", private_metadata=f"{place.id}|{channel}")


def edit(one: Entry, below: str, channel: str) -> kit.Block:
    """`below` is the id of the card under the form."""
    meta = f"{one.id}|{below}|{channel}"
    return kit.modal("Edit entry", _fields(one), EDITED, submit="Save", close="Cancel", private_metadata=meta)


def _fields(one: Entry | None) -> list[kit.Block]:
    hint = "Password, notes and one-time code are entered on a private page afterwards." if one is None else ""
    folder = "/".join(one.folder) if one else ""
    return [
        kit.input_text("Name", NAME, NAME, initial=one.name if one else "", hint=hint, max_length=200),
        kit.input_text("Username", USERNAME, USERNAME, initial=one.username if one else "", optional=True, max_length=300),
        kit.input_text("Web address", URL, URL, initial=one.url if one else "", optional=True, max_length=2000),
        kit.input_text("Folder", FOLDER, FOLDER, initial=folder, optional=True, max_length=1000,
                       hint="Folders inside folders are parted by a slash: Network/Core"),
        kit.input_text("Category", CATEGORY, CATEGORY, initial=one.category if one else "", optional=True, max_length=300),
        kit.context_line("Type no password here: what stands in these fields is shown in lists."),
    ]


_LINKS = {
    REVEAL: ("Reveal", "Show it once", "10 minutes", "shows the secret of"),
    CODE: ("One-time code", "Show the code", "10 minutes", "shows the one-time code of"),
    SECRET: ("Enter the secret", "Enter it on a private page", "15 minutes", "takes the secret of"),
    ADD: ("Saved", "Enter it on a private page", "15 minutes", "takes the secret of"),
    FILE: ("Import a file", "Choose the file", "15 minutes", "takes a CSV or Bitwarden file for the vault of"),
    EXPORT: ("Export", "Make the file", "15 minutes", "gives, as an encrypted file, the vault of"),
}


def link(what: str, name: str, address: str, channel: str) -> kit.Block:
    """The modal with the button that opens a private page."""
    return kit.modal(_LINKS[what][0], _link(what, name, address), SHOWN, private_metadata=f"|{channel}")


def link_message(what: str, name: str, address: str) -> kit.Block:
    """The same where no modal could be opened."""
    return kit.message(_LINKS[what][0], _link(what, name, address))


def _link(what: str, name: str, address: str) -> list[kit.Block]:
    _, button, lifetime, does = _LINKS[what]
    text = f"This button opens a page that {does} *{kit.said(name)}*."
    remark = f"The link is for you alone: it works once, for {lifetime}, and its use is written down. Do not pass it on."
    row = kit.actions(kit.button(button, _LINK, url=address, style="primary"))
    return [kit.section(text), *row, kit.context_line(remark)]
