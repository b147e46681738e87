"""Add the translations of articles."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; existing records have no translations."""
    column = sa.Column("translations", sa.JSON, nullable=False, server_default="[]")
    op.add_column("articles", column)


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("articles") as table:
        table.drop_column("translations")
