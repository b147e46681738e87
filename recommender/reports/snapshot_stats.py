"""Statistics of what a snapshot recommends as a whole.

The lists are computed as readers get them at one time, but without overrides: the statistics are
about the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.time_units import SECONDS_PER_DAY
from recommender.embeddings.embed import Report
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import Recommendation, related
from recommender.snapshots.manifest import SnapshotStats, TopArticle
from recommender.snapshots.snapshot import Snapshot

MAX_LISTS = 20_000
"""Lists that are computed, in a second or two; of a larger archive an even sample."""

LINK_BLOCK = 20_000
"""Links whose targets are looked for at a time, to bound memory."""

Rows = NDArray[np.int64]
Integer = TypeVar("Integer", bound=np.integer[Any])


def snapshot_stats(
    snapshot: Snapshot, now: float, report: Report, max_lists: int = MAX_LISTS
) -> SnapshotStats:
    """Compute the lists of the public articles, and their statistics.

    Parameters
    ----------
    now : seconds since 1970 UTC.
    report : gets the progress.
    max_lists : lists to compute at most; of more articles an even sample.
    """
    public = np.flatnonzero((snapshot.published <= now) & (snapshot.expires > now))
    sample = even_sample(public, max_lists)
    lists: list[list[Recommendation]] = []
    for done, row in enumerate(sample.tolist(), start=1):
        lists.append(related(snapshot, row, DEFAULT_QUERY, now))
        report("computing statistics", done, len(sample))
    articles = np.repeat(sample, [len(cards) for cards in lists])
    cards = np.array([card.row for cards in lists for card in cards], dtype=np.int64)
    ages = now - snapshot.published[cards]
    counts = np.bincount(cards, minlength=len(snapshot))
    return SnapshotStats(
        articles=len(public),
        lists=len(lists),
        sampled=len(sample) < len(public),
        catalog_coverage=_share(int((counts > 0).sum()), len(public)),
        top_article=_top_article(snapshot, counts, len(lists)),
        top_1_percent_share=_top_1_percent_share(counts, len(public)),
        same_section=_same_section(snapshot, articles, cards),
        median_age_days=_median_days(ages),
        fallback_rate=fallback_rate(lists),
        fallback_rate_by_section=_fallback_rate_by_section(snapshot, sample.tolist(), lists),
        short_list_rate=short_list_rate(lists, snapshot.ranking.cards),
        candidate_recall=_candidate_recall(snapshot),
        mean_contributions=_mean_contributions(snapshot, sample.tolist(), lists),
    )


def even_sample(rows: NDArray[Integer], size: int) -> NDArray[Integer]:
    """Return at most ``size`` of some rows, evenly spaced, the first and the last included."""
    places = np.linspace(0, len(rows) - 1, min(size, len(rows))).round().astype(int)
    return np.asarray(rows[places])


def fallback_rate(lists: Sequence[Sequence[Recommendation]]) -> float:
    """Return the share of the lists that were filled up with the latest."""
    filled = sum(any(card.origin == "latest" for card in cards) for cards in lists)
    return _share(filled, len(lists))


def _fallback_rate_by_section(
    snapshot: Snapshot, rows: Sequence[int], lists: Sequence[Sequence[Recommendation]]
) -> dict[str, float]:
    """Return the fallback rate of each section that has one above 0, the highest first."""
    by_section: dict[str, list[Sequence[Recommendation]]] = {}
    for row, cards in zip(rows, lists, strict=True):
        name = snapshot.sections[snapshot.section.item(row)]
        by_section.setdefault(name, []).append(cards)
    rates = {name: fallback_rate(cards) for name, cards in by_section.items() if name}
    return {name: rates[name] for name in sorted(rates, key=lambda n: -rates[n]) if rates[name]}


def short_list_rate(lists: Sequence[Sequence[Recommendation]], full: int) -> float:
    """Return the share of the lists with fewer than ``full`` cards."""
    return _share(sum(len(cards) < full for cards in lists), len(lists))


def _top_article(snapshot: Snapshot, counts: Rows, lists: int) -> TopArticle | None:
    """Return the article with the most cards; ``counts``: cards by row."""
    if not counts.any():
        return None
    top = int(counts.argmax())
    cards = int(counts[top])
    return TopArticle(id=snapshot.identifier(top), lists=cards, share=_share(cards, lists))


def _top_1_percent_share(counts: Rows, articles: int) -> float:
    top = max(1, round(articles / 100))
    return _share(int(np.sort(counts)[::-1][:top].sum()), int(counts.sum()))


def _same_section(snapshot: Snapshot, articles: Rows, cards: Rows) -> float | None:
    """Return the share of cards in the section of their article, where that has a section."""
    own = snapshot.section[articles]
    has_section = np.array([bool(name) for name in snapshot.sections])[own]
    same = (own == snapshot.section[cards])[has_section]
    return _share(int(same.sum()), len(same)) if len(same) else None


def _median_days(ages: Floats) -> float | None:
    return round(float(np.median(ages)) / SECONDS_PER_DAY, 1) if len(ages) else None


def _candidate_recall(snapshot: Snapshot) -> float | None:
    """Return the share of the articles' own links whose target is a candidate.

    The ranking of an article never sees its own links. So this measures how many of them it could
    have recommended.
    """
    sources, targets = snapshot.links()
    if len(targets) == 0:
        return None
    blocks = [slice(i, i + LINK_BLOCK) for i in range(0, len(targets), LINK_BLOCK)]
    found = sum(
        int(snapshot.candidates.contain(sources[block], targets[block]).sum()) for block in blocks
    )
    return _share(found, len(targets))


def _mean_contributions(
    snapshot: Snapshot, rows: Sequence[int], lists: Sequence[Sequence[Recommendation]]
) -> dict[str, float]:
    """Return the mean contribution of each signal over the related cards, greatest first."""
    shown = [
        (row, card)
        for row, cards in zip(rows, lists, strict=True)
        for card in cards
        if card.column >= 0
    ]
    if not shown:
        return {}
    by_theme = [snapshot.candidates.contributions(row, card.column) for row, card in shown]
    means = dict(zip(snapshot.features, np.mean(by_theme, 0, dtype=float).tolist(), strict=True))
    means["freshness"] = float(np.mean([card.recency for _, card in shown]))
    return {name: round(means[name], 4) for name in sorted(means, key=lambda n: -means[n])}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
