"""Filters: which articles may be shown for one query at one time.

Visibility, overrides and the parameters of the query apply to all candidates. Filters run before
selection, so a list is short only if too few candidates pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
import numpy as np

from models.arrays import AnyRows, Codes, Mask
from models.rerank.recency import SECONDS_PER_DAY
from recommender.language_tags import language_and_script, leaves_script_open, primary_language
from recommender.names import name_key
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides, ArticleOverrides
from recommender.snapshots.snapshot import Snapshot


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of a request."""

    limit: int | None = None
    """Most cards; None is the setting ``ranking.cards``."""
    exclude: frozenset[str] = frozenset()
    """Ids that other lists on the page already show."""
    section: str | None = None
    exclude_section: str | None = None
    language: str | None = None
    max_age_days: float | None = None
    fill: Literal["latest", "none"] | None = None
    """What takes the places without a related article; None is the setting of the site."""


DEFAULT_QUERY = Query()
"""A request without parameters."""


class Filters:
    """The filters of one query at one time, and the clusters that its list has shown so far."""

    def __init__(
        self,
        snapshot: Snapshot,
        query: Query,
        now: float,
        row: int | None = None,
        active: ActiveOverrides = NO_OVERRIDES,
    ) -> None:
        """Resolve a query against a snapshot.

        Parameters
        ----------
        now : seconds since 1970 UTC.
        row : the row of the article above the list; None for a list of the latest articles.
        active : the overrides that are active at ``now``.
        """
        self._snapshot = snapshot
        self._visible = active.visible(snapshot.public.at(now))
        self._listed = self._visible
        if row is not None or query.section is None:
            self._listed = snapshot.newest_only.among(self._visible)
        self.active = active
        self.query = query
        self._oldest = (
            None if query.max_age_days is None else now - query.max_age_days * SECONDS_PER_DAY
        )
        self._sections = _codes_of_section(snapshot.sections, query.section)
        self._exclude_sections = _codes_of_section(snapshot.sections, query.exclude_section)
        self._own_language = row is not None and query.language is None
        self._languages = self._language_codes(query, row)
        self._excluded: list[int] = []
        self._excluded_clusters = _clusters(snapshot, query.exclude)
        own = set() if row is None else {snapshot.cluster_id.item(row)}
        self.seen_clusters = own | self._excluded_clusters
        """Near-duplicate clusters of which no further card may be shown."""
        if row is not None and snapshot.ranking.exclude_linked:
            linked = snapshot.linked_from(row)
            if len(linked):
                self.seen_clusters.update(snapshot.cluster_id[linked].tolist())

    def mask(self, rows: AnyRows) -> Mask:
        """Return which rows may be shown: bool, the shape of ``rows``; False for row -1."""
        return self._masked(rows, self._languages)

    def mask_candidates(self, rows: AnyRows) -> Mask:
        """Return which candidates of the article may be shown.

        Under the setting ``language = "same"`` the candidates already have the language of the
        article, so it is not compared.

        Parameters
        ----------
        rows : integers, shape (k,), the candidates in the snapshot; intp is fastest.

        Returns
        -------
        bool, shape (k,).
        """
        return self._masked(rows, None if self._own_language else self._languages)

    def accepts(self, row: int) -> bool:
        """Return whether a pin may be shown.

        Of the rules of the site only visibility applies to it, not language or series.
        """
        snapshot = self._snapshot
        languages = None if self._own_language else self._languages
        section = snapshot.section.item(row)
        return bool(
            self._visible.item(row)
            and row not in self._excluded
            and snapshot.cluster_id.item(row) not in self._excluded_clusters
            and (self._oldest is None or snapshot.recency_from.item(row) >= self._oldest)
            and (languages is None or snapshot.language.item(row) in languages)
            and (self._sections is None or section in self._sections)
            and (self._exclude_sections is None or section not in self._exclude_sections)
        )

    def exclude(self, rows: Iterable[int]) -> None:
        """Exclude further rows."""
        self._excluded += rows

    def _masked(self, rows: AnyRows, languages: list[int] | None) -> Mask:
        snapshot = self._snapshot
        allowed = self._listed[rows]
        if self._oldest is not None:
            allowed &= snapshot.recency_from[rows] >= self._oldest
        if languages is not None:
            allowed &= _is_any(snapshot.language[rows], languages)
        if self._sections is not None:
            allowed &= np.isin(snapshot.section[rows], self._sections)
        if self._exclude_sections is not None:
            allowed &= ~np.isin(snapshot.section[rows], self._exclude_sections)
        for excluded in self._excluded:
            allowed &= rows != excluded
        if self._excluded_clusters:
            clusters = snapshot.cluster_id[rows]
            for cluster in self._excluded_clusters:
                allowed &= clusters != cluster
        return allowed

    def _language_codes(self, query: Query, row: int | None) -> list[int] | None:
        if query.language is not None:
            return _codes_of_language(self._snapshot.languages, query.language)
        if row is not None and self._snapshot.ranking.language == "same":
            return [int(self._snapshot.language.item(row))]
        return None


def is_public(
    snapshot: Snapshot, row: int, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> bool:
    """Return whether readers may see the article of a row at ``now`` (seconds since 1970 UTC)."""
    by_date = snapshot.published.item(row) <= now < snapshot.expires.item(row)
    return bool(by_date and row not in active.withdrawn)


def filters_for(
    snapshot: Snapshot, row: int, query: Query, now: float, active: ActiveOverrides
) -> tuple[Filters, ArticleOverrides | None]:
    """Build the filters for the list under an article.

    Returns
    -------
    The filters, with the rows that editors blocked under the article excluded; and the active
    overrides of the article, or None without any.
    """
    filters = Filters(snapshot, query, now, row, active)
    overrides = active.under(row, now)
    if overrides is not None:
        filters.exclude(overrides.blocked)
    return filters, overrides


def _clusters(snapshot: Snapshot, ids: Iterable[str]) -> set[int]:
    """Return the near-duplicate clusters of some articles; an article may be hidden itself."""
    return {
        snapshot.cluster_id.item(row)
        for identifier in ids
        for row in snapshot.copies_of(identifier).tolist()
    }


def _codes_of_language(names: list[str], tag: str) -> list[int]:
    """Return the codes of a language: in all scripts, unless the tag names one as zh-TW does."""
    if leaves_script_open(tag):
        same = primary_language(tag)
        return [code for code, name in enumerate(names) if primary_language(name) == same]
    expected = language_and_script(tag)
    return [code for code, name in enumerate(names) if name == expected]


def _is_any(codes: Codes, accepted: list[int]) -> Mask:
    """Return which codes are accepted: bool, the shape of ``codes``."""
    return codes == accepted[0] if len(accepted) == 1 else np.isin(codes, accepted)


def _codes_of_section(names: list[str], name: str | None) -> list[int] | None:
    """Return the codes of a section, however its name is written; None without a name."""
    if name is None:
        return None
    key = name_key(name)
    return [code for code, other in enumerate(names) if name_key(other) == key]
