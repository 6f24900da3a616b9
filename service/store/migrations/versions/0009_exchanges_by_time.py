"""Exchanges past their retention time are found without reading all the others."""

from alembic import op

revision = "0009_exchanges_by_time"
down_revision = "0008_money"


def upgrade() -> None:
    op.create_index('exchanges_by_time', 'exchanges', ['started_at'], unique=False)


def downgrade() -> None:
    op.drop_index('exchanges_by_time', table_name='exchanges')
