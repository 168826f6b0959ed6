"""The tables of what a PSA holds beyond people: its lists, tickets, opportunities, assets, and the webhooks we keep there.

Wall 3 again: every item of a company carries (link, company, upstream company) as one foreign key.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from storage.tables import Base, _long, _when


def _link() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["link_id", "company_id", "external_company_id"], ["link.id", "link.company_id", "link.external_id"]
    )


class PickRow(Base, table=True):
    """One value of one of the PSA's lists, as last read; `gone` when it was there once and is not any more."""

    __tablename__ = "psa_choice"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    pick: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    parent_id: str = Field(primary_key=True, default="")
    label: str = _long()
    position: int = 0
    is_active: bool = True
    is_default: bool = False
    email: str = ""
    is_closing: bool = False
    gone: bool = False


class TicketRow(Base, table=True):
    """A ticket of a company. `external_id` is None while it is only here; `key` finds it upstream when its making was cut off."""

    __tablename__ = "ticket"
    __table_args__ = (
        _link(),
        UniqueConstraint("connection_id", "external_id"),
        UniqueConstraint("id", "company_id"),
        Index("ix_ticket_company", "company_id", "gone", "activity"),
        Index("ix_ticket_number", "number"),
    )
    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    external_id: str | None = None
    company_id: str = Field(foreign_key="company.id")
    link_id: str = Field(index=True)
    external_company_id: str
    number: str = ""
    title: str = _long()
    description: str = _long()
    resolution: str = _long()
    status: str = ""
    queue: str = ""
    category: str = ""
    type: str = ""
    priority: str = ""
    assignee_id: str = ""
    contact_id: str = ""
    created: str = ""
    due: str = ""
    completed: str = ""
    activity: str = ""
    fingerprint: str = ""
    seen: str = ""  # the round that last saw it in a whole read
    gone: bool = False  # deleted upstream, or outside what is synced
    key: str = Field(default="", index=True)
    made_by: str = ""  # the Slack user who made it here
    trouble: str = _long()  # why it is not upstream yet
    tries: int = 0
    made_at: datetime = _when()


class TicketNoteRow(Base, table=True):
    """A comment. `external_id` is None while it waits to be written upstream."""

    __tablename__ = "ticket_note"
    __table_args__ = (
        ForeignKeyConstraint(["ticket_id", "company_id"], ["ticket.id", "ticket.company_id"]),
        UniqueConstraint("ticket_id", "external_id"),
    )
    id: str = Field(primary_key=True)
    ticket_id: str = Field(index=True)
    company_id: str
    external_id: str | None = Field(default=None, index=True)
    title: str = _long()
    text: str = _long()
    for_client: bool = False
    author: str = ""
    by_client: bool = False
    at: str = ""
    modified: str = ""
    made_by: str = ""  # the Slack user who wrote it here
    trouble: str = _long()
    begun: str = ""  # when we began to write it upstream: from then on it may be there
    tries: int = 0


class TicketChangeRow(Base, table=True):
    """What somebody wants changed at a ticket, until it is written upstream. None leaves a field alone."""

    __tablename__ = "ticket_change"
    __table_args__ = (
        ForeignKeyConstraint(["ticket_id", "company_id"], ["ticket.id", "ticket.company_id"]),
        Index("ix_ticket_change_open", "done", "ticket_id"),
    )
    id: str = Field(primary_key=True)
    ticket_id: str
    company_id: str
    status: str | None = None
    assignee_id: str | None = None
    made_by: str = ""
    made_at: datetime = _when()
    done: bool = False
    trouble: str = _long()
    tries: int = 0


class TicketPlaceRow(Base, table=True):
    """Where a ticket's card stands in Slack, so that it can follow the ticket. `thread` is where its comments go."""

    __tablename__ = "ticket_place"
    __table_args__ = (
        ForeignKeyConstraint(["ticket_id", "company_id"], ["ticket.id", "ticket.company_id"]),
        Index("ix_ticket_place_ticket", "ticket_id"),
    )
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    ticket_id: str
    company_id: str
    thread: bool = False
    told: str = _long()  # fingerprint of what the place shows
    told_status: str = ""  # the status that its thread knows


class TicketToldRow(Base, table=True):
    """A comment that the thread of a place has been told."""

    __tablename__ = "ticket_told"
    __table_args__ = (ForeignKeyConstraint(["channel", "ts"], ["ticket_place.channel", "ticket_place.ts"]),)
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    note_id: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")


class HookRow(Base, table=True):
    """A webhook we keep at a source. `id` stands in its address; the secret is sealed under the connection's data key."""

    __tablename__ = "hook"
    __table_args__ = (UniqueConstraint("connection_id", "kind"),)
    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    kind: str
    external_id: str = ""
    guid: str = ""
    sealed: bytes = b""
    state: str = "wanted"
    trouble: str = _long()
    made_at: datetime = _when()
    last_at: datetime | None = _when(nullable=True)
    last_sequence: int = 0


class CalloutRow(Base, table=True):
    """A callout that came in, until it is worked off: which item changed, never what it holds."""

    __tablename__ = "callout"
    __table_args__ = (Index("ix_callout_open", "done", "hook_id", "sequence"),)
    hook_id: str = Field(primary_key=True, foreign_key="hook.id")
    sequence: int = Field(primary_key=True)
    item_id: str
    parent_id: str = ""
    happened: str
    at: str = ""
    came_at: datetime = _when()
    done: bool = False


class OpportunityRow(Base, table=True):
    """An opportunity of a company. `external_id` is None until it was pushed to the PSA."""

    __tablename__ = "opportunity"
    __table_args__ = (
        _link(),
        UniqueConstraint("connection_id", "external_id"),
        Index("ix_opportunity_company", "company_id", "gone", "closes"),
    )
    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    external_id: str | None = None
    company_id: str = Field(foreign_key="company.id")
    link_id: str = Field(index=True)
    external_company_id: str
    title: str = _long()
    description: str = _long()
    stage: str = ""
    status: str = ""
    category: str = ""
    owner_id: str = ""
    contact_id: str = ""
    amount: str = "0"
    material_cost: str = "0"
    labor_cost: str = "0"
    starts: str = ""
    closes: str = ""
    response: str = ""
    created: str = ""
    modified: str = ""
    note: str = _long()  # e.g. why the fallback owner has it
    read_at: datetime | None = _when(nullable=True)  # when the PSA's fields were last taken over
    fingerprint: str = ""
    seen: str = ""
    gone: bool = False
    state: str = "upstream"  # domain.opportunity.OpportunityState
    key: str = Field(default="", index=True)
    made_by: str = ""
    trouble: str = _long()
    made_at: datetime | None = _when(nullable=True)


class AssetRow(Base, table=True):
    """A configuration item of a company."""

    __tablename__ = "asset"
    __table_args__ = (_link(), UniqueConstraint("connection_id", "external_id"), Index("ix_asset_company", "company_id", "gone"))
    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    external_id: str
    company_id: str = Field(foreign_key="company.id")
    link_id: str = Field(index=True)
    external_company_id: str
    name: str = _long()
    name_fold: str = _long()
    type: str = ""
    is_active: bool = True
    serial: str = _long()
    contact_id: str = ""
    location: str = _long()
    installed: str = ""
    warranty_ends: str = ""
    notes: str = _long()
    modified: str = ""
    read_at: datetime | None = _when(nullable=True)
    fingerprint: str = ""
    seen: str = ""
    gone: bool = False


class AssetCategoryRow(Base, table=True):
    """A category of ours."""

    __tablename__ = "asset_category"
    id: str = Field(primary_key=True)
    name: str = _long()
    name_fold: str = Field(unique=True)


class AssetMappingRow(Base, table=True):
    """Which category an asset type goes to: account-wide (company "") or for one company. Category None: left unmapped."""

    __tablename__ = "asset_mapping"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    company_id: str = Field(primary_key=True, default="")
    type_id: str = Field(primary_key=True)
    category_id: str | None = Field(default=None, foreign_key="asset_category.id")
