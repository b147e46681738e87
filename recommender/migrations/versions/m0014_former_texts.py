"""Store the texts that withdrawn articles had."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table; what was replaced before is not known."""
    op.create_table(
        "former_texts",
        sa.Column("article_id", sa.String(1000), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("teaser", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("former_texts")
