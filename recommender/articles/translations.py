"""Translations: which articles are the same one in several languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from recommender.articles.article import Article, normalize_id
from recommender.articles.links import link_keys, rows_by_reference
from recommender.urls import path_key, url_key


def translation_groups(
    articles: Sequence[Article],
    groups: NDArray[np.int32],
    former_urls: Mapping[str, str] | None = None,
) -> NDArray[np.int32]:
    """Join groups of articles that ``translations`` says are translations of one another.

    A value is the ID or URL of a translation, or a text that all translations share, such as the
    number of their group in the content system. IDs and addresses may be former ones. A shared
    text that two articles of the same language have names no group, because a wrong one would hide
    articles. Articles of one group count once: an archive may be imported again under other IDs.

    Parameters
    ----------
    articles : n articles, newest first.
    groups : int32, shape (n,), groups that stay together, such as near-duplicate clusters.
    former_urls : by normalised address that an article had before, its ID.

    Returns
    -------
    int32, shape (n,), group of each article from 0.
    """
    pairs = _pairs(articles, groups, former_urls or {})
    if not pairs:
        return groups
    size = int(groups.max()) + 1
    ones, others = groups[np.array(pairs, dtype=np.intp).T]
    edges = coo_matrix((np.ones(len(ones), dtype=bool), (ones, others)), shape=(size, size))
    joined = connected_components(edges, directed=False)[1]
    return np.asarray(joined[groups], dtype=np.int32)


def _pairs(
    articles: Sequence[Article], groups: NDArray[np.int32], former_urls: Mapping[str, str]
) -> list[tuple[int, int]]:
    """List pairs of rows that are translations; each row of a group with the first one."""
    if not any(article.translations for article in articles):
        return []
    rows = {key: row for row, a in enumerate(articles) if (key := path_key(a.url))}
    rows |= rows_by_reference(articles, former_urls)
    shared: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    pairs = []
    for row, article in enumerate(articles):
        for value in article.translations:
            keys = (normalize_id(value), *link_keys(value, article), url_key(value))
            target = next((rows[key] for key in keys if key in rows), None)
            if target is not None:
                pairs.append((row, target))
            elif not _is_address(value):
                shared[value].setdefault((article.language.casefold(), int(groups[row])), row)
    for members in shared.values():
        first, *others = members.values()
        if len({language for language, _ in members}) == len(members):
            pairs += [(first, row) for row in others]
    return pairs


def _is_address(value: str) -> bool:
    return "://" in value or value.startswith("/")
