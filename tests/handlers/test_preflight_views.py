"""The preflight is drawn whatever a source says of its rights: what is missing first, each with where to set it."""

import pytest

from domain.psa import Feature, Held, Right
from flows.preflight import Preflight
from handlers.views import kit, preflight
from tests.handlers.samples import HOSTILE, assert_drawable, said


def right(name: str, held: Held, path: str = "Security level → CRM → Companies → View: All") -> Right:
    return Right(name, path, (Feature.COMPANIES,), held, f"It was seen: {name}.")


def drawn(*rights: Right, title: str = "Autotask PSA", can_tell: bool = True) -> kit.Block:
    blocks = preflight.blocks(Preflight(title, frozenset({Feature.COMPANIES}), rights, can_tell))
    return kit.message("Test", [kit.section("*Connected*"), *blocks])


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [0, 1, 101, 1000])
def test_it_is_drawable_whatever_the_rights_are_called(name: str, size: int) -> None:
    rights = [right(f"{name} {number}", list(Held)[number % 5], f"`{name}` → {name}") for number in range(size)]
    assert_drawable(drawn(*rights, title=name))
    assert_drawable(drawn(title=name, can_tell=False))


def test_what_is_missing_stands_first_with_the_exact_path() -> None:
    text = said(drawn(right("Fine", Held.FOUND), right("Hidden", Held.CUT), right("Lost", Held.MISSING), right("Dark", Held.UNSEEN)))
    assert "1 missing, 1 cut, 1 cannot be seen, 1 found" in text
    assert text.index("Lost") < text.index("Hidden") < text.index("Dark") < text.index("Fine")
    assert "❌ *Lost* missing · needed for companies" in text
    assert "`Security level → CRM → Companies → View: All`" in text
    assert text.count("Security level → CRM") == 3, "where all is well nothing is to be set"


def test_more_than_needed_stands_apart() -> None:
    text = said(drawn(right("Fine", Held.FOUND), right("Full access", Held.EXCESS)))
    assert text.index("More than what is switched on needs") < text.index("Full access")
