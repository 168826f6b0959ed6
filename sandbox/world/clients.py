"""The demo's client companies as data: every awkwardness that real lists of clients have."""

from __future__ import annotations

from dataclasses import dataclass

MSP_NAME = "Northwind IT"
MSP_COMPANY = 0  # Autotask keeps the provider's own company under id 0


@dataclass(frozen=True, slots=True)
class Sketch:
    """One client: its Autotask name and web address, and how IT Glue differs."""

    name: str
    web: str | None = None
    glue: str | None = None  # the name in IT Glue, when it differs
    domains: tuple[str, ...] = ()
    kind: str = "Customer"
    active: bool = True
    parent: str | None = None
    psa: bool = True
    itglue: bool = True
    linked: bool = True
    people: int = 5
    city: str = ""
    state: str = ""


CLIENTS = (
    Sketch("Contoso Ltd.", "https://www.contoso.example/en/", "Contoso", ("contoso.example",), people=14),
    Sketch("Fabrikam, Inc.", "fabrikam.example", "Fabrikam Inc", ("fabrikam.example", "fabrikam.test"),
           people=9),
    Sketch("Adventure Works GmbH & Co. KG", "WWW.ADVENTURE-WORKS.EXAMPLE", "Adventure Works"),
    Sketch("Wide World Importers LLC", "http://wideworld.example/index.php?a=b", "Wide World Importers, LLC"),
    Sketch("Tailspin Toys", "tailspin.example.", "Tailspin Toys (2)", ("tailspin.example",)),
    Sketch("Litware S.A.", "litware.example:8443", "LITWARE SA", linked=False, domains=("litware.example",)),
    # The same name twice, told apart by nothing but city and domain.
    Sketch("City Dental", "citydental-austin.example", city="Austin", state="TX"),
    Sketch("City Dental", "citydental-reno.example", city="Reno", state="NV"),
    # A holding and its daughter share a domain.
    Sketch("Proseware Holding AG", "proseware.example", domains=("proseware.example",), people=4),
    Sketch("Proseware Logistics", "www.proseware.example", parent="Proseware Holding AG", people=6),
    Sketch("Proseware Logistics Austria", "proseware.example/at", parent="Proseware Logistics"),
    # No web address at all, an empty one, and words in its place.
    Sketch("Margie's Travel", None),
    Sketch("Coho Vineyard & Winery", "", domains=("cohovineyard.example",)),
    Sketch("Graphic Design Institute", "n/a"),
    Sketch("Kowalski Roofing", "gmail.com", people=3),
    # Look-alikes: a Cyrillic letter in the domain, then its punycode, then one letter of difference.
    Sketch("Contosо Services", "contosо.example", psa=True, itglue=False),
    Sketch("Contoso Service Partners", "xn--contos-9fg.example", linked=False),
    Sketch("Contosso", "contosso.example", kind="Lead", itglue=False),
    Sketch("Müller & Söhne Maschinenbau GmbH", "müller-söhne.example", "Mueller und Soehne Maschinenbau"),
    Sketch("Kub, Reynolds and Sons", "kubreynolds.example", domains=("kubreynolds.example",)),
    Sketch("שלום מערכות בע״מ", "shalom-systems.example", "Shalom Systems"),
    Sketch("<!channel> Marketing *Bold* _Ideas_", "bold-ideas.example"),
    Sketch("O'Brien & Daughters <Solicitors>", "obrien-law.example", "O’Brien & Daughters"),
    Sketch("The Very Long Name Company for the Advancement of Remarkably Extended Business Designations & C",
           "verylongname.example"),
    Sketch("Blue Yonder Airlines", "blueyonder.example", active=False),
    Sketch("Northwind Traders", "northwindtraders.example", "Northwind Traders, Inc."),
    Sketch("Trey Research", "treyresearch.example", kind="Lead", itglue=False, people=2),
    Sketch("Lucerne Publishing", "lucernepublishing.example", kind="Prospect", itglue=False, people=2),
    Sketch("Alpine Ski House", "alpineskihouse.example", kind="Cancelation", active=False),
    Sketch("Datum Distribution", "datum.example", kind="Vendor", people=2),
    Sketch("Woodgrove Bank plc", "woodgrovebank.example", kind="Partner", people=4),
    Sketch("Humongous Insurance", "humongous.example", "Humongous Insurance Co.", people=45),
    Sketch("School of Fine Art", "fineart.example", people=7),
    Sketch("Southridge Video", "southridge.example", linked=False, people=3),
    Sketch("Southridge Video (old, do not use)", "southridge.example", active=False, itglue=False, people=1),
    Sketch("Relecloud", "relecloud.example", psa=False, domains=("relecloud.example",)),
    Sketch("Munson's Pickles and Preserves Farm", "munsons.example", "Munsons Pickles"),
    Sketch("VanArsdel, Ltd.", "vanarsdel.example", "Vanarsdel"),
    Sketch("Best For You Organics Company", "bestforyou.example", people=3),
    Sketch("Lamna Healthcare Company", "lamnahealthcare.example", "Lamna Healthcare", people=11),
    Sketch("  Nod   Publishers  ", "nod-publishers.example", "Nod Publishers", people=2),
    Sketch("1&1 Plumbing", "1and1plumbing.example", people=1),
)  # fmt: skip

FIRST_NAMES = (
    "Ada", "Ben", "Chiara", "Dmitri", "Esra", "Femi", "Grace", "Hiro", "Ines", "Jonas", "Kofi", "Lena",
    "Mateo", "Noor", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Tariq", "Uma", "Victor", "Wanda",
    "Ximena", "Yusuf", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jensen",
    "Kim", "Lopez", "Müller", "Novak", "O'Neil", "Petrov", "Quinn", "Rossi", "Schmidt", "Tanaka",
    "Usman", "Varga", "Weber", "Xu", "Yılmaz", "Zhang",
)  # fmt: skip
TITLES = ("Office Manager", "Accountant", "Managing Director", "Sales", "Reception", "Warehouse", "")
