"""Undo of a run, and requests that a second person decides on

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.tables

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_UNDOING = sa.text("undo_of <> '' and state in ('proposed', 'approved', 'running', 'done')")


def upgrade() -> None:
    op.add_column('plan', sa.Column('undo_of', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.add_column('plan', sa.Column('alone', sa.Text(), nullable=False, server_default=''))
    op.create_index(
        'uq_plan_one_undo', 'plan', ['undo_of'], unique=True, sqlite_where=_UNDOING, postgresql_where=_UNDOING
    )
    op.create_table('request',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('act', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subject', sa.JSON(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('requested_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('requested_by_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('requested_role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('requested_at', storage.tables.Utc(timezone=True), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('message_ts', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_by_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_at', storage.tables.Utc(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('alone', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request'))
    )
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_state'), ['state'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_request_state'))
        batch_op.drop_index(batch_op.f('ix_request_company_id'))

    op.drop_table('request')
    op.drop_index('uq_plan_one_undo', table_name='plan')
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_column('alone')
        batch_op.drop_column('undo_of')
