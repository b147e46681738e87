"""SQLite FTS5: BM25 over the words of the articles, queried with the words that mark an article.

As Lucene's "more like this" does: the query is the ten words that mark an article most by TF-IDF,
chosen at filling, so that a request looks at short lists. The index is merged and holds no second
copy of the texts; pages come from a mapped file.
"""

from __future__ import annotations

import math
import os
import sqlite3
import threading
from collections import Counter
from pathlib import Path

from flask import Flask

from benchmarks.peers.site import CARDS, application, entries
from benchmarks.peers.words import texts

FILE = "RECOMMENDER_BENCHMARK_FILE"

WORDS = 10
"""Words of a query: fewer find worse, more look at longer lists."""

RAREST = 5
"""Articles in which a word of a query stands at least, as in Lucene."""

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
                (row, entry.id, entry.card.encode(), marking(body, frequencies, len(found)))
                for row, (entry, body) in enumerate(zip(found, bodies, strict=True))
            ),
        )
        connection.executemany(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            ((row, " ".join(body)) for row, body in enumerate(bodies)),
        )
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.close()


def marking(body: list[str], frequencies: Counter[str], articles: int) -> str:
    """Write the query for what is like an article: its words of the greatest TF-IDF."""
    weights = {
        word: count * math.log(articles / frequencies[word])
        for word, count in Counter(body).items()
        if frequencies[word] >= RAREST
    }
    return " OR ".join(sorted(weights, key=weights.__getitem__, reverse=True)[:WORDS])


def create_app() -> Flask:
    """Make the application; the environment names the file."""
    kept = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(f"file:{os.environ[FILE]}?mode=ro", uri=True)
            kept.connection.execute("PRAGMA mmap_size = 8000000000")
        opened: sqlite3.Connection = kept.connection
        return opened

    def find(article: str) -> list[bytes] | None:
        asked = connection().execute(QUERY, (article,)).fetchone()
        if asked is None:
            return None
        row, query = asked
        found = connection().execute(BEST, (query, CARDS + 1, row)).fetchall()
        return [card for (card,) in found][:CARDS]

    return application(find)
