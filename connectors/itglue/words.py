"""What people read about IT Glue: fields, guide, what a wrong entry looks like, what each refusal means."""

import re
from collections.abc import Iterable, Mapping

from domain.ports import Field, Guide, Kind

REGIONS = {
    "US": "https://api.itglue.com",
    "EU": "https://api.eu.itglue.com",
    "AU": "https://api.au.itglue.com",
}
MASKED = "key"  # the field whose last four characters may be shown

FIELDS = (
    Field(
        "region",
        "Region",
        hint="Where you log in: yourname.itglue.com is US, yourname.eu.itglue.com EU, yourname.au.itglue.com AU.",
        choices=tuple(REGIONS),
    ),
    Field(
        MASKED, "API key", secret=True, hint="Starts with ITG. IT Glue shows it only once.", placeholder="ITG.…"
    ),
    Field(
        "key_name",
        "Key name",
        required=False,
        hint="The name you gave the key in IT Glue, to find and revoke it later.",
        placeholder="Gangway",
    ),
)

GUIDES = (
    Guide(
        "Create an API key",
        (
            "In IT Glue, as an administrator: *Account* → *Settings* → *API Keys*.",
            "Press *+* (bottom right) and name the key `Gangway`.",
            "Tick *Password Access* only if Gangway is to import passwords; companies and users work without it.",
            "Press *Generate API Key*.",
            ":warning: IT Glue shows the key *only once*. Copy it before you leave the page.",
            "Choose your region here, paste the key, note its name and press *Test connection*, then *Save* (in the wizard: "
            "*Next*). IT Glue revokes a key that was not used for 90 days; Gangway's sync keeps it in use.",
        ),
    ),
)

DECLINES: dict[Kind, str] = {}


def check(credentials: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the shape of an entry, by field name; nothing is called."""
    wrong: dict[str, str] = {}
    region = credentials.get("region", "").strip().upper()
    if region not in REGIONS:
        wrong["region"] = "Choose the region: US, EU or AU."
    key = credentials.get("key", "").strip()
    if not key:
        wrong["key"] = "Enter the API key."
    elif re.search(r"\s", key) or not key.isascii() or not key.isprintable():
        wrong["key"] = "An API key has no spaces or special letters. Copy it again."
    return wrong


# --- refusals ---------------------------------------------------------------------------------------

PASSWORDS_LOCKED = (
    "This key does not open passwords. In IT Glue edit the key under Account → Settings → API Keys and tick "
    "Password Access; if it cannot be ticked, create a new key with it. Companies and users work without."
)
VAULTED = "Only people can read it: it is in IT Glue's host-proof vault, which no integration opens."
GONE = "IT Glue has no such entry any more: it was deleted meanwhile."
ENTRY_REFUSED = "IT Glue refuses this entry to the key, though it gives out others: it may be personal or restricted."
ONLY_ENTRY_REFUSED = (
    "IT Glue refuses this entry to the key, and the company has no other to try: it may be personal or restricted, or the "
    "key has no Password Access."
)
FOLDERS_REFUSED = (
    "IT Glue refused to show the folders of passwords to this key, though the key works. Check it under Account → Settings "
    "→ API Keys, or create a new one with Password Access, and preview again."
)
NO_PASSWORDS = "IT Glue holds no password that could be tried, so Password Access is not checked yet."
REFUSED = (
    "IT Glue refused the key: it is wrong, was revoked or paused, or belongs to another region. Check region and key "
    "under Account → Settings → API Keys."
)
WRONG_PLACE = (
    "IT Glue does not answer at its address. If ITGLUE_API_URL is set, check it; "
    "otherwise test the connection again."
)


def refused_everywhere(regions: Iterable[str]) -> str:
    return (
        f"IT Glue refused the key in every region ({', '.join(regions)}): it is wrong, or was revoked or paused. "
        "Check it under Account → Settings → API Keys, or create a new one."
    )


def belongs_to(region: str) -> str:
    return f"This key belongs to the {region} region. Choose {region} as the region and connect again."


def missing_right(what: str) -> str:
    return (
        f"IT Glue refused to show {what} to this key. Test the connection: the key may have been revoked; "
        "otherwise check it under Account → Settings → API Keys."
    )
