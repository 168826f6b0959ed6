"""Lists by pages."""


def turned(page: int, total: int, size: int) -> tuple[int, int]:
    """The page to show and how many there are, both from 1. What lies beyond the ends is the first or the last."""
    pages = max(1, -(-total // size))
    return min(max(1, page), pages), pages
