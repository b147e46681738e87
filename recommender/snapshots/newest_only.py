"""Sections of template posts, such as weather reports: only the newest ones are cards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from models.arrays import Codes, Mask, Rows, Timestamps
from recommender.articles.article import Article
from recommender.names import name_key

ISSUE_SECONDS = 12 * 3600
"""Age difference up to which posts belong to the newest issue of a section.

A horoscope has twelve posts a day, a forecast one for each region."""

NO_SERIES = -1


def series_of(
    articles: Sequence[Article],
    sections: Sequence[str],
    numbers: dict[tuple[str, str], int] | None = None,
) -> Rows:
    """Return the number of the series that each template post belongs to.

    Posts of a section are a series if their titles differ in words with digits only, as in
    "Lottery results for 3 May".

    Parameters
    ----------
    articles : n articles.
    sections : sections that consist of template posts; see :func:`recommender.names.name_key`.
    numbers : numbers of known series by key of the section and template; new ones are added.

    Returns
    -------
    int32, shape (n,): number of the series, or :data:`NO_SERIES` outside of the sections.
    """
    keys = {name_key(section) for section in sections}
    numbers = {} if numbers is None else numbers
    series = np.full(len(articles), NO_SERIES, dtype=np.int32)
    for row, article in enumerate(articles if keys else ()):
        if (section := name_key(article.section)) in keys:
            key = (section, _template(article.title))
            series[row] = numbers.setdefault(key, len(numbers))
    return series


def older_posts(articles: Sequence[Article], sections: Sequence[str], visible: Mask) -> Mask:
    """Return which visible articles are no cards, because newer posts of their series are.

    Parameters
    ----------
    articles : n articles, newest first.
    sections : sections that consist of template posts.
    visible : shape (n,).
    """
    published = np.array([int(article.published.timestamp()) for article in articles])
    names = [name_key(article.section) for article in articles]
    section = np.unique(names, return_inverse=True)[1]
    series = series_of(articles, sections)
    newest_only = NewestOnly(published, section.astype(np.int32), series)
    return visible & ~newest_only.among(visible)


def _template(title: str) -> str:
    words = re.findall(r"\w+", title.casefold())
    return " ".join(word for word in words if not any(c.isdigit() for c in word))


class NewestOnly:
    """Removes the older posts of series from the rows that may be cards."""

    def __init__(
        self,
        published: Timestamps,
        section: Codes,
        series: Codes,
        by_date: Callable[[Rows], Rows] = lambda rows: rows,
    ) -> None:
        """Find the template posts; ``by_date`` sorts ascending rows, newest first."""
        self._published = published
        self._section = section
        self._series = series
        self._rows = by_date(np.flatnonzero(series != NO_SERIES).astype(np.int32))
        self._cached: tuple[Mask, Mask] | None = None

    def is_older(self, row: int, visible: Mask) -> bool:
        """Return whether a visible row is an older post of its series."""
        return bool(visible[row] and not self.among(visible)[row])

    def among(self, visible: Mask) -> Mask:
        """Return the visible rows without older posts of series.

        Of a section of template posts remain the posts of the last :data:`ISSUE_SECONDS` before its
        newest visible post, and of each series the newest.

        Parameters
        ----------
        visible : shape (n,) or longer. The result for the last one is cached.
        """
        if not len(self._rows):
            return visible
        cached = self._cached
        if cached is None or cached[0] is not visible:
            cached = self._cached = (visible, self._without_older(visible))
        return cached[1]

    def _without_older(self, visible: Mask) -> Mask:
        rows = self._rows[visible[self._rows]]
        published = self._published[rows]
        _, newest, section = np.unique(self._section[rows], return_index=True, return_inverse=True)
        in_issue = published[newest][section] - published < ISSUE_SECONDS
        first_of_series = np.zeros(len(rows), dtype=np.bool_)
        first_of_series[np.unique(self._series[rows], return_index=True)[1]] = True
        kept = visible.copy()
        kept[self._rows] = False
        kept[rows[in_issue & first_of_series]] = True
        return kept
