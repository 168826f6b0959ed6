"""What the doctor says of one thing: how it is, in a word and a sentence, and the buttons that mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    GOOD = "good"
    OFF = "off"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class Mend(StrEnum):
    """What a button does. The values are opaque words in its id."""

    CONFIGURE = "configure"  # of: the source
    SET_UP = "set_up"  # of: the source
    CONNECT = "connect"
    PROVISION = "provision"  # of: the connection, here and below
    SYNC = "sync"
    MAP = "map"
    TURN_ON = "turn_on"  # and the part, behind a bar
    AUTO_IMPORT = "auto_import"
    ROLE = "role"
    UNFILTER = "unfilter"  # and the filters, behind a bar
    TEST = "test"


@dataclass(frozen=True)
class Remedy:
    mend: Mend
    text: str  # on the button
    of: str = ""


@dataclass(frozen=True)
class Finding:
    """`about` is the title of the source, "" for what concerns all."""

    about: str
    check: str
    health: Health
    said: str
    remedies: tuple[Remedy, ...] = ()
