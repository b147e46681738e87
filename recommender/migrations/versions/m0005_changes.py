"""How often the articles changed, so that a watching indexer knows when there is something new."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the counter, at nothing."""
    made = op.create_table(
        "changes",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(made, [{"name": "articles", "number": 0}])


def downgrade() -> None:
    """Drop the counter."""
    op.drop_table("changes")
