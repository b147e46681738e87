"""Cards chosen ahead: what a plain request shows, for as long as it is certain to stay that.

At index time the cards of every article are chosen as a request would choose them
(:mod:`recommender.preparing`), by what editors had decided until then, and with them is kept when
the first comparison turns that led to them: by fading freshness, or because a date comes. Until
then a request without parameters takes them as they are, unless editors decided something else
about these articles since. Later, and wherever anything is uncertain, it chooses for itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from recommender.overrides.decision import Kind
from recommender.overrides.force import NOTHING, InForce, Rule
from recommender.picks import Pick
from recommender.rules import Query
from recommender.snapshot import Snapshot

PLAIN = Query()
"""What a page asks for that asks for nothing special."""

NOBODY = -1
"""In place of cards that are not there: under an article that editors hold."""

KINDS = {Kind.PIN: 1, Kind.BLOCK: 2, Kind.HOLD: 3}


def ready(snapshot: Snapshot, row: int, now: float, force: InForce = NOTHING) -> list[Pick] | None:
    """Find the cards chosen ahead for :data:`PLAIN`; None where the request has to choose.

    They are what :func:`recommender.picks.related` gives, without what made their scores.
    """
    if not snapshot.made_at <= now < snapshot.prepared_until.item(row):
        return None
    rules = force.articles.get(row, ())
    if key_of(rules) != snapshot.prepared_rules.item(row) or _moved(snapshot, row, rules, force):
        return None
    return as_picks(snapshot.prepared[row].tolist(), snapshot.prepared_pins.item(row))


def as_picks(rows: list[int], pins: int) -> list[Pick]:
    """Make picks of the rows of cards; bit i of ``pins`` is set where the i-th is an editor's."""
    if rows[0] == NOBODY:
        return []
    if not pins:
        return [Pick(other, "related", math.nan, math.nan, -1) for other in rows]
    return [
        Pick(other, "editor" if pins >> place & 1 else "related", math.nan, math.nan, -1)
        for place, other in enumerate(rows)
    ]


def key_of(rules: Sequence[Rule]) -> int:
    """Tell apart what is decided under an article; 0 is nothing.

    Python's hash of numbers alone is the same in every process. Where it is another one on another
    build, no cards chosen ahead are found, and each request chooses.
    """
    if not rules:
        return 0
    return hash(tuple((KINDS[r.kind], r.row, r.place, r.starts, r.ends) for r in rules))


def _moved(snapshot: Snapshot, row: int, rules: Sequence[Rule], force: InForce) -> bool:
    """Tell whether editors moved any candidate, pin or version of what is shown since."""
    moved = force.moved(snapshot)
    if moved is None:
        return False
    # A card that is no pin is a version of a candidate, and of a story all versions are moved.
    return bool(moved.take(snapshot.candidates[row]).any()) or any(
        moved.item(rule.row) for rule in rules
    )
