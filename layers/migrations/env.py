"""Alembic's door: runs the migrations on the connection that ``layers.migrate`` hands over."""

from alembic import context

from layers.models import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
