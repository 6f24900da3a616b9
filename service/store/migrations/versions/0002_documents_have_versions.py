"""Documents have versions: what a text was made of, and a log of every look at every place."""

import sqlalchemy as sa
from alembic import op

from service.store import append_only

revision = "0002_documents_have_versions"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column('documents', sa.Column('derived_from', sa.String(length=64), nullable=True))
    op.create_table('fetches',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('run_id', BIG_ID, nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('host', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('document_url', sa.String(length=2000), nullable=True),
    sa.Column('etag', sa.String(length=200), nullable=True),
    sa.Column('last_modified', sa.String(length=200), nullable=True),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('fetches_by_url', 'fetches', ['url', 'at'], unique=False)
    op.create_index('fetches_by_host', 'fetches', ['host', 'at'], unique=False)
    op.create_index('fetches_by_document', 'fetches', ['document_url', 'sha256'], unique=False)
    append_only.protect("fetches")


def downgrade() -> None:
    op.drop_table('fetches')
    op.drop_column('documents', 'derived_from')
