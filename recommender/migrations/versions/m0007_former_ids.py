"""Order imports by a number, and store the former IDs of articles.

Articles of before have the number 0: they are older than all later imports.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column, and create the table of former IDs."""
    op.add_column(
        "articles", sa.Column("changed", sa.BigInteger, nullable=False, server_default="0")
    )
    op.create_table(
        "former_ids",
        sa.Column("former_id", sa.String(1000), primary_key=True),
        sa.Column("article_id", sa.String(1000), nullable=False),
    )
    op.create_index("former_ids_by_article_id", "former_ids", ["article_id"])


def downgrade() -> None:
    """Drop the table and the column."""
    op.drop_table("former_ids")
    op.drop_column("articles", "changed")
