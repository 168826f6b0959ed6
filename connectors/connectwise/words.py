"""What people read about ConnectWise: fields, guides, what a wrong entry looks like."""

import re
from collections.abc import Mapping

from connectors.connectwise import site
from domain.errors import AskOperator, Trouble
from domain.ports import Field, Guide, Kind

MASKED = "private_key"  # the field whose last four characters may be shown

FIELDS = (
    Field(
        "site",
        "Site",
        hint="Where you open ConnectWise: na, eu, au, aus or za.myconnectwise.net, or your own server's name.",
        placeholder="na.myconnectwise.net",
    ),
    Field(
        "company_id",
        "Company ID",
        hint="What you enter as Company when you log in to ConnectWise.",
        placeholder="yourcompany",
    ),
    Field("public_key", "Public key", private=True, hint="From the API member's API Keys tab."),
    Field(
        MASKED,
        "Private key",
        secret=True,
        hint="From the same place. ConnectWise shows it only once.",
    ),
    Field(
        "client_id",
        "Client ID",
        private=True,
        hint="A GUID from developer.connectwise.com, made for this integration alone.",
        placeholder="00000000-0000-0000-0000-000000000000",
    ),
)

ROLE_STEPS = (
    "In ConnectWise: *System* → *Security Roles* → *+*, and name the role `Gangway`.",
    "*Companies*: *Company Maintenance*, *Contacts* and *Configurations* to *Inquire: All*. *System*: *Member Maintenance* to "
    "*Inquire: All*.",
    "*System* → *Table Setup* to *Inquire: All*, at least for Company / Company Type, Company / Company Status, the service boards "
    "and the opportunity tables. Since 2020.4 types, statuses and boards stay closed without it.",
    "For tickets *Service Desk* → *Service Tickets*, for opportunities *Sales* → *Opportunity*: *Inquire*, *Add* and *Edit* to "
    "*All*. Leave on *None* what you do not use. *Save*.",
)
MEMBER_STEPS = (
    "*System* → *Members* → tab *API Members* → *+*. Member ID and name `Gangway`, the role of before, and your own location, "
    "department and default board.",
    "Save, open the tab *API Keys* → *+*, description `Gangway`, save.",
    ":warning: The private key is shown *only once*. Copy both keys before you leave the page.",
)
CLIENT_STEPS = (
    "Log in at *developer.connectwise.com* → *ClientID* → *Create new*. Name `Gangway`, product *ConnectWise PSA*.",
    "Copy the GUID: it is the *Client ID*. It belongs to this integration alone; do not share it with another.",
)
CONNECT_STEP = (
    "Enter all five here, press *Test connection*, then *Save* (in the wizard: *Next*). The test names whatever right is "
    "still missing."
)

GUIDES = (
    Guide("Create an API member", (*ROLE_STEPS, *MEMBER_STEPS, "Then get a *Client ID*: see the other guide.", CONNECT_STEP)),
    Guide("Get a Client ID", (*CLIENT_STEPS, CONNECT_STEP)),
)

DECLINES = {
    Kind.PASSWORDS: "ConnectWise PSA keeps no passwords that its API gives out; passwords come from IT Glue.",
    Kind.GROUPS: "ConnectWise PSA keeps no user groups that could be imported.",
}


def check(credentials: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the shape of an entry, by field name; nothing is called."""
    wrong: dict[str, str] = {}
    for field in FIELDS:
        value = credentials.get(field.name, "").strip()
        if not value:
            wrong[field.name] = f"Enter the {field.label}."
        elif re.search(r"\s", value) or not value.isascii() or not value.isprintable():
            wrong[field.name] = f"The {field.label} has no spaces or special letters. Copy it again."
    if "site" not in wrong and not site.host_of(credentials["site"]):
        wrong["site"] = "Enter only the name of the server, such as na.myconnectwise.net."
    if "company_id" not in wrong and not site.is_company_id(credentials["company_id"].strip()):
        wrong["company_id"] = "Enter the Company ID as on the log-in page: letters and digits, no address."
    return wrong


def complete(credentials: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Every field's value, the operator's default where none was entered; raises AskOperator for one that cannot be used."""
    found = {field.name: (credentials.get(field.name) or defaults.get(field.name, "")).strip() for field in FIELDS}
    for field in FIELDS:
        value = found[field.name]
        if not value:
            said = f"The {field.label} is missing. Connect ConnectWise again and enter it."
            raise AskOperator(said, Trouble.WRONG_KEY, field.name)
        # Inside the coded header nobody would see such a character, and the refusal would name another cause.
        if not value.isascii() or not value.isprintable():
            said = f"The {field.label} holds a character that no such entry has. Copy and enter it again."
            raise AskOperator(said, Trouble.WRONG_KEY, field.name)
    if not site.host_of(found["site"]) or not site.is_company_id(found["company_id"]):
        raise AskOperator(NO_SITE, Trouble.MISCONFIGURED, "site")
    return found


# --- refusals ---------------------------------------------------------------------------------------

REFUSED = (
    "ConnectWise refused the keys. Check in this order: the Public key and the Private key (System → Members → API Members → "
    "API Keys), whether the API member is active, and the Company ID. Gangway stopped after one try."
)
NO_CLIENT_ID = (
    "ConnectWise did not accept the Client ID. Copy the GUID again from developer.connectwise.com → ClientID; it belongs to one "
    "integration and must not be another's."
)
NO_SITE = (
    "There is no ConnectWise at this Site. Enter the name of the server where you log in, such as na.myconnectwise.net, eu., au., "
    "aus. or za., or your own server's."
)
SILENT_SITE = (
    "Nothing answers at this Site. Check its spelling (na.myconnectwise.net, or your own server's name). If it is right, the "
    "server is down: test again later."
)
WRONG_PLACE = (
    "ConnectWise does not answer at its address. If CONNECTWISE_API_URL is set, check it; otherwise test the connection again."
)
UNKNOWN_COMPANY = (
    "ConnectWise does not know this Company ID. Enter what stands in the field Company of ConnectWise's log-in page, not your "
    "company's name."
)
NO_API_RIGHT = (
    "The keys are right, but this API member may read nothing that Gangway needs. In ConnectWise open System → Security Roles → "
    "its role, and set Companies → Company Maintenance and Contacts, and System → Member Maintenance and Table Setup, to "
    "Inquire: All."
)
OR_CLIENT_ID = " If that is set already, check the Client ID."
FEW_COMPANIES = (
    "ConnectWise shows this API member hardly any company. If you have more, set Companies → Company Maintenance to Inquire: All "
    "(not My) in its security role."
)
GONE = "This record is no longer in ConnectWise, or the API member may not see it. Run a sync, then look again."
BAD_SCOPE = "The mapping does not name a ConnectWise company. Map the company again."
