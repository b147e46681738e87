"""Store the addresses that articles had before."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the table; what was overwritten before is not known."""
    op.create_table(
        "former_urls",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("article_id", sa.String(1000), nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("former_urls")
