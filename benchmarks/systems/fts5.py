"""SQLite FTS5: BM25 with the ten words of the greatest TF-IDF as query.

This is the method of Lucene's "more like this". Queries are chosen when the index is filled. The
index is merged and holds no second copy of the texts; pages come from a mapped file.
"""

from __future__ import annotations

import math
import os
import sqlite3
import threading
from collections import Counter
from pathlib import Path

from flask import Flask

from benchmarks.systems.site import CARDS, application, entries, texts

FILE = "RECOMMENDER_BENCHMARK_FILE"

WORDS = 10
"""Words of a query: fewer find worse results, more read longer posting lists."""

MIN_FREQUENCY = 5
"""Articles that must contain a word of a query, as in Lucene."""

TABLES = """
CREATE TABLE articles (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
                       card BLOB NOT NULL, query TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (text, content='');
"""
QUERY = "SELECT row, query FROM articles WHERE id = ?"
BEST = """
SELECT card FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AS best
JOIN articles ON row = best.rowid WHERE row != ?
"""


def fill(home: Path, file: Path) -> None:
    """Write a site's articles and their index."""
    found = list(entries(home))
    bodies = texts(len(found))
    frequencies = Counter(word for body in bodies for word in set(body))
    with sqlite3.connect(file) as connection:
        connection.executescript(TABLES)
        connection.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?)",
            (
                (row, entry.id, entry.card.encode(), query_for(body, frequencies, len(found)))
                for row, (entry, body) in enumerate(zip(found, bodies, strict=True))
            ),
        )
        connection.executemany(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            ((row, " ".join(body)) for row, body in enumerate(bodies)),
        )
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.close()


def query_for(body: list[str], frequencies: Counter[str], articles: int) -> str:
    """Build the query of an article from its words of the greatest TF-IDF."""
    weights = {
        word: count * math.log(articles / frequencies[word])
        for word, count in Counter(body).items()
        if frequencies[word] >= MIN_FREQUENCY
    }
    return " OR ".join(sorted(weights, key=weights.__getitem__, reverse=True)[:WORDS])


def create_app() -> Flask:
    """Make the application; an environment variable names the file."""
    kept = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(f"file:{os.environ[FILE]}?mode=ro", uri=True)
            kept.connection.execute("PRAGMA mmap_size = 8000000000")
        opened: sqlite3.Connection = kept.connection
        return opened

    def find(article: str) -> list[bytes] | None:
        first = connection().execute(QUERY, (article,)).fetchone()
        if first is None:
            return None
        row, query = first
        found = connection().execute(BEST, (query, CARDS + 1, row)).fetchall()
        return [card for (card,) in found][:CARDS]

    return application(find)
