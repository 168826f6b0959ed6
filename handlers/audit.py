"""Sends an export of the audit trail to whoever asked for it, as files in their direct message."""

from slack_sdk.errors import SlackApiError

from domain.errors import TellPerson
from flows import audit as flow
from handlers import slack
from handlers.actor import Ask
from handlers.views import kit


def send(ask: Ask, company_words: str) -> None:
    made = flow.export(ask.context, ask.desk(), company_words)
    text = (
        f"*{kit.said(made.title)}*: {made.lines:,} lines. `python -m bot verify-audit {made.name}.json` says whether a "
        f"line was changed, removed or moved. Seal: `{made.seal}`"
    )
    try:
        channel = str(ask.client.conversations_open(users=ask.user)["channel"]["id"])
        ask.client.files_upload_v2(
            channel=channel,
            initial_comment=text,
            file_uploads=[
                {"content": made.json, "filename": f"{made.name}.json", "title": made.title},
                {"content": made.csv, "filename": f"{made.name}.csv", "title": made.title},
            ],
        )
    except SlackApiError as error:
        if slack.reason(error) in ("missing_scope", "no_permission"):
            raise TellPerson("I may not send files here: an operator adds the scope `files:write` to the Slack app.") from error
        raise
    ask.say(f"I have sent you the export directly: {made.lines:,} lines.")
