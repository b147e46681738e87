"""The articles, as they stood before there were migrations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of articles."""
    op.create_table(
        "articles",
        sa.Column("id", sa.String(1000), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("teaser", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("updated", sa.BigInteger),
        sa.Column("expires", sa.BigInteger),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("image", sa.Text, nullable=False),
        sa.Column("image_alt", sa.Text, nullable=False),
        sa.Column("links", sa.JSON, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
    )
    op.create_index("articles_by_published", "articles", ["published"])


def downgrade() -> None:
    """Drop the articles."""
    op.drop_table("articles")
