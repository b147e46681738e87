"""The tables of the catalogue, for SQLite and PostgreSQL.

Times are whole seconds since 1970 UTC, because both databases compare integers alike and no driver
can lose a time zone. A change of a table needs a migration in :mod:`recommender.migrations`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

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
    Column("translations", JSON, nullable=False, server_default="[]"),
    Column("status", String(16), nullable=False),
    # Hash of the record as it was last read. It shows whether the record has changed.
    Column("digest", String(32), nullable=False),
    # What was repaired when the record was read, or looks wrong: recommender.articles.flags.
    Column("flags", JSON, nullable=False, server_default="[]"),
    # The source of the record, for people.
    Column("source", Text, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    # Counter "articles" of the table `changes` when the record was new or changed last. Of two
    # copies of a text, the one with the greater number was read later.
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Index("articles_by_published", "published"),
    Index("articles_by_changed", "changed"),
    Index("articles_by_status", "status", "id"),
    Index(
        "articles_without_teaser",
        "id",
        sqlite_where=text("teaser = ''"),
        postgresql_where=text("teaser = ''"),
    ),
)

former_ids = Table(
    "former_ids",
    metadata,
    Column("former_id", String(1000), primary_key=True),
    Column("article_id", String(1000), nullable=False),
    Index("former_ids_by_article_id", "article_id"),
)
"""IDs that articles had before; see :mod:`recommender.catalogue.former_ids`."""

former_urls = Table(
    "former_urls",
    metadata,
    # BLAKE2b of the normalised address, because addresses can be longer than a key.
    Column("key", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("article_id", String(1000), nullable=False),
)
"""Normalised addresses that articles had before, each with the last article that left it."""

former_texts = Table(
    "former_texts",
    metadata,
    Column("article_id", String(1000), primary_key=True),
    # Of the record that had the text.
    Column("digest", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("teaser", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""Texts that withdrawn articles had; see :mod:`recommender.catalogue.former_texts`."""

detected_languages = Table(
    "detected_languages",
    metadata,
    Column("article_id", String(1000), primary_key=True),
    # Of the record whose text was read.
    Column("digest", String(32), nullable=False),
    Column("language", String(35), nullable=False),
    # Whether the text alone shows it. Otherwise each index run detects it again.
    Column("is_certain", Boolean, nullable=False),
)
"""Languages of articles whose source names none; see :mod:`recommender.catalogue.languages`."""

changes = Table(
    "changes",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""Counters by name. "articles" counts changes of articles, so that a process can see whether
anything has changed. "visibility" is the greatest ``changed`` of that table. "full run ID" is the
number of changes that the full run with that base snapshot has seen."""

visibility = Table(
    "visibility",
    metadata,
    Column("article_id", String(1000), primary_key=True),
    # What the row follows: the catalogue's record ("source") or a content system ("push").
    Column("origin", String(16), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("author", String(200), nullable=False),
    Column("created", BigInteger, nullable=False),
    # Unique. Increases in the order in which rows become visible to readers.
    Column("changed", BigInteger, nullable=False),
    Index("visibility_by_changed", "changed"),
)
"""Articles that changed after snapshots were built; see :mod:`recommender.catalogue.visibility`."""

decisions = Table(
    "decisions",
    metadata,
    # Never reused. Increases in the order in which entries become visible to readers.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("article", String(1000), nullable=False),
    Column("pick", String(1000), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("place", Integer),
    Column("factor", Float),
    Column("reason", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("starts", BigInteger),
    Column("ends", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("undoes", Integer, ForeignKey("decisions.id")),
    Index("decisions_by_article", "article"),
    Index("decisions_by_pick", "pick"),
    sqlite_autoincrement=True,
)
"""The append-only log of overrides."""

setting_changes = Table(
    "setting_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(100), nullable=False),
    # JSON null: the setting has no value of the desk any more.
    Column("value", JSON(none_as_null=False), nullable=False),
    Column("author", String(200), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("undoes", Integer, ForeignKey("setting_changes.id")),
    sqlite_autoincrement=True,
)
"""The append-only log of settings that were changed at the desk."""

fetched = Table(
    "fetched",
    metadata,
    # BLAKE2b of the address, because addresses can be longer than a key.
    Column("key", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("read_at", BigInteger, nullable=False),
)
"""HTTP validators of responses whose articles were stored, for conditional requests."""

editors = Table(
    "editors",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("role", String(16), nullable=False),
    # An argon2id hash with its parameters and salt.
    Column("password", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

editor_keys = Table(
    "editor_keys",
    metadata,
    # sha256 of a random key, so that the table is of no use to sign in.
    Column("digest", String(64), primary_key=True),
    Column("editor", String(100), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("label", String(100), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ends", BigInteger),
    Index("editor_keys_by_editor", "editor"),
)
"""Keys of signed-in browsers ("session"), of programs that write overrides ("token") and of content
systems that push articles ("articles")."""

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(100), nullable=False),
    Column("address", String(100), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("sign_in_failures_by_at", "at"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", String(200), nullable=False),
)
"""Random values that all workers on all machines share."""
