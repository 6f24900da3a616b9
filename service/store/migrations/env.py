"""Alembic's entry: runs the versions over the engine that `service.store.migrate` passes."""

from alembic import context

from service.store.tables import Base

with context.config.attributes["engine"].execution_options(writes=True).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
