"""What a PSA holds beyond people: its lists, tickets, opportunities, assets; the webhooks we keep there

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.tables

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('plan', sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.create_table('asset_category',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_fold', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset_category')),
    sa.UniqueConstraint('name_fold', name=op.f('uq_asset_category_name_fold'))
    )
    op.create_table('asset_mapping',
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['category_id'], ['asset_category.id'], name=op.f('fk_asset_mapping_category_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_asset_mapping_connection_id')),
    sa.PrimaryKeyConstraint('connection_id', 'company_id', 'type_id', name=op.f('pk_asset_mapping'))
    )
    op.create_table('hook',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('guid', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('made_at', storage.tables.Utc(timezone=True), nullable=False),
    sa.Column('last_at', storage.tables.Utc(timezone=True), nullable=True),
    sa.Column('last_sequence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_hook_connection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hook')),
    sa.UniqueConstraint('connection_id', 'kind', name=op.f('uq_hook_connection_id_kind'))
    )
    op.create_table('psa_choice',
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pick', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('parent_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('is_closing', sa.Boolean(), nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_psa_choice_connection_id')),
    sa.PrimaryKeyConstraint('connection_id', 'pick', 'id', 'parent_id', name=op.f('pk_psa_choice'))
    )
    op.create_table('asset',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('link_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_fold', sa.Text(), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('serial', sa.Text(), nullable=False),
    sa.Column('contact_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('installed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('warranty_ends', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('modified', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('read_at', storage.tables.Utc(timezone=True), nullable=True),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seen', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_asset_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_asset_connection_id')),
    sa.ForeignKeyConstraint(['link_id', 'company_id', 'external_company_id'], ['link.id', 'link.company_id', 'link.external_id'], name=op.f('fk_asset_link_id_company_id_external_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset')),
    sa.UniqueConstraint('connection_id', 'external_id', name=op.f('uq_asset_connection_id_external_id'))
    )
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.create_index('ix_asset_company', ['company_id', 'gone'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_link_id'), ['link_id'], unique=False)

    op.create_table('callout',
    sa.Column('hook_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('item_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('parent_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('happened', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('came_at', storage.tables.Utc(timezone=True), nullable=False),
    sa.Column('done', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['hook_id'], ['hook.id'], name=op.f('fk_callout_hook_id')),
    sa.PrimaryKeyConstraint('hook_id', 'sequence', name=op.f('pk_callout'))
    )
    with op.batch_alter_table('callout', schema=None) as batch_op:
        batch_op.create_index('ix_callout_open', ['done', 'hook_id', 'sequence'], unique=False)

    op.create_table('opportunity',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('link_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('stage', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('owner_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('amount', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('material_cost', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('labor_cost', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('starts', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('closes', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('response', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('modified', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('read_at', storage.tables.Utc(timezone=True), nullable=True),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seen', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('made_at', storage.tables.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_opportunity_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_opportunity_connection_id')),
    sa.ForeignKeyConstraint(['link_id', 'company_id', 'external_company_id'], ['link.id', 'link.company_id', 'link.external_id'], name=op.f('fk_opportunity_link_id_company_id_external_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opportunity')),
    sa.UniqueConstraint('connection_id', 'external_id', name=op.f('uq_opportunity_connection_id_external_id'))
    )
    with op.batch_alter_table('opportunity', schema=None) as batch_op:
        batch_op.create_index('ix_opportunity_company', ['company_id', 'gone', 'closes'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunity_key'), ['key'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunity_link_id'), ['link_id'], unique=False)

    op.create_table('ticket',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('link_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('resolution', sa.Text(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('queue', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('priority', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('assignee_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('due', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('completed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('activity', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seen', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('made_at', storage.tables.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_ticket_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_ticket_connection_id')),
    sa.ForeignKeyConstraint(['link_id', 'company_id', 'external_company_id'], ['link.id', 'link.company_id', 'link.external_id'], name=op.f('fk_ticket_link_id_company_id_external_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('connection_id', 'external_id', name=op.f('uq_ticket_connection_id_external_id')),
    sa.UniqueConstraint('id', 'company_id', name=op.f('uq_ticket_id_company_id'))
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_company', ['company_id', 'gone', 'activity'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_key'), ['key'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_link_id'), ['link_id'], unique=False)
        batch_op.create_index('ix_ticket_number', ['number'], unique=False)

    op.create_table('ticket_note',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ticket_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('for_client', sa.Boolean(), nullable=False),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('by_client', sa.Boolean(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('modified', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('begun', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id', 'company_id'], ['ticket.id', 'ticket.company_id'], name=op.f('fk_ticket_note_ticket_id_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_note')),
    sa.UniqueConstraint('ticket_id', 'external_id', name=op.f('uq_ticket_note_ticket_id_external_id'))
    )
    with op.batch_alter_table('ticket_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_note_external_id'), ['external_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_note_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('ticket_change',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ticket_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('assignee_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', storage.tables.Utc(timezone=True), nullable=False),
    sa.Column('done', sa.Boolean(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id', 'company_id'], ['ticket.id', 'ticket.company_id'], name=op.f('fk_ticket_change_ticket_id_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_change'))
    )
    with op.batch_alter_table('ticket_change', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_change_open', ['done', 'ticket_id'], unique=False)

    op.create_table('ticket_place',
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ts', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ticket_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('thread', sa.Boolean(), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('told_status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id', 'company_id'], ['ticket.id', 'ticket.company_id'], name=op.f('fk_ticket_place_ticket_id_company_id')),
    sa.PrimaryKeyConstraint('channel', 'ts', name=op.f('pk_ticket_place'))
    )
    with op.batch_alter_table('ticket_place', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_place_ticket', ['ticket_id'], unique=False)

    op.create_table('ticket_told',
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ts', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['channel', 'ts'], ['ticket_place.channel', 'ticket_place.ts'], name=op.f('fk_ticket_told_channel_ts')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_ticket_told_company_id')),
    sa.PrimaryKeyConstraint('channel', 'ts', 'note_id', name=op.f('pk_ticket_told'))
    )


def downgrade() -> None:
    op.drop_table('ticket_told')
    with op.batch_alter_table('ticket_place', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_place_ticket')

    op.drop_table('ticket_place')
    with op.batch_alter_table('ticket_change', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_change_open')

    op.drop_table('ticket_change')
    with op.batch_alter_table('ticket_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_note_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_note_external_id'))

    op.drop_table('ticket_note')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_number')
        batch_op.drop_index(batch_op.f('ix_ticket_link_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_key'))
        batch_op.drop_index('ix_ticket_company')

    op.drop_table('ticket')
    with op.batch_alter_table('opportunity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_opportunity_link_id'))
        batch_op.drop_index(batch_op.f('ix_opportunity_key'))
        batch_op.drop_index('ix_opportunity_company')

    op.drop_table('opportunity')
    with op.batch_alter_table('callout', schema=None) as batch_op:
        batch_op.drop_index('ix_callout_open')

    op.drop_table('callout')
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_link_id'))
        batch_op.drop_index('ix_asset_company')

    op.drop_table('asset')
    op.drop_table('psa_choice')
    op.drop_table('hook')
    op.drop_table('asset_mapping')
    op.drop_table('asset_category')
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_column('role')
