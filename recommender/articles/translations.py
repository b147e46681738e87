"""Translations: which articles are the same one in several languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from recommender.articles.article import Article, normalize_id
from recommender.urls import path_key, url_key


def translation_groups(articles: Sequence[Article], groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Join groups of articles that ``translations`` says are translations of one another.

    A value is the ID or URL of a translation, or a text that all translations share, such as the
    number of their group in the content system. A shared text that two articles of the same
    language have names no group, because a wrong one would hide articles.

    Parameters
    ----------
    articles : n articles.
    groups : int32, shape (n,), groups that stay together, such as near-duplicate clusters.

    Returns
    -------
    int32, shape (n,), group of each article from 0.
    """
    pairs = _pairs(articles)
    if not pairs:
        return groups
    size = int(groups.max()) + 1
    ones, others = groups[np.array(pairs, dtype=np.intp).T]
    edges = coo_matrix((np.ones(len(ones), dtype=bool), (ones, others)), shape=(size, size))
    joined = connected_components(edges, directed=False)[1]
    return np.asarray(joined[groups], dtype=np.int32)


def _pairs(articles: Sequence[Article]) -> list[tuple[int, int]]:
    """List pairs of rows that are translations; each row of a group with the first one."""
    if not any(article.translations for article in articles):
        return []
    rows = _rows_by_reference(articles)
    shared: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for row, article in enumerate(articles):
        for value in article.translations:
            target = rows.get(normalize_id(value))
            target = rows.get(_address(value)) if target is None else target
            if target is not None:
                pairs.append((row, target))
            elif not _is_address(value):
                shared[value].append(row)
    for members in shared.values():
        languages = {articles[row].language.casefold() for row in members}
        if len(languages) == len(members):
            pairs += [(members[0], row) for row in members[1:]]
    return pairs


def _rows_by_reference(articles: Sequence[Article]) -> dict[str, int]:
    """Return the row of each article by ID, URL and path; IDs win over URLs."""
    found: dict[str, int] = {}
    for key in (path_key, url_key):
        found |= {
            f"url {address}": row for row, a in enumerate(articles) if (address := key(a.url))
        }
    return found | {article.id: row for row, article in enumerate(articles)}


def _address(value: str) -> str:
    return f"url {url_key(value)}"


def _is_address(value: str) -> bool:
    return "://" in value or value.startswith("/")
