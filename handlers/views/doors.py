"""Buttons that lead to a feature from anywhere: from the menu, from a refusal, from the end of a job.

Each feature's handler answers its door's id. Values hold ids only, parted by "|".
"""

from domain.ports import Kind
from handlers.views import kit

CONNECT = "connect_open"  # value: the connector's name, or nothing
SETUP = "setup_open"  # value: the connector's name
INTEGRATIONS = "integrations_open"
MAP = "mapping_open"  # value: connection id | company id, either may be missing
IMPORT = "imports_start"  # and what is imported, or a number; value: kind | company id | connection id
IMPORT_MENU = "imports_menu"
COMPANIES = "companies_open"
MANAGE = "company_manage"  # value: company id
PICK_COMPANY = "company_pick"
ADD_COMPANY = "company_add"
ADD_DOMAIN = "company_domain"  # value: company id | plan id, whose message then changes; the latter may be missing
REPORT = "plan_report"  # value: plan id
KEEP = "guard_keep"  # value: the question's id
GONE = "guard_gone"
PROVISION = "hooks_provision"  # value: connection id
LISTS = "integrations_lists"  # value: connection id
LINK = "link"  # buttons with an address: Slack tells us of the click, and there is nothing to do

IMPORT_WORDS = {
    Kind.COMPANIES: "Import companies",
    Kind.STAFF: "Import staff",
    Kind.USERS: "Import users",
    Kind.PASSWORDS: "Import passwords",
    Kind.GROUPS: "Import groups",
}


def connect(text: str = "Connect a source", source: str = "", style: str | None = None) -> kit.Block:
    return kit.button(text, CONNECT, source, style)


def set_up(source: str, text: str = "Set up") -> kit.Block:
    return kit.button(text, SETUP, source)


def integrations() -> kit.Block:
    return kit.button("Integrations", INTEGRATIONS)


def provision(connection_id: str) -> kit.Block:
    return kit.button("Provision webhooks", PROVISION, connection_id)


def sync_lists(connection_id: str) -> kit.Block:
    return kit.button("Sync PSA data", LISTS, connection_id)


def shrunk(question_id: str) -> list[kit.Block]:
    """The two answers to a list that became much smaller."""
    sure = kit.confirmation("Believe the source?", "Who is missing there is marked as gone here, and missing companies are frozen. Nothing is deleted.", "They are gone", danger=True)
    return [kit.button("Keep everything", KEEP, question_id, "primary"), kit.button("They are really gone", GONE, question_id, "danger", sure)]


def map_companies(connection_id: str = "", company_id: str = "", text: str = "Map companies") -> kit.Block:
    return kit.button(text, MAP, f"{connection_id}|{company_id}")


def start_import(kind: Kind, company_id: str = "", connection_id: str = "", text: str = "") -> kit.Block:
    return kit.button(text or IMPORT_WORDS[kind], f"{IMPORT}_{kind.value}", f"{kind.value}|{company_id}|{connection_id}")


def report(plan_id: str) -> kit.Block:
    """What of a password import could not come along."""
    return kit.button("Report", REPORT, plan_id)


def import_menu() -> kit.Block:
    return kit.button("Import", IMPORT_MENU)


def companies() -> kit.Block:
    return kit.button("Companies", COMPANIES)


def manage(company_id: str) -> kit.Block:
    return kit.button("Manage", MANAGE, company_id)


def add_company() -> kit.Block:
    return kit.button("Add company", ADD_COMPANY)


def add_domain(company_id: str, plan_id: str = "") -> kit.Block:
    return kit.button("Add domain", ADD_DOMAIN, f"{company_id}|{plan_id}" if plan_id else company_id)


def pick_company() -> kit.Block:
    return kit.button("Choose a company", PICK_COMPANY)


def remedy(name: str | None, about: tuple[str, str] = ("", "")) -> list[kit.Block]:
    """The buttons for an error's remedy; `about` is what is known of the matter: connection id, company id."""
    match name:
        case "connect":
            return kit.actions(connect(style="primary"))
        case "map":
            return kit.actions(map_companies(*about, text="Map now"))
        case "import companies":
            return kit.actions(start_import(Kind.COMPANIES), add_company())
        case "company":
            return kit.actions(pick_company())
        case "sync psa data":
            return kit.actions(sync_lists(about[0]) if about[0] else integrations())
        case "source":
            return kit.actions(import_menu(), integrations())
        case _:
            return []
