"""Add the flags of articles."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; records have flags once they are read again."""
    op.add_column("articles", sa.Column("flags", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("articles") as table:
        table.drop_column("flags")
