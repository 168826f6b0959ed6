"""Every ConnectWise resource as data: path, fields, references, the right that opens it, what may be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `path` may hold `{}` for its owner's id, which `under` names as a column.

    `refs` maps a field to the table it points into; a field that ends in `[]` there holds several.
    `area` is the part of the security role that opens it. `one` is what errors call a record.
    """

    path: str
    table: str
    one: str
    fields: tuple[str, ...]
    area: str
    refs: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    dates: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    writes: str = ""  # letters of create, update, delete
    under: str = ""
    owner: str = ""  # the table of the owner
    name: str = "name"  # the field references show as the name
    callback: str = ""  # the type under which changes are called back

    @property
    def lists(self) -> tuple[str, ...]:
        """Fields that hold several references."""
        return tuple(name[:-2] for name in self.refs if name.endswith("[]"))

    def target(self, name: str) -> str:
        """The table a field points into, or nothing."""
        return self.refs.get(name) or self.refs.get(f"{name}[]") or ""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SETUP = "Table Setup"

_RESOURCES = (
    Resource(
        "company/companies", "companies", "company",
        _names("id identifier name status types addressLine1 addressLine2 city state zip country phoneNumber website "
               "territory defaultContact parentCompany dateAcquired leadFlag taxIdentifier deletedFlag dateDeleted deletedBy"),
        "Company Maintenance",
        {"status": "companyStatuses", "types[]": "companyTypes", "parentCompany": "companies", "defaultContact": "contacts"},
        ("dateAcquired", "dateDeleted"), ("identifier", "name"), "cud", callback="company",
    ),
    Resource("company/companies/types", "companyTypes", "companyType",
             _names("id name defaultFlag vendorFlag serviceAlertFlag"), _SETUP),
    Resource("company/companies/statuses", "companyStatuses", "companyStatus",
             _names("id name defaultFlag inactiveFlag"), _SETUP),
    Resource("company/companies/info/types", "companyTypes", "companyType", _names("id name"), "Company Maintenance"),
    Resource(
        "company/contacts", "contacts", "contact",
        _names("id firstName lastName company title inactiveFlag defaultFlag types department communicationItems "
               "portalSecurityLevel disablePortalLoginFlag"),
        "Contacts", {"company": "companies"}, (), ("firstName",), "cud", callback="contact",
    ),
    Resource(
        "company/configurations", "configurations", "configuration",
        _names("id name type status company contact locationId serialNumber modelNumber tagNumber purchaseDate "
               "installationDate warrantyExpirationDate vendorNotes notes macAddress ipAddress osType activeFlag"),
        "Configurations",
        {"type": "configurationTypes", "status": "configurationStatuses", "company": "companies", "contact": "contacts"},
        ("purchaseDate", "installationDate", "warrantyExpirationDate"), ("name", "type", "company"), "cud",
        callback="configuration",
    ),
    Resource("company/configurations/types", "configurationTypes", "configurationType",
             _names("id name inactiveFlag systemFlag"), _SETUP),
    Resource("company/configurations/statuses", "configurationStatuses", "configurationStatus",
             _names("id description closedFlag defaultFlag"), _SETUP, name="description"),
    Resource(
        "system/members", "members", "member",
        _names("id identifier firstName middleInitial lastName title officeEmail mobileEmail homeEmail defaultEmail "
               "primaryEmail inactiveFlag inactiveDate licenseClass adminFlag disableOnlineFlag timeZone"),
        "Member Maintenance", name="identifier",
    ),
    Resource("system/info/members", "members", "memberInfo",
             _names("id identifier firstName middleInitial lastName fullName defaultEmail licenseClass inactiveFlag"), ""),
    Resource("system/apiMembers", "apiMembers", "apiMember",
             _names("id identifier firstName lastName inactiveFlag"), "Member Maintenance", name="identifier"),
    Resource("service/boards", "boards", "board", _names("id name inactiveFlag projectFlag"), _SETUP),
    Resource("service/boards/{}/statuses", "boardStatuses", "boardStatus",
             _names("id name board sortOrder displayOnBoard inactive closedStatus defaultFlag timeEntryNotAllowed"), _SETUP,
             {"board": "boards"}, under="board", owner="boards"),
    Resource("service/boards/{}/types", "boardTypes", "boardType",
             _names("id name board category defaultFlag inactiveFlag requestForChangeFlag"), _SETUP,
             {"board": "boards"}, under="board", owner="boards"),
    Resource("service/priorities", "priorities", "priority", _names("id name color sortOrder defaultFlag"), _SETUP),
    Resource(
        "service/tickets", "tickets", "ticket",
        _names("id summary recordType board status company contact contactName contactEmailAddress type owner priority "
               "requiredDate severity impact externalXRef initialDescription initialInternalAnalysis initialResolution "
               "resources closedDate closedBy closedFlag enteredBy customerUpdatedFlag approved"),
        "Service Tickets",
        {"board": "boards", "status": "boardStatuses", "company": "companies", "contact": "contacts", "type": "boardTypes",
         "owner": "members", "priority": "priorities"},
        ("requiredDate", "closedDate"), ("summary", "company"), "cud", name="summary", callback="ticket",
    ),
    Resource(
        "service/tickets/{}/notes", "ticketNotes", "serviceNote",
        _names("id ticketId text detailDescriptionFlag internalAnalysisFlag resolutionFlag issueFlag member contact "
               "customerUpdatedFlag processNotifications dateCreated createdBy internalFlag externalFlag"),
        "Service Tickets", {"member": "members", "contact": "contacts"}, ("dateCreated",), ("text",), "cud",
        under="ticketId", owner="tickets",
    ),
    Resource(
        "sales/opportunities", "opportunities", "opportunity",
        _names("id name expectedCloseDate type stage status notes source primarySalesRep company contact customerPO "
               "dateBecameLead closedDate closedBy"),
        "Opportunities",
        {"type": "opportunityTypes", "stage": "stages", "status": "opportunityStatuses", "primarySalesRep": "members",
         "company": "companies", "contact": "contacts"},
        ("expectedCloseDate", "dateBecameLead", "closedDate"), ("name", "company", "contact", "primarySalesRep"), "cud",
        callback="opportunity",
    ),
    Resource("sales/opportunities/statuses", "opportunityStatuses", "opportunityStatus",
             _names("id name wonFlag lostFlag closedFlag inactiveFlag defaultFlag"), _SETUP),
    Resource("sales/opportunities/types", "opportunityTypes", "opportunityType",
             _names("id description inactiveFlag"), _SETUP, name="description"),
    Resource("sales/stages", "stages", "stage", _names("id name sequenceNumber"), _SETUP),
    Resource(
        "system/callbacks", "callbacks", "callback",
        _names("id description url objectId type level memberId inactiveFlag"), "",
        required=("url", "objectId", "type", "level"), writes="cud",
    ),
)  # fmt: skip

RESOURCES = {resource.path: resource for resource in _RESOURCES}
# The resource that shows a table's rows in full; the first one that names it.
OF_TABLE = {resource.table: resource for resource in reversed(_RESOURCES)}
