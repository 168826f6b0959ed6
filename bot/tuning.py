"""Python's own settings for a process that starts large, makes many small values, and must answer people meanwhile."""

import gc
import sys

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 20  # how many new containers, then how many rounds of the one before
_TURN = 0.001  # seconds a thread may keep the others waiting: an answer to Slack takes some twenty turns


def settle() -> None:
    """Call once all is loaded: what is there now is never walked for garbage again, and new values are walked less often.

    An import makes some hundred values a row; as Python sets its collector, a sixth of the time goes into looking for circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    sys.setswitchinterval(_TURN)
