"""The newest reading of each quantity is found without reading all the others."""

from alembic import op

revision = "0007_readings_by_quantity"
down_revision = "0006_price_facts"


def upgrade() -> None:
    op.create_index('readings_by_quantity', 'readings', ['subject', 'quantity', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('readings_by_quantity', table_name='readings')
