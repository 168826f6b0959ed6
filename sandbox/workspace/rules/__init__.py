"""Slack's Block Kit rules as pure functions: what Slack would refuse, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

@dataclass(frozen=True)
class Problem:
    code: str
    message: str
    pointer: str

def check_blocks(blocks: Any, surface: str = "message") -> list[Problem]:
    return []
def check_options(payload: Any) -> list[Problem]:
    return []

def check_message(payload: Any) -> list[Problem]:
    return []
def check_view(view: Any) -> list[Problem]:
    return []
