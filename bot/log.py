"""Logs: text or JSON lines, with secrets struck out whoever logs them.

slack_sdk and slack_bolt log whole payloads at DEBUG and whole request bodies at INFO: what a person typed after the
command, a password among it, has no shape to know it by. So the handler drops what they say below WARNING, whatever level
an operator asked for, and strikes out what looks like a secret in everything else.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

_SECRETS = re.compile(
    r"xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|ITG\.[A-Za-z0-9._-]+"
    r"|(?i:(?<=\"secret\": \")|(?<=x-api-key: )|(?<=secret: )|(?<=authorization: )|(?<=apiintegrationcode: ))[^\s\"',}]+"
)
_JOIN = re.compile(r"(/(?:join|reveal|enter)/)[A-Za-z0-9_-]+")
_PAYLOADS = ("slack_bolt", "slack_sdk", "websocket")
_ABOUT: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))
_IN_TEXT = ("run",)
TEXT = "%(asctime)s %(levelname)s %(name)s%(mark)s %(message)s"
_NOISY = ("httpx", "httpcore", "apscheduler", "dbos", "uvicorn", "alembic")


class Strike(logging.Filter):
    """Strikes out secrets of known shape, and every value of an input that Slack sends along; drops Slack's payloads.

    Levels would not do for these: Bolt gives its loggers the root's level, each time it makes one.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING and record.name.partition(".")[0] in _PAYLOADS:
            return False
        said = record.getMessage()
        record.msg, record.args = strike(said), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = strike(logging.Formatter().formatException(record.exc_info))
        return True


_INPUT_VALUE = re.compile(r"""(['"]value['"]:\s*)(['"])(?:\\.|(?!\2).)*\2""")


def strike(text: str) -> str:
    """The text without what looks like a secret."""
    text = _SECRETS.sub("[struck out]", text)
    text = _JOIN.sub(r"\1[struck out]", text)
    return _INPUT_VALUE.sub(r"\1\2[struck out]\2", text)


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Each line logged in the block says what it is about: the run, its job and workflow."""
    token = _ABOUT.set({**_ABOUT.get(), **ids})
    try:
        yield
    finally:
        _ABOUT.reset(token)


class Stamp(logging.Filter):
    """Puts what a line is about on it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = _ABOUT.get()
        record.mark = "".join(f" {name}={value}" for name, value in _ABOUT.get().items() if name in _IN_TEXT)
        return True


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "said": record.getMessage(),
        }
        line |= getattr(record, "about", {})
        if record.exc_text:
            line["trace"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, format_: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Strike())
    handler.addFilter(Stamp())
    handler.setFormatter(
        JsonLines() if format_ == "json" else logging.Formatter(TEXT)
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("websocket").setLevel(logging.CRITICAL)  # each end of a line is an error to it; bot/slack_socket.py tells of those
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "DEBUG" else logging.WARNING)
