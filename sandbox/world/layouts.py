"""Which tables the two vendors keep, where their ids begin, and which columns are dates of change."""

from __future__ import annotations

from sandbox.world.tables import Layout

_LIVE = 29_682_885

AUTOTASK: dict[str, Layout] = {
    # Companies move two dates; only the second is about the fields themselves.
    "Companies": Layout(
        176, 1, ("createDate",), ("lastActivityDate", "lastTrackedModifiedDateTime"), ("parentCompanyID",)
    ),
    "Contacts": Layout(30_682_895, 1, ("createDate",), ("lastActivityDate", "lastModifiedDate"), ("companyID",)),
    "Resources": Layout(_LIVE),
    "Tickets": Layout(
        7_673, 1, ("createDate",), ("lastActivityDate", "lastTrackedModificationDateTime"), ("companyID",)
    ),
    "TicketNotes": Layout(29_684_001, 1, ("createDateTime",), ("lastActivityDate",), ("ticketID",)),
    "Opportunities": Layout(211, 1, ("createDate",), ("lastActivity",), ("companyID",)),
    "ConfigurationItems": Layout(512, 1, ("createDate",), ("lastModifiedTime",), ("companyID",)),
    "ConfigurationItemTypes": Layout(),
    "ConfigurationItemCategories": Layout(),
    "CompanyToDos": Layout(29_700_001, 1, ("createDateTime",), ("lastModifiedDate",), ("companyID",)),
    "Contracts": Layout(29_683_400, 1, (), ("lastModifiedDateTime",), ("companyID",)),
    "Departments": Layout(_LIVE),
    "Roles": Layout(_LIVE),
    "ResourceRoles": Layout(_LIVE, 1, (), (), ("resourceID",)),
    "ResourceServiceDeskRoles": Layout(_LIVE, 1, (), (), ("resourceID",)),
    "ResourceRoleDepartments": Layout(_LIVE, 1, (), (), ("resourceID",)),
    "TicketCategories": Layout(),
    "TicketCategoryFieldDefaults": Layout(indexed=("ticketCategoryID",)),
    "OpportunityCategories": Layout(),
    "InternalLocations": Layout(),
    "DeletedTicketLogs": Layout(),
    "WebhookEventErrorLogs": Layout(1, 1, ("createDateTime",)),
}
for _subject in ("Company", "Contact", "ConfigurationItem", "Ticket", "TicketNote"):
    AUTOTASK[f"{_subject}Webhooks"] = Layout()
    AUTOTASK[f"{_subject}WebhookFields"] = Layout(indexed=("webhookID",))
    AUTOTASK[f"{_subject}WebhookExcludedResources"] = Layout(indexed=("webhookID",))
    if _subject != "TicketNote":  # ticket notes have no user-defined fields, hence no such collection
        AUTOTASK[f"{_subject}WebhookUdfFields"] = Layout(indexed=("webhookID",))

_DATED = {"created": ("created-at",), "modified": ("updated-at",)}
_OWNED = ("organization-id",)


def _glue(first_id: int, step: int = 1, indexed: tuple[str, ...] = ()) -> Layout:
    return Layout(first_id, step, _DATED["created"], _DATED["modified"], indexed)


# Ids are 15 to 16 digits on live tenants, and log ids 18.
ITGLUE: dict[str, Layout] = {
    "organizations": _glue(3_239_365_093_050_371, 517, ("psa-id",)),
    "organization-types": _glue(973_936_509_305_037, 3),
    "organization-statuses": _glue(973_936_509_305_211, 3),
    "contacts": _glue(4_118_220_117_403_903, 7, _OWNED),
    "contact-types": _glue(973_936_509_306_001, 3),
    "users": _glue(1_439_365_093_050_009, 11),
    "groups": _glue(1_549_365_093_050_013, 11),
    "passwords": _glue(5_073_936_509_305_103, 13, (*_OWNED, "password-category-id")),
    "password-categories": _glue(973_936_509_307_001, 3),
    "password-folders": _glue(5_173_936_509_305_007, 13, _OWNED),
    "domains": _glue(6_073_936_509_305_501, 13, _OWNED),
    "configurations": _glue(7_073_936_509_305_703, 13, _OWNED),
    "flexible-asset-types": _glue(973_936_509_308_001, 3),
    "flexible-assets": _glue(8_073_936_509_305_907, 13, (*_OWNED, "flexible-asset-type-id")),
    "logs": Layout(905_393_650_930_505_111, 17, ("created-at",)),
}
