"""Translations: which articles are the same one in several languages."""

from __future__ import annotations

from collections import Counter, defaultdict
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
    number of their group in the content system. IDs and addresses may be former ones, but a value
    of several articles is such a text and no former ID. A shared text that two articles of the same
    language have names no group, because a wrong one would hide articles. Articles of one group
    count once: an archive may be imported again under other IDs.

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
    uses = Counter(value for article in articles for value in set(article.translations))
    if not uses:
        return []
    present, rows = _references(articles, former_urls)
    shared: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    pairs = []
    for row, article in enumerate(articles):
        for value in article.translations:
            may_be_text = not _is_address(value)
            target = _row_of(value, article, present if may_be_text and uses[value] > 1 else rows)
            if target is not None:
                pairs.append((row, target))
            elif may_be_text:
                shared[value].setdefault((article.language.casefold(), int(groups[row])), row)
    for members in shared.values():
        first, *others = members.values()
        if len({language for language, _ in members}) == len(members):
            pairs += [(first, row) for row in others]
    return pairs


def _references(
    articles: Sequence[Article], former_urls: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return rows by present IDs, addresses and paths; and the same with former ones."""
    rows = {key: row for row, a in enumerate(articles) if (key := path_key(a.url))}
    rows |= rows_by_reference(articles, former_urls)
    own = {key for a in articles for key in (a.id, url_key(a.url), path_key(a.url))}
    return {key: row for key, row in rows.items() if key in own}, rows


def _row_of(value: str, article: Article, rows: Mapping[str, int]) -> int | None:
    keys = (normalize_id(value), *link_keys(value, article), url_key(value))
    return next((rows[key] for key in keys if key and key in rows), None)


def _is_address(value: str) -> bool:
    return "://" in value or value.startswith("/")
