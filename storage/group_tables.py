"""The tables of groups. A member is a person of the group's own company: the database itself refuses another's."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from storage.tables import Base, _long


class PersonGroupRow(Base, table=True):
    __tablename__ = "person_group"
    __table_args__ = (
        UniqueConstraint("company_id", "name_fold"),
        UniqueConstraint("id", "company_id"),
        UniqueConstraint("connection_id", "external_id"),
    )
    id: str = Field(primary_key=True)
    company_id: str = Field(foreign_key="company.id")
    name: str = _long()
    name_fold: str
    connection_id: str | None = Field(default=None, foreign_key="connection.id")
    external_id: str | None = None
    plan_id: str = ""


class GroupMemberRow(Base, table=True):
    __tablename__ = "group_member"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "company_id"], ["person_group.id", "person_group.company_id"]),
        ForeignKeyConstraint(["person_id", "company_id"], ["person.id", "person.company_id"]),
    )
    group_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True, index=True)
    company_id: str
