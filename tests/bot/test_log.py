"""Logs: no secret and no link that opens something gets through, at any level, in any shape."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.log import TEXT, JsonLines, Stamp, Strike, about, strike

CANARY = "canary-7h3-53cr37-v4lu3"
PLANTED = [
    "xoxb-123-456-abcDEF", "xapp-1-A1-2-abc", "xoxp-9-8-7", "ITG.9f3c1e7a5b2d4860.key-with_signs",
    f"X-API-Key: {CANARY}", f"Authorization: {CANARY}", f"Secret: {CANARY}", f"ApiIntegrationCode: {CANARY}",
    f'{{"secret": "{CANARY}"}}', f"http://gangway.test/join/{CANARY}", f"/reveal/{CANARY}?x=1", f"/enter/{CANARY}",
    f"{{'type': 'plain_text_input', 'value': '{CANARY}'}}", f'{{"value": "{CANARY}"}}',
]  # fmt: skip


@pytest.fixture
def lines() -> Iterator[tuple[logging.Logger, io.StringIO, logging.StreamHandler[io.StringIO]]]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(Strike())
    logger = logging.getLogger("gangway.test")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, out, handler
    logger.removeHandler(handler)


def secrets_in(text: str) -> list[str]:
    return [word for word in (CANARY, "xoxb-123", "xapp-1", "xoxp-9", "ITG.9f3c") if word in text]


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_secret_is_struck_out_wherever_it_is_said(
    lines: tuple[logging.Logger, io.StringIO, logging.StreamHandler[io.StringIO]], text: str
) -> None:
    logger, out, handler = lines
    for formatter in (logging.Formatter("%(message)s"), JsonLines()):
        handler.setFormatter(formatter)
        logger.debug(text)
        logger.debug("told: %s", text)
        logger.debug("told: %r", {"deep": [text]})
        try:
            raise ValueError(text)
        except ValueError:
            logger.exception("It broke with %s", text)
    assert out.getvalue().count("[struck out]") >= 8
    assert not secrets_in(out.getvalue())


def test_a_quotation_mark_inside_a_value_does_not_end_it() -> None:
    assert not secrets_in(strike(f'{{"value":  "quoted \\" {CANARY}", "type": "x"}}'))


def test_what_is_no_secret_is_left_as_it_was_said() -> None:
    for said in ("Job prepare failed (reference 1a2b3c4d)", "GET /join-help 200", "mapped 5 of 10", "company: Contoso", ""):
        assert strike(said) == said


@given(st.text(max_size=200))
def test_striking_twice_is_striking_once_and_never_breaks(text: str) -> None:
    assert strike(strike(text)) == strike(text)


def test_json_lines_are_json_with_the_run_and_the_trace(lines: tuple[logging.Logger, io.StringIO, logging.StreamHandler[io.StringIO]]) -> None:
    logger, out, handler = lines
    handler.setFormatter(JsonLines())
    handler.addFilter(Stamp())
    with about(job="apply", run="p1", workflow="apply-p1"), about(replica="r1"):
        try:
            raise ZeroDivisionError("two\nlines")
        except ZeroDivisionError:
            logger.exception("broke „so“")
    logger.info("afterwards")
    during, after = (json.loads(line) for line in out.getvalue().splitlines())
    assert (during["said"], during["level"]) == ("broke „so“", "ERROR")
    assert [during[name] for name in ("job", "run", "workflow", "replica")] == ["apply", "p1", "apply-p1", "r1"]
    assert "ZeroDivisionError" in during["trace"]
    assert "run" not in after


def test_a_line_of_text_names_the_run_it_is_about(lines: tuple[logging.Logger, io.StringIO, logging.StreamHandler[io.StringIO]]) -> None:
    logger, out, handler = lines
    handler.setFormatter(logging.Formatter(TEXT))
    handler.addFilter(Stamp())
    with about(job="apply", run="p1"):
        logger.info("a page was written")
    logger.info("afterwards")
    during, after = out.getvalue().splitlines()
    assert during.endswith("gangway.test run=p1 a page was written")
    assert after.endswith("gangway.test afterwards")


@pytest.mark.parametrize("name", ["slack_bolt.App", "slack_sdk.web", "websocket"])
def test_what_slacks_libraries_say_of_payloads_is_dropped_below_warnings(name: str) -> None:
    strike_ = Strike()
    payload = logging.LogRecord(name, logging.INFO, "x.py", 1, "text=my password is hunter2", None, None)
    warning = logging.LogRecord(name, logging.WARNING, "x.py", 1, "connection lost", None, None)
    assert not strike_.filter(payload)
    assert strike_.filter(warning)
