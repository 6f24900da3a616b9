"""Events get the id and sequence that the outside knows; subscriptions, deliveries, attempts, and who changed what."""

import uuid

import sqlalchemy as sa
from alembic import op

from service.store import append_only

revision = "0010_webhooks"
down_revision = "0009_exchanges_by_time"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('counters',
    sa.Column('stream', sa.String(length=400), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('stream')
    )
    _events()
    op.create_table('subscriptions',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('description', sa.String(length=200), nullable=False),
    sa.Column('target', sa.String(length=20), nullable=False),
    sa.Column('thin', sa.Boolean(), nullable=False),
    sa.Column('filters', sa.JSON(), nullable=False),
    sa.Column('rate_per_minute', sa.Integer(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stopped_at_event', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=20), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('succeeded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('owner', sa.String(length=200), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('deliveries',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('subscription_id', sa.String(length=40), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], ),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('subscription_id', 'event_id')
    )
    op.create_index('deliveries_waiting', 'deliveries', ['subscription_id', 'state', 'rank', 'next_at'], unique=False)
    op.create_index('deliveries_settled', 'deliveries', ['settled_at'], unique=False)
    op.create_table('attempts',
    sa.Column('delivery_id', BIG_ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('latency_ms', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('delivery_id', 'number')
    )
    op.create_table('audit',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=400), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    _idempotency(sa.Column('sealed', sa.LargeBinary(), nullable=False), 'body')
    op.create_index('ix_audit_subject', 'audit', ['subject'], unique=False)
    append_only.protect("audit")


def _idempotency(new: sa.Column[object], old: str) -> None:
    """Keep answers in another column; those of the last day are forgotten, the worst is that a POST is done again."""
    op.execute("DELETE FROM idempotency")
    with op.batch_alter_table('idempotency') as answers:
        answers.add_column(new)
        answers.drop_column(old)


def _events() -> None:
    """Give the events there are their ids and places; nobody outside has seen them yet."""
    append_only.unprotect("events")
    with op.batch_alter_table('events') as events:
        events.add_column(sa.Column('uid', sa.String(length=40), nullable=True))
        events.add_column(sa.Column('stream', sa.String(length=400), nullable=True))
        events.add_column(sa.Column('sequence', sa.BigInteger(), nullable=True))
    rows = sa.table('events', *(sa.column(name) for name in ('id', 'subject', 'uid', 'stream', 'sequence')), sa.column('body', sa.JSON()))
    last: dict[str, int] = {}
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows).order_by(rows.c.id)).all():
        stream = (row.body or {}).get('model') or row.subject
        last[stream] = last.get(stream, 0) + 1
        last[''] = row.id
        told = {'uid': f'evt_{uuid.uuid4().hex}', 'stream': stream, 'sequence': last[stream]}
        connection.execute(sa.update(rows).where(rows.c.id == row.id).values(**told))
    counters = sa.table('counters', sa.column('stream'), sa.column('last'))
    if last:
        connection.execute(sa.insert(counters), [{'stream': key, 'last': value} for key, value in last.items()])
    with op.batch_alter_table('events') as events:
        for name in ('uid', 'stream', 'sequence'):
            events.alter_column(name, nullable=False)
        events.create_unique_constraint('events_uid_key', ['uid'])
        events.create_unique_constraint('events_stream_sequence_key', ['stream', 'sequence'])
    op.create_index('events_by_type', 'events', ['type', 'id'], unique=False)
    append_only.protect("events")


def downgrade() -> None:
    for table in ("audit", "attempts", "deliveries", "subscriptions"):
        op.drop_table(table)
    append_only.unprotect("events")
    op.drop_index('events_by_type', 'events')
    with op.batch_alter_table('events') as events:
        events.drop_constraint('events_stream_sequence_key', type_='unique')
        events.drop_constraint('events_uid_key', type_='unique')
        for name in ('uid', 'stream', 'sequence'):
            events.drop_column(name)
    op.drop_table('counters')
    _idempotency(sa.Column('body', sa.JSON(), nullable=False), 'sealed')
    append_only.protect("events")
