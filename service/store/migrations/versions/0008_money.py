"""What each provider has cost today in millionths of a US dollar."""

import sqlalchemy as sa
from alembic import op

revision = "0008_money"
down_revision = "0007_readings_by_quantity"


def upgrade() -> None:
    op.add_column('budgets', sa.Column('micro_usd', sa.BigInteger(), server_default=sa.text('0'), nullable=False))


def downgrade() -> None:
    op.drop_column('budgets', 'micro_usd')
