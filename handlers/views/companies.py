"""Managed companies: the list, one company, and the forms for a domain, a new company, the company to work in."""

from collections.abc import Sequence

from domain.company import Company, CompanyState
from domain.ports import Kind
from flows.companies import CompanyLine, CompanyPage
from handlers.views import doors, kit, people, sources

PAGE, SEARCH = "companies_page", "companies_search"
ADD_DOMAINS = "companies_domains"
LEAVE = "company_leave"  # value: company id
REMOVE, REMOVE_SURELY = "company_remove", "company_remove_surely"  # value: company id
DOMAINS_SAVED, ADDED, PICKED = "company_domains_saved", "company_added", "company_picked"  # callbacks
PICK, CHOICE = "company_pick_options", "company"
NAME, WEB = "name", "web"
MOST_DOMAINS = 20


def page(shown: CompanyPage, command: str, said: str = "") -> kit.Block:
    """`said` is what the last click led to, ready mrkdwn."""
    blocks = [kit.header("Companies")]
    blocks += [kit.section(said)] if said else []
    blocks.append(kit.section(_counts(shown)))
    blocks.append(kit.input_text("Search", SEARCH, SEARCH, placeholder="Part of a name or domain, then Enter",
                                 initial=shown.search, optional=True, dispatch=True, max_length=100))
    blocks += [kit.section(_line(line), doors.manage(line.company.id)) for line in shown.lines]
    if not shown.lines:
        blocks.append(kit.section("Nothing fits." if shown.search else "There are no companies yet: import them."))
    blocks += kit.paging(shown.page, shown.pages, PAGE)
    domains = [kit.button("Add domains", ADD_DOMAINS)] if shown.needing_domain else []
    blocks += kit.actions(doors.start_import(Kind.COMPANIES), doors.add_company(), *domains, doors.map_companies())
    blocks.append(kit.context_line(kit.escape(f"`{command} company <name>` sets the company you work in here.")))
    return kit.message(f"{shown.total:,} {'company' if shown.total == 1 else 'companies'}", blocks)


def _counts(shown: CompanyPage) -> str:
    needing = f" · {shown.needing_domain:,} need a domain" if shown.needing_domain else ""
    fit = f" fit “{kit.said(shown.search, 60)}”" if shown.search else ""
    return f"{shown.total:,} {'company' if shown.total == 1 else 'companies'}{fit}{needing}"


def _line(line: CompanyLine) -> str:
    company = line.company
    address = kit.said(company.domain) if company.domain else "*needs domain*"
    own = " · your own company" if company.is_own else ""
    mapped = "mapped at " + kit.said(", ".join(line.sources)) if line.sources else "not mapped"
    return f"*{kit.said(company.name)}* · {address}{own}\n{line.people:,} people, {line.pending:,} pending · {mapped}"


def one(line: CompanyLine, working: bool, removable: bool = False) -> kit.Block:
    """`removable`: whether the reader may remove companies."""
    company = line.company
    blocks = [
        kit.header(kit.cut(company.name, 120)),
        kit.fields([
            ("Web address", kit.said(company.domain) if company.domain else "needs domain"),
            ("State", "needs domain" if company.state is CompanyState.NEEDS_DOMAIN else "active"),
            ("People", f"{line.people:,}, {line.pending:,} pending"),
            ("Mapped at", kit.said(", ".join(line.sources)) if line.sources else "no source yet"),
        ]),
    ]
    users = kit.button("Users", people.COMPANY, company.id, "primary")
    start = doors.start_import(Kind.STAFF if company.is_own else Kind.USERS, company.id)
    buttons = [users, start] if company.is_own else [users, start, doors.map_companies(company_id=company.id, text="Map")]
    buttons.append(doors.add_domain(company.id) if not company.domain else
                   kit.button("Change domain", doors.ADD_DOMAIN, company.id))
    if line.sources:
        buttons.append(kit.button("Sources", sources.SHOW, company.id))
    if removable and not company.is_own:
        buttons.append(_remove("Remove company", REMOVE, company))
    blocks += kit.actions(*buttons)
    if working:
        blocks.append(kit.context_line(f"You are working in *{kit.said(company.name)}* here until you choose another."))
        blocks += kit.actions(kit.button("Leave this company", LEAVE, company.id), doors.companies())
    return kit.message(f"Company {kit.said(company.name)}", blocks)


def _remove(text: str, action_id: str, company: Company) -> kit.Block:
    sure = kit.confirmation(
        "Remove it for good?",
        f"{kit.cut(' '.join(company.name.split()), 80)}: its passwords are destroyed beyond recovery, its people, "
        "invitations and mappings go. The history stays. This cannot be undone.",
        "Remove", danger=True,
    )
    return kit.button(text, action_id, company.id, "danger", sure)


def still_in(company: Company, why: str) -> kit.Block:
    """People have accepted: asked a second time."""
    again = kit.actions(_remove("Remove all the same", REMOVE_SURELY, company), doors.manage(company.id))
    return kit.message(kit.remark(why), [kit.section(kit.remark(why)), *again])


def none_chosen(command: str) -> kit.Block:
    text = f"You work in no company here. Choose one, or type `{kit.escape(command)} company` and its name."
    return kit.message(text, [kit.section(text), *kit.actions(doors.pick_company(), doors.companies())])


def domains(companies: Sequence[Company], total: int, about: str, channel: str) -> kit.Block:
    """One input a company; `about` is the id of the plan whose message is to change, where there is one."""
    single = len(companies) == 1
    hint = "For example contoso.com. A company is known by it, so it must be its own."
    # Among several, a useless address of the source stands in the hint: filled in, it would have to be cleared by hand.
    blocks = [
        kit.input_text(company.name, f"{company.id}:{WEB}", WEB, placeholder="contoso.com",
                       initial=company.web if single else "", hint=hint if single else _said_there(company),
                       optional=not single, max_length=300)
        for company in companies[:MOST_DOMAINS]
    ]
    if not blocks:
        blocks = [kit.section("Every company has its domain.")]
    if total > MOST_DOMAINS:
        blocks.append(kit.context_line(f"The first {MOST_DOMAINS} of {total:,}: save these, then come back for the rest."))
    title = "Add domain" if single else "Add domains"
    submit = "Save" if companies else None
    return kit.modal(title, blocks, DOMAINS_SAVED, submit=submit, close="Cancel", private_metadata=f"{about}|{channel}")


def _said_there(company: Company) -> str:
    return f"The source has “{kit.cut(company.web, 100)}”, which cannot be used." if company.web else ""


def add(channel: str) -> kit.Block:
    hint = "For example contoso.com. Without it the company waits as “needs domain”."
    blocks = [
        kit.input_text("Name", NAME, NAME, max_length=200),
        kit.input_text("Web address", WEB, WEB, hint=hint, optional=True, max_length=300),
    ]
    return kit.modal("Add company", blocks, ADDED, submit="Add", close="Cancel", private_metadata=channel)


def pick(channel: str) -> kit.Block:
    blocks = [kit.external("Company", CHOICE, PICK, hint="What you do in this channel is for this company then.")]
    return kit.modal("Choose a company", blocks, PICKED, submit="Work in it", close="Cancel", private_metadata=channel)


def option(company: Company) -> kit.Offered:
    return company.name, company.id, company.domain or "needs domain"
