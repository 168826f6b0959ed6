"""How the invitations that wait for someone look, as a list with its buttons."""

from domain.company import Company
from flows.invitations import PersonLine, PersonPage
from handlers.views import kit, people

REINVITE = "invites_reinvite"
UNINVITE = "invites_uninvite"
REINVITE_ALL = "invites_reinvite_all"  # value: whose list it stands in, as of SHOW
SHOW = "invites_show"
PAGE = "invites_page"
ROW = "invites_row"
_EVERY = "all"  # stands where a company's id would stand


def listing(page: PersonPage, expired: int, done: str = "") -> kit.Block:
    """Pending, expired and bounced invitations, oldest first. `expired` counts those of all pages."""
    text = _text(page)
    blocks = [kit.header("Pending invitations"), *([kit.section(done)] if done else []), kit.section(text)]
    if expired:
        blocks += kit.actions(reinvite_all_button(expired, REINVITE_ALL, page.company), block_id=REINVITE_ALL)
    for line in page.lines:
        row = f"{ROW}:{page.page}:{ref(page.company)}:{line.person.id}"
        blocks += lines(line, REINVITE, UNINVITE, page.company is None, row)
    return kit.message(text, [*blocks, *kit.paging(page.page, page.pages, PAGE, ref(page.company))])


def _text(page: PersonPage) -> str:
    where = f" of {kit.said(page.company.name, 100)}" if page.company else ""
    if page.total == 0:
        return f"No invitation{where} is pending. 🎉"
    waits = "invitation waits" if page.total == 1 else "invitations wait"
    return f"{page.total:,} {waits}{where}, oldest first."


def ref(company: Company | None) -> str:
    """Whose list a button stands in: everything pressed there is about the same."""
    return company.id if company else _EVERY


def company_of(ref: str) -> str | None:
    """The company that a ref names; None: all of them. Nothing at all names no company, and never all."""
    return None if ref == _EVERY else ref


def place_of(block_id: str) -> tuple[str, int]:
    """Whose list a button was pressed in, and on which page of it."""
    _, number, ref, *_ = [*block_id.split(":"), "", "", ""]
    return ref, int(number) if number.isdecimal() else 1


def lines(
    line: PersonLine, reinvite: str, uninvite: str, with_company: bool, block_id: str | None = None
) -> list[kit.Block]:
    """One person with both buttons, as every list of invitations shows it."""
    row = kit.actions(
        kit.button("Re-invite", reinvite, line.person.id),
        people.uninvite_button(line, uninvite),
        kit.button("Open card", people.CARD, line.person.id),
        block_id=block_id,
    )
    return [kit.section(people.entry(line, with_company)), *row]


def reinvite_all_button(expired: int, action_id: str, company: Company | None) -> kit.Block:
    people_get = "person gets" if expired == 1 else "people get"
    sure = f"{expired:,} {people_get} a new mail with a new link. Old links stop working."
    confirm = kit.confirmation("Re-invite all expired?", sure, "Re-invite")
    return kit.button(f"Re-invite all {expired:,} expired", action_id, ref(company), confirm=confirm)
