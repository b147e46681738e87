"""Arrays and blobs of articles that snapshots and deltas have alike, one row an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from recommender.articles.article import Article
from recommender.articles.keywords import KeywordList
from recommender.articles.model_inputs import publication_times
from recommender.indexing.build_corpus import expiry_times, recency_times
from recommender.indexing.versions import Arrays, OtherId, lookup_keys
from recommender.settings import Ranking
from recommender.snapshots.cards import encode_card
from recommender.snapshots.keyword_blob import encode_keywords
from recommender.snapshots.newest_only import series_of
from recommender.urls import url_key


def article_arrays(
    articles: Sequence[Article],
    ranking: Ranking,
    now: datetime,
    series: dict[tuple[str, str], int] | None = None,
) -> Arrays:
    """Return dates, series, and the lookup by ID and address, of n articles.

    Parameters
    ----------
    now : time of the index run.
    series : numbers of known series, see :func:`series_of`.
    """
    return {
        "published": publication_times(articles),
        "expires": expiry_times(articles),
        "recency_from": recency_times(articles, ranking, now),
        "series": series_of(articles, ranking.newest_only_sections, series),
        **lookup_keys("id", ((row, article.id) for row, article in enumerate(articles))),
        **lookup_keys("url", _url_keys(articles)),
    }


def article_blobs(
    articles: Sequence[Article],
    keywords: Iterable[bytes],
    others: Sequence[OtherId],
    ranking: Ranking,
    site_url: str,
) -> dict[str, Iterable[bytes]]:
    """Encode the IDs, other IDs and cards of articles. The cards can be read once.

    Parameters
    ----------
    keywords : of each article, see :func:`encoded_keywords`.
    site_url : setting of the site, for the cards.
    """
    with_update = ranking.recency_from == "updated"
    return {
        "ids": [article.id.encode() for article in articles],
        "other_ids": [one.id.encode() for one in others],
        "cards": (encode_card(a, site_url, with_update=with_update) for a in articles),
        "keywords": keywords,
    }


def encoded_keywords(
    articles: Iterable[Article], keywords: Iterable[KeywordList]
) -> Iterator[bytes]:
    """Yield the encoded tags and keywords of articles."""
    for article, words in zip(articles, keywords, strict=True):
        yield encode_keywords(article.tags, words)


def _url_keys(articles: Sequence[Article]) -> Iterator[tuple[int, str]]:
    """Yield the rows of articles with an address, each with its normalised address."""
    for row, article in enumerate(articles):
        if article.url and (key := url_key(article.url)) is not None:
            yield row, key
