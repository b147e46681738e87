"""Figures of the whole site, which cost up to half a second: each computed once a state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from recommender.catalogue.database import translate_db_errors
from recommender.overrides.facets import counted_names
from recommender.overrides.override import Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.reports.card_counts import CardCounts, count_cards
from recommender.reports.override_review import (
    ModelAgreement,
    Reason,
    ReviewItem,
    model_agreement,
    review_queue,
)
from service.desk.presenters.context import DeskContext

SECONDS = 60
"""How long figures are reused while neither the snapshot nor an override changes: dates pass."""

T = TypeVar("T")


class Figures:
    """Figures of the served state; an editor who opens a page again does not wait again."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._found: dict[str, tuple[object, Any]] = {}
        self._lock = threading.Lock()

    def cards(self, now: float) -> CardCounts:
        """Count the cards under the newest articles; ``now`` is in seconds since 1970 UTC."""
        state = self._context.state()
        return self._once("cards", now, lambda: count_cards(state.snapshot, state.overrides, now))

    def agreement(self, now: float) -> ModelAgreement:
        """Compare the newest pins and blocks with the model's lists."""
        state, known = self._context.state(), self._context.watcher.override_watcher.known
        rows = RowLookup(state.snapshot)
        return self._once(
            "agreement", now, lambda: model_agreement(rows, known.overrides, state.overrides, now)
        )

    def review(self, now: float) -> list[ReviewItem]:
        """List the overrides that need attention."""
        state, known = self._context.state(), self._context.watcher.override_watcher.known
        rows = RowLookup(state.snapshot)
        return self._once(
            "review", now, lambda: review_queue(rows, known.overrides, state.overrides_at, now)
        )

    def review_reasons(self, now: float) -> dict[int, list[Reason]]:
        """Return by row why articles need attention."""
        rows, found = RowLookup(self._context.state().snapshot), dict[int, list[Reason]]()
        for item in self.review(now):
            row = rows.of(_subject(item.decision))
            if row >= 0 and item.reason not in found.setdefault(row, []):
                found[row].append(item.reason)
        return found

    def names(self, scope: Scope, now: float) -> list[tuple[str, int]]:
        """List tags or authors with their numbers of articles, the most frequent first."""

        def count() -> list[tuple[str, int]]:
            with translate_db_errors(self._context.settings.catalogue_url):
                return counted_names(self._context.log.engine, scope)

        return self._once(f"names of {scope}", now, count)

    def active(
        self, now: float, lists: dict[str, Callable[[Override, float], bool]]
    ) -> dict[str, list[Override]]:
        """Sort the active overrides into lists, newest first; an override may be in several."""
        known = self._context.watcher.override_watcher.known

        def sort() -> dict[str, list[Override]]:
            active = [one for one in reversed(known.overrides) if one.active_at(now)]
            return {
                kind: [one for one in active if contains(one, now)]
                for kind, contains in lists.items()
            }

        return self._once("active", now, sort)

    def _once(self, name: str, now: float, compute: Callable[[], T]) -> T:
        """Compute figures unless they are those of the same state and minute."""
        known = self._context.watcher.override_watcher.known
        snapshot = self._context.state().snapshot
        key = (snapshot.id, snapshot.ranking, known.version, known.changed, int(now / SECONDS))
        with self._lock:  # a second editor waits for the figures and does not compute them, too
            if self._found.get(name, (None,))[0] != key:
                self._found[name] = (key, compute())
            return cast("T", self._found[name][1])


def _subject(override: Override) -> str:
    """Return the id of the article that an override is about; "" for a section, tag or author."""
    return override.article or (override.pick if override.scope is Scope.ARTICLE else "")
