"""Runs the migrations on the connection that :mod:`recommender.catalogue.database` opened."""

from alembic import context

from recommender.catalogue.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a table in place; Alembic then copies it.
    render_as_batch=True,
)
context.run_migrations()
