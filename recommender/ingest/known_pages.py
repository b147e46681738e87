"""Feed entries without guid whose page another source has: the record of that source stays.

The ID of a page is its address. Its record has more fields than the entry of a feed, so that a
sitemap and a feed of one site do not replace each other's articles.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.catalogue.schema import articles
from recommender.ingest.sources import shown


class KnownPages:
    """Leaves out the entries of one source whose pages other sources have.

    Versions before 0.3 named entries by their address. Those of the same feed move to the present
    ID, see ``recommender.ingest.readers.feed``.
    """

    def __init__(self, source: str) -> None:
        self.ids: set[str] = set()
        """IDs of the pages."""
        self.left_out: set[str] = set()
        """IDs of the entries. One that was read before its page is stored until a run prunes."""
        self._source = source

    def leave_out(self, connection: Connection, batch: Sequence[Article]) -> Sequence[Article]:
        """Return the articles of a batch that are stored."""
        entries = [one for one in batch if Flag.ID_FROM_ADDRESS in one.flags and one.formerly]
        if not entries:
            return batch
        by_source = self._sources(connection, [_page(entry) for entry in entries])
        others = {page for page, source in by_source.items() if source != self._source}
        self.ids |= others
        left_out = {entry.id for entry in entries if _page(entry) in others}
        self.left_out |= left_out
        new = {entry.id for entry in entries if _page(entry) not in by_source}
        kept = (one for one in batch if one.id not in left_out)
        return [msgspec.structs.replace(a, formerly=None) if a.id in new else a for a in kept]

    def _sources(self, connection: Connection, ids: Sequence[str]) -> dict[str, str]:
        """Return the source of each stored page; those that no source has any more are left out."""
        query = select(articles.c.id, articles.c.source)
        found = query.where(articles.c.id.in_(ids), articles.c.digest != "")
        return {row.id: shown(row.source) for row in connection.execute(found)}


def _page(entry: Article) -> str:
    return (entry.formerly or ("",))[0]
