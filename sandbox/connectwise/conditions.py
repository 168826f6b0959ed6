"""The conditions grammar: `status/name="Active" and (id>5 or types in (1,2)) and lastUpdated>[2026-01-01T00:00:00Z]`.

Strings stand in quotes, dates in square brackets, numbers and booleans bare; `like` takes % at either end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.connectwise.problems import bad_condition
from sandbox.world import Row

Test = Callable[[Row], bool]
Getter = Callable[[Row], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<date>\[[^\]]*\])|(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w])
    |(?P<op><=|>=|!=|<>|==|=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z_][\w]*(?:/[A-Za-z_][\w]*)*))""",
    re.VERBOSE,
)
_KEYWORDS = {"and", "or", "in", "like", "contains", "not", "null", "true", "false"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ?)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """A read condition. `after` is a bound `id > after` that the whole asks for, `equals` columns it pins to one id."""

    test: Test
    after: int | None
    equals: dict[str, Any]


def read(text: str, getter: Callable[[str], Getter], *, times: bool = True) -> Condition:
    """Read a condition; `getter` gives the reader of a path and refuses unknown ones. Without `times` only days are taken."""
    return _Parser(_tokens(text), getter, times).read()


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise bad_condition(f"Unexpected text at {text[place : place + 12].strip()!r}.")
        kind, value = match.lastgroup, match[match.lastgroup]
        if kind == "word" and value.lower() in _KEYWORDS:
            kind, value = "keyword", value.lower()
        found.append((kind, value))
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], getter: Callable[[str], Getter], times: bool) -> None:
        self._tokens = tokens
        self._place = 0
        self._getter = getter
        self._times = times
        self._after: int | None = None
        self._equals: dict[str, Any] = {}

    def read(self) -> Condition:
        # An "or" or a "not" anywhere, and nothing bounds the whole.
        bounded = not any(token in (("keyword", "or"), ("keyword", "not")) for token in self._tokens)
        test = self._either()
        if self._place != len(self._tokens):
            raise bad_condition(f"Unexpected {self._tokens[self._place][1]!r}.")
        return Condition(test, self._after if bounded else None, self._equals if bounded else {})

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise bad_condition("The condition ends too early.")
        self._place += 1
        return self._tokens[self._place - 1]

    def _take(self, kind: str, value: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place] == (kind, value):
            self._place += 1
            return True
        return False

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("keyword", "or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._take("keyword", "and"):
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _single(self) -> Test:
        if self._take("mark", "("):
            inner = self._either()
            if not self._take("mark", ")"):
                raise bad_condition("A bracket is not closed.")
            return inner
        kind, path = self._next()
        if kind != "word":
            raise bad_condition(f"A field was expected, not {path!r}.")
        own = self._getter(path)
        negated = self._take("keyword", "not")
        test = self._comparison(path, own)
        return (lambda row: not test(row)) if negated else test

    def _comparison(self, path: str, own: Getter) -> Test:
        kind, value = self._next()
        if (kind, value) == ("keyword", "in"):
            wanted = [_fold(one) for one in self._several()]
            return lambda row: _fold(own(row)) in wanted
        if (kind, value) in (("keyword", "like"), ("keyword", "contains")):
            return _text_test(own, value, self._value())
        if kind != "op":
            raise bad_condition(f"An operator was expected, not {value!r}.")
        right = self._value()
        if path == "id" and value == ">" and isinstance(right, int):
            self._after = right if self._after is None else max(self._after, right)
        if value == "=" and path.endswith("/id"):
            self._equals[path.removesuffix("/id")] = right
        return _operator_test(own, value, right)

    def _several(self) -> list[Any]:
        if not self._take("mark", "("):
            raise bad_condition("`in` needs a list in brackets.")
        found = [self._value()]
        while self._take("mark", ","):
            found.append(self._value())
        if not self._take("mark", ")"):
            raise bad_condition("A bracket is not closed.")
        return found

    def _value(self) -> Any:
        kind, text = self._next()
        match kind:
            case "number":
                return float(text) if "." in text else int(text)
            case "text":
                return text[1:-1]
            case "date":
                return self._date(text[1:-1].strip())
            case "keyword" if text in ("true", "false", "null"):
                return {"true": True, "false": False, "null": None}[text]
        raise bad_condition(f"A value was expected, not {text!r}.")

    def _date(self, text: str) -> datetime:
        found = _MOMENT.fullmatch(text)
        if found is None or (found[1] and not self._times):
            raise bad_condition(f"{text!r} is not a date.")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as problem:
            raise bad_condition(f"{text!r} is not a date.") from problem
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _fold(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _text_test(own: Getter, how: str, value: Any) -> Test:
    if not isinstance(value, str):
        raise bad_condition(f"`{how}` needs text.")
    if how == "contains":
        return lambda row: value.lower() in str(own(row) or "").lower()
    pattern = re.compile(".*".join(re.escape(part) for part in value.split("%")), re.IGNORECASE | re.DOTALL)
    return lambda row: own(row) is not None and pattern.fullmatch(str(own(row))) is not None


def _operator_test(own: Getter, operator: str, right: Any) -> Test:
    right = _fold(right)
    if operator in ("=", "=="):
        return lambda row: _fold(own(row)) == right
    if operator in ("!=", "<>"):
        return lambda row: _fold(own(row)) != right

    def test(row: Row) -> bool:
        left = _fold(own(row))
        if left is None:
            return False
        if type(left) is not type(right) and not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise bad_condition("The value does not fit the field.")
        match operator:
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
            case _:
                return bool(left >= right)

    return test
