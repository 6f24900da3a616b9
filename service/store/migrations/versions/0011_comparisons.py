"""Comparisons and swap drills, and each of their requests."""

import sqlalchemy as sa
from alembic import op

revision = "0011_comparisons"
down_revision = "0010_webhooks"


def upgrade() -> None:
    op.create_table('comparisons',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('endpoints', sa.JSON(), nullable=False),
    sa.Column('cells', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('tokens', sa.BigInteger(), nullable=False),
    sa.Column('micro_usd', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=20), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('cells',
    sa.Column('comparison_id', sa.String(length=40), nullable=False),
    sa.Column('endpoint', sa.String(length=300), nullable=False),
    sa.Column('prompt', sa.String(length=400), nullable=False),
    sa.Column('repeat', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('record', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['comparison_id'], ['comparisons.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comparison_id', 'endpoint', 'prompt', 'repeat')
    )


def downgrade() -> None:
    op.drop_table('cells')
    op.drop_table('comparisons')
