"""Statistics of the whole site, which cost up to half a second of processor time.

They are computed when a page shows them: at most once a minute in each worker, and after each
change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from recommender.catalogue.database import translate_db_errors
from recommender.overrides.facets import counted_names
from recommender.overrides.override import Override, Scope
from recommender.reports.card_counts import CardCounts, count_cards
from recommender.reports.override_review import (
    ModelAgreement,
    Reason,
    ReviewItem,
    model_agreement,
    review_queue,
)
from service.desk.presenters.context import DeskContext
from service.state.serving_state import ServingState

SECONDS = 60
"""How long statistics are kept without a change: embargoes and overrides start and end."""

T = TypeVar("T")


@dataclass
class _Kept:
    """One statistic of the last state and minute for which it was asked."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is computed, so that a second editor waits and does not compute it, too."""
    key: object = None
    value: Any = None


class SiteStats:
    """Statistics of a state, kept for the next page that shows them.

    A request passes the state that it works with, and ``now`` in seconds since 1970 UTC. Rows in
    the results are those of the snapshot of that state.
    """

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._kept: dict[str, _Kept] = {}

    def card_counts(self, state: ServingState, now: float) -> CardCounts:
        """Count the cards under the newest articles."""
        return self._once(
            "card counts", state, now, lambda: count_cards(state.snapshot, state.overrides, now)
        )

    def model_agreement(self, state: ServingState, now: float) -> ModelAgreement:
        """Compare the newest pins and blocks with the model's lists."""
        stored = state.known.overrides
        return self._once(
            "model agreement",
            state,
            now,
            lambda: model_agreement(state.rows, stored, state.overrides, now),
        )

    def review_queue(self, state: ServingState, now: float) -> list[ReviewItem]:
        """List the overrides that need attention."""
        stored = state.known.overrides
        unmatched = frozenset() if state.resolved is None else state.resolved.unmatched
        return self._once(
            "review queue",
            state,
            now,
            lambda: review_queue(state.rows, stored, state.overrides_at, now, unmatched),
        )

    def review_reasons(self, state: ServingState, now: float) -> dict[int, list[Reason]]:
        """Return by row why articles need attention."""
        rows, found = state.rows, dict[int, list[Reason]]()
        for item in self.review_queue(state, now):
            row = rows.of(_subject(item.decision))
            if row >= 0 and item.reason not in found.setdefault(row, []):
                found[row].append(item.reason)
        return found

    def names(self, scope: Scope, state: ServingState, now: float) -> list[tuple[str, int]]:
        """List tags or authors with their numbers of articles, the most frequent first."""

        def count() -> list[tuple[str, int]]:
            with translate_db_errors(self._context.settings.catalogue_url):
                return counted_names(self._context.log.engine, scope)

        return self._once(f"names of {scope}", state, now, count)

    def active(
        self, lists: dict[str, Callable[[Override, float], bool]], state: ServingState, now: float
    ) -> dict[str, list[Override]]:
        """Sort the active overrides into lists, newest first; an override may be in several."""

        def sort() -> dict[str, list[Override]]:
            active = [one for one in reversed(state.known.overrides) if one.active_at(now)]
            return {
                kind: [one for one in active if contains(one, now)]
                for kind, contains in lists.items()
            }

        return self._once("active", state, now, sort)

    def _once(self, name: str, state: ServingState, now: float, compute: Callable[[], T]) -> T:
        """Compute a statistic unless the last one is of the same state and minute."""
        snapshot, known = state.snapshot, state.known
        # Not the state itself, which would stay in memory with its snapshot and its responses.
        key = (snapshot.id, snapshot.ranking, known.version, known.changed, int(now / SECONDS))
        kept = self._kept.setdefault(name, _Kept())
        with kept.lock:
            if kept.key != key:
                kept.value = compute()
                kept.key = key
            return cast("T", kept.value)


def _subject(override: Override) -> str:
    """Return the id of the article that an override is about; "" for a section, tag or author."""
    return override.article or (override.pick if override.scope is Scope.ARTICLE else "")
