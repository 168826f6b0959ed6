"""Lists by pages: always one to show, whatever was asked for."""

import pytest

from domain.paging import turned


@pytest.mark.parametrize(
    ("page", "total", "shown"),
    [(1, 0, (1, 1)), (9, 0, (1, 1)), (1, 10, (1, 1)), (2, 10, (1, 1)), (2, 11, (2, 2)), (0, 11, (1, 2)), (-3, 11, (1, 2)), (3, 11, (2, 2))],
)
def test_a_page_beyond_the_ends_is_the_first_or_the_last(page: int, total: int, shown: tuple[int, int]) -> None:
    """A button may be older than the list it turns."""
    assert turned(page, total, 10) == shown
