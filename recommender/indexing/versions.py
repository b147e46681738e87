"""Versions of an article in a snapshot: former IDs, near-duplicates and copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from models.lexical.copies import Pairs
from recommender.articles.article import Article
from recommender.snapshots.parts import text_key
from recommender.urls import url_key

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Versions:
    """What the catalogue and the texts say about versions of n articles."""

    import_numbers: Sequence[int]
    """In which import each article was new or changed last."""
    hidden: Sequence[Article]
    """Articles that are not shown, such as withdrawn ones, and the former texts of withdrawn ones.
    Several may have the same ID."""
    non_copies: Pairs
    """See :func:`models.lexical.copies.non_copies`."""
    copies_of_hidden: Pairs
    """Pairs of a hidden article and a row that is a copy of its text."""
    removed: Collection[str] = ()
    """IDs of the hidden articles that the sources no longer have. A copy takes their place."""
    former_urls: Collection[tuple[str, str]] = ()
    """Normalised addresses that articles had before, each with the ID of the article."""

    @classmethod
    def none(cls, size: int) -> Versions:
        """Return what holds for n articles without any other version."""
        nothing = np.zeros(0, dtype=np.int32)
        return cls([0] * size, [], (nothing, nothing), (nothing, nothing))


class OtherId(NamedTuple):
    """An ID or a normalised address that is none of a row of the snapshot."""

    id: str
    row: int
    """Row of the article that had it before; -1 without any."""
    copies: Sequence[int]
    """Rows of the copies of a hidden article."""


def without_text(article: Article) -> Article:
    """Replace the body by a hash: all that :func:`display_order` needs of it, and far smaller."""
    return msgspec.structs.replace(article, body=str(text_key(article.body)))


def page_keys(articles: Iterable[Article]) -> NDArray[np.uint64]:
    """Hash what the records of one page have in common, their address and title: shape (n,).

    An article without an address has 0.
    """
    return np.array([_page_key(article) for article in articles], dtype=np.uint64)


def _page_key(article: Article) -> int:
    address = url_key(article.url) if "/" in article.url else ""
    return text_key(f"{address}\n{article.title.casefold()}") if address else 0


def same_pages(ones: NDArray[np.uint64], others: NDArray[np.uint64]) -> Pairs:
    """Return the pairs of positions in two arrays of :func:`page_keys` that are one page."""
    positions: dict[int, list[int]] = {}
    for other in np.flatnonzero(np.isin(others, ones) & (others != 0)).tolist():
        positions.setdefault(int(others[other]), []).append(other)
    found = [
        (one, other) for one, key in enumerate(ones.tolist()) for other in positions.get(key, ())
    ]
    left, right = np.array(found, dtype=np.int32).reshape(-1, 2).T
    return left, right


def without_same_pages(pairs: Pairs, pages: NDArray[np.uint64]) -> Pairs:
    """Leave out the pairs of rows that are one page.

    Parameters
    ----------
    pairs : rows of near-duplicates of which the second is no copy of the first, such as an excerpt
        and the full text.
    pages : see :func:`page_keys`.
    """
    ones, others = pairs
    kept = (pages[ones] != pages[others]) | (pages[ones] == 0)
    return ones[kept], others[kept]


def with_same_pages(pairs: Pairs, pages: Pairs) -> Pairs:
    """Add the rows that are the page of a hidden article, however different their texts are.

    Parameters
    ----------
    pairs : positions of hidden articles and the rows that are copies of each.
    pages : the same of one page, see :func:`same_pages`.
    """
    both = np.concatenate((np.column_stack(pairs), np.column_stack(pages)))
    hidden, rows = np.unique(both, axis=0).T
    return hidden, rows


def join_pages(cluster_id: NDArray[np.int32], pages: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Join the clusters of rows that are one page, however different their texts are.

    Parameters
    ----------
    cluster_id : int32, shape (n,), of near-duplicates.
    pages : see :func:`page_keys`.
    """
    rows = np.flatnonzero(pages)
    _, first, page = np.unique(pages[rows], return_index=True, return_inverse=True)
    ends = cluster_id[rows], cluster_id[rows[first[page]]]
    size = int(cluster_id.max(initial=-1)) + 1
    joined = csr_matrix((np.ones(len(rows), dtype=bool), ends), shape=(size, size))
    labels = connected_components(joined, directed=False)[1]
    return np.asarray(labels[cluster_id], dtype=np.int32)


def display_order(articles: Sequence[Article], versions: Versions) -> NDArray[np.int64]:
    """Order the rows by which of several versions is shown: the newest first.

    Articles with the same title and body count as equally new. Of these, the last imported is
    first, because an older one may have an address of before a move.
    """
    newest: dict[tuple[str, str], int] = {}
    first = [newest.setdefault((a.title, a.body), row) for row, a in enumerate(articles)]
    return np.lexsort((-np.array(versions.import_numbers, dtype=np.int64), np.array(first)))


def rows_by_label(
    name: str, labels: NDArray[Any], order: NDArray[np.int64] | None = None
) -> Arrays:
    """Group the rows by label: the first position of each label, and the rows.

    ``order`` has all rows in the order that they have within a label, by default newest first.
    """
    starts = np.zeros(int(labels.max()) + 2, dtype=np.int64)
    np.cumsum(np.bincount(labels), out=starts[1:])
    order = np.arange(len(labels)) if order is None else order
    rows = order[np.argsort(labels[order], kind="stable")].astype(np.int32)
    return {f"{name}_starts": starts, f"{name}_rows": rows}


def non_copies_arrays(
    versions: Versions, duplicates: NDArray[np.int32], clusters: NDArray[np.int32]
) -> Arrays:
    """List, for each article, the members of its cluster that are no copies of it.

    Withdrawing an article hides its copies. A translation is no copy: withdrawing a wrong one must
    not hide the original.

    Parameters
    ----------
    duplicates, clusters : int32, shape (n,), cluster of each article without translations and
        with them.
    """
    translations = _pairs_across(duplicates, clusters)
    ones, others = (
        np.append(*side) for side in zip(versions.non_copies, translations, strict=True)
    )
    order = np.lexsort((others, ones))
    starts = _starts(np.bincount(ones, minlength=len(clusters)))
    return {"no_copy_starts": starts, "no_copy_rows": others[order].astype(np.int32)}


def _pairs_across(duplicates: NDArray[np.int32], clusters: NDArray[np.int32]) -> Pairs:
    """List the pairs of rows in one cluster that are no near-duplicates, in both directions."""
    members: dict[int, list[int]] = {}
    for row, cluster in enumerate(clusters.tolist()):
        members.setdefault(cluster, []).append(row)
    groups = [rows for rows in members.values() if len(set(duplicates[rows].tolist())) > 1]
    pairs = [
        (one, other)
        for rows in groups
        for one in rows
        for other in rows
        if duplicates[one] != duplicates[other]
    ]
    ones, others = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    return ones, others


def other_ids(articles: Sequence[Article], versions: Versions) -> list[OtherId]:
    """List the former IDs and addresses of all articles, and the hidden articles with copies.

    Of entries with the same text the first is used, so that a withdrawal finds the copies.
    """
    found = [OtherId(old, row, ()) for row, a in enumerate(articles) for old in a.formerly or ()]
    addresses = [(old, row) for old, row, _ in found]
    copies: dict[str, list[int]] = {}
    for number, row in zip(*(side.tolist() for side in versions.copies_of_hidden), strict=True):
        copies.setdefault(versions.hidden[number].id, []).append(row)
    hidden = {article.id: article for article in reversed(versions.hidden)}
    for identifier, rows in copies.items():
        article = hidden[identifier]
        row = rows[0] if article.id in versions.removed else -1
        found += [OtherId(name, row, rows) for name in (article.id, *(article.formerly or ()))]
        addresses += [(article.url, row)] if row >= 0 else []
    row_of = {article.id: row for row, article in enumerate(articles)}
    moved = [(url, row_of[i]) for url, i in versions.former_urls if i in row_of]
    keys = [(url_key(address), row) for address, row in addresses if "/" in address]
    return found + [OtherId(key, row, ()) for key, row in [*moved, *keys] if key]


def other_ids_arrays(others: Sequence[OtherId]) -> Arrays:
    """Collect the rows behind other IDs, and the lookup of these IDs."""
    copies = [row for one in others for row in one.copies]
    return {
        "other_rows": np.array([one.row for one in others], dtype=np.int32),
        "other_copy_starts": _starts([len(one.copies) for one in others]),
        "other_copy_rows": np.array(copies, dtype=np.int32),
        **lookup_keys("other", enumerate(one.id for one in others)),
    }


def lookup_keys(name: str, texts: Iterable[tuple[int, str]]) -> Arrays:
    """Sort the hashes of texts, each with its row, for lookup by binary search."""
    pairs = sorted((text_key(text), row) for row, text in texts)
    return {
        f"{name}_keys": np.array([key for key, _ in pairs], dtype=np.uint64),
        f"{name}_key_rows": np.array([row for _, row in pairs], dtype=np.int32),
    }


def _starts(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(0, np.cumsum(sizes, dtype=np.int64))
