"""Where on the security level's page a read that is cut can be opened again: more than one place can be the cause.

The classes of companies cut companies and what CRM keeps under them, and no call says which class it is.
"""

from collections.abc import Callable, Mapping

from connectors.autotask.levels import VISIBILITY, Line
from domain.psa import Held

CUSTOMERS = "Customer & Cancelation"
# The classes of companies on the page, with the types of companies that each is about.
CLASSES: Mapping[str, tuple[int, ...]] = {
    CUSTOMERS: (1, 6),
    "Prospect, Lead & Dead": (2, 3, 4),
    "Vendor": (7,),
    "Partner": (8,),
}
UNDER_COMPANIES = ("Companies", "Contacts", "Opportunities", "CompanyToDos")
_ACCESS = "CRM → Account & Contact Access → "

Shown = Callable[[tuple[int, ...]], int | None]  # how many companies of these types are shown; None where it is refused


def causes(line: Line, held: Held, companies_cut: bool, shown: Shown) -> tuple[str, str]:
    """The places that can be the cause, the likely one first, and a sentence about them; both "" for the line's own."""
    name = line.objects[0]
    if line.verb != "query" or held not in (Held.MISSING, Held.CUT):
        return "", ""
    if name == "Contracts":
        return f"{line.path}; {VISIBILITY}", "No call tells which of the two it is: look at both."
    if held is Held.CUT and companies_cut and name in UNDER_COMPANIES:
        return _of_classes(line, shown)
    return "", ""


def _of_classes(line: Line, shown: Shown) -> tuple[str, str]:
    counts = {each: shown(types) for each, types in CLASSES.items()}
    hidden = [each for each, count in counts.items() if count == 0]
    paths = [f"{_ACCESS}{CUSTOMERS}: All"]
    if CUSTOMERS in hidden:
        said = f"No company of {CUSTOMERS} is shown."  # whoever has customers has some of these: it is this class
    else:
        paths += [f"{_ACCESS}Prospect, Lead & Dead: All", f"{_ACCESS}Vendor, and Partner: All"]
        # A class of which nothing is shown may be cut, or there is no such company.
        first = f" Nothing of {' or of '.join(hidden)} is shown: look there first." if hidden else ""
        said = f"No call tells which class of companies is cut.{first}"
    if line.objects[0] in ("Opportunities", "CompanyToDos"):
        paths.append(line.path)  # nor whether it is their own right
    return "; ".join(paths), said
