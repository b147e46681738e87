"""Resolve overrides: from ids and names to rows of a snapshot.

:class:`ResolvedOverrides` looks up every id once per snapshot and version of the log. Its ``at``
applies the dates, takes about a millisecond and runs whenever an override starts or ends.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import Mask, Vectors
from recommender.articles.article import Status
from recommender.catalogue.former_ids import Names
from recommender.catalogue.visibility import Visibility
from recommender.names import name_key
from recommender.overrides.active import ActiveOverrides, ArticleOverride
from recommender.overrides.override import Kind, Override, Scope
from recommender.snapshots.snapshot import NEVER, Snapshot

ALWAYS = np.iinfo(np.int64).min
"""Start value of overrides without a start."""

FindMembers = Callable[[Scope, str], Iterable[str]]
"""Returns the ids of the articles with a tag or an author."""


class RowLookup:
    """Rows of a snapshot by id, each looked up once.

    Parameters
    ----------
    names : all IDs of articles that moved, as the catalogue knows them now. The snapshot may be
        older than the move, and contain the article under another one of them.
    """

    def __init__(self, snapshot: Snapshot, names: Names = MappingProxyType({})) -> None:
        self.snapshot = snapshot
        self._names = names
        self._rows: dict[str, int] = {}

    def with_names(self, names: Names) -> RowLookup:
        """Return a lookup with these names; this one if it has the same."""
        return self if names == self._names else RowLookup(self.snapshot, names)

    def of(self, identifier: str) -> int:
        """Return the row of an article; -1 if the snapshot does not contain it."""
        row = self._rows.get(identifier)
        if row is None:
            rows = map(self.snapshot.row, self._all_names(identifier))
            row = self._rows[identifier] = next((r for r in rows if r is not None), -1)
        return row

    def is_former(self, identifier: str) -> bool:
        """Return whether an article has another ID, which is newer.

        Articles that the catalogue does not know as moved may have moved in the snapshot.
        """
        if identifier in self._names:
            return self._names[identifier][0] != identifier
        return self.snapshot.own_row(identifier) is None and self.of(identifier) >= 0

    def copies(self, identifier: str) -> list[int]:
        """Return the rows of the copies of an article, itself excluded; it may be hidden."""
        own = self.of(identifier)
        copies = map(self.snapshot.copies_of, self._all_names(identifier))
        return sorted({row for rows in copies for row in rows.tolist()} - {own})

    def _all_names(self, identifier: str) -> tuple[str, ...]:
        return (identifier, *self._names.get(identifier, ()))

    def named(self, scope: Scope, name: str, members: FindMembers) -> Iterator[int]:
        """Yield the rows of an article, or of all articles of a section, tag or author."""
        if scope is Scope.ARTICLE:
            yield self.of(name)
        elif scope is Scope.SECTION:
            key = name_key(name)
            codes = [c for c, one in enumerate(self.snapshot.sections) if name_key(one) == key]
            for code in codes:
                yield from self.snapshot.latest_of(code).tolist()
        else:
            # The record of a former ID may still have a tag that the article has lost.
            rows = map(self.snapshot.own_row, members(scope, name))
            yield from (row for row in rows if row is not None)


class HiddenWindow(NamedTuple):
    """A row of a snapshot, and when the ``visibility`` table hides it."""

    row: int
    starts: int
    ends: int


class CopyWindow(NamedTuple):
    """A row of a snapshot, and when it is hidden as a copy of another article."""

    row: int
    starts: int
    ends: int
    original: str
    """Id of the article that is blocked or withdrawn."""
    withdrawn: bool


class ResolvedOverrides:
    """All overrides that are not undone, whatever their dates, as rows of one snapshot.

    Parameters
    ----------
    rows : the snapshot.
    overrides : overrides that are not undone.
    version : greatest number of an entry that was read.
    members : finds the articles with a tag or an author.
    visibility : rows of the ``visibility`` table.
    """

    def __init__(
        self,
        rows: RowLookup,
        overrides: Sequence[Override],
        version: int,
        members: FindMembers,
        visibility: Sequence[Visibility] = (),
    ) -> None:
        self.version = version
        self.rows = rows
        self.unmatched = frozenset(_unmatched(rows, overrides, members))
        """Numbers of the rules for a section, tag or author that no article has."""
        self._size = len(rows.snapshot)
        self._articles = article_overrides(rows, overrides)
        hidden = hidden_windows(rows, visibility)
        self._copies = copy_windows(rows, overrides, visibility)
        self._shown = _global_windows(rows, overrides, {Kind.SHOW}, members)
        excluding = {Kind.BLOCK, Kind.WITHDRAW}
        self._excluded = _global_windows(rows, overrides, excluding, members, hidden)
        self._withdrawn = _global_windows(rows, overrides, {Kind.WITHDRAW}, members, hidden)
        self._held = _global_windows(rows, overrides, {Kind.HOLD}, members)
        self._boosts = _global_windows(rows, overrides, {Kind.BOOST}, members)
        dates = {date for one in overrides for date in (one.starts, one.ends) if date}
        hidden_dates = {date for one in hidden for date in (one.starts, one.ends)}
        dates |= hidden_dates - {ALWAYS, NEVER}
        self._dates = np.array(sorted(dates), dtype=np.int64)

    def at(self, now: float) -> ActiveOverrides:
        """Return what is active at ``now``, in seconds since 1970 UTC."""
        following = int(np.searchsorted(self._dates, now, side="right"))
        copies = self._copies_at(now)
        copied = np.array([one.row for one in copies], dtype=np.int64)
        withdrawn = {one.row for one in copies if one.withdrawn}
        return ActiveOverrides(
            version=self.version,
            excluded=self._mask(np.append(self._excluded.at(now)[0], copied)),
            held=self._mask(self._held.at(now)[0]),
            boost=self._boost_at(now),
            withdrawn=frozenset([*self._withdrawn.at(now)[0].tolist(), *withdrawn]),
            withdrawal_times=self._withdrawal_times(now),
            copies={one.row: one.original for one in copies},
            articles=self._articles,
            since=float(self._dates[following - 1]) if following else -math.inf,
            until=float(self._dates[following]) if following < len(self._dates) else NEVER,
        )

    def _mask(self, rows: NDArray[np.int64]) -> Mask | None:
        """Return where the rows are; None without any."""
        if not len(rows):
            return None
        mask = np.zeros(self._size, dtype=np.bool_)
        mask[rows] = True
        return mask

    def _copies_at(self, now: float) -> list[CopyWindow]:
        shown = set(self._shown.at(now)[0].tolist())
        return [
            one for one in self._copies if one.starts <= now < one.ends and one.row not in shown
        ]

    def _withdrawal_times(self, now: float) -> dict[int, int]:
        times = self._withdrawn.next_starts(now)
        for one in self._copies:
            if one.withdrawn and one.starts > now:
                times[one.row] = min(one.starts, times.get(one.row, NEVER))
        return times

    def _boost_at(self, now: float) -> Vectors | None:
        rows, values = self._boosts.at(now)
        if not len(rows):
            return None
        boost = np.zeros(self._size, dtype=np.float32)
        np.add.at(boost, rows, values)
        return boost


class _TimeWindows:
    """Rows, each with a value, a start and an end."""

    def __init__(self, windows: list[tuple[int, float, int, int]]) -> None:
        columns = list(zip(*windows, strict=True)) or [(), (), (), ()]
        self._rows = np.array(columns[0], dtype=np.int64)
        self._values = np.array(columns[1], dtype=np.float32)
        self._starts = np.array(columns[2], dtype=np.int64)
        self._ends = np.array(columns[3], dtype=np.int64)

    def at(self, now: float) -> tuple[NDArray[np.int64], Vectors]:
        """Return the rows whose window contains ``now``, and their values."""
        inside = (self._starts <= now) & (now < self._ends)
        return self._rows[inside], self._values[inside]

    def next_starts(self, now: float) -> dict[int, int]:
        """Return the first start after ``now`` by row."""
        later = (now < self._starts).nonzero()[0]
        latest_first = later[np.argsort(-self._starts[later], kind="stable")]
        pairs = zip(self._rows[latest_first], self._starts[latest_first], strict=True)
        return {int(row): int(starts) for row, starts in pairs}


def _unmatched(
    rows: RowLookup, overrides: Iterable[Override], members: FindMembers
) -> Iterator[int]:
    for one in overrides:
        if one.scope is not Scope.ARTICLE and not any(
            True for _ in rows.named(one.scope, one.pick, members)
        ):
            yield one.id


def hidden_windows(rows: RowLookup, visibility: Iterable[Visibility]) -> list[HiddenWindow]:
    """List when the ``visibility`` table hides rows that the snapshot shows."""
    found = []
    for one in visibility:
        # A former ID is no row: the present one has a record of its own.
        row = -1 if rows.is_former(one.article_id) else rows.of(one.article_id)
        if row < 0:
            continue
        if one.status is not Status.PUBLISHED:
            found.append(HiddenWindow(row, ALWAYS, NEVER))
            continue
        if one.published > rows.snapshot.published.item(row):
            found.append(HiddenWindow(row, ALWAYS, one.published))
        if one.expires is not None and one.expires < rows.snapshot.expires.item(row):
            found.append(HiddenWindow(row, one.expires, NEVER))
    return found


def copy_windows(
    rows: RowLookup, overrides: Iterable[Override], visibility: Iterable[Visibility]
) -> list[CopyWindow]:
    """List when articles that are withdrawn, or blocked in all lists, hide their copies."""
    found: list[CopyWindow] = []
    for one in visibility:
        if one.status is Status.WITHDRAWN and not rows.is_former(one.article_id):
            found += _copies(rows, one.article_id, (ALWAYS, NEVER), withdrawn=True)
    for override in overrides:
        if override.kind is Kind.WITHDRAW:
            found += _copies(rows, override.article, _dates(override), withdrawn=True)
        elif (override.kind, override.article, override.scope) == (Kind.BLOCK, "", Scope.ARTICLE):
            found += _copies(rows, override.pick, _dates(override), withdrawn=False)
    return found


def _copies(
    rows: RowLookup, original: str, dates: tuple[int, int], *, withdrawn: bool
) -> Iterator[CopyWindow]:
    for row in rows.copies(original):
        yield CopyWindow(row, *dates, original, withdrawn)


def article_overrides(
    rows: RowLookup, overrides: Iterable[Override]
) -> dict[int, tuple[ArticleOverride, ...]]:
    """Return the pins, blocks and holds of single articles by row, whatever their dates."""
    found: dict[int, list[ArticleOverride]] = defaultdict(list)
    for one in overrides:
        if one.article and one.kind in {Kind.PIN, Kind.BLOCK, Kind.HOLD}:
            article, pick = rows.of(one.article), rows.of(one.pick) if one.pick else -1
            picks = [pick] if pick >= 0 or one.kind is Kind.HOLD else []
            picks += rows.copies(one.pick) if one.kind is Kind.BLOCK else []
            if article >= 0:
                found[article] += [
                    ArticleOverride(one.kind, row, one.place or 0, one.id, *_dates(one))
                    for row in picks
                ]
    return {row: tuple(ones) for row, ones in found.items() if ones}


def _global_windows(
    rows: RowLookup,
    overrides: Sequence[Override],
    kinds: set[Kind],
    members: FindMembers,
    hidden: Iterable[HiddenWindow] = (),
) -> _TimeWindows:
    """Collect the overrides that apply to all lists; some kinds name their ``article``."""
    found: list[tuple[int, float, int, int]] = [(h.row, 0.0, h.starts, h.ends) for h in hidden]
    for one in overrides:
        by_article = one.kind in {Kind.WITHDRAW, Kind.SHOW}
        if one.kind in kinds and (by_article or not one.article):
            name = one.article if by_article else one.pick
            # Scores are log-odds, so multiplying the odds by a factor adds its logarithm.
            value = math.log(one.factor) if one.factor else 0.0
            named = rows.named(one.scope, name, members)
            found += [(row, value, *_dates(one)) for row in named if row >= 0]
    return _TimeWindows(found)


def _dates(one: Override) -> tuple[int, int]:
    return (
        ALWAYS if one.starts is None else one.starts,
        NEVER if one.ends is None else one.ends,
    )
