"""Ratings by others, shown beside ours; only ever added, as evidence and cards are."""

import sqlalchemy as sa
from alembic import op

from service.store import append_only

revision = "0003_external_ratings"
down_revision = "0002_documents_have_versions"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('ratings',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('edition', sa.String(length=300), nullable=False),
    sa.Column('producer', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=300), nullable=True),
    sa.Column('dated', sa.String(length=300), nullable=True),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('judgements', sa.JSON(), nullable=False),
    sa.Column('attribution', sa.Text(), nullable=False),
    sa.Column('licence', sa.String(length=80), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'edition', 'producer', 'subject', 'version')
    )
    op.create_index(op.f('ix_ratings_model'), 'ratings', ['model'], unique=False)
    append_only.protect("ratings")


def downgrade() -> None:
    op.drop_table('ratings')
