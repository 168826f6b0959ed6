"""One kind's part of a sync: read what changed, guard against answers that shrank, propose or take over."""

from collections.abc import Callable
from functools import partial

from domain.ports import HasCompanies, HasStaff, HasUsers, Page, UpstreamPerson
from flows import sync_guard, sync_missing, sync_news, sync_settling
from flows.context import Context, Steps
from flows.sync_round import Round, Seen
from flows.sync_walk import walk


def companies(context: Context, steps: Steps, source: HasCompanies, round_: Round) -> str:
    """Take in changed companies; propose new ones; freeze links whose company is gone or inactive. Returns a sentence."""
    read = partial(sync_news.company_page, context, round_)
    seen = walk(context, steps, round_, source.companies, source.companies_changed, read)
    shrunk = sync_guard.guard(context, steps, round_, seen, partial(sync_guard.known_companies, context, round_))
    if shrunk:
        return shrunk
    if seen.whole:
        steps("frozen companies", partial(sync_missing.freeze_missing, context, round_))
    steps("inactive companies", partial(sync_missing.freeze_inactive, context, round_))
    sync_settling.settle(context, steps, round_)
    return _said(seen)


def staff(context: Context, steps: Steps, source: HasStaff, round_: Round) -> str:
    """The list is small: it is read whole each time."""
    return _people(context, steps, round_, source.staff, None)


def users(context: Context, steps: Steps, source: HasUsers, round_: Round) -> str:
    """Contacts of all mapped companies in one walk, each row sorted out by its scope."""
    return _people(context, steps, round_, source.all_users, source.all_users_changed)


def _people(
    context: Context,
    steps: Steps,
    round_: Round,
    whole: Callable[[str | None], Page[UpstreamPerson]],
    changed: Callable[[str, str | None], Page[UpstreamPerson]] | None,
) -> str:
    seen = walk(context, steps, round_, whole, changed, partial(sync_news.person_page, context, round_))
    shrunk = sync_guard.guard(context, steps, round_, seen, partial(sync_guard.known_people, context, round_))
    if shrunk:
        return shrunk
    if seen.whole:
        sync_missing.part_with_missing(context, steps, round_)
    sync_settling.settle(context, steps, round_)
    return _said(seen)


def _said(seen: Seen) -> str:
    return f"{seen.changed} changed." if seen.changed else "Nothing changed."
