"""Links between own articles: what the texts say, and what a file of judged links says."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from recommender.articles.article import Article, normalize_id
from recommender.errors import SourceError

Link = tuple[int, int]
"""Rows of the article that links and of the one that is linked to."""


def own_links(articles: Sequence[Article]) -> list[Link]:
    """Resolve the ``links`` of articles, ids or URLs, to rows; each pair once, none to itself."""
    rows = {article.id: row for row, article in enumerate(articles)}
    rows = {_address(a.url): row for row, a in enumerate(articles) if a.url} | rows
    found = {
        (row, target): None
        for row, article in enumerate(articles)
        for link in article.links
        if (target := rows.get(link, rows.get(_address(link)))) is not None and target != row
    }
    return list(found)


def read_links(path: Path, articles: Sequence[Article]) -> tuple[list[Link], int]:
    """Read a tab-separated file with the header ``from	to``.

    Returns the links as rows, and how many lines name an article that is not there. Raises
    :class:`SourceError` where the file cannot be read or has another header.
    """
    rows = {article.id: row for row, article in enumerate(articles)}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if lines.fieldnames is None or not {"from", "to"} <= set(lines.fieldnames):
                raise SourceError(f"{path}: got the header {lines.fieldnames}, wanted from and to")
            # A line that ends early lacks its last columns.
            pairs = [
                (normalize_id(line["from"] or ""), normalize_id(line["to"] or "")) for line in lines
            ]
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: {reason}; wanted a tab-separated file of links") from error
    known = {
        (rows[one], rows[other]): None
        for one, other in pairs
        if one in rows and other in rows and one != other
    }
    unknown = sum(one not in rows or other not in rows for one, other in pairs)
    return list(known), unknown


def _address(url: str) -> str:
    """Bring a URL to the form in which two spellings of one address are equal."""
    bare = url.partition("#")[0].partition("?")[0]
    return bare.partition("://")[2].removeprefix("www.").rstrip("/") or bare.rstrip("/")
