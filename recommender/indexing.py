"""The way of an article: read, embed, relate, publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from recommender import publishing
from recommender.article import Article, Status
from recommender.catalogue import Catalogue, Counts
from recommender.completing import completed
from recommender.embedding import Report, embed_articles
from recommender.errors import SourceError
from recommender.home import Home
from recommender.packing import pack
from recommender.readers.complaint import Complaint
from recommender.reading import read
from recommender.relating import relate
from recommender.settings import Settings


@dataclass
class Reading:
    """What came of reading the sources."""

    counts: Counts = field(default_factory=Counts)
    complaints: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of an index run."""

    snapshot: str
    figures: dict[str, Any]


def read_sources(
    sources: Sequence[str],
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    complain: Callable[[Complaint], None],
    report: Report,
    *,
    strict: bool = False,
) -> Reading:
    """Read sources into the catalogue; what cannot be read is complained of and left out.

    Raises :class:`SourceError` where a source cannot be read at all, and, with ``strict``, at
    the first complaint. What was read until then is kept.
    """
    reading = Reading()

    def accepted(source: str) -> Iterator[Article]:
        for done, item in enumerate(read(source, settings.zone), start=1):
            if isinstance(item, Complaint):
                reading.complaints += 1
                complain(item)
                if strict:
                    raise SourceError(f"{source}: stopped at its first bad record (--strict)")
            else:
                yield completed(item)
            report(f"reading {source}", done, None)

    for source in sources:
        counts = catalogue.add(accepted(source), source, now)
        if counts.total == 0:
            raise SourceError(f"{source}: no article could be read; wanted at least one")
        reading.counts.add(counts)
    return reading


def index(
    settings: Settings, catalogue: Catalogue, now: datetime, report: Report, *, full: bool = False
) -> Outcome:
    """Embed, relate and publish what the catalogue holds. The caller holds the home's lock."""
    home = Home(settings.home)
    started = time.perf_counter()
    articles = [a for a in catalogue.all() if _may_ever_show(a, now)]
    if not articles:
        raise SourceError(
            f"{settings.home}: no published article to recommend; name a SOURCE that has some"
        )
    embeddings, encoder, embedded = embed_articles(articles, settings, report, full=full)
    report("relating", 0, len(articles))
    related = relate(articles, embeddings, settings.ranking, now)
    report("relating", len(articles), len(articles))
    figures = {
        "articles": len(articles),
        "embedded": embedded,
        "stories_told_again": int((np.bincount(related.story) > 1).sum()),
        "seconds": round(time.perf_counter() - started, 3),
    }
    contents = pack(articles, embeddings, related, settings.ranking, encoder, figures)
    snapshot = publishing.publish(home, contents, now)
    publishing.prune(home, settings.keep_snapshots)
    return Outcome(snapshot, figures)


def _may_ever_show(article: Article, now: datetime) -> bool:
    """Tell whether an article is public at ``now`` or will be: an embargo ends by itself."""
    expired = article.expires is not None and article.expires <= now
    return article.status is Status.PUBLISHED and not expired
