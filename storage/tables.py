"""The tables. They never leave this room: what crosses the door are the frozen dataclasses of domain/.

Wall 3 of the isolation rule stands here: an imported item of a company carries (link, company, external company) as one
foreign key, so the database itself refuses a row under another company than its link's.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

naming = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(SQLModel):
    metadata = naming


class Utc(TypeDecorator[datetime]):
    """Aware UTC datetimes on both databases; SQLite would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _when(nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Utc, nullable=nullable))


def _long(default: str = "") -> Any:
    return Field(default=default, sa_column=Column(Text, nullable=False))


def _json(nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(JSON, nullable=nullable))


class ConnectionRow(Base, table=True):
    __tablename__ = "connection"
    id: str = Field(primary_key=True)
    source: str = Field(unique=True)
    sealed: bytes  # the credentials, encrypted
    shown: dict[str, str] = _json()  # the fields that are no secret
    last_four: str = ""
    account: str = _long()
    counts: dict[str, int] = _json()
    locked: dict[str, str] = _json()
    trouble: str = _long()  # the sentence of the last failure; "" while all is well
    created_by: str = ""
    channel: str = ""
    created_at: datetime = _when()
    tested_at: datetime = _when()


class DataKeyRow(Base, table=True):
    __tablename__ = "data_key"
    owner: str = Field(primary_key=True)
    wrapped: bytes
    master: str = ""  # id of the master key it is wrapped with


class CompanyRow(Base, table=True):
    __tablename__ = "company"
    id: str = Field(primary_key=True)
    name: str = _long()
    name_fold: str = Field(sa_column=Column(Text, nullable=False, index=True))
    domain: str | None = Field(default=None, unique=True)
    web: str = _long()
    state: str = Field(index=True)
    is_own: bool = False
    created_at: datetime = _when()
    created_by_plan: str | None = None


_LIVE = text("state <> 'retired'")


class LinkRow(Base, table=True):
    __tablename__ = "link"
    # A re-map retires the row and adds another, so that what came through the old one keeps pointing at it.
    __table_args__ = (
        UniqueConstraint("id", "company_id", "external_id"),  # what imported items point at
        Index(
            "uq_link_one_upstream_one_company",
            "connection_id",
            "external_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_link_one_company_one_upstream",
            "connection_id",
            "company_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )
    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    company_id: str = Field(foreign_key="company.id", index=True)
    external_id: str
    external_name: str = _long()
    version: int = 1
    state: str = "active"
    reason: str = _long()
    decided_by: str = ""
    decided_at: datetime = _when()


class UpstreamCompanyRow(Base, table=True):
    __tablename__ = "upstream_company"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    external_id: str = Field(primary_key=True)
    name: str = _long()
    name_fold: str = Field(sa_column=Column(Text, nullable=False, index=True))
    row: dict[str, Any] = _json()
    fingerprint: str = ""
    seen: str = ""  # id of the read that last saw it


class ProposalRow(Base, table=True):
    """A suggested mapping, as last worked out; it holds only while both sides are free."""

    __tablename__ = "proposal"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    company_id: str = Field(primary_key=True, foreign_key="company.id")
    rank: int = Field(primary_key=True)
    external_id: str
    reason: str = _long()
    certain: bool = False


class NotMappedRow(Base, table=True):
    """A person's word that a company has no counterpart at a source."""

    __tablename__ = "not_mapped"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    company_id: str = Field(primary_key=True, foreign_key="company.id")
    decided_by: str = ""
    decided_at: datetime = _when()


class PersonRow(Base, table=True):
    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("company_id", "email_fold"), UniqueConstraint("id", "company_id"))
    id: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")
    kind: str
    email: str = _long()
    email_fold: str
    first_name: str = _long()
    last_name: str = _long()
    title: str = _long()
    role: str
    suspended: bool = False
    created_at: datetime = _when()
    created_by_plan: str | None = None


class OriginRow(Base, table=True):
    """Where a person came from: source, connection, upstream company, upstream id, run."""

    __tablename__ = "origin"
    __table_args__ = (
        ForeignKeyConstraint(
            ["link_id", "company_id", "external_company_id"],
            ["link.id", "link.company_id", "link.external_id"],
        ),
        ForeignKeyConstraint(["person_id", "company_id"], ["person.id", "person.company_id"]),
    )
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    kind: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    company_id: str
    person_id: str = Field(index=True)
    link_id: str | None = Field(default=None, index=True)  # None for staff, who come from the source itself
    external_company_id: str | None = None
    fingerprint: str = ""
    plan_id: str = ""
    gone: bool = False  # no longer seen upstream


# A run is undone once: while an undo of it waits, runs or is done, the database takes no second one.
_UNDOING = text("undo_of <> '' and state in ('proposed', 'approved', 'running', 'done')")


class PlanRow(Base, table=True):
    __tablename__ = "plan"
    __table_args__ = (
        Index("uq_plan_one_undo", "undo_of", unique=True, sqlite_where=_UNDOING, postgresql_where=_UNDOING),
    )
    id: str = Field(primary_key=True)
    kind: str
    connection_id: str = Field(index=True)
    source_title: str = ""
    company_id: str | None = Field(default=None, index=True)
    company_name: str = _long()
    link_id: str | None = None
    link_version: int = 0
    state: str = Field(index=True)
    requested_by: str = ""
    requested_by_name: str = ""
    requested_at: datetime = _when()
    needs_second: bool = False
    counts: dict[str, int] = _json()
    digest: str = ""
    read_rows: int = 0
    read_total: int | None = None
    done_rows: int = 0
    decided_by: str = ""
    decided_by_name: str = ""
    decided_at: datetime | None = _when(nullable=True)
    note: str = _long()
    channel: str = ""
    message_ts: str = ""
    selection: list[str] | None = _json(nullable=True)
    finished_at: datetime | None = _when(nullable=True)
    as_of: str = ""
    auto: bool = False
    undo_of: str = ""
    alone: str = _long()
    role: str = ""


class PlanItemRow(Base, table=True):
    __tablename__ = "plan_item"
    __table_args__ = (
        UniqueConstraint("plan_id", "external_id"),
        Index("ix_plan_item_action", "plan_id", "action", "seq"),
        Index("ix_plan_item_match", "plan_id", "match_key"),
    )
    plan_id: str = Field(primary_key=True, foreign_key="plan.id")
    seq: int = Field(primary_key=True)
    external_id: str
    label: str = _long()
    detail: str = _long()
    row: dict[str, Any] = _json()
    match_key: str = ""  # folded e-mail or normalised domain, to see twins inside one plan
    action: str = ""
    reason: str = _long()
    target: str = ""
    changes: dict[str, list[str]] = _json()
    waits: bool = False


class InvitationRow(Base, table=True):
    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["person_id", "company_id"], ["person.id", "person.company_id"]),
        Index("ix_invitation_state", "state", "company_id"),
    )
    id: str = Field(primary_key=True)
    person_id: str = Field(unique=True)
    company_id: str
    state: str
    generation: int = 1
    invited_by: str = ""
    invited_at: datetime = _when()
    expires_at: datetime | None = _when(nullable=True)
    last_sent_at: datetime | None = _when(nullable=True)
    sent_count: int = 0
    accepted_at: datetime | None = _when(nullable=True)
    trouble: str = _long()
    not_before: datetime | None = _when(nullable=True)  # the next try after a temporary refusal
    tries: int = 0


class InvitationTokenRow(Base, table=True):
    __tablename__ = "invitation_token"
    hash: str = Field(primary_key=True)
    invitation_id: str = Field(foreign_key="invitation.id", index=True)
    generation: int


class VaultFolderRow(Base, table=True):
    """A folder of a company's vault; its path is unique there."""

    __tablename__ = "vault_folder"
    __table_args__ = (UniqueConstraint("company_id", "path"), UniqueConstraint("id", "company_id"))
    id: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")
    path: str = _long()  # the names from the top, as a JSON list


class VaultEntryRow(Base, table=True):
    """A vault entry. `sealed` holds every secret of it, under its company's data key, bound to company and entry."""

    __tablename__ = "vault_entry"
    __table_args__ = (
        ForeignKeyConstraint(["link_id", "company_id", "external_company_id"], ["link.id", "link.company_id", "link.external_id"]),
        ForeignKeyConstraint(["folder_id", "company_id"], ["vault_folder.id", "vault_folder.company_id"]),
        UniqueConstraint("connection_id", "external_id"),
        Index("ix_vault_entry_company", "company_id", "state", "name_fold"),
    )
    id: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")
    folder_id: str | None = None
    name: str = _long()
    name_fold: str = _long()
    username: str = _long()
    url: str = _long()
    category: str = ""
    state: str = "active"
    sealed: bytes
    has_password: bool = False
    has_otp: bool = False
    has_notes: bool = False
    updated_at: datetime = _when()
    updated_by: str = ""
    connection_id: str | None = Field(default=None, foreign_key="connection.id")
    external_id: str | None = None
    link_id: str | None = None
    external_company_id: str | None = None
    fingerprint: str = ""
    plan_id: str = ""
    touched: bool = False


class VaultEntryBeforeRow(Base, table=True):
    """An entry as it was before a run changed it, for the run's undo. Sealed as it stood; it opens in its entry alone."""

    __tablename__ = "vault_entry_before"
    plan_id: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True, index=True)
    company_id: str = Field(index=True)
    folder_id: str | None = None
    name: str = _long()
    name_fold: str = _long()
    username: str = _long()
    url: str = _long()
    category: str = ""
    state: str = "active"
    sealed: bytes
    has_password: bool = False
    has_otp: bool = False
    has_notes: bool = False
    updated_at: datetime = _when()
    updated_by: str = ""
    link_id: str | None = None
    external_company_id: str | None = None
    fingerprint: str = ""
    plan_before: str = ""  # the run that had brought what was replaced


class OneTimeRow(Base, table=True):
    """A one-time page: only its token's hash is stored. `subject` is an opaque id of what it shows or takes."""

    __tablename__ = "one_time"
    hash: str = Field(primary_key=True)
    kind: str
    subject: str = _long()
    user_id: str = ""
    expires_at: datetime = _when()
    used_at: datetime | None = _when(nullable=True)


class RequestRow(Base, table=True):
    """A risky act that is no plan, asked for by one person and decided by another. `subject` holds ids and choices only."""

    __tablename__ = "request"
    id: str = Field(primary_key=True)
    act: str
    subject: dict[str, Any] = _json()
    summary: str = _long()
    company_id: str | None = Field(default=None, index=True)
    state: str = Field(index=True)
    requested_by: str = ""
    requested_by_name: str = ""
    requested_role: str = ""
    requested_at: datetime = _when()
    channel: str = ""
    message_ts: str = ""
    decided_by: str = ""
    decided_by_name: str = ""
    decided_at: datetime | None = _when(nullable=True)
    note: str = _long()
    alone: str = _long()


class JournalRow(Base, table=True):
    __tablename__ = "journal"
    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = _when()
    actor: str = ""
    actor_name: str = ""
    what: str = ""
    company_id: str | None = Field(default=None, index=True)
    subject: str = Field(default="", index=True)
    said: str = _long()
    data: dict[str, Any] = _json()
    hash: str = ""


class ChannelBindingRow(Base, table=True):
    __tablename__ = "channel_binding"
    channel: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")
    bound_by: str = ""


class WorkingCompanyRow(Base, table=True):
    __tablename__ = "working_company"
    user_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")


class RoleRow(Base, table=True):
    __tablename__ = "role"
    user_id: str = Field(primary_key=True)
    role: str
    given_by: str = ""


class SettingRow(Base, table=True):
    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_column=Column(JSON, nullable=True))


class SightingRow(Base, table=True):
    """Who one whole read of a sync saw; cleared when the round ends."""

    __tablename__ = "sighting"
    round: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)


class DigestRow(Base, table=True):
    __tablename__ = "digest"
    channel: str = Field(primary_key=True)
    time: str
    days: list[int] = _json()
    zone: str
    say_all_clear: bool = False
    company_id: str | None = None
    last_slot: str = ""
    last_at: datetime | None = _when(nullable=True)
    made_by: str = ""


class DigestMessageRow(Base, table=True):
    """Where the last digest of a channel stands, scheduled or not, so that it can follow what it tells of."""

    __tablename__ = "digest_message"
    channel: str = Field(primary_key=True)
    placed: str  # the channel it was posted in: another one where the channel was closed to us
    ts: str
    since: datetime = _when()


class SyncRow(Base, table=True):
    """What the periodic sync of one connection and kind knows."""

    __tablename__ = "sync"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    kind: str = Field(primary_key=True)
    enabled: bool = True
    as_of: str = ""  # the source's clock when the last good read began
    known: int = 0  # rows the last good full read held
    last_at: datetime | None = _when(nullable=True)
    last_note: str = _long()
