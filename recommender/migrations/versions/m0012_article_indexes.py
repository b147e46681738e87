"""Index articles by what a run looks for: changes, states and missing teasers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the indexes. Without them a run reads all bodies to find one change."""
    op.create_index("articles_by_changed", "articles", ["changed"])
    op.create_index("articles_by_status", "articles", ["status", "id"])
    missing = sa.text("teaser = ''")
    op.create_index(
        "articles_without_teaser",
        "articles",
        ["id"],
        sqlite_where=missing,
        postgresql_where=missing,
    )


def downgrade() -> None:
    """Drop the indexes."""
    for name in ("articles_without_teaser", "articles_by_status", "articles_by_changed"):
        op.drop_index(name, "articles")
