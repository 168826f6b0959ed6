"""Ids: opaque, never guessed, and in order of time, so that rows made together lie together in every index."""

import os
import time


def new_id() -> str:
    """32 hexadecimal digits: twelve of the time in milliseconds, twenty of chance.

        new_id()   # "019ab3f0c4d2" + "7f1c…"
    """
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"
