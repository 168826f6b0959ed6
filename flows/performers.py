"""The table of risky acts that a second person approves: who performs each. A flow with another such act adds its line."""

from domain.four_eyes import Risky
from flows import mapping
from flows.requests import Performers

PERFORMERS: Performers = {
    Risky.REMAP: mapping.perform_remap,
}
