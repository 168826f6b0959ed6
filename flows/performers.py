"""The table of risky acts that a second person approves: who performs each. A flow with another such act adds its line."""

from domain.four_eyes import Risky
from flows import mapping, removing, ticket_clearing, vault
from flows.requests import Performers

PERFORMERS: Performers = {
    Risky.REMAP: mapping.perform_remap,
    Risky.EXPORT: vault.perform_export,
    Risky.MASS_REMOVAL: removing.perform,
    Risky.CLEAR: ticket_clearing.perform,
}
