"""The way of a request: candidates, rules, freshness, stories told once, diversity, filling up.

Only numpy and the snapshot; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides, ArticleOverrides
from recommender.serving.filters import Filters, Query, Rows, filters_for
from recommender.serving.scoring import diverse, newest_version, scored, shortlist
from recommender.snapshots.snapshot import Snapshot

Origin = Literal["editor", "related", "latest"]

STEP = 64
"""Latest articles looked at in one go when a list is filled up."""


class Recommendation(NamedTuple):
    """One card's row and how it came to be chosen."""

    row: int
    origin: Origin
    score: float
    freshness: float
    column: int
    """Its place among the candidates of the article, -1 for one that is none."""
    boost: float = 0.0
    """What editors' boosts add to the score."""
    entry: int = 0
    """Number of the decision that put it here."""


def related(
    snapshot: Snapshot, row: int, query: Query, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> list[Recommendation]:
    """Choose the cards under an article.

    Parameters
    ----------
    row : the article's row; whether it is public is the caller's question.
    now : seconds since 1970 UTC.
    force : what editors decided, as it holds at ``now``.

    Returns
    -------
    at most ``query.limit`` picks, best first: related ones, then, where those are too few and
    the query wants it filled, the latest of the section and of the site; among them, each at its
    place, what editors pinned. None at all for an article that they hold.
    """
    rules, under = filters_for(snapshot, row, query, now, force)
    if under is None:
        return _filled(snapshot, row, rules, query.limit, now)
    if under.held:
        return []
    if not under.pins:
        return _filled(snapshot, row, rules, query.limit, now)
    pins = _pinned(row, under, rules)
    rules.told |= {snapshot.cluster_id.item(pin.row) for pin in pins.values()}
    left = query.limit - len(pins)
    others = _filled(snapshot, row, rules, left, now) if left else []
    return _placed(pins, others)


def latest(
    snapshot: Snapshot, query: Query, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> list[Recommendation]:
    """Choose the newest articles of the site, or of the query's section, each story once."""
    rules = Filters(snapshot, query, now, force=force)
    return _latest(snapshot, [_everything(snapshot)], rules, query.limit)


def _pinned(row: int, under: ArticleOverrides, rules: Filters) -> dict[int, Recommendation]:
    """Choose the pins that may be shown, by place; an editor may pin across languages."""
    return {
        pin.place: Recommendation(pin.row, "editor", 0.0, 0.0, -1, entry=pin.entry)
        for pin in under.pins
        if pin.place <= rules.query.limit and pin.row != row and rules.accepts(pin.row)
    }


def _placed(pins: dict[int, Recommendation], others: list[Recommendation]) -> list[Recommendation]:
    """Put pins at their places, from 1; where too few others stand before them they move up."""
    for place, pin in pins.items():
        others.insert(place - 1, pin)
    return others


def _filled(
    snapshot: Snapshot, row: int, rules: Filters, limit: int, now: float
) -> list[Recommendation]:
    picks = _chosen(snapshot, row, rules, limit, now)
    if len(picks) < limit and rules.query.fill == "latest":
        rules.told |= {snapshot.cluster_id.item(pick.row) for pick in picks}
        own = snapshot.latest_of(snapshot.section.item(row))
        picks += _latest(snapshot, [own, _everything(snapshot)], rules, limit - len(picks))
    return picks


def _chosen(
    snapshot: Snapshot, row: int, rules: Filters, limit: int, now: float
) -> list[Recommendation]:
    found = scored(snapshot, row, rules, now)
    columns, rows, scores, _, bonus, lift = found
    best = shortlist(snapshot, rules, found, limit)
    return [
        Recommendation(
            newest_version(snapshot, rows.item(i), rules),
            "related",
            scores.item(i),
            bonus.item(i),
            columns.item(i),
            0.0 if lift is None else lift.item(i),
        )
        for i in diverse(snapshot, found, best, limit).tolist()
    ]


def _latest(
    snapshot: Snapshot, lists: list[Rows], rules: Filters, count: int
) -> list[Recommendation]:
    picks: list[Recommendation] = []
    for row in _allowed(lists, rules):
        story = snapshot.cluster_id.item(row)
        if story not in rules.told:
            rules.told.add(story)
            picks.append(Recommendation(row, "latest", 0.0, 0.0, -1))
            if len(picks) == count:
                break
    return picks


def _allowed(lists: list[Rows], rules: Filters) -> Iterator[int]:
    for rows in lists:
        for start in range(0, len(rows), STEP):
            part = rows[start : start + STEP]
            yield from part[rules.mask(part)].tolist()


def _everything(snapshot: Snapshot) -> Rows:
    return np.arange(len(snapshot), dtype=np.int32)
