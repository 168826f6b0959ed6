"""What a run replaced in the vault, until its undo window is over

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.tables

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('vault_entry_before',
    sa.Column('plan_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entry_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('folder_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_fold', sa.Text(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('has_password', sa.Boolean(), nullable=False),
    sa.Column('has_otp', sa.Boolean(), nullable=False),
    sa.Column('has_notes', sa.Boolean(), nullable=False),
    sa.Column('updated_at', storage.tables.Utc(timezone=True), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('link_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('external_company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plan_before', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('plan_id', 'entry_id', name=op.f('pk_vault_entry_before'))
    )
    with op.batch_alter_table('vault_entry_before', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vault_entry_before_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_vault_entry_before_entry_id'), ['entry_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('vault_entry_before', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vault_entry_before_entry_id'))
        batch_op.drop_index(batch_op.f('ix_vault_entry_before_company_id'))

    op.drop_table('vault_entry_before')
