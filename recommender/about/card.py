"""The facts of the algorithm card, all taken from the manifest of a snapshot.

No file of its own is written: the manifest has every figure, and its checksum covers them. So the
card of a stored snapshot can be printed in any language as long as the snapshot is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from recommender.overrides.override import Kind, Override
from recommender.settings import Ranking
from recommender.snapshots.manifest import Manifest

COUNTED = (Kind.PIN, Kind.BLOCK, Kind.BOOST, Kind.HOLD, Kind.WITHDRAW)
"""Overrides that change what readers see, in the order of the card."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One signal of the score, measured over the related cards of the lists."""

    name: str
    mean_contribution: float
    """Log-odds that the signal added to the cards shown, compared with the mean candidate."""
    share: float
    """Its part of the sum of all positive contributions, from 0 to 1."""


class HeldOutDefault(msgspec.Struct, frozen=True, kw_only=True):
    """See :class:`recommender.learning.default_weights.HeldOut`."""

    sites: int
    queries: int
    ndcg: float
    tfidf_ndcg: float


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says about the weights of the ranker.

    See :class:`recommender.learning.adapt.AdoptionDecision`. It is declared again, because a
    service imports nothing that trains.
    """

    adopted: bool = False
    examples: int = 0
    holdout_size: int = 0
    default_ndcg: float | None = None
    site_ndcg: float | None = None
    default_held_out: HeldOutDefault | None = None


class AlgorithmCard(msgspec.Struct, frozen=True, kw_only=True):
    """What readers and authorities may know about the recommendations of a snapshot."""

    snapshot: str
    created: str
    """When the snapshot was built: RFC 3339, UTC."""
    program: str
    """Version of the program that built it."""
    checksum: str
    """SHA-256 of the manifest, which has the SHA-256 of every file."""
    encoder: str
    articles: int
    languages: dict[str, int]
    """Number of articles by language, most frequent first."""
    lists: int
    """Lists over which the signals were measured."""
    signals: list[Signal]
    """Greatest mean contribution first."""
    fallback_rate: float
    """Share of the lists that were filled up with the latest articles."""
    weights: Weights
    ranking: Ranking
    reader_data: list[str] = []
    """Data about readers that the ranking uses: none."""
    overrides: dict[str, int]
    """Number of active overrides by kind."""
    is_live: bool
    """Whether they are active now; otherwise they were during the index run."""


class _Figures(msgspec.Struct):
    """The part of the manifest's figures that the card needs."""

    weights: Weights = Weights()
    languages: dict[str, int] = {}
    overrides: dict[str, int] = {}


def algorithm_card(
    manifest: Manifest, overrides: Mapping[str, int] | None = None, ranking: Ranking | None = None
) -> AlgorithmCard:
    """Collect the facts of a snapshot's card.

    Parameters
    ----------
    overrides : active overrides by kind; those of the index run if missing.
    ranking : settings that apply now; those of the index run if missing.
    """
    figures, stats = msgspec.convert(manifest.figures, _Figures), manifest.stats
    return AlgorithmCard(
        snapshot=manifest.id,
        created=manifest.created,
        program=manifest.program,
        checksum=manifest.checksum,
        encoder=manifest.encoder,
        articles=manifest.articles,
        languages=figures.languages,
        lists=stats.lists if stats else 0,
        signals=_signals(stats.mean_contributions if stats else {}),
        fallback_rate=stats.fallback_rate if stats else 0.0,
        weights=figures.weights,
        ranking=ranking or manifest.ranking,
        overrides=dict(figures.overrides if overrides is None else overrides),
        is_live=overrides is not None,
    )


def count_overrides(overrides: Iterable[Override], now: float) -> dict[str, int]:
    """Count the overrides that are active at ``now`` (seconds since 1970 UTC), by kind."""
    kinds = [one.kind for one in overrides if one.active_at(now)]
    return {str(kind): kinds.count(kind) for kind in COUNTED}


def _signals(means: Mapping[str, float]) -> list[Signal]:
    total = sum(mean for mean in means.values() if mean > 0)
    return [
        Signal(
            name=name,
            mean_contribution=mean,
            share=round(max(mean, 0.0) / total, 4) if total else 0.0,
        )
        for name, mean in sorted(means.items(), key=lambda item: -item[1])
    ]
