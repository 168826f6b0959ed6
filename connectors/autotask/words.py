"""What people read about Autotask: fields, guides, what a wrong entry looks like, what each refusal means."""

import re
from collections.abc import Mapping

from domain.errors import AskOperator, Trouble
from domain.ports import Field, Guide, Kind

PRODUCT = "Gangway"
MASKED = "secret"  # the field whose last four characters may be shown

FIELDS = (
    Field(
        "username",
        "API username",
        private=True,
        hint="The Username (Key) of the API user in Autotask.",
        placeholder="abc1def2ghi3jkl@YOURCOMPANY.COM",
    ),
    Field(
        MASKED,
        "API secret",
        secret=True,
        hint="The Password (Secret) of the API user. Autotask shows it only once.",
    ),
    Field(
        "tracking",
        "API tracking identifier",
        private=True,
        hint="From the API user's Security tab: Integration Vendor, or Custom (Internal Integration).",
    ),
)

ONCE = ":warning: Autotask shows the secret *only once*. Copy it before you save, or you have to generate a new one."
ROLE_STEPS = (
    "Make a security level with only the rights needed: *Admin* → *Features & Settings* → *Resources/Users "
    "(HR)* "
    "→ *Security Levels* (newer menu: *Account Settings & Users*).",
    f"Right-click *API User (system) (API-only)* → *Copy Security Level* and name the copy `API User ({PRODUCT})`.",
    "In the copy set *CRM* → *Account & Contact Access* to *All* and *Admin* → *Feature Access* → "
    "*Resources/Users (HR)* ticked; *Other* → *Miscellaneous* → *Not required to change password* ticked.",
    "For instant updates also set *Other* → *Can create webhooks* to *Yes*, 25 of them. Leave areas that you do not use "
    "on none. *Save & Close*.",
    "What tickets, opportunities, to-dos, contracts and configuration items need beside that is listed, right by right, when "
    "you test the connection after switching them on.",
)
IDENTIFIER_STEP = (
    "*API Tracking Identifier*: choose *Custom (Internal Integration)*, or *Integration Vendor* → "
    f"*{PRODUCT}* where it is listed, generate it and copy it."
)
CONNECT_STEP = (
    "Save, enter username, secret and identifier here and press *Test connection*, then *Save* (in the "
    "wizard: *Next*). A new API user can take five minutes to work."
)

GUIDES = (
    Guide(
        "Create a new API user",
        (
            *ROLE_STEPS,
            "Autotask icon (upper right) → *Admin* → *Resources (Users)* → arrow beside *New* → *New API User*.",
            f"First name `{PRODUCT}`, last name `Integration`, e-mail: an internal alias that may receive "
            "the integration's notices, so that somebody reads them.",
            f"*Security Level*: `API User ({PRODUCT})`. *Active* ticked. *Primary Internal Location*: your "
            "headquarters.",
            "*Generate Key* and *Generate Secret*, and copy both.",
            ONCE,
            IDENTIFIER_STEP,
            "If your Autotask uses *lines of business*, associate all of them, or records stay hidden without notice.",
            CONNECT_STEP,
        ),
    ),
    Guide(
        "I have a user already",
        (
            "Autotask icon (upper right) → *Admin* → *Resources (Users)*, find the user, right-click → *Security*.",
            "*Security Level*: *API User (system)* or, better, a copy with fewer rights.",
            "Tick off on the *Security* tab: user name, password (secret), *Active* ticked, *Locked* not "
            "ticked, "
            "security level. *Save & Close*.",
            IDENTIFIER_STEP,
            ONCE,
            CONNECT_STEP,
        ),
    ),
)

DECLINES = {
    Kind.PASSWORDS: "Autotask PSA keeps no passwords that its API gives out; passwords come from IT Glue.",
    Kind.GROUPS: "Autotask PSA keeps no user groups that could be imported.",
}


def check(credentials: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the shape of an entry, by field name; nothing is called.

    A tracking identifier that was not asked for (the operator has set one for all) is no mistake.
    """
    wrong: dict[str, str] = {}
    for field in FIELDS:
        if field.name == "tracking" and "tracking" not in credentials:
            continue
        value = credentials.get(field.name, "").strip()
        if not value:
            wrong[field.name] = f"Enter the {field.label}."
        elif re.search(r"\s", value) or not value.isascii() or not value.isprintable():
            wrong[field.name] = f"The {field.label} has no spaces or special letters. Copy it again."
    tracking = credentials.get("tracking", "").strip()
    if "tracking" not in wrong and tracking and not re.fullmatch(r"[\w-]{8,64}", tracking):
        wrong["tracking"] = "A tracking identifier is 8 or more letters and digits, about 27. Copy it again."
    return wrong


def complete(credentials: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Every field's value, the operator's default where none was entered; raises AskOperator for one that is missing."""
    found = {field.name: (credentials.get(field.name) or defaults.get(field.name, "")).strip() for field in FIELDS}
    for field in FIELDS:
        if not found[field.name]:
            said = f"The {field.label} is missing. Connect Autotask again and enter it."
            raise AskOperator(said, Trouble.WRONG_KEY, field.name)
    return found


# --- refusals ---------------------------------------------------------------------------------------

REFUSED = (
    "Autotask refused the credentials without saying why. Check in this order: the API secret, the API "
    "tracking "
    "identifier, whether the user is active and not locked, and whether its security level may use the API "
    "(API User). Gangway stopped after one try, because repeated tries lock the user."
)
UNKNOWN_USER = "Autotask does not know this API username. Copy the Username (Key) of the API user again."
NO_API_RIGHT = (
    "The credentials are right, but this user may read nothing through the API. In Autotask open Admin → "
    "Resources "
    "(Users) → the user → Security and set the security level to API User or a copy of it."
)
PAUSE = "Autotask asked for a pause: too many calls. Nothing is lost, the work goes on by itself."
WRONG_PLACE = (
    "Autotask does not answer at its address. If AUTOTASK_API_URL is set, check it; "
    "otherwise test the connection again."
)
NO_ZONE = "Autotask did not tell in which zone this user lives. Test the connection again in a few minutes."
STRANGE_ZONE = (
    "Autotask named a zone outside autotask.net, so Gangway did not send the credentials there. "
    "Please report this to us."
)
FEW_COMPANIES = (
    "Autotask shows this user hardly any company. If you have more, check the security level (CRM → "
    "Account & Contact "
    "Access: All) and the user's lines of business."
)
