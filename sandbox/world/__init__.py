"""One seeded world of an MSP and its clients, seen by every stand-in source."""

from sandbox.world.clients import MSP_COMPANY, MSP_NAME
from sandbox.world.clock import Clock, ManualClock, real_clock
from sandbox.world.core import Client, Person, World
from sandbox.world.tables import Change, Row, Table

__all__ = [
    "MSP_COMPANY",
    "MSP_NAME",
    "Change",
    "Client",
    "Clock",
    "ManualClock",
    "Person",
    "Row",
    "Table",
    "World",
    "real_clock",
]
