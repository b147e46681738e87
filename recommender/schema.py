"""The tables of the catalogue, on SQLite and PostgreSQL alike.

Moments are whole seconds since 1970 UTC: both databases order and compare them alike, and no
driver gets to lose a time zone.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, MetaData, String, Table, Text

metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    Column("id", String(1000), primary_key=True),
    Column("title", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("teaser", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("updated", BigInteger),
    Column("expires", BigInteger),
    Column("section", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("language", String(35), nullable=False),
    Column("image", Text, nullable=False),
    Column("image_alt", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    # What the record said when it was last read, to tell a changed article from an unchanged one.
    Column("digest", String(32), nullable=False),
    # Where it came from, for people who ask.
    Column("source", Text, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Index("articles_by_published", "published"),
)
