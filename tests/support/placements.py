"""Explanations of a list as the desk gives them, without a database of overrides."""

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.serving.filters import Query
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.article.placement import Placements


def placements_of(
    snapshot: Snapshot, row: int, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> Placements:
    """Explain the list under an article; dates are in seconds since 1970 UTC."""
    shown = [card.row for card in related(snapshot, row, Query(), now, active)]
    return Placements(snapshot, row, now, active, shown, (), lambda _: (), lambda date: f"{date}")
