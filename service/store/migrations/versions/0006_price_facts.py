"""Prices: imports, what they list, what holds from when on, and what was not believed; all of it is only added to."""

import sqlalchemy as sa
from alembic import op

from service.store import append_only

revision = "0006_price_facts"
down_revision = "0005_budgets"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("price_runs", "price_keys", "price_facts", "price_quarantine")


def upgrade() -> None:
    op.create_table('price_runs',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('version', sa.String(length=80), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dated_each', sa.Boolean(), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('listed', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('quarantined', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Text(), nullable=False),
    sa.Column('etag', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('price_runs_by_source', 'price_runs', ['source', 'looked_at'], unique=False)
    op.create_table('price_keys',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('endpoint', sa.String(length=300), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('importer', sa.String(length=80), nullable=False),
    sa.Column('meter', sa.String(length=40), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('input_above', sa.BigInteger(), nullable=False),
    sa.Column('input_upto', sa.BigInteger(), nullable=False),
    sa.Column('tier', sa.String(length=40), nullable=False),
    sa.Column('region', sa.String(length=80), nullable=False),
    sa.Column('window', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('endpoint', 'importer', 'meter', 'unit', 'currency', 'input_above', 'input_upto', 'tier', 'region', 'window', name='one_price_key')
    )
    op.create_index('ix_price_keys_endpoint', 'price_keys', ['endpoint'], unique=False)
    op.create_index('ix_price_keys_source', 'price_keys', ['source'], unique=False)
    op.create_table('price_facts',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('key_id', BIG_ID, nullable=False),
    sa.Column('run_id', BIG_ID, nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('amount', sa.String(length=40), nullable=True),
    sa.Column('basis', sa.String(length=20), nullable=False),
    sa.Column('observed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('data_version', sa.String(length=80), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('snippet', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['key_id'], ['price_keys.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['price_runs.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('price_facts_by_time', 'price_facts', ['key_id', 'valid_from', 'id'], unique=False)
    op.create_table('price_quarantine',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('run_id', BIG_ID, nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('meter', sa.String(length=40), nullable=False),
    sa.Column('found', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['price_runs.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_price_quarantine_run_id', 'price_quarantine', ['run_id'], unique=False)
    append_only.protect(*APPEND_ONLY)


def downgrade() -> None:
    for table in ("price_quarantine", "price_facts", "price_keys", "price_runs"):
        op.drop_table(table)
