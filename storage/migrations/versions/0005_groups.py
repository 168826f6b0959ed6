"""Groups of people

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('person_group',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_fold', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('connection_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('plan_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_person_group_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_person_group_connection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_group')),
    sa.UniqueConstraint('company_id', 'name_fold', name=op.f('uq_person_group_company_id_name_fold')),
    sa.UniqueConstraint('connection_id', 'external_id', name=op.f('uq_person_group_connection_id_external_id')),
    sa.UniqueConstraint('id', 'company_id', name=op.f('uq_person_group_id_company_id'))
    )
    op.create_table('group_member',
    sa.Column('group_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('company_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['group_id', 'company_id'], ['person_group.id', 'person_group.company_id'], name=op.f('fk_group_member_group_id_company_id')),
    sa.ForeignKeyConstraint(['person_id', 'company_id'], ['person.id', 'person.company_id'], name=op.f('fk_group_member_person_id_company_id')),
    sa.PrimaryKeyConstraint('group_id', 'person_id', name=op.f('pk_group_member'))
    )
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_member_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_member_person_id'))

    op.drop_table('group_member')
    op.drop_table('person_group')
