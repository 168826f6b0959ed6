"""What the preflight says about rights that no call tells, or that only show by what is missing."""

from connectors.autotask.levels import PAGE, VISIBILITY
from domain.psa import Feature, Held, Right

NOT_TOLD = "Autotask does not tell whether this is set. Look at the security level."
NOT_NEEDED = "Nothing that is switched on needs it. Take it back if no other integration uses this user."
FEW_COMPANIES = "Hardly any company is shown to the API user. If you have more, the rest is hidden without notice."
LEVEL_PATH = "Admin → Resources/Users (HR) → Security Levels → API User (system) → Copy Security Level"
STOCK = "api user (system)"
WEBHOOKS = 25
KINDS = 5  # of webhooks that Gangway makes, one each


def password() -> Right:
    return Right(
        "Not required to change password",
        f"{PAGE}Other → Miscellaneous → Not required to change password: ticked",
        tuple(Feature),
        Held.UNSEEN,
        "No call tells. Look that it is ticked: without it the secret runs out, and every call is refused like a wrong secret.",
    )


def lines_of_business(why_cut: str) -> Right:
    said = "No call tells. If your Autotask uses lines of business, look that the API user is in all of them."
    if why_cut:
        said = f"{why_cut} Put the API user into all lines of business, or set View to All."
    return Right(
        "Lines of business: all",
        "Admin → Resources (Users) → the API user → Lines of Business: all associated",
        (Feature.TICKETS, Feature.OPPORTUNITIES, Feature.CONTRACTS),
        Held.CUT if why_cut else Held.UNSEEN,
        said,
    )


def contract_visibility() -> Right:
    said = "No call tells. Look that it is Full: with less, the money of contracts stays empty."
    path = f"{PAGE}{VISIBILITY}"
    return Right("Contract Visibility: Full", path, (Feature.CONTRACTS,), Held.UNSEEN, said)


def webhook_limit(there: int) -> Right:
    return Right(
        f"Webhooks: {WEBHOOKS} of them",
        f"{PAGE}Other → Webhooks → maximum number: {WEBHOOKS}",
        (Feature.HOOKS,),
        Held.UNSEEN,
        f"No call tells the maximum. {there} are there now, and Gangway makes up to {KINDS}; {WEBHOOKS} leaves room.",
    )


def is_stock(level: str) -> bool:
    return level.strip().lower().startswith(STOCK) and "gangway" not in level.lower()


def own_level(name: str, is_stock_level: bool) -> Right:
    """`name` is the level's, "" where Autotask does not show it."""
    needed_for = tuple(Feature)
    if is_stock_level:
        called = f"“{name}”" if name else "a level that opens everything, like API User (system)"
        said = f"The API user has {called}. Copy that level, keep only the rights listed here, and give the copy to the user."
        return Right("A security level of its own", LEVEL_PATH, needed_for, Held.EXCESS, said)
    said = (
        f"The API user has “{name}”." if name else "The API user may not do everything, so it is not the stock level."
    )
    return Right("A security level of its own", LEVEL_PATH, needed_for, Held.FOUND, said)
