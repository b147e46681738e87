"""Filters: which articles may be shown for one query at one time.

Visibility, overrides and the parameters of the query apply to all candidates. Filters run before
selection, so a list is short only if too few candidates pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Literal

import msgspec
import numpy as np

from models.arrays import AnyRows, Codes, Mask, Rows
from models.time_units import SECONDS_PER_DAY
from recommender.language_tags import language_and_script, leaves_script_open, primary_language
from recommender.names import name_key
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides, ArticleOverrides
from recommender.snapshots.snapshot import Snapshot

FEW_CLUSTERS = 16
"""Excluded clusters up to which comparing each with all candidates is faster than a set."""


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
    """The filters of one query at one time. They do not change after they are built.

    Each of the checks applies visibility and the parameters of the query. They differ in the rules
    of the site: :attr:`latest_masks` apply all of them, :meth:`mask_candidates` all but the
    language, and :meth:`accepts_pin` none.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        query: Query,
        now: float,
        row: int | None = None,
        active: ActiveOverrides = NO_OVERRIDES,
        blocked: Collection[int] = (),
    ) -> None:
        """Resolve a query against a snapshot.

        Parameters
        ----------
        now : seconds since 1970 UTC.
        row : the row of the article above the list; None for a list of the latest articles.
        active : the overrides that are active at ``now``.
        blocked : rows that editors blocked under the article.
        """
        self._snapshot = snapshot
        self._visible = active.visible(snapshot.public.at(now))
        self._listed = self._visible  # without older posts of series
        if row is not None or query.section is None:
            self._listed = snapshot.newest_only.among(self._visible)
        self.active = active
        self.query = query
        self._oldest = (
            None if query.max_age_days is None else now - query.max_age_days * SECONDS_PER_DAY
        )
        self._sections = _codes_of_section(snapshot.sections, query.section)
        self._exclude_sections = _codes_of_section(snapshot.sections, query.exclude_section)
        self._languages: list[int] | None = None  # of the query
        if query.language is not None:
            self._languages = _codes_of_language(snapshot.languages, query.language)
        self._own_language = None if row is None else snapshot.language.item(row)
        self._blocked = blocked
        self._excluded_clusters = _clusters_of_ids(snapshot, query.exclude)
        self.seen_clusters = self._seen_clusters(row)
        """Near-duplicate clusters that ranked and latest cards may not repeat: of the article, of
        what its text links to, and of ``query.exclude``."""

    @property
    def latest_masks(self) -> list[Callable[[AnyRows], Mask]]:
        """Functions that return which of the latest articles may be shown, those to take first.

        Under the setting ``language = "prefer"`` these are the articles in the language of the
        article above the list. The functions return bool, the shape of their rows.
        """
        rule = self._snapshot.ranking.language
        if self._own_language is None or self.query.language is not None or rule == "any":
            return [self.mask_candidates]
        if rule == "same":
            return [self._mask_own_language]
        return [self._mask_own_language, self._mask_other_languages]

    def _mask_own_language(self, rows: AnyRows) -> Mask:
        allowed = self.mask_candidates(rows)
        allowed &= self._snapshot.language[rows] == self._own_language
        return allowed

    def _mask_other_languages(self, rows: AnyRows) -> Mask:
        allowed = self.mask_candidates(rows)
        allowed &= self._snapshot.language[rows] != self._own_language
        return allowed

    def mask_candidates(self, rows: AnyRows) -> Mask:
        """Return which candidates of the article, or versions of them, may be shown.

        Under the setting ``language = "same"`` they already have the language of the article, so
        it is not compared.

        Parameters
        ----------
        rows : integers, shape (k,), rows of the snapshot; intp is fastest.

        Returns
        -------
        bool, shape (k,); False for row -1.
        """
        snapshot = self._snapshot
        allowed = self._listed[rows]
        if self._oldest is not None:
            allowed &= snapshot.recency_from[rows] >= self._oldest
        if self._languages is not None:
            allowed &= _is_any(snapshot.language[rows], self._languages)
        if self._sections is not None:
            allowed &= np.isin(snapshot.section[rows], self._sections)
        if self._exclude_sections is not None:
            allowed &= ~np.isin(snapshot.section[rows], self._exclude_sections)
        for row in self._blocked:
            allowed &= rows != row
        if self._excluded_clusters:
            _leave_out(self._excluded_clusters, snapshot.cluster_id, rows, allowed)
        return allowed

    def accepts_pin(self, row: int) -> bool:
        """Return whether a pin may be shown: it may be in another language, or linked."""
        snapshot = self._snapshot
        section = snapshot.section.item(row)
        return bool(
            self._visible.item(row)
            and row not in self._blocked
            and snapshot.cluster_id.item(row) not in self._excluded_clusters
            and (self._oldest is None or snapshot.recency_from.item(row) >= self._oldest)
            and (self._languages is None or snapshot.language.item(row) in self._languages)
            and (self._sections is None or section in self._sections)
            and (self._exclude_sections is None or section not in self._exclude_sections)
        )

    def _seen_clusters(self, row: int | None) -> frozenset[int]:
        """Return the clusters of the article, of its links and of the excluded articles."""
        snapshot, clusters = self._snapshot, list(self._excluded_clusters)
        if row is not None:
            clusters.append(snapshot.cluster_id.item(row))
            if snapshot.ranking.exclude_linked and len(linked := snapshot.linked_from(row)):
                clusters += snapshot.cluster_id[linked].tolist()
        return frozenset(clusters)


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
    overrides = active.under(row, now)
    blocked = () if overrides is None else overrides.blocked
    return Filters(snapshot, query, now, row, active, blocked), overrides


def _clusters_of_ids(snapshot: Snapshot, ids: Iterable[str]) -> set[int]:
    """Return the near-duplicate clusters of some articles; an article may be hidden itself."""
    return {
        snapshot.cluster_id.item(row)
        for identifier in ids
        for row in snapshot.copies_of(identifier).tolist()
    }


def _leave_out(excluded: set[int], cluster_id: Rows, rows: AnyRows, allowed: Mask) -> None:
    """Clear ``allowed`` where the cluster of a row is excluded: bool, the shape of ``rows``."""
    if len(excluded) > FEW_CLUSTERS:
        # Only of the rows that are left: none where the other filters passed no article.
        left = cluster_id[rows[allowed]].tolist()
        allowed[allowed] = [cluster not in excluded for cluster in left]
        return
    clusters = cluster_id[rows]
    for cluster in excluded:
        allowed &= clusters != cluster


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
