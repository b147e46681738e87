"""Add the table of visibility, for articles that changed since snapshots were built.

Withdrawals that content systems and rollbacks wrote into the log become rows, and are undone there.
Records that are not public become rows too, because an older snapshot may show them.
"""

import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Rows = dict[tuple[str, str], dict[str, Any]]

PUSHED = " (push)"
ROLLBACK = "rollback (push)"


def upgrade() -> None:
    """Create the table and its counter, and fill it from the records and the log."""
    made = op.create_table(
        "visibility",
        sa.Column("article_id", sa.String(1000), primary_key=True),
        sa.Column("origin", sa.String(16), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    op.create_index("visibility_by_changed", "visibility", ["changed"])
    connection, now = op.get_bind(), int(time.time())
    rows = _of_records(connection, now)
    withdrawn = _pushed_withdrawals(connection)
    for entry in withdrawn:
        _hide(rows, entry)
    filled = [
        {**row, "created": now, "changed": number} for number, row in enumerate(rows.values(), 1)
    ]
    if filled:
        op.bulk_insert(made, filled)
    _undo(connection, withdrawn, now)
    counters = sa.table("changes", sa.column("name"), sa.column("number"))
    op.bulk_insert(counters, [{"name": "visibility", "number": len(filled)}])


def downgrade() -> None:
    """Drop the table. The articles that it hides become visible again."""
    op.drop_table("visibility")
    op.execute("DELETE FROM changes WHERE name = 'visibility'")


def _of_records(connection: sa.Connection, now: int) -> Rows:
    """Make rows for the records that are not public for ever."""
    found = connection.execute(
        sa.text(
            "SELECT id, status, published, expires FROM articles "
            "WHERE status <> 'published' OR expires IS NOT NULL OR published > :now"
        ),
        {"now": now},
    )
    return {
        (one.id, "source"): {
            "article_id": one.id,
            "origin": "source",
            "status": one.status,
            "published": one.published,
            "expires": one.expires,
            "author": "",
        }
        for one in found
    }


def _pushed_withdrawals(connection: sa.Connection) -> list[sa.RowMapping]:
    """Load the active withdrawals that no editor made."""
    entries = connection.execute(sa.text("SELECT * FROM decisions ORDER BY id")).mappings().all()
    undoes: dict[int, int | None] = {}
    active: dict[int, bool] = {}
    for entry in entries:
        undoes[entry["id"]], active[entry["id"]] = entry["undoes"], True
        target, value = entry["undoes"], False
        while target is not None and target in undoes:
            active[target] = value
            target, value = undoes[target], not value
    return [
        entry
        for entry in entries
        if active[entry["id"]] and entry["kind"] == "withdraw" and entry["author"].endswith(PUSHED)
    ]


def _hide(rows: Rows, entry: sa.RowMapping) -> None:
    """Hide an article in its row at the times at which an entry hid it."""
    by, origin = entry["author"].removesuffix(PUSHED), "push"
    if entry["author"] == ROLLBACK:
        by, origin = "", "source"
    row = rows.setdefault(
        (entry["article"], origin),
        {
            "article_id": entry["article"],
            "origin": origin,
            "status": "published",
            "published": 0,
            "expires": None,
            "author": by,
        },
    )
    starts, ends = entry["starts"], entry["ends"]
    if starts is not None and ends is None:
        row["expires"] = starts if row["expires"] is None else min(row["expires"], starts)
    elif ends is not None and starts is None:
        row["published"] = max(row["published"], ends)
    else:
        row["status"] = "withdrawn"


def _undo(connection: sa.Connection, withdrawn: list[sa.RowMapping], now: int) -> None:
    first = connection.execute(sa.text("SELECT MAX(id) FROM decisions")).scalar() or 0
    names = (
        "id", "kind", "article", "pick", "scope", "reason", "author", "created", "undoes"
    )  # fmt: skip
    decisions = sa.table("decisions", *(sa.column(name) for name in names))
    for number, entry in enumerate(withdrawn, first + 1):
        connection.execute(
            decisions.insert().values(
                id=number,
                kind="undo",
                article=entry["article"],
                pick="",
                scope="article",
                reason="kept in the table visibility from now on",
                author=entry["author"],
                created=now,
                undoes=entry["id"],
            )
        )
