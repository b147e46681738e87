"""Convert articles to rows of the catalogue and back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, select, update

from recommender.articles.article import Article, Status
from recommender.articles.flags import Flag, merged
from recommender.articles.languages import contradicts
from recommender.catalogue.database import batches, insert_or_replace
from recommender.catalogue.former_ids import FormerIds
from recommender.catalogue.former_texts import store_former_texts
from recommender.catalogue.former_urls import store_former_urls
from recommender.catalogue.languages import CURRENT, effective_language
from recommender.catalogue.schema import articles, changes, detected_languages
from recommender.dates import from_epoch
from recommender.language_tags import canonical_tag
from recommender.urls import url_key

Row = dict[str, Any]

FULL_RUN = "full run "
"""Prefix of the names of full runs in the table ``changes``."""

PHRASE = 30
"""Characters of a phrase, by which two texts are compared: some words, in any script."""

MAX_COMPARED = 3_000
"""Characters of the shorter text that are compared."""

MIN_SHARED_PHRASES = 0.2
"""Share of the phrases of the shorter text from which on it may be an edit of the other one."""

MAX_FULL_RUNS = 50
"""Full runs that a database remembers: those of several data directories that index it."""


def row_of(article: Article, source: str, now: datetime) -> Row:
    """Convert an article to a row. Its digest shows whether a record has changed."""
    row: Row = msgspec.structs.asdict(article)
    for name in ("published", "updated", "expires"):
        row[name] = None if row[name] is None else int(row[name].timestamp())
    for name in ("tags", "authors", "links", "translations", "flags"):
        row[name] = list(row[name])
    row["status"] = str(article.status)
    # The digests of records without newer fields stay the same. Flags tell of the reader.
    newer = {"formerly", "translations"}
    hashed = {n: v for n, v in row.items() if n not in newer or v not in (None, [])}
    del hashed["flags"]
    row["digest"] = hashlib.blake2b(msgspec.json.encode(hashed), digest_size=16).hexdigest()
    row.pop("formerly", None)  # has a table of its own
    return row | {"source": source, "read_at": int(now.timestamp())}


def article_of(row: Any) -> Article:
    """Convert a row to an article."""
    return Article(
        **{name: row[name] for name in _PLAIN},
        published=from_epoch(row["published"]),
        updated=None if row["updated"] is None else from_epoch(row["updated"]),
        expires=None if row["expires"] is None else from_epoch(row["expires"]),
        tags=tuple(row["tags"]),
        authors=tuple(row["authors"]),
        links=tuple(row["links"]),
        translations=tuple(row["translations"]),
        status=Status(row["status"]),
        flags=merged(row["flags"]),
    )


def with_language() -> Select[Any]:
    """Select all articles, each with the language that was detected in its text."""
    detected = (
        detected_languages.c.language.label("detected"),
        detected_languages.c.is_certain.label("is_certain"),
    )
    return select(articles, *detected).outerjoin(detected_languages, CURRENT)


def stored_article(row: Any) -> Article:
    """Convert a row of :func:`with_language` to an article."""
    language = effective_language(row["language"], row["detected"])
    return msgspec.structs.replace(article_of(row), language=language)


def with_former_ids(article: Article, former: FormerIds) -> Article:
    """Return the article with the IDs that it had before."""
    former_ids = former.former_of(article.id)
    return msgspec.structs.replace(article, formerly=tuple(former_ids)) if former_ids else article


def flagged_article(row: Any) -> Article:
    """Return the article, with a flag if its text is in another language than it declares."""
    article = stored_article(row)
    declared = canonical_tag(row["language"])
    if declared and row["is_certain"] and contradicts(declared, row["detected"]):
        return article.flagged(Flag.OTHER_LANGUAGE)
    return article


def digests(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Load the digests of stored articles by id; unknown ids are left out."""
    query = select(articles.c.id, articles.c.digest).where(articles.c.id.in_(list(ids)))
    return {identifier: digest for identifier, digest in connection.execute(query)}  # noqa: C416 - typed


def keep_texts(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Keep the stored texts of articles that are withdrawn now.

    A content system may replace the text of a withdrawn article by a notice. Its copies are
    recognised by the text that it had.
    """
    withdrawn = [row["id"] for row in rows if row["status"] == str(Status.WITHDRAWN)]
    kept = (articles.c.title, articles.c.teaser, articles.c.body, articles.c.flags)
    query = select(articles.c.id, *kept).where(articles.c.id.in_(withdrawn))
    stored = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    return [row | stored.get(row["id"], {}) for row in rows]


def ids_of_others(connection: Connection, rows: Iterable[Row]) -> list[str]:
    """Return the IDs whose stored records are of other articles than ``rows``.

    A source that numbers its articles anew gives the ID of one to another one.
    """
    new = {row["id"]: row for row in rows}
    columns = (articles.c[name] for name in ("id", "title", "url", "teaser", "body"))
    query = select(*columns).where(articles.c.id.in_(new)).order_by(articles.c.id)
    stored = connection.execute(query).mappings()
    return [row["id"] for row in stored if _are_others(row, new[row["id"]])]


def _are_others(one: Any, other: Row) -> bool:
    """Return whether two records have no title, no address and hardly any text in common."""
    keys = [url_key(row["url"]) if row["url"] else None for row in (one, other)]
    if one["title"].casefold() == other["title"].casefold() or keys[0] == keys[1] is not None:
        return False
    texts = (" ".join((row["body"] or row["teaser"]).casefold().split()) for row in (one, other))
    shorter, longer = sorted(texts, key=len)
    if not shorter:
        return False  # a corrected title is no other article
    last = max(1, min(len(shorter), MAX_COMPARED) - PHRASE + 1)
    phrases = [shorter[start : start + PHRASE] for start in range(0, last, PHRASE)]
    shared = sum(bool(phrase) and phrase in longer for phrase in phrases)
    return shared < MIN_SHARED_PHRASES * len(phrases)


def update_flags(connection: Connection, rows: Iterable[Row]) -> None:
    """Store the flags of records that have not changed: another version of a reader sets others."""
    flags_of = {row["id"]: row["flags"] for row in rows}
    query = select(articles.c.id, articles.c.flags).where(articles.c.id.in_(flags_of))
    for identifier, stored in connection.execute(query).all():
        if stored != flags_of[identifier]:
            same = articles.c.id == identifier
            connection.execute(update(articles).where(same).values(flags=flags_of[identifier]))


def upsert(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert rows or replace those with the same id. Call :func:`count_change` first."""
    store_former_urls(connection, rows)
    store_former_texts(connection, rows)
    counter = select(changes.c.number).where(changes.c.name == "articles")
    number = connection.execute(counter).scalar_one()
    insert_or_replace(connection, articles, [row | {"changed": number} for row in rows])


def count_change(connection: Connection) -> None:
    """Count a change of articles, in its transaction and before the change itself.

    The counter also locks: no other transaction changes articles until this one ends.
    """
    counted = update(changes).where(changes.c.name == "articles")
    connection.execute(counted.values(number=changes.c.number + 1))


def remember_full_run(connection: Connection, base: str, version: int) -> None:
    """Store which articles the base snapshot of a full run has seen.

    Parameters
    ----------
    base : ID of the snapshot.
    version : number of changes of articles that the run has seen.
    """
    run = FULL_RUN + base
    connection.execute(changes.insert(), [{"name": run, "number": version}])
    others = changes.c.name.startswith(FULL_RUN) & (changes.c.name != run)
    names = select(changes.c.name).where(others).order_by(changes.c.name.desc())
    oldest = connection.execute(names).scalars().all()[MAX_FULL_RUNS - 1 :]
    connection.execute(delete(changes).where(changes.c.name.in_(oldest)))


_PLAIN = ("id", "title", "teaser", "body", "url", "section", "language", "image", "image_alt")


def older_than_copies(connection: Connection, ids: Collection[str]) -> list[str]:
    """Return which of the articles were imported before a copy that is not one of them.

    A copy has the same title and time of publication. Both are published.
    """
    columns = (articles.c.id, articles.c.title, articles.c.published, articles.c.changed)
    published = articles.c.status == str(Status.PUBLISHED)
    rows = connection.execute(select(*columns).where(published)).all()
    copies: dict[tuple[str, int], int] = {}
    for row in rows:
        if row.id not in ids:
            key = (row.title, row.published)
            copies[key] = max(row.changed, copies.get(key, 0))
    return [
        row.id
        for row in rows
        if row.id in ids and row.changed < copies.get((row.title, row.published), 0)
    ]


def count_as_changed(connection: Connection, ids: Sequence[str]) -> None:
    """Count stored articles as changed by the present import, although they are the same."""
    count_change(connection)
    number = select(changes.c.number).where(changes.c.name == "articles").scalar_subquery()
    for batch in batches(ids):
        same = articles.c.id.in_(batch)
        connection.execute(update(articles).where(same).values(changed=number))
