"""Digests of a channel: the form that schedules them, the message, the buttons in it."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from zoneinfo import available_timezones

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from domain.roles import Act as Right
from flows import digest
from flows.context import Context
from flows.digest import PostedDigest
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.invitations import Act, reinvite, reinvite_expired, settled, uninvite
from handlers.views import digest as views
from handlers.views import kit


def post_digest(client: WebClient, context: Context, channel: str) -> slack.Placed | None:
    """Post a channel's digest because its time has come. Nothing is said when there is nothing, unless that is wanted."""
    report = digest.compose(context, channel)
    schedule = next((one for one in digest.every_schedule(context) if one.channel == channel), None)
    if report.empty and not (schedule and schedule.say_all_clear):
        return None
    return _post(client, context, report, schedule.made_by if schedule else "")


def _post(client: WebClient, context: Context, report: digest.Report, instead_to: str) -> slack.Placed:
    """Post it and remember where; a channel that is closed to us does not lose it: `instead_to` gets it directly."""
    at = slack.post(client, report.channel, views.digest(report), instead_to)
    digest.posted(context, report, at.channel, at.ts)
    return at


def follow(client: WebClient, context: Context, message: PostedDigest) -> None:
    """Bring the last digest of a channel up to the present truth. One that was deleted is not posted anew."""
    drawn = views.digest(digest.compose(context, message.channel, message.since))
    try:
        client.chat_update(channel=message.placed, ts=message.ts, **drawn)
    except SlackApiError as error:
        if not slack.is_gone(error):
            raise
        digest.gone(context, message)


# the form


def schedule(ask: Ask, _words: str) -> None:
    """`/msp digest`: for the channel it is typed in."""
    desk = ask.desk()
    found = digest.current(ask.context, desk, ask.channel)
    zone = desk.actor.zone or ask.context.words.zone
    ask.show(views.form(found, ask.channel, zone))


def _save(ask: Ask) -> None:
    state = ask.state
    saved = digest.schedule(
        ask.context,
        ask.desk(),
        ask.channel,
        kit.value(state, views.TIME, views.TIME),
        tuple(int(day) for day in kit.values(state, views.DAYS, views.DAYS)),
        kit.value(state, views.ZONE, views.ZONE_PICK),
        bool(kit.values(state, views.CLEAR, views.CLEAR)),
    )
    ask.ack()
    ask.say(views.saved(saved))


def _now(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Right.SCHEDULE)
    at = _post(ask.client, ask.context, digest.compose(ask.context, ask.channel), ask.user)
    ask.say(f"Posted to <#{at.channel}>.")


def _stop(ask: Ask) -> None:
    said = kit.sentence(digest.stop(ask.context, ask.desk(), ask.channel))
    if not slack.update_view(ask.client, str(ask.view["id"]), views.stopped(said)):
        ask.say(said)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names people know: a region and a city, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def zones_like(typed: str) -> Sequence[kit.Pair]:
    """Zones for what was typed: those whose city begins with it first."""
    words = typed.strip().casefold().replace(" ", "_")
    fitting = [name for name in zones() if words in name.casefold()]
    fitting.sort(key=lambda name: not name.rpartition("/")[2].casefold().startswith(words))
    return [(name.replace("_", " "), name) for name in fitting[:100]]


def _zones(ask: Ask) -> Sequence[kit.Pair]:
    return zones_like(str(ask.body.get("value") or ""))


# the buttons of the message


def _act(act: Act) -> Callable[[Ask], None]:
    def pressed(ask: Ask) -> None:
        _, done = settled(ask, act)
        _redraw(ask)
        ask.say(done)

    return pressed


def _reinvite_all(ask: Ask) -> None:
    done = reinvite_expired(ask)
    _redraw(ask)
    ask.say(done)


def _redraw(ask: Ask) -> None:
    """The pressed message, whichever digest of the channel it is; it keeps the time from which it tells."""
    if ask.message is not None:
        known = digest.standing_at(ask.context, ask.message.channel, ask.message.ts)
        channel = known.channel if known else ask.message.channel
        since = known.since if known else views.since_of(ask.body.get("message") or {})
        drawn = views.digest(digest.compose(ask.context, channel, since))
        slack.update(ask.client, ask.message, drawn, "")


VERBS = (Verb("digest", "digest", "Schedule what waits for someone, for this channel", schedule, "Digest"),)


def bind(app: App, context: Context) -> None:
    pressed = {
        views.NOW: _now,
        views.STOP: _stop,
        views.REINVITE: _act(reinvite),
        views.UNINVITE: _act(uninvite),
        views.REINVITE_ALL: _reinvite_all,
    }
    for action_id, listener in pressed.items():
        app.action(action_id)(failures.acting(context, listener))
    app.options(views.ZONE_PICK)(failures.offering(context, _zones))
    app.view(views.SAVE)(failures.submitting(context, _save))
