"""Former addresses: which article an address names after the article has moved.

The address that a record had is stored when another one replaces it. Addresses are normalised, see
:mod:`recommender.urls`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from recommender.catalogue.schema import articles, former_urls
from recommender.urls import url_digest, url_key


def load_former_urls(connection: Connection) -> dict[str, str]:
    """Load by former address, normalised, the ID of the article that had it last."""
    rows = connection.execute(select(former_urls.c.url, former_urls.c.article_id))
    return {url: article for url, article in rows}  # noqa: C416 - typed


def store_former_urls(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the addresses that records are about to lose, because ``rows`` will replace them."""
    present = {row["id"]: url_key(row["url"]) for row in rows}
    query = select(articles.c.id, articles.c.url).where(articles.c.id.in_(present))
    lost = {
        key: identifier
        for identifier, url in connection.execute(query)
        if url and (key := url_key(url)) and key != present[identifier]
    }
    if lost:
        values = [
            {"key": url_digest(key), "url": key, "article_id": article}
            for key, article in lost.items()
        ]
        keys = [value["key"] for value in values]
        connection.execute(delete(former_urls).where(former_urls.c.key.in_(keys)))
        connection.execute(insert(former_urls), values)
