"""The log of overrides."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the log."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("article", sa.String(1000), nullable=False),
        sa.Column("pick", sa.String(1000), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("place", sa.Integer),
        sa.Column("factor", sa.Float),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("starts", sa.BigInteger),
        sa.Column("ends", sa.BigInteger),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("undoes", sa.Integer, sa.ForeignKey("decisions.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_by_article", "decisions", ["article"])
    op.create_index("decisions_by_pick", "decisions", ["pick"])


def downgrade() -> None:
    """Drop the log."""
    op.drop_table("decisions")
