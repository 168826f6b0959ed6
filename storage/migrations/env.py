"""How Alembic reaches the database: through the connection it is given, in that connection's transaction."""

from alembic import context

from storage.tables import naming

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=naming, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
