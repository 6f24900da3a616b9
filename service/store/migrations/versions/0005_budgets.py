"""What was used of each provider today, and until when it wants no further request."""

import sqlalchemy as sa
from alembic import op

revision = "0005_budgets"
down_revision = "0004_challenges"


def upgrade() -> None:
    op.create_table('budgets',
    sa.Column('provider', sa.String(length=300), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('tokens', sa.BigInteger(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('provider')
    )


def downgrade() -> None:
    op.drop_table('budgets')
