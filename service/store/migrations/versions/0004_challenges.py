"""Challenges and the states they went through; the same triggers keep both as they were written."""

import sqlalchemy as sa
from alembic import op

from service.store import append_only

revision = "0004_challenges"
down_revision = "0003_external_ratings"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("challenges", "challenge_states")


def upgrade() -> None:
    op.create_table('challenges',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('model', sa.String(length=300), nullable=False),
    sa.Column('indicator', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('filed_by', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_challenges_model', 'challenges', ['model'], unique=False)
    op.create_table('challenge_states',
    sa.Column('challenge_id', BIG_ID, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenges.id'], ),
    sa.PrimaryKeyConstraint('challenge_id', 'sequence')
    )
    append_only.protect(*APPEND_ONLY)


def downgrade() -> None:
    op.drop_table('challenge_states')
    op.drop_table('challenges')
