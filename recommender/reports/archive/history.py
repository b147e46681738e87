"""Figures of each stored snapshot, and how often its lists agree with editors."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup
from recommender.reports.archive.lists import public_rows
from recommender.reports.override_review import MODEL_QUERY, model_agreement
from recommender.reports.snapshot_stats import even_sample
from recommender.serving.recommend import related
from recommender.snapshots.manifest import SnapshotStats
from recommender.snapshots.snapshot import Snapshot

MAX_LINKING = 2_000
"""Articles with links whose lists are computed; of more an even sample."""


class Agreement(msgspec.Struct, frozen=True):
    """How often the model agrees with choices of editors."""

    compared: int
    agreed: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None without choices."""
        return self.agreed / self.compared if self.compared else None


class SnapshotFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the history."""

    id: str
    created: str
    """RFC 3339, UTC."""
    is_delta: bool
    articles: int
    stats: SnapshotStats | None
    """As the index run computed them; a delta has those of the last full run."""
    links: Agreement
    """Editorial links whose target is a card under the article that links to it."""
    pins: Agreement
    """Pins whose article the model recommends, too."""
    blocks: Agreement
    """Blocks whose article the model does not recommend either."""
    seconds: float
    """Duration of the index run; 0 where it was not measured."""
    peak_mb: float
    """Most memory of it, in units of 2**20 bytes; 0 where it was not measured."""


def snapshot_figures(
    snapshot: Snapshot, overrides: Sequence[Override], active: ActiveOverrides
) -> SnapshotFigures:
    """Compute the figures of a snapshot, as of the time when it was built.

    Parameters
    ----------
    overrides : those that are stored today. So all snapshots are compared with the same choices.
    active : hides articles, see :func:`recommender.reports.archive.lists.hidden_only`.
    """
    now, manifest = float(snapshot.made_at), snapshot.manifest
    overridden = model_agreement(RowLookup(snapshot), overrides, active, now)
    return SnapshotFigures(
        id=snapshot.id,
        created=manifest.created,
        is_delta=bool(manifest.base),
        articles=manifest.articles,
        stats=manifest.stats,
        links=link_agreement(snapshot, now, active),
        pins=Agreement(overridden.pinned, overridden.chosen),
        blocks=Agreement(overridden.blocked, overridden.left_out),
        seconds=sum(usage.seconds for usage in manifest.steps),
        peak_mb=max((usage.peak_mb for usage in manifest.steps), default=0.0),
    )


def link_agreement(snapshot: Snapshot, now: float, active: ActiveOverrides) -> Agreement:
    """Count the editorial links that the lists contain, had readers not got them in the text.

    The ranking of an article never sees its own links. Near-duplicates of a target count as it.

    Parameters
    ----------
    now : seconds since 1970 UTC. Links to articles that are hidden then are not counted.
    """
    public = public_rows(snapshot, now, active)
    visible = set(public.tolist())
    linking = np.intersect1d(public, snapshot.links()[0])
    unfiltered = snapshot.under(msgspec.structs.replace(snapshot.ranking, exclude_linked=False))
    compared = agreed = 0
    for row in even_sample(linking, MAX_LINKING).tolist():
        targets = [target for target in snapshot.linked_from(row).tolist() if target in visible]
        cards = related(unfiltered, row, MODEL_QUERY, now, active)
        listed = {snapshot.cluster_id.item(card.row) for card in cards}
        compared += len(targets)
        agreed += sum(snapshot.cluster_id.item(target) in listed for target in targets)
    return Agreement(compared, agreed)
