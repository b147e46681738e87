"""Builds the contents of a snapshot from articles and their scored candidates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.rerank.rerank import quantize
from recommender.articles.article import Article
from recommender.articles.links import Link, own_links
from recommender.articles.translations import translation_groups
from recommender.indexing.article_arrays import article_arrays, article_blobs
from recommender.indexing.candidates import ScoredCandidates
from recommender.indexing.versions import (
    Arrays,
    Versions,
    display_order,
    non_copies_arrays,
    other_ids,
    other_ids_arrays,
    rows_by_label,
)
from recommender.language_tags import language_and_script
from recommender.names import one_spelling
from recommender.settings import Settings
from recommender.snapshots.contents import SnapshotContents


def build_snapshot(
    articles: Sequence[Article],
    scored: ScoredCandidates,
    keywords: Iterable[bytes],
    versions: Versions,
    settings: Settings,
    *,
    now: datetime,
    encoder: str,
    figures: Mapping[str, Any],
) -> SnapshotContents:
    """Put the arrays, blobs and labels of a snapshot together.

    Parameters
    ----------
    articles : newest first, as they were scored.
    scored : the candidates of each article.
    keywords : of each article, see :func:`recommender.indexing.article_arrays.encoded_keywords`.
    versions : former IDs and copies.
    settings : those of the ranking, and the address of the site for the cards.
    now : time of the index run.
    encoder : name of the embedding model.
    figures : what the run measured, for the manifest.
    """
    ranking = settings.ranking
    sections, section = _encoded(one_spelling([article.section for article in articles]))
    languages, language = _encoded([language_and_script(a.language) for a in articles])
    former_urls = dict(versions.former_urls)
    links = own_links(articles, former_urls)
    cluster_id = scored.cluster_id
    if ranking.exclude_translations:
        cluster_id = translation_groups(articles, cluster_id, former_urls)
    others = other_ids(articles, versions)
    arrays = article_arrays(articles, ranking, now) | {
        "section": section,
        "language": language,
        "candidates": scored.candidates,
        "relevance": scored.relevance,
        "contributions": scored.contributions,
        "evidence": scored.evidence,
        "diversity_vectors": quantize(scored.diversity_vectors),
        "cluster_id": cluster_id,
        **rows_by_label("cluster", cluster_id, display_order(articles, versions)),
        **rows_by_label("section", section),
        **non_copies_arrays(versions, scored.cluster_id, cluster_id),
        **_links_by_row("linker", [(target, source) for source, target in links], len(articles)),
        **_links_by_row("linked", links, len(articles)),
        **other_ids_arrays(others),
    }
    return SnapshotContents(
        arrays=arrays,
        blobs=article_blobs(articles, keywords, others, ranking, settings.site_url),
        labels={"sections": sections, "languages": languages, "features": list(scored.features)},
        ranking=ranking,
        encoder=encoder,
        figures=figures,
    )


def _encoded(values: Sequence[str]) -> tuple[list[str], NDArray[np.int32]]:
    """Replace names by codes; returns the sorted names, and the codes, int32, (n,)."""
    names, codes = np.unique(np.array(values), return_inverse=True)
    return [str(name) for name in names], codes.astype(np.int32)


def _links_by_row(name: str, links: Sequence[Link], size: int) -> Arrays:
    """Group the second rows of pairs by the first ones, newest first."""
    pairs = sorted(links)
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount([row for row, _ in pairs], minlength=size), out=starts[1:])
    others = np.array([other for _, other in pairs], dtype=np.int32)
    return {f"{name}_starts": starts, f"{name}_rows": others}
