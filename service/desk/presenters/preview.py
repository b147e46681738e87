"""A draft as readers would get it: from when it holds, and until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple

from recommender.errors import OverrideError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.draft import Draft
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup
from service.desk.presenters.block import Block, block, with_decisions
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import Dates, dates
from service.state.live import ServingState


class Preview(NamedTuple):
    """A block at one moment, and what stands around it."""

    block: Block
    as_of: float
    """Seconds since 1970 UTC: now, or when what is drafted begins."""
    force: ActiveOverrides
    """What holds then."""
    until_then: Block | None
    """What readers see from saving until that moment; None where it is now."""


def readable(office: DeskContext, draft: Draft) -> tuple[Dates, OverrideError | None]:
    """Read a draft's dates; none, and why, where they cannot be read."""
    try:
        return dates(draft.start, draft.end, office.settings.zone), None
    except OverrideError as error:
        return (None, None), error


class PreviewBuilder:
    """Makes blocks of one article at any moment, with its own decisions as they are or drafted."""

    def __init__(
        self,
        state: ServingState,
        row: int,
        now: float,
        zone: tzinfo,
        here: Sequence[Override] | None = None,
    ) -> None:
        """Take the article's own decisions from ``here``, or, for None, from what is in force.

        ``zone``: whose days the block names.
        """
        self._state = state
        self._snapshot = state.snapshot
        self._row = row
        self._zone = zone
        self._here = here
        self._rows = RowLookup(state.snapshot)
        self._known = {now: self._drafted(state.force)}
        self._now = now

    def at(self, moment: float) -> Preview:
        """Make the block at a moment."""
        later = moment > self._now and self._here is not None
        return Preview(
            self._block(moment),
            moment,
            self._force(moment),
            self._block(self._now) if later else None,
        )

    def _block(self, moment: float) -> Block:
        return block(self._snapshot, self._row, self._force(moment), moment, self._zone)

    def _force(self, moment: float) -> ActiveOverrides:
        for known, force in self._known.items():
            if known <= moment < force.until:
                return force
        force = self._known[moment] = self._drafted(self._state.at(moment))
        return force

    def _drafted(self, force: ActiveOverrides) -> ActiveOverrides:
        if self._here is None:
            return force
        article = self._snapshot.identifier(self._row)
        return with_decisions(self._rows, force, article, self._here)
