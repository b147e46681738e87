"""The way of a request: candidates, rules, freshness, stories told once, diversity, filling up.

Only numpy and the snapshot; the clock is an argument. A rule is a yes or no for every row, so
that filters are applied over all candidates and never to the six that were about to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.ranking import SECONDS_A_DAY, diversify, freshness
from recommender.article import spoken
from recommender.overrides.force import NOTHING, InForce, Under
from recommender.snapshot import VECTOR_SCALE, Snapshot

Rows = NDArray[np.int32]
Origin = Literal["editor", "related", "latest"]

SHORTLIST = 30
"""Best candidates among which diversity may choose: five times what a block shows."""

STEP = 64
"""Latest articles looked at in one go when a list is filled up."""

OTHER_LANGUAGE = 1_000.0
"""Taken off a score where the own language is preferred: more than any affinity."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a page asks for."""

    limit: int = 6
    exclude: frozenset[str] = frozenset()
    """Ids that other modules of the page already show."""
    section: str | None = None
    exclude_section: str | None = None
    language: str | None = None
    max_age_days: float | None = None
    fill: Literal["latest", "none"] = "latest"


class Pick(NamedTuple):
    """One card's row and how it came to be chosen."""

    row: int
    origin: Origin
    score: float
    freshness: float
    column: int
    """Its place among the candidates of the article, -1 for one that is none."""
    lift: float = 0.0
    """What editors' boosts add to the score."""
    entry: int = 0
    """Number of the decision that put it here."""


class Scored(NamedTuple):
    """Candidates that may be shown, and what they are ordered by; all of shape (c,)."""

    columns: NDArray[np.intp]
    rows: Rows
    scores: NDArray[np.float64]
    keys: NDArray[np.float64]
    """The scores, with what puts another language behind."""
    freshness: NDArray[np.float64]
    lift: NDArray[np.float32] | None


class Rules:
    """Who may be shown for one query at one moment, as a yes or no for given rows."""

    def __init__(
        self,
        snapshot: Snapshot,
        query: Query,
        now: float,
        row: int | None = None,
        force: InForce = NOTHING,
    ) -> None:
        self._snapshot = snapshot
        self._public = force.open(snapshot.public.at(now))
        self.force = force
        self.query = query
        self._oldest = (
            None if query.max_age_days is None else now - query.max_age_days * SECONDS_A_DAY
        )
        self._section = _code(snapshot.sections, query.section)
        self._exclude_section = _code(snapshot.sections, query.exclude_section)
        self._language = self._language_code(query, row)
        found = (snapshot.row(identifier) for identifier in query.exclude)
        self._excluded = [other for other in found if other is not None]
        self.told = set() if row is None else {snapshot.story.item(row)}
        """Stories that no card may tell."""

    def allow(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell for each row whether it may be shown; -1 is nobody's, and may not."""
        snapshot = self._snapshot
        allowed = self._public.take(rows)
        if self._oldest is not None:
            allowed &= snapshot.published.take(rows) >= self._oldest
        if self._language is not None:
            allowed &= snapshot.language.take(rows) == self._language
        if self._section is not None:
            allowed &= snapshot.section.take(rows) == self._section
        if self._exclude_section is not None:
            allowed &= snapshot.section.take(rows) != self._exclude_section
        for excluded in self._excluded:
            allowed &= rows != excluded
        return allowed

    def fits(self, row: int) -> bool:
        """Tell whether an editor's pick may be shown: as all, but in any language by default."""
        snapshot, asked = self._snapshot, self.query.language
        language = None if asked is None else self._language
        section = snapshot.section.item(row)
        return bool(
            self._public.item(row)
            and row not in self._excluded
            and (self._oldest is None or snapshot.published.item(row) >= self._oldest)
            and (language is None or snapshot.language.item(row) == language)
            and (self._section is None or section == self._section)
            and (self._exclude_section is None or section != self._exclude_section)
        )

    def exclude(self, rows: Iterable[int]) -> None:
        """Allow these rows no longer."""
        self._excluded += rows

    def _language_code(self, query: Query, row: int | None) -> int | None:
        if query.language is not None:
            return _code(self._snapshot.languages, spoken(query.language))
        if row is not None and self._snapshot.manifest.ranking.language_rule == "same":
            return int(self._snapshot.language.item(row))
        return None


def is_public(snapshot: Snapshot, row: int, now: float, force: InForce = NOTHING) -> bool:
    """Tell whether readers may see the article of a row."""
    dated = snapshot.published.item(row) <= now < snapshot.expires.item(row)
    return bool(dated and row not in force.withdrawn)


def related(
    snapshot: Snapshot, row: int, query: Query, now: float, force: InForce = NOTHING
) -> list[Pick]:
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
    rules, under = ruled(snapshot, row, query, now, force)
    if under is None:
        return _filled(snapshot, row, rules, query.limit, now)
    if under.held:
        return []
    if not under.pins:
        return _filled(snapshot, row, rules, query.limit, now)
    pins = pinned(row, under, rules)
    rules.told |= {snapshot.story.item(pin.row) for pin in pins.values()}
    left = query.limit - len(pins)
    others = _filled(snapshot, row, rules, left, now) if left else []
    return _placed(pins, others)


def considered(
    snapshot: Snapshot, row: int, query: Query, now: float, force: InForce = NOTHING
) -> Scored:
    """Score all candidates that may be shown under an article, as :func:`related` does."""
    rules, _ = ruled(snapshot, row, query, now, force)
    return scored(snapshot, row, rules, now)


def ruled(
    snapshot: Snapshot, row: int, query: Query, now: float, force: InForce
) -> tuple[Rules, Under | None]:
    """Set the rules for an article, with what editors blocked under it."""
    rules = Rules(snapshot, query, now, row, force)
    under = force.under(row, now)
    if under is not None:
        rules.exclude(under.blocked)
    return rules, under


def pinned(row: int, under: Under, rules: Rules) -> dict[int, Pick]:
    """Choose the pins that may be shown, by place; an editor may pin across languages."""
    return {
        pin.place: Pick(pin.row, "editor", 0.0, 0.0, -1, entry=pin.entry)
        for pin in under.pins
        if pin.place <= rules.query.limit and pin.row != row and rules.fits(pin.row)
    }


def _placed(pins: dict[int, Pick], others: list[Pick]) -> list[Pick]:
    """Put pins at their places, from 1; where too few others stand before them they move up."""
    for place, pin in pins.items():
        others.insert(place - 1, pin)
    return others


def _filled(snapshot: Snapshot, row: int, rules: Rules, limit: int, now: float) -> list[Pick]:
    picks = _chosen(snapshot, row, rules, limit, now)
    if len(picks) < limit and rules.query.fill == "latest":
        rules.told |= {snapshot.story.item(pick.row) for pick in picks}
        own = snapshot.latest_of(snapshot.section.item(row))
        picks += _latest(snapshot, [own, _everything(snapshot)], rules, limit - len(picks))
    return picks


def latest(snapshot: Snapshot, query: Query, now: float, force: InForce = NOTHING) -> list[Pick]:
    """Choose the newest articles of the site, or of the query's section, each story once."""
    rules = Rules(snapshot, query, now, force=force)
    return _latest(snapshot, [_everything(snapshot)], rules, query.limit)


def scored(snapshot: Snapshot, row: int, rules: Rules, now: float) -> Scored:
    """Score the candidates that may be shown."""
    columns, rows = _candidates(snapshot, row, rules)
    setting = snapshot.freshness_of(row)
    bonus = freshness(snapshot.published.take(rows), now, setting.gain, setting.half_life)
    scores = snapshot.affinity[row].take(columns) + bonus
    lift = None if rules.force.lift is None else rules.force.lift.take(rows)
    if lift is not None:
        scores += lift
    keys = scores
    if snapshot.manifest.ranking.language_rule == "prefer":
        keys = scores - OTHER_LANGUAGE * (snapshot.language[rows] != snapshot.language[row])
    return Scored(columns, rows, scores, keys, bonus, lift)


def _chosen(snapshot: Snapshot, row: int, rules: Rules, limit: int, now: float) -> list[Pick]:
    found = scored(snapshot, row, rules, now)
    columns, rows, scores, _, bonus, lift = found
    best = shortlist(snapshot, rules, found, limit)
    return [
        Pick(
            newest_version(snapshot, rows.item(i), rules),
            "related",
            scores.item(i),
            bonus.item(i),
            columns.item(i),
            0.0 if lift is None else lift.item(i),
        )
        for i in diverse(snapshot, found, best, limit).tolist()
    ]


def shortlist(snapshot: Snapshot, rules: Rules, found: Scored, limit: int) -> NDArray[np.intp]:
    """Choose among whom diversity may choose: positions, best first, each story once."""
    best = (-found.keys).argsort(kind="stable")
    return _one_a_story(snapshot, rules.told, found.rows, best, max(SHORTLIST, 2 * limit))


def diverse(
    snapshot: Snapshot, found: Scored, best: NDArray[np.intp], limit: int
) -> NDArray[np.intp]:
    """Choose from the shortlist, no two alike: positions among the candidates."""
    vectors = snapshot.vectors.take(found.rows.take(best), axis=0).astype(np.float32)
    # The stored vectors are VECTOR_SCALE long, so each product is that much twice too great.
    weight = snapshot.manifest.ranking.diversity / VECTOR_SCALE**2
    return best.take(diversify(found.keys.take(best), vectors, limit, weight))


def _candidates(
    snapshot: Snapshot, row: int, rules: Rules
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Find the columns of the candidates that may be shown, and their rows."""
    rows = snapshot.candidates[row]
    columns = rules.allow(rows).nonzero()[0]
    return columns, rows if len(columns) == len(rows) else rows.take(columns)


def _one_a_story(
    snapshot: Snapshot, before: set[int], rows: Rows, best: NDArray[np.intp], most: int
) -> NDArray[np.intp]:
    """Keep of the best the first of each story that was not told before, at most ``most``."""
    told = set(before)
    kept: list[int] = []
    for start in range(0, len(best), most):
        part = best[start : start + most]
        stories = snapshot.story.take(rows.take(part)).tolist()
        if not kept and len(told.union(stories)) == len(stories) + len(told):
            return part  # as nearly always: no story is there twice
        for position, story in zip(part.tolist(), stories, strict=True):
            if story not in told:
                told.add(story)
                kept.append(position)
        if len(kept) >= most:
            break
    return np.array(kept[:most], dtype=np.intp)


def newest_version(snapshot: Snapshot, row: int, rules: Rules) -> int:
    """Find the newest version of a story that may be shown; at least the given row may."""
    story = snapshot.story.item(row)
    if snapshot.story_starts.item(story + 1) - snapshot.story_starts.item(story) == 1:
        return row
    versions = snapshot.story_of(row)
    return int(versions[rules.allow(versions)][0])


def _latest(snapshot: Snapshot, lists: list[Rows], rules: Rules, count: int) -> list[Pick]:
    picks: list[Pick] = []
    for row in _allowed(lists, rules):
        story = snapshot.story.item(row)
        if story not in rules.told:
            rules.told.add(story)
            picks.append(Pick(row, "latest", 0.0, 0.0, -1))
            if len(picks) == count:
                break
    return picks


def _allowed(lists: list[Rows], rules: Rules) -> Iterator[int]:
    for rows in lists:
        for start in range(0, len(rows), STEP):
            part = rows[start : start + STEP]
            yield from part[rules.allow(part)].tolist()


def _everything(snapshot: Snapshot) -> Rows:
    return np.arange(len(snapshot), dtype=np.int32)


def _code(names: list[str], name: str | None) -> int | None:
    """Find the number of a name; -1, which no row has, for a name that the site does not know."""
    if name is None:
        return None
    return names.index(name) if name in names else -1
