"""Order imports by a number, store former IDs, and tell withdrawn from removed articles.

Articles of before have the number 0: they are older than all later imports. A withdrawal hides the
copies of an article, too, so that each withdrawn record needs a row of visibility. Records that
``index --prune`` removed have no digest; their rows expire instead.
"""

import time

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
    _add_withdrawals(op.get_bind())
    op.execute(
        "UPDATE visibility SET status = 'published', expires = 0 WHERE origin = 'source' AND "
        "article_id IN (SELECT id FROM articles WHERE status = 'withdrawn' AND digest = '')"
    )


def _add_withdrawals(connection: sa.Connection) -> None:
    """Add rows for withdrawn records that have none, because they never were public."""
    found = connection.execute(
        sa.text(
            "SELECT id, published, expires FROM articles WHERE status = 'withdrawn' AND "
            "digest <> '' AND id NOT IN (SELECT article_id FROM visibility)"
        )
    ).all()
    counter = sa.text("SELECT number FROM changes WHERE name = 'visibility'")
    first = connection.execute(counter).scalar_one() + 1
    for number, (identifier, published, expires) in enumerate(found, first):
        connection.execute(
            sa.text(
                "INSERT INTO visibility VALUES "
                "(:id, 'source', 'withdrawn', :published, :expires, '', :now, :number)"
            ),
            {
                "id": identifier, "published": published, "expires": expires,
                "now": int(time.time()), "number": number,
            },
        )  # fmt: skip
    connection.execute(
        sa.text("UPDATE changes SET number = number + :by WHERE name = 'visibility'"),
        {"by": len(found)},
    )


def downgrade() -> None:
    """Drop the table and the column."""
    op.drop_table("former_ids")
    op.drop_column("articles", "changed")
