"""Python's collector of garbage, set for a process that starts large and then makes many small values that soon go."""

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 20  # how many new containers, then how many rounds of the one before


def settle() -> None:
    """Call once all is loaded: what is there now is never walked again, and new values are walked less often.

    An import makes some hundred values a row; as Python sets it, a sixth of its time goes into looking for circles among them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
