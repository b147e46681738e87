"""Store HTTP validators (ETag, Last-Modified) beside the articles, for conditional requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from recommender.catalogue.database import batches
from recommender.catalogue.schema import fetched
from recommender.ingest.web.client import Validators
from recommender.urls import shown_url, url_digest


class _ByAddress(Mapping[str, Validators]):
    """Validators by address. The address is stored as a digest: it may hold a key."""

    def __init__(self, by_key: dict[str, Validators]) -> None:
        self._by_key = by_key

    def __getitem__(self, url: str) -> Validators:
        return self._by_key[url_digest(url)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)


def load(engine: Engine) -> Mapping[str, Validators]:
    """Load the stored validators by address."""
    columns = (fetched.c.key, fetched.c.etag, fetched.c.last_modified, fetched.c.read_at)
    with engine.connect() as connection:
        rows = connection.execute(select(*columns)).all()
    return _ByAddress(
        {row.key: Validators(row.etag, row.last_modified, row.read_at) for row in rows}
    )


def forget(engine: Engine, addresses: Iterable[str]) -> None:
    """Delete the validators of some addresses, so that their pages are read again."""
    with engine.begin() as connection:
        for batch in batches([url_digest(url) for url in addresses]):
            connection.execute(delete(fetched).where(fetched.c.key.in_(batch)))


def save(engine: Engine, validators: Mapping[str, Validators], now: datetime) -> None:
    """Store validators that were received at ``now``, replacing earlier ones."""
    rows = [
        {
            "key": url_digest(url),
            "url": shown_url(url),
            "etag": one.etag,
            "last_modified": one.last_modified,
            "read_at": int(now.timestamp()),
        }
        for url, one in validators.items()
    ]
    with engine.begin() as connection:
        for batch in batches(rows):
            keys = [row["key"] for row in batch]
            connection.execute(delete(fetched).where(fetched.c.key.in_(keys)))
            connection.execute(insert(fetched), batch)
