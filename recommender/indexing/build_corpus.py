"""A site's articles turned into the numbers that the models floor works on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from models.features.corpus import Corpus
from models.features.link_graph import LinkGraph
from models.lexical.near_duplicates import shingles_of
from models.lexical.tfidf import count_named_terms
from recommender.articles.article import Article
from recommender.articles.fields import passages_of, tokenized_fields
from recommender.articles.links import Link
from recommender.snapshots.snapshot import NEVER


def build_corpus(
    articles: Sequence[Article], embeddings: NDArray[np.float32], links: Sequence[Link]
) -> Corpus:
    """Turn articles into numbers: the first of what :func:`build_named_corpus` returns."""
    return build_named_corpus(articles, embeddings, links)[0]


def build_named_corpus(
    articles: Sequence[Article], embeddings: NDArray[np.float32], links: Sequence[Link]
) -> tuple[Corpus, NDArray[np.object_]]:
    """Turn articles, sorted from the newest, and the links between them into numbers.

    Returns them and the words and pairs behind the columns of ``counts``.
    """
    parts = tokenized_fields(articles)
    counts, names = count_named_terms(parts.whole)
    published = np.array([int(article.published.timestamp()) for article in articles], np.int64)
    tags = HashingVectorizer(
        analyzer=_tags, n_features=2**16, binary=True, norm=None, alternate_sign=False
    )
    site = Corpus(
        counts=counts,
        passages=passages_of(parts),
        shingles=shingles_of(parts.whole),
        tags=tags.transform(articles).astype(np.float32).tocsr(),
        embeddings=embeddings,
        published=published,
        graph=_graph(links, published),
    )
    return site, names


def expiry_times(articles: Sequence[Article]) -> NDArray[np.int64]:
    """Tell when each article expires, in seconds, or NEVER: shape (n,)."""
    ends = [NEVER if a.expires is None else int(a.expires.timestamp()) for a in articles]
    return np.array(ends, dtype=np.int64)


def _tags(article: Article) -> list[str]:
    return [tag.lower() for tag in article.tags]


def _graph(links: Sequence[Link], published: NDArray[np.int64]) -> LinkGraph:
    pairs = np.array(links, dtype=np.int64).reshape(-1, 2)
    known_at = published[pairs].max(axis=1) if len(pairs) else np.zeros(0, dtype=np.int64)
    return LinkGraph(pairs[:, 0], pairs[:, 1], known_at, len(published))
