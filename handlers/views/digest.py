"""How a channel's digest looks, and the form that schedules it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.company import Company
from flows.digest import Report, Schedule
from flows.invitations import PersonLine
from handlers.views import companies, doors, invitations, kit, people

SAVE = "digest_save"
NOW = "digest_now"
STOP = "digest_stop"
STOPPED = "digest_stopped"
TIME, DAYS, ZONE, CLEAR = "digest:time", "digest:days", "digest:zone", "digest:say_all_clear"
ZONE_PICK = "digest_zone"
REINVITE = "digest_reinvite"
UNINVITE = "digest_uninvite"
REINVITE_ALL = "digest_reinvite_all"
_SINCE = "digest:since:"

SHOWN = 3  # of each kind: two blocks a person, and a message holds 50
NAMED = 10  # in a list of names only
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_YES = "yes"


def days_said(days: Sequence[int]) -> str:
    chosen = sorted(set(days))
    if chosen == list(range(7)):
        return "every day"
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"{DAY_NAMES[chosen[0]]}–{DAY_NAMES[chosen[-1]]}"
    return ", ".join(DAY_NAMES[day] for day in chosen)


def schedule_said(schedule: Schedule) -> str:
    """A schedule in one line of mrkdwn."""
    said = f"{days_said(schedule.days)} at {schedule.time} ({kit.said(schedule.zone, 60)})"
    return f"{said}, next {kit.when(schedule.next_at)}" if schedule.next_at else said


# the form


def form(schedule: Schedule | None, channel: str, zone: str) -> kit.Block:
    """`zone` is the person's, for a channel that has no digest yet."""
    chosen = schedule.zone if schedule else zone
    days = [str(day) for day in (schedule.days if schedule else range(5))]
    clear = [_YES] if schedule and schedule.say_all_clear else []
    named = [(name, str(number)) for number, name in enumerate(DAY_NAMES)]
    blocks = [
        kit.section(_standing(schedule, channel)),
        kit.timepicker("Time", TIME, TIME, initial=schedule.time if schedule else "09:00"),
        kit.checkboxes("Days", DAYS, DAYS, named, checked=days, optional=False),
        kit.external("Time zone", ZONE, ZONE_PICK, initial=(chosen, chosen), placeholder="Type a city"),
        kit.checkboxes("Quiet days", CLEAR, CLEAR, [("Say one line when there is nothing", _YES)], checked=clear),
        *kit.actions(*_buttons(schedule), block_id="digest:now"),
    ]
    return kit.modal("Digest", blocks, SAVE, submit="Save", private_metadata=channel)


def _standing(schedule: Schedule | None, channel: str) -> str:
    where = f"<#{channel}>"
    if schedule is None:
        return f"{where} has no digest yet. It tells what waits for someone: invitations, domains, mappings."
    about = f" It is about {kit.said(schedule.company.name, 100)} only." if schedule.company else ""
    return f"{where} gets a digest {schedule_said(schedule)}.{about}"


def _buttons(schedule: Schedule | None) -> list[kit.Block]:
    sure = kit.confirmation("Stop the digest?", "No further digest comes to this channel.", "Stop", danger=True)
    stop = [kit.button("Stop", STOP, style="danger", confirm=sure)] if schedule else []
    return [kit.button("Post now", NOW), *stop]


def stopped(said: str) -> kit.Block:
    return kit.modal("Digest", [kit.section(said)], STOPPED)


def saved(schedule: Schedule) -> str:
    return f"Saved: <#{schedule.channel}> gets a digest {schedule_said(schedule)}."


# the message


def digest(report: Report) -> kit.Block:
    about = f" of {kit.said(report.company.name, 100)}" if report.company else ""
    if report.empty:
        text = f"✅ All clear{about}: nothing waits for anyone here."
        return kit.message(text, [kit.section(text, block_id=_since_id(report.since))])
    text = f"Digest{about}: {_summary(report)}"
    title = f"Digest of {report.company.name}" if report.company else "Digest"
    blocks = [kit.header(kit.cut(title, 150)), kit.section(_counts(report), block_id=_since_id(report.since))]
    blocks += _people("Expired", report.expired, report.counts.get("expired", 0), report)
    blocks += _people("Bounced", report.bounced, report.counts.get("bounced", 0), report)
    blocks += _people("Invitation pending", report.pending, report.counts.get("pending", 0), report)
    blocks += _accepted(report)
    blocks += _companies("need a domain", report.needing_domain, report.counts.get("needing_domain", 0))
    blocks += _unmapped(report.unmapped, report.counts.get("unmapped", 0))
    blocks += _notes(report.notes)
    return kit.message(text, [*blocks, *_feet(report)])


def _summary(report: Report) -> str:
    words = {
        "pending": "pending",
        "expired": "expired",
        "bounced": "bounced",
        "accepted": "accepted",
        "needing_domain": "without domain",
        "unmapped": "not mapped",
    }
    parts = [f"{report.counts[key]:,} {word}" for key, word in words.items() if report.counts.get(key)]
    notes = len(report.notes)
    parts += [f"{notes} note{'s' if notes != 1 else ''}"] if notes else []
    return ", ".join(parts)


def _counts(report: Report) -> str:
    ages = ", ".join(f"{kit.said(label, 40)}: {number:,}" for label, number in report.pending_by_age if number)
    by_age = f"\nInvitations pending by age: {ages}" if ages else ""
    return f"*{_summary(report)}*{by_age}"


def _since_id(since: datetime) -> str:
    return f"{_SINCE}{int(since.timestamp())}"


def since_of(message: Mapping[str, Any]) -> datetime | None:
    """From when a posted digest tells who accepted; the message itself keeps it, over any number of redraws."""
    ids = (str(block.get("block_id", "")) for block in message.get("blocks", ()))
    seconds = next((each.removeprefix(_SINCE) for each in ids if each.startswith(_SINCE)), "")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else None


def _people(title: str, lines: Sequence[PersonLine], total: int, report: Report) -> list[kit.Block]:
    if not total:
        return []
    blocks = [kit.section(f"*{title}* · {total:,}")]
    for line in lines[:SHOWN]:
        blocks += invitations.lines(line, REINVITE, UNINVITE, with_company=report.company is None)
    left = total - min(len(lines), SHOWN)
    return [*blocks, kit.context_line(f"… and {left:,} more, listed by the button Show all below")] if left > 0 else blocks


def _accepted(report: Report) -> list[kit.Block]:
    total = report.counts.get("accepted", 0)
    if not total:
        return []
    names = [people.name(line, with_company=report.company is None) for line in report.accepted[:NAMED]]
    return [kit.section(f"✅ *Accepted since {kit.when(report.since)}* · {total:,}\n{_listed(names, total)}")]


def _listed(names: Sequence[str], total: int) -> str:
    lines = [f"• {name}" for name in names]
    if total > len(names):
        lines.append(f"… and {total - len(names):,} more")
    return "\n".join(lines)


def _companies(what: str, listed: Sequence[Company], total: int) -> list[kit.Block]:
    if not total:
        return []
    blocks = [kit.section(f"🌐 *Companies that {what}* · {total:,}")]
    for company in listed[:SHOWN]:
        blocks.append(kit.section(kit.said(company.name), doors.add_domain(company.id)))
    return [*blocks, *_rest(total, listed)]


def _unmapped(listed: Sequence[Company], total: int) -> list[kit.Block]:
    if not total:
        return []
    blocks = [kit.section(f"🔗 *Companies not mapped* · {total:,}")]
    for company in listed[:SHOWN]:
        button = doors.map_companies(company_id=company.id, text="Map now")
        blocks.append(kit.section(kit.said(company.name), button))
    return [*blocks, *_rest(total, listed)]


def _rest(total: int, shown: Sequence[Company]) -> list[kit.Block]:
    left = total - min(len(shown), SHOWN)
    return [kit.context_line(f"… and {left:,} more")] if left > 0 else []


def _notes(notes: Sequence[str]) -> list[kit.Block]:
    return [kit.section("*Notes*\n" + kit.mrkdwn_list([kit.said(note, 400) for note in notes]))] if notes else []


def _feet(report: Report) -> list[kit.Block]:
    buttons = [kit.button("Show all", invitations.SHOW, invitations.ref(report.company))] if _waiting(report) else []
    expired = report.counts.get("expired", 0)
    if expired:
        buttons.insert(0, invitations.reinvite_all_button(expired, REINVITE_ALL, report.company))
    if report.counts.get("needing_domain", 0) > 1:
        buttons.append(kit.button("Add domains", companies.ADD_DOMAINS))
    return kit.actions(*buttons, block_id="digest:feet") if buttons else []


def _waiting(report: Report) -> int:
    return sum(report.counts.get(key, 0) for key in ("pending", "expired", "bounced"))
