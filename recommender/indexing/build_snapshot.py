"""From articles and what relates them to the contents of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import Article, primary_language
from recommender.articles.keywords import KeywordList
from recommender.articles.links import Link, own_links
from recommender.indexing.build_corpus import expiry_times
from recommender.indexing.candidates import ScoredCandidates
from recommender.settings import Ranking
from recommender.snapshots import cards, keyword_blob
from recommender.snapshots.snapshot import stored, text_key
from recommender.snapshots.store import SnapshotContents
from recommender.urls import url_key

Arrays = dict[str, NDArray[Any]]


def build_snapshot(
    articles: Sequence[Article],
    related: ScoredCandidates,
    terms: Sequence[KeywordList],
    ranking: Ranking,
    encoder: str,
    figures: Mapping[str, Any],
) -> SnapshotContents:
    """Put the arrays, texts and labels of a snapshot together.

    ``articles`` are sorted from the newest, as they were related.
    """
    sections, section = _coded([article.section for article in articles])
    languages, language = _coded([primary_language(article.language) for article in articles])
    ids = [article.id for article in articles]
    arrays: Arrays = {
        "published": np.array([int(a.published.timestamp()) for a in articles], dtype=np.int64),
        "expires": expiry_times(articles),
        "section": section,
        "language": language,
        "candidates": related.candidates,
        "affinity": related.relevance,
        "shares": related.contributions,
        "vectors": stored(related.vectors),
        "story": related.cluster_id,
        **_by_label("story", related.cluster_id),
        **_by_label("section", section),
        **_linkers(own_links(articles), len(articles)),
        **_keys("id", enumerate(ids)),
        **_keys("url", _urls(articles)),
    }
    return SnapshotContents(
        arrays=arrays,
        blobs={
            "ids": [i.encode() for i in ids],
            "cards": [cards.encode_card(a) for a in articles],
            "about": [
                keyword_blob.encode_keywords(a.tags, own)
                for a, own in zip(articles, terms, strict=True)
            ],
        },
        labels={"sections": sections, "languages": languages, "features": list(related.features)},
        ranking=ranking,
        encoder=encoder,
        figures=figures,
    )


def _coded(values: Sequence[str]) -> tuple[list[str], NDArray[np.int32]]:
    """Replace names by their numbers: the names, sorted, and shape (n,)."""
    names, codes = np.unique(np.array(values), return_inverse=True)
    return [str(name) for name in names], codes.astype(np.int32)


def _by_label(name: str, labels: NDArray[Any]) -> Arrays:
    """Group the rows by label, newest first in each."""
    starts = np.zeros(int(labels.max()) + 2, dtype=np.int64)
    np.cumsum(np.bincount(labels), out=starts[1:])
    rows = np.argsort(labels, kind="stable").astype(np.int32)
    return {f"{name}_starts": starts, f"{name}_rows": rows}


def _linkers(links: Sequence[Link], size: int) -> Arrays:
    """Group the articles that link by the one they link to."""
    pairs = sorted((target, source) for source, target in links)
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount([target for target, _ in pairs], minlength=size), out=starts[1:])
    sources = np.array([source for _, source in pairs], dtype=np.int32)
    return {"linker_starts": starts, "linker_rows": sources}


def _urls(articles: Sequence[Article]) -> Iterator[tuple[int, str]]:
    """Rows that have an address, each with its key."""
    for row, article in enumerate(articles):
        if article.url and (key := url_key(article.url)) is not None:
            yield row, key


def _keys(name: str, texts: Iterable[tuple[int, str]]) -> Arrays:
    """Sort the texts' hashes, each with its row."""
    pairs = sorted((text_key(text), row) for row, text in texts)
    return {
        f"{name}_keys": np.array([key for key, _ in pairs], dtype=np.uint64),
        f"{name}_key_rows": np.array([row for _, row in pairs], dtype=np.int32),
    }
