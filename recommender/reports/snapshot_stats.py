"""What a snapshot shows, seen as a whole: the figures that an engineer looks at after retraining.

The cards are really picked, as readers get them at one moment, but without editors' overrides: the
figures are about what the machine learned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.rerank.recency import SECONDS_A_DAY
from recommender.ages import SPANS, span
from recommender.embeddings.embed import Report
from recommender.serving.filters import Query
from recommender.serving.recommend import Recommendation, related
from recommender.snapshots.snapshot import Snapshot

MOST = 20_000
"""Articles whose cards are picked, a second or two; of a larger archive an even sample."""

SECTIONS = 10
"""Sections named in the mix: those with the most cards."""

Rows = NDArray[np.int64]


def snapshot_stats(
    snapshot: Snapshot, now: float, report: Report, most: int = MOST
) -> dict[str, Any]:
    """Pick the cards of every article that is public at ``now``, at most ``most``, and count."""
    public = np.flatnonzero((snapshot.published <= now) & (snapshot.expires > now))
    asked = public[np.linspace(0, len(public) - 1, min(most, len(public))).round().astype(int)]
    lists: list[list[Recommendation]] = []
    for done, row in enumerate(asked.tolist(), start=1):
        lists.append(related(snapshot, row, Query(), now))
        report("picking", done, len(asked))
    owners = np.repeat(asked, [len(picks) for picks in lists])
    cards = np.array([pick.row for picks in lists for pick in picks], dtype=np.int64)
    return {
        "articles": len(public),
        "lists": len(lists),
        "sampled": len(asked) < len(public),
        **_spread(snapshot, cards, len(public), len(lists)),
        **_sections(snapshot, owners, cards),
        **_ages(now - snapshot.published[cards]),
        **filled(lists),
        "links_in_candidates": _links_in_candidates(snapshot),
    }


def _spread(snapshot: Snapshot, cards: Rows, articles: int, lists: int) -> dict[str, Any]:
    """Count how many articles are shown at all, and how much the most shown ones take."""
    counts = np.sort(np.bincount(cards, minlength=len(snapshot)))[::-1]
    if len(cards) == 0:
        return {"coverage": 0.0, "most_shown": None, "top_1_percent": 0.0}
    top = max(1, round(articles / 100))
    most = int(np.bincount(cards).argmax())
    return {
        "coverage": _share(int((counts > 0).sum()), articles),
        "most_shown": {
            "id": snapshot.identifier(most),
            "lists": int(counts[0]),
            "share": _share(int(counts[0]), lists),
        },
        "top_1_percent": _share(int(counts[:top].sum()), len(cards)),
    }


def _sections(snapshot: Snapshot, owners: Rows, cards: Rows) -> dict[str, Any]:
    """Count the cards by section; those under an article without one are of no other."""
    own, shown = snapshot.section[owners], snapshot.section[cards]
    in_one = np.array([bool(name) for name in snapshot.sections])[own]
    mix = Counter(shown.tolist()).most_common(SECTIONS)
    return {
        "same_section": _share(int((own == shown)[in_one].sum()), int(in_one.sum()))
        if in_one.any()
        else None,
        "sections": {snapshot.sections[code]: _share(n, len(cards)) for code, n in mix},
    }


def _ages(seconds: NDArray[np.float64]) -> dict[str, Any]:
    spans = Counter(span(age) for age in seconds.tolist())
    median = float(np.median(seconds)) / SECONDS_A_DAY if len(seconds) else None
    return {
        "median_age_days": None if median is None else round(median, 1),
        "ages": {name: _share(spans[name], len(seconds)) for name in SPANS},
    }


def filled(lists: Sequence[Sequence[Recommendation]]) -> dict[str, Any]:
    """Count the lists that lack related articles: filled up with the latest, or short even so."""
    filled = sum(any(pick.origin == "latest" for pick in picks) for picks in lists)
    short = sum(len(picks) < Query().limit for picks in lists)
    return {"filled_up": _share(filled, len(lists)), "short": _share(short, len(lists))}


def _links_in_candidates(snapshot: Snapshot) -> float | None:
    """Share of the articles' own links whose target is a candidate of theirs.

    The ranking of an article never sees its own links, so that this tells how well it would have
    been linked.
    """
    targets = np.repeat(np.arange(len(snapshot)), np.diff(snapshot.linker_starts))
    sources = snapshot.linker_rows
    if len(targets) == 0:
        return None
    parts = range(0, len(targets), MOST)
    found = sum(
        int((snapshot.candidates[sources[i : i + MOST]] == targets[i : i + MOST, None]).sum())
        for i in parts
    )
    return _share(found, len(targets))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
