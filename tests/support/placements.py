"""Explanations of a list as the desk gives them, without a database of overrides."""

from collections.abc import Sequence

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup
from recommender.serving.filters import Query
from recommender.serving.placement import Placements
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot


def placements_of(
    snapshot: Snapshot,
    row: int,
    now: float,
    active: ActiveOverrides = NO_OVERRIDES,
    overrides: Sequence[Override] = (),
) -> Placements:
    """Explain the list under an article; dates are in seconds since 1970 UTC."""
    shown = [card.row for card in related(snapshot, row, Query(), now, active)]
    return Placements(
        snapshot=snapshot,
        row=row,
        now=now,
        active=active,
        shown=shown,
        overrides=overrides,
        facets_of=lambda _: (),
        format_date=lambda date: f"{date}",
        rows=RowLookup(snapshot),
    )
