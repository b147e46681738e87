"""From the log to what a request works with: decisions as rows of a snapshot.

Two steps, because dates pass more often than editors decide: :class:`ResolvedOverrides` looks up
every id once for a snapshot and a version of the log; its :meth:`Resolved.at` costs about a
millisecond and is asked again whenever a start or an end has come.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import Status
from recommender.catalogue.visibility import Visibility
from recommender.overrides.active import ActiveOverrides, ArticleOverride
from recommender.overrides.override import Kind, Override, Scope
from recommender.snapshots.snapshot import NEVER, Snapshot

EVER = np.iinfo(np.int64).min
"""Start of a decision that has none."""

Members = Callable[[Scope, str], Iterable[str]]
"""Tells the ids of the articles with a tag or an author."""


class RowLookup:
    """From ids to rows of a snapshot, each looked up once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._known: dict[str, int] = {}

    def of(self, identifier: str) -> int:
        """Find a row, -1 for an article that the snapshot does not hold."""
        row = self._known.get(identifier)
        if row is None:
            found = self.snapshot.row(identifier)
            row = self._known[identifier] = -1 if found is None else found
        return row

    def named(self, scope: Scope, name: str, members: Members) -> list[int]:
        """Find the rows of an article, or of all articles of a section, tag or author."""
        if scope is Scope.ARTICLE:
            return [self.of(name)]
        if scope is Scope.SECTION:
            sections = self.snapshot.sections
            if name not in sections:
                return []
            return [int(row) for row in self.snapshot.latest_of(sections.index(name))]
        return [self.of(identifier) for identifier in members(scope, name)]


class ResolvedOverrides:
    """All decisions that stand, whatever their dates, as rows of one snapshot."""

    def __init__(
        self,
        rows: RowLookup,
        standing: Sequence[Override],
        version: int,
        members: Members,
        visibility: Iterable[Visibility] = (),
    ) -> None:
        self.version = version
        self._size = len(rows.snapshot)
        self._articles = under(rows, standing)
        hidden = hidden_rows(rows, visibility)
        self._shut = _everywhere(rows, standing, {Kind.BLOCK, Kind.WITHDRAW}, members, hidden)
        self._withdrawn = _everywhere(rows, standing, {Kind.WITHDRAW}, members, hidden)
        self._lift = _everywhere(rows, standing, {Kind.BOOST}, members)
        dates = {moment for one in standing for moment in (one.starts, one.ends) if moment}
        dates |= {moment for one in hidden for moment in (one.starts, one.ends)} - {EVER, NEVER}
        self._dates = np.array(sorted(dates), dtype=np.int64)

    def at(self, now: float) -> ActiveOverrides:
        """Tell what holds at a moment (seconds since 1970 UTC)."""
        later = int(np.searchsorted(self._dates, now, side="right"))
        return ActiveOverrides(
            version=self.version,
            excluded=self._shut_at(now),
            boost=self._lift_at(now),
            withdrawn=frozenset(self._withdrawn.at(now)[0].tolist()),
            withdrawal_times=self._withdrawn.after(now),
            articles=self._articles,
            since=float(self._dates[later - 1]) if later else -math.inf,
            until=float(self._dates[later]) if later < len(self._dates) else NEVER,
        )

    def _shut_at(self, now: float) -> NDArray[np.bool_] | None:
        rows, _ = self._shut.at(now)
        if not len(rows):
            return None
        shut = np.zeros(self._size, dtype=np.bool_)
        shut[rows] = True
        return shut

    def _lift_at(self, now: float) -> NDArray[np.float32] | None:
        rows, lifts = self._lift.at(now)
        if not len(rows):
            return None
        lift = np.zeros(self._size, dtype=np.float32)
        np.add.at(lift, rows, lifts)
        return lift


class _TimeWindows:
    """Rows, each with a value and with when it holds."""

    def __init__(self, found: list[tuple[int, float, int, int]]) -> None:
        table = list(zip(*found, strict=True)) or [(), (), (), ()]
        self._rows = np.array(table[0], dtype=np.int64)
        self._values = np.array(table[1], dtype=np.float32)
        self._starts = np.array(table[2], dtype=np.int64)
        self._ends = np.array(table[3], dtype=np.int64)

    def at(self, now: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the rows that hold at a moment, and their values."""
        holds = (self._starts <= now) & (now < self._ends)
        return self._rows[holds], self._values[holds]

    def after(self, now: float) -> dict[int, int]:
        """Find the rows for which it begins later, and when it first does."""
        later = (now < self._starts).nonzero()[0]
        latest_first = later[np.argsort(-self._starts[later], kind="stable")]
        pairs = zip(self._rows[latest_first], self._starts[latest_first], strict=True)
        return {int(row): int(starts) for row, starts in pairs}


class Hidden(NamedTuple):
    """A row of a snapshot, and when the table of visibility hides it."""

    row: int
    starts: int
    ends: int


def hidden_rows(rows: RowLookup, visibility: Iterable[Visibility]) -> list[Hidden]:
    """Find the rows of a snapshot that are hidden at moments at which the snapshot shows them."""
    found = []
    for one in visibility:
        row = rows.of(one.article_id)
        if row < 0:
            continue
        if one.status is not Status.PUBLISHED:
            found.append(Hidden(row, EVER, NEVER))
            continue
        if one.published > rows.snapshot.published.item(row):
            found.append(Hidden(row, EVER, one.published))
        if one.expires is not None and one.expires < rows.snapshot.expires.item(row):
            found.append(Hidden(row, one.expires, NEVER))
    return found


def _everywhere(
    rows: RowLookup,
    standing: Sequence[Override],
    kinds: set[Kind],
    members: Members,
    hidden: Iterable[Hidden] = (),
) -> _TimeWindows:
    """Gather what holds in every block; a withdrawal names its article as the article."""
    found: list[tuple[int, float, int, int]] = [(h.row, 0.0, h.starts, h.ends) for h in hidden]
    for one in standing:
        if one.kind in kinds and (one.kind is Kind.WITHDRAW or not one.article):
            name = one.article if one.kind is Kind.WITHDRAW else one.pick
            # Odds times the factor: in log-odds, which scores are, its logarithm is added. A
            # product of the score itself would bury what it should lift where scores are negative.
            value = math.log(one.factor) if one.factor else 0.0
            named = rows.named(one.scope, name, members)
            found += [(row, value, *_dates(one)) for row in named if row >= 0]
    return _TimeWindows(found)


def under(rows: RowLookup, standing: Iterable[Override]) -> dict[int, tuple[ArticleOverride, ...]]:
    """Gather what holds under single articles, by row, whatever the dates."""
    found: dict[int, list[ArticleOverride]] = defaultdict(list)
    for one in standing:
        if one.article and one.kind in {Kind.PIN, Kind.BLOCK, Kind.HOLD}:
            article, pick = rows.of(one.article), rows.of(one.pick) if one.pick else -1
            if article >= 0 and (pick >= 0 or one.kind is Kind.HOLD):
                found[article].append(
                    ArticleOverride(one.kind, pick, one.place or 0, one.id, *_dates(one))
                )
    return {row: tuple(rules) for row, rules in found.items()}


def _dates(one: Override) -> tuple[int, int]:
    return (
        EVER if one.starts is None else one.starts,
        NEVER if one.ends is None else one.ends,
    )
