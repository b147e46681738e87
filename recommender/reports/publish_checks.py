"""Checks between building a snapshot and publishing it: a run that lost much is not published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from recommender.articles.article import Article
from recommender.articles.flags import MIN_BODY_WORDS
from recommender.reports.snapshot_diff import card_ids
from recommender.reports.snapshot_stats import even_sample, snapshot_stats
from recommender.settings import PublishLimits
from recommender.settings.definitions import MIN_LIMITED
from recommender.snapshots.manifest import SnapshotStats
from recommender.snapshots.snapshot import Snapshot

MAX_LISTS = 1_000
"""Lists that are compared; of more articles an even sample."""

STANDARD_ERRORS = 2.0
"""Standard errors by which a rate must exceed its limit."""


MAX_GROWTH = 1.2
"""Growth of the archive up to which its rates are compared: a new topic may change them."""


class Reading(NamedTuple):
    """How many records of the sources could be read."""

    read: int
    rejected: int


NOTHING_READ = Reading(0, 0)


def problems_of(
    before: Snapshot, after: Snapshot, stats: SnapshotStats, reading: Reading, limits: PublishLimits
) -> list[str]:
    """Say why a new snapshot should not replace the current one.

    Parameters
    ----------
    before, after : the current and the new snapshot.
    stats : of the new snapshot.
    reading : of the sources of this run.

    Returns
    -------
    One sentence for each limit that is exceeded, with the figures; none if all is well.
    """
    found = [
        _shrinkage(before, after, limits),
        _rejected(reading, limits),
        _text_loss(before, after, limits),
    ]
    if (before.manifest.configured_ranking, before.manifest.encoder) == (
        after.manifest.configured_ranking,
        after.manifest.encoder,
    ):  # otherwise somebody has changed the settings to get other lists
        old, new = _at_one_threshold(before, after, stats)
        problems = [
            *_rates(old.stats, new.stats, limits),
            _changed_lists(old.lists, new.lists, limits),
        ]
        suffix = _at_threshold(old.lists, before, after)
        found += [f"{problem}{suffix}" for problem in problems if problem]
    return [problem for problem in found if problem]


def _at_threshold(compared: Snapshot, *snapshots: Snapshot) -> str:
    """Say at which threshold lists were compared; "" if it is that of both snapshots."""
    if len({one.ranking.threshold for one in snapshots}) == 1:
        return ""
    return f", both at a relevance threshold of {compared.ranking.threshold:g}"


class _Compared(NamedTuple):
    """A snapshot whose lists are compared, and their statistics."""

    lists: Snapshot
    stats: SnapshotStats | None


def _at_one_threshold(
    before: Snapshot, after: Snapshot, stats: SnapshotStats
) -> tuple[_Compared, _Compared]:
    """Return both snapshots at the higher of their thresholds.

    A run may choose another one. Then other lists are filled up, although nothing was lost. Recall
    is not compared: a snapshot lacks the candidates below its threshold.
    """
    old, new = before.manifest, after.manifest
    if old.ranking.threshold == new.ranking.threshold:
        return _Compared(before, old.stats), _Compared(after, stats)
    higher = max(old.ranking.threshold, new.ranking.threshold)
    ranking = msgspec.structs.replace(after.ranking, minimum_relevance=higher)
    now, both = float(after.made_at), (before.under(ranking), after.under(ranking))
    old_stats, new_stats = (
        snapshot_stats(one, now, lambda *_: None, max_lists=MAX_LISTS) for one in both
    )
    without_recall = msgspec.structs.replace(old_stats, candidate_recall=None)
    return _Compared(both[0], without_recall), _Compared(both[1], new_stats)


def problems_of_delta(
    before: Snapshot, after: Snapshot, reading: Reading, limits: PublishLimits
) -> list[str]:
    """Say why a delta should not be published; its statistics are those of its base.

    The parameters are those of :func:`problems_of`.
    """
    found = [
        _shrinkage(before, after, limits),
        _rejected(reading, limits),
        _changed_lists(before, after, limits),
    ]
    return [problem for problem in found if problem]


def _shrinkage(before: Snapshot, after: Snapshot, limits: PublishLimits) -> str:
    ids = map(before.identifier, _rows_to_look_up(before, after).tolist())
    missing, total = sum(after.row(one) is None for one in ids), before.manifest.articles
    if not limits.too_many_missing(missing, total):
        return ""
    return (
        f"{missing} of {total} articles are missing: {missing / total:.0%}, "
        f"limit {limits.max_shrinkage:.0%} (publish.max_shrinkage)"
    )


def _rows_to_look_up(before: Snapshot, after: Snapshot) -> NDArray[np.int32]:
    """Return the rows that the new snapshot may lack: not those of a common base that it keeps."""
    rows, base = before.newest_first(), before.base or before
    if base.manifest.checksum != (after.base or after).manifest.checksum:
        return rows
    return rows[~after.are_articles(np.where(rows < len(base), rows, np.int32(-1)))]


def _rejected(reading: Reading, limits: PublishLimits) -> str:
    total = reading.read + reading.rejected
    if not limits.too_many_rejected(reading.rejected, total):
        return ""
    return (
        f"{reading.rejected} of {total} records could not be read: "
        f"{reading.rejected / total:.0%}, limit {limits.max_rejected:.0%} (publish.max_rejected)"
    )


def poor_text_rate(articles: Sequence[Article], words: Floats) -> float:
    """Return the share of articles that lack a text or title of their own.

    Such an article has a very short body, or its title or body is also that of another one.

    Parameters
    ----------
    articles : n articles, at least one; a hash in place of each body is enough.
    words : number of words of each body, shape (n,).
    """
    titles, bodies = Counter(a.title for a in articles), Counter(a.body for a in articles)
    poor = sum(
        1
        for article, size in zip(articles, words.tolist(), strict=True)
        if size < MIN_BODY_WORDS or titles[article.title] > 1 or bodies[article.body] > 1
    )
    return round(poor / len(articles), 4)


def _text_loss(before: Snapshot, after: Snapshot, limits: PublishLimits) -> str:
    """Find titles or texts that became an error page, a notice or nothing."""
    had, has = (one.manifest.figures.get("poor_text_rate") for one in (before, after))
    sizes = before.manifest.articles, after.manifest.articles
    if had is None or has is None or sizes[1] > MAX_GROWTH * sizes[0]:
        return ""
    if has * sizes[1] < MIN_LIMITED or _increase(had, has, *sizes) <= limits.max_text_loss:
        return ""
    return (
        f"{has:.0%} of the articles have the title or body of another one, or a body under "
        f"{MIN_BODY_WORDS} words; {had:.0%} before; "
        f"limit {limits.max_text_loss:.0%} more (publish.max_text_loss)"
    )


def _rates(
    before: SnapshotStats | None, after: SnapshotStats | None, limits: PublishLimits
) -> list[str]:
    if before is None or after is None or after.articles > MAX_GROWTH * before.articles:
        return []
    old, new = _lacking(before), _lacking(after)
    found = []
    if _increase(old, new, before.lists, after.lists) > limits.max_fallback_increase:
        found.append(
            f"{new:.0%} of the lists have too few related cards, {old:.0%} before; "
            f"limit {limits.max_fallback_increase:.0%} more (publish.max_fallback_increase)"
        )
    had, has = before.candidate_recall, after.candidate_recall
    if had is None or has is None:
        return found
    if _increase(has, had, before.lists, after.lists) > limits.max_recall_loss:
        found.append(
            f"{has:.0%} of the articles' own links are candidates, {had:.0%} before; "
            f"limit {limits.max_recall_loss:.0%} less (publish.max_recall_loss)"
        )
    return found


def _lacking(stats: SnapshotStats) -> float:
    """Return the share of the lists that are short, or filled up with the latest."""
    return min(stats.fallback_rate + stats.short_list_rate, 1.0)


def _increase(before: float, after: float, *counts: int) -> float:
    """Return by how much a rate grew beyond its uncertainty."""
    mean = (before + after) / 2
    variance = mean * (1 - mean) * sum(1 / max(count, 1) for count in counts)
    return after - before - STANDARD_ERRORS * sqrt(variance)


def _changed_lists(before: Snapshot, after: Snapshot, limits: PublishLimits) -> str:
    """Compare the lists of articles that both have; half of the cards may differ."""
    if limits.max_changed_lists >= 1:
        return ""
    rows = even_sample(after.newest_first(), MAX_LISTS).tolist()
    pairs = [(old, row) for row in rows if (old := before.row(after.identifier(row))) is not None]
    now = float(after.made_at)
    changed = sum(
        _kept_share(set(card_ids(before, old, now)), set(card_ids(after, row, now))) < 1 / 2
        for old, row in pairs
    )
    if not limits.too_many_changed(changed, len(pairs)):
        return ""
    return (
        f"{changed} of {len(pairs)} lists keep fewer than half of their cards: "
        f"{changed / len(pairs):.0%}, limit {limits.max_changed_lists:.0%} "
        "(publish.max_changed_lists)"
    )


def _kept_share(before: set[str], after: set[str]) -> float:
    return len(before & after) / len(before) if before else 1.0
