"""Add the table of detected languages.

Before, a detected language was stored as if the source had named it. Those of pushed articles are
kept until they are pushed again, which is why their digests are removed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "detected_languages",
        sa.Column("article_id", sa.String(1000), primary_key=True),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("is_certain", sa.Boolean, nullable=False),
    )
    op.execute("UPDATE articles SET digest = '' WHERE source LIKE 'pushed by %'")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("detected_languages")
