"""Previews of an article's list, at any time and with a draft in place of what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple

from recommender.errors import OverrideError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.edits.draft import Draft
from recommender.overrides.override import Override
from service.desk.presenters.article.card_list import CardList, render_list, with_article_overrides
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import Dates, parse_dates
from service.state.serving_state import ServingState


class Preview(NamedTuple):
    """A list at one time, and what readers see before that."""

    shown: CardList
    as_of: float
    """Seconds since 1970 UTC: now, or the start of the draft."""
    active: ActiveOverrides
    """The overrides that are active then."""
    until_then: CardList | None
    """What readers see from saving until ``as_of``; None where ``as_of`` is now."""
    drafted: Sequence[Override] = ()
    """The overrides of the draft; none where it changes nothing."""


def draft_dates(context: DeskContext, draft: Draft) -> tuple[Dates, OverrideError | None]:
    """Parse a draft's dates; without any, and with the error, where they are invalid."""
    try:
        return parse_dates(draft.start, draft.end, context.settings.zone), None
    except OverrideError as error:
        return (None, None), error


class PreviewBuilder:
    """Renders the list of one article, with its own overrides as saved or as drafted.

    Parameters
    ----------
    state
        The snapshot and the saved overrides.
    row
        Row of the article.
    now
        Seconds since 1970 UTC.
    zone
        Time zone of the dates in the list.
    drafted
        Overrides to use under the article instead of the saved ones; None for the saved ones.
    """

    def __init__(
        self,
        state: ServingState,
        row: int,
        now: float,
        zone: tzinfo,
        drafted: Sequence[Override] | None = None,
    ) -> None:
        self._state = state
        self._snapshot = state.snapshot
        self._row = row
        self._zone = zone
        self._drafted = drafted
        self._rows = state.rows
        self._now = now
        # By the time for which they were resolved.
        self._resolved = {now: self._with_draft(state.overrides)}

    def at(self, as_of: float) -> Preview:
        """Render the list as of a time, in seconds since 1970 UTC."""
        later = as_of > self._now and self._drafted is not None
        return Preview(
            self._card_list(as_of),
            as_of,
            self._active(as_of),
            self._card_list(self._now) if later else None,
            self._drafted or (),
        )

    def _card_list(self, as_of: float) -> CardList:
        return render_list(self._state, self._row, self._active(as_of), as_of, self._zone)

    def _active(self, as_of: float) -> ActiveOverrides:
        for start, active in self._resolved.items():
            if start <= as_of < active.until:
                return active
        active = self._resolved[as_of] = self._with_draft(self._state.overrides_at(as_of))
        return active

    def _with_draft(self, active: ActiveOverrides) -> ActiveOverrides:
        if self._drafted is None:
            return active
        article = self._snapshot.identifier(self._row)
        return with_article_overrides(self._rows, active, article, self._drafted)
