"""Who may be shown for one question at one moment, as a yes or no for given rows.

Filters, dates, languages and what editors shut are applied over all candidates, and never to the
six that were about to be shown: a filter never empties a list that could be filled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.rerank.recency import SECONDS_A_DAY
from recommender.articles.article import primary_language
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides, ArticleOverrides
from recommender.snapshots.snapshot import Snapshot

Rows = NDArray[np.int32]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a page asks for."""

    limit: int = 6
    exclude: frozenset[str] = frozenset()
    """Ids that other modules of the page already show."""
    section: str | None = None
    exclude_section: str | None = None
    language: str | None = None
    max_age_days: float | None = None
    fill: Literal["latest", "none"] = "latest"


class Filters:
    """Who may be shown for one query at one moment, as a yes or no for given rows."""

    def __init__(
        self,
        snapshot: Snapshot,
        query: Query,
        now: float,
        row: int | None = None,
        force: ActiveOverrides = NO_OVERRIDES,
    ) -> None:
        self._snapshot = snapshot
        self._public = force.open(snapshot.public.at(now))
        self.force = force
        self.query = query
        self._oldest = (
            None if query.max_age_days is None else now - query.max_age_days * SECONDS_A_DAY
        )
        self._section = _code(snapshot.sections, query.section)
        self._exclude_section = _code(snapshot.sections, query.exclude_section)
        self._language = self._language_code(query, row)
        found = (snapshot.row(identifier) for identifier in query.exclude)
        self._excluded = [other for other in found if other is not None]
        self.told = set() if row is None else {snapshot.cluster_id.item(row)}
        """Stories that no card may tell."""

    def mask(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell for each row whether it may be shown; -1 is nobody's, and may not."""
        snapshot = self._snapshot
        allowed = self._public.take(rows)
        if self._oldest is not None:
            allowed &= snapshot.published.take(rows) >= self._oldest
        if self._language is not None:
            allowed &= snapshot.language.take(rows) == self._language
        if self._section is not None:
            allowed &= snapshot.section.take(rows) == self._section
        if self._exclude_section is not None:
            allowed &= snapshot.section.take(rows) != self._exclude_section
        for excluded in self._excluded:
            allowed &= rows != excluded
        return allowed

    def accepts(self, row: int) -> bool:
        """Tell whether an editor's pick may be shown: as all, but in any language by default."""
        snapshot, asked = self._snapshot, self.query.language
        language = None if asked is None else self._language
        section = snapshot.section.item(row)
        return bool(
            self._public.item(row)
            and row not in self._excluded
            and (self._oldest is None or snapshot.published.item(row) >= self._oldest)
            and (language is None or snapshot.language.item(row) == language)
            and (self._section is None or section == self._section)
            and (self._exclude_section is None or section != self._exclude_section)
        )

    def exclude(self, rows: Iterable[int]) -> None:
        """Allow these rows no longer."""
        self._excluded += rows

    def _language_code(self, query: Query, row: int | None) -> int | None:
        if query.language is not None:
            return _code(self._snapshot.languages, primary_language(query.language))
        if row is not None and self._snapshot.manifest.ranking.language == "same":
            return int(self._snapshot.language.item(row))
        return None


def is_public(
    snapshot: Snapshot, row: int, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> bool:
    """Tell whether readers may see the article of a row."""
    dated = snapshot.published.item(row) <= now < snapshot.expires.item(row)
    return bool(dated and row not in force.withdrawn)


def filters_for(
    snapshot: Snapshot, row: int, query: Query, now: float, force: ActiveOverrides
) -> tuple[Filters, ArticleOverrides | None]:
    """Set the rules for an article, with what editors blocked under it."""
    rules = Filters(snapshot, query, now, row, force)
    under = force.under(row, now)
    if under is not None:
        rules.exclude(under.blocked)
    return rules, under


def _code(names: list[str], name: str | None) -> int | None:
    """Find the number of a name; -1, which no row has, for a name that the site does not know."""
    if name is None:
        return None
    return names.index(name) if name in names else -1
