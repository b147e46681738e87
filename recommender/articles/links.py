"""Editorial links between articles: those of their texts, and those of a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from recommender.articles.article import Article, normalize_id
from recommender.errors import SourceError
from recommender.urls import absolute_url, path_key, url_key, web_address

Link = tuple[int, int]
"""Rows of the linking and of the linked article."""


def own_links(
    articles: Sequence[Article], former_urls: Mapping[str, str] | None = None
) -> list[Link]:
    """Resolve the ``links`` of articles, IDs or URLs, to rows.

    Parameters
    ----------
    articles : newest first.
    former_urls : by normalised address that an article had before, its ID.

    Returns
    -------
    list of Link
        Unique pairs, without links of an article to itself or to unknown articles.
    """
    rows = rows_by_reference(articles, former_urls)
    found = {
        (row, target): None
        for row, article in enumerate(articles)
        for link in article.links
        if (target := _row_of(link, article, rows)) is not None and target != row
    }
    return list(found)


def rows_by_reference(
    articles: Sequence[Article], former_urls: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Return the row of each article by ID, normalised address, former ID and former address.

    An ID wins over an address, what an article has now over what another one had before. Of
    articles with the same address the newest one counts.

    Parameters
    ----------
    articles, former_urls : as :func:`own_links` takes them.
    """
    oldest_first = list(enumerate(articles))[::-1]  # so that later ones replace them
    own = {article.id: row for row, article in oldest_first}
    rows = {former: row for row, a in oldest_first for former in a.formerly or ()}
    rows |= {key: own[one] for key, one in (former_urls or {}).items() if one in own}
    rows |= {key: row for row, a in oldest_first if (key := url_key(a.url))}
    return rows | own


def link_keys(link: str, article: Article) -> list[str]:
    """Return the keys to look up for a link: as an ID, an address, and a path on the same site.

    Addresses and paths are normalised, see :func:`recommender.urls.url_key`.
    """
    is_relative = link.startswith(("/", "./", "../", "?"))
    address = absolute_url(web_address(link), article.url) if is_relative else link
    return [key for key in (link, url_key(address), _own_path(address, article)) if key]


def _row_of(link: str, article: Article, rows: Mapping[str, int]) -> int | None:
    return next((rows[key] for key in link_keys(link, article) if key in rows), None)


def _own_path(address: str, article: Article) -> str | None:
    """Return the path of an address with a host; None for another host than that of the article."""
    host, own = _host(address), _host(article.url)
    return path_key(address) if host and own in {host, ""} else None


def _host(url: str) -> str:
    has_host = url.strip().lower().startswith(("http://", "https://", "//"))
    return re.split("[/?]", url_key(url) or "", maxsplit=1)[0] if has_host else ""


def read_link_pairs(path: Path) -> list[tuple[str, str]]:
    """Read links from a tab-separated file with the header ``from	to``.

    Returns
    -------
    list of tuple of str and str
        The IDs of the linking and of the linked article.

    Raises
    ------
    SourceError
        The file cannot be read or has another header.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if lines.fieldnames is None or not {"from", "to"} <= set(lines.fieldnames):
                header = ", ".join(lines.fieldnames or ["nothing"])
                raise SourceError(
                    f"{path}: expected the tab-separated header from, to, got {header}"
                )
            # DictReader gives None for the columns of an incomplete line.
            return [
                (normalize_id(line["from"] or ""), normalize_id(line["to"] or "")) for line in lines
            ]
    except FileNotFoundError as error:
        raise SourceError(f"{path}: No such file; check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(
            f"{path}: expected a tab-separated file of links, got an error: {reason}"
        ) from error


def links_of(
    pairs: Iterable[tuple[str, str]], articles: Sequence[Article]
) -> tuple[list[Link], int]:
    """Resolve pairs of IDs, from the linking article to the linked one, to rows.

    Returns
    -------
    tuple of list of Link and int
        The links as rows, and the number of pairs with an unknown article.
    """
    rows = {article.id: row for row, article in enumerate(articles)}
    known: dict[Link, None] = {}
    unknown = 0
    for one, other in pairs:
        if one not in rows or other not in rows:
            unknown += 1
        elif one != other:
            known[rows[one], rows[other]] = None
    return list(known), unknown
