"""Runs the migrations in the transaction that ``engine.upgrade`` has begun."""

from __future__ import annotations

from alembic import context

from extractor.app.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
