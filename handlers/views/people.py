"""How people and their invitations look: lists, a person's card, the role form."""

import re

from domain.company import Company
from domain.invitation import Badge, Invitation, InvitationState
from domain.person import Person, PersonKind
from domain.ports import Kind
from domain.roles import Role
from flows.invitations import PersonLine, PersonPage
from handlers.views import doors, kit

CARD = "people_card"
CARD_VIEW = "people_card_view"
REINVITE = "people_reinvite"
UNINVITE = "people_uninvite"
SUSPEND = "people_suspend"
REINSTATE = "people_reinstate"
ROLE = "people_role"
ROLE_VIEW = "people_role_view"
ROLE_FIELD = "people_role_field"
COMPANY = "people_company"
STAFF = "people_staff"
EVERYBODY = "people_everybody"
SEARCH = "people_search"
FILTER = "people_filter"
PAGE = "people_page"

ALL = "all"  # stands for staff and all companies together, where a company's id would stand
_MARKS = {
    Badge.PENDING: "🕓",
    Badge.EXPIRED: "⌛",
    Badge.ACCEPTED: "✅",
    Badge.ADMINISTRATOR: "🟢",
    Badge.UNINVITED: "🚫",
    Badge.BOUNCED: "⚠️",
    Badge.NONE: "▫️",
}
_OPEN_BADGES = (Badge.PENDING, Badge.EXPIRED, Badge.BOUNCED)
_ANYBODY = "any"
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")


def days(number: int) -> str:
    return "today" if number == 0 else f"{number:,} day{'s' if number != 1 else ''}"


def badge(line: PersonLine) -> str:
    """The badge: a word always, the age beside what still waits."""
    said = f"{_MARKS[line.badge]} {line.badge.value}"
    if line.badge in _OPEN_BADGES:
        said += f" · {days(line.age_days)}"
    return f"{said} · ⏸️ Suspended" if line.person.suspended else said


def who(user: str) -> str:
    """A Slack user as a mention; anything else as text."""
    if user == "system":
        return "Gangway"
    return f"<@{user}>" if _SLACK_ID.fullmatch(user) else kit.said(user, 80)


def name(line: PersonLine, with_company: bool = True) -> str:
    """One person in one line of mrkdwn."""
    company = f" · {kit.said(line.company.name, 60)}" if with_company else ""
    return f"*{kit.said(line.person.name, 80)}* · {kit.said(line.person.email, 100)}{company}"


def entry(line: PersonLine, with_company: bool) -> str:
    more = f" · {kit.said(line.person.title, 60)}" if line.person.title else ""
    return f"{name(line, with_company)}{more}\n{badge(line)}{_waits(line)}"


def _waits(line: PersonLine) -> str:
    invitation = line.invitation
    if invitation is None:
        return ""
    if invitation.trouble:
        return f" · {kit.said(invitation.trouble, 120)}"
    if invitation.state is InvitationState.HELD:
        return " · mail not sent yet: no mail server is set up"
    return ""


# what was done


def reinvited(line: PersonLine) -> str:
    name = kit.said(line.person.name, 80)
    held = line.invitation is not None and line.invitation.state is InvitationState.HELD
    how = "but no mail server is set up: it goes out when there is one" if held else "and goes out now"
    return f"✅ {name} is re-invited: a new mail with a new link is ready {how}. The old link is dead."


def uninvited(line: PersonLine) -> str:
    return f"🚫 {kit.said(line.person.name, 80)} is un-invited: the link is dead. The history is kept."


def reinvited_all(number: int) -> str:
    if number == 0:
        return "No invitation is expired any more: nothing was done."
    people = "1 person is" if number == 1 else f"{number:,} people are"
    return f"✅ {people} re-invited: new mails with new links go out, the old links are dead."


# lists


def ref(page: PersonPage) -> str:
    return page.company.id if page.company else ALL


def listing(page: PersonPage, command: str, done: str = "") -> kit.Block:
    """People of a company, of the MSP, or of all. `done` says what was just done."""
    title = _title(page)
    text = f"{title}: {page.total:,} {'person' if page.total == 1 else 'people'}"
    blocks = [kit.header(title), *_told(done), _search(page), *_tools(page)]
    if not page.lines:
        blocks.append(kit.section(_nobody(page, command)))
    for line in page.lines:
        card = kit.button("Open card", CARD, line.person.id)
        blocks.append(kit.section(entry(line, with_company=page.company is None), card))
    blocks.append(kit.context_line(kit.escape(text)))
    return kit.message(kit.escape(text), [*blocks, *kit.paging(page.page, page.pages, PAGE, ref(page))])


def _title(page: PersonPage) -> str:
    if page.company is None:
        return "Staff and all companies"
    return f"{'Staff of' if page.company.is_own else 'People of'} {kit.cut(page.company.name, 100)}"


def _told(done: str) -> list[kit.Block]:
    return [kit.section(done)] if done else []


def _search(page: PersonPage) -> kit.Block:
    return kit.input_text(
        "Search by name or e-mail",
        f"{SEARCH}:{ref(page)}",
        SEARCH,
        placeholder="Type and press Enter",
        initial=kit.cut(page.search, 100),
        optional=True,
        max_length=100,
        dispatch=True,
    )


def _tools(page: PersonPage) -> list[kit.Block]:
    choices = [("Everybody", _ANYBODY), *((each.value, each.value) for each in Badge)]
    chosen = page.badge.value if page.badge else _ANYBODY
    shown = kit.select("Show", FILTER, FILTER, choices, initial=chosen, placeholder="Show")["element"]
    importing = [_importing(page.company)] if page.company else []
    return kit.actions(shown, *importing, block_id=f"{FILTER}:{ref(page)}")


def _importing(company: Company) -> kit.Block:
    return doors.start_import(Kind.STAFF if company.is_own else Kind.USERS, company.id, text="Import users")


def _nobody(page: PersonPage, command: str) -> str:
    if page.search or page.badge:
        return "Nobody fits this search. Clear the search field or choose _Everybody_."
    kind = "staff" if page.company and page.company.is_own else "users"
    return f"Nobody is here yet. *Import users* brings them from a source; so does `{command} import {kind}`."


def badge_chosen(value: str) -> Badge | None:
    return next((each for each in Badge if each.value == value), None)


def picker(command: str) -> kit.Block:
    """Whose people? Shown when no company is named and none is worked in."""
    text = "Whose people would you like to see?"
    chooser = kit.external("Company", COMPANY, COMPANY, placeholder="Choose a company")["element"]
    row = kit.actions(
        chooser,
        kit.button("Staff", STAFF),
        kit.button("All companies", EVERYBODY),
        block_id=COMPANY,
    )
    hint = kit.context_line(f"Or type `{command} users <company>`, `{command} users staff`.".replace("<", "&lt;"))
    return kit.message(text, [kit.section(text), *row, hint])


# the card


def card(line: PersonLine, channel: str, done: str = "") -> kit.Block:
    """A person's card: what is known, and what may be done now.

    `channel` is where it was opened, `done` says what was just done.
    """
    person = line.person
    blocks = [kit.header(person.name), *_told(done), kit.section(badge(line)), *_details(line), *_history(line)]
    blocks += kit.actions(*_acts(line), block_id="people_acts")
    return kit.modal("Person", blocks, CARD_VIEW, private_metadata=f"{person.id}|{channel}")


def _details(line: PersonLine) -> list[kit.Block]:
    person = line.person
    company = f"{kit.said(line.company.name, 150)}{' (your own)' if line.company.is_own else ''}"
    sources = ", ".join(kit.said(source, 60) for source in line.sources) or "Added by hand"
    return [
        kit.fields(
            [
                ("E-mail", kit.said(person.email, 250)),
                ("Company", company),
                ("Title", kit.said(person.title or "–", 200)),
                ("Role", person.role.value),
                ("Source", kit.cut(sources, 500)),
                *([("Groups", kit.said(", ".join(line.groups), 500))] if line.groups else []),
            ]
        )
    ]


def _history(line: PersonLine) -> list[kit.Block]:
    invitation = line.invitation
    if invitation is None:
        return [kit.section("*Invitation*\nNot invited yet.")]
    lines = [f"Invited {kit.when(invitation.invited_at)} by {who(invitation.invited_by)}"]
    lines.append(_sent(invitation))
    if line.badge is Badge.PENDING and invitation.expires_at:
        lines.append(f"The link works until {kit.when(invitation.expires_at)}")
    if line.badge is Badge.EXPIRED and invitation.expires_at:
        lines.append(f"The link expired {kit.when(invitation.expires_at)}")
    if invitation.accepted_at:
        lines.append(f"Accepted {kit.when(invitation.accepted_at)}")
    if invitation.trouble:
        lines.append(f"⚠️ {kit.said(invitation.trouble, 500)}")
    return [kit.section("*Invitation*\n" + "\n".join(lines))]


def _sent(invitation: Invitation) -> str:
    times = f"{invitation.sent_count:,} time{'s' if invitation.sent_count != 1 else ''}"
    if invitation.last_sent_at:
        return f"Mailed {times}, last {kit.when(invitation.last_sent_at)}"
    if invitation.state is InvitationState.HELD:
        return "Not mailed yet: no mail server is set up"
    return f"Mailed {times}"


def _acts(line: PersonLine) -> list[kit.Block]:
    person, state = line.person, line.badge
    accepted = state in (Badge.ACCEPTED, Badge.ADMINISTRATOR)
    acts = []
    if not accepted:
        text = "Invite" if state is Badge.NONE else "Re-invite"
        acts.append(kit.button(text, REINVITE, person.id, style="primary"))
    if state in _OPEN_BADGES:
        acts.append(uninvite_button(line, UNINVITE))
    acts.append(kit.button("Change role", ROLE, person.id))
    if person.suspended:
        acts.append(kit.button("End suspension", REINSTATE, person.id))
    else:
        sure = f"{kit.cut(person.name, 120)} stays listed but is shut out until you end the suspension."
        confirm = kit.confirmation("Suspend this person?", sure, "Suspend", danger=True)
        acts.append(kit.button("Suspend", SUSPEND, person.id, style="danger", confirm=confirm))
    return acts


def uninvite_button(line: PersonLine, action_id: str) -> kit.Block:
    sure = f"The link in {kit.cut(line.person.name, 120)}'s mail stops working. The history is kept."
    confirm = kit.confirmation("Un-invite this person?", sure, "Un-invite", danger=True)
    return kit.button("Un-invite", action_id, line.person.id, style="danger", confirm=confirm)


# the role form


def roles_for(person: Person) -> tuple[Role, ...]:
    """An end user is Client and nothing more; the MSP's own people have the MSP's roles."""
    if person.kind is PersonKind.STAFF:
        return Role.ADMIN, Role.TECHNICIAN, Role.VIEWER
    return (Role.CLIENT,)


def role_form(line: PersonLine, card_view: str, channel: str) -> kit.Block:
    """`card_view` is the id of the card beneath, which is redrawn afterwards."""
    person = line.person
    choices = [(role.value, role.value) for role in roles_for(person)]
    blocks = [
        kit.section(f"The role of {name(line)}"),
        kit.select("Role", ROLE_FIELD, ROLE_FIELD, choices, initial=person.role.value),
    ]
    return kit.modal(
        "Change role",
        blocks,
        ROLE_VIEW,
        submit="Save",
        close="Cancel",
        private_metadata=f"{person.id}|{card_view}|{channel}",
    )
