"""The lists that a report counts: those of the model, under a sample of the public articles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.reports.snapshot_stats import MAX_LISTS, Rows, even_sample
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import Recommendation, related
from recommender.snapshots.snapshot import Snapshot

NO_SECTION = "no section"
"""Name of the section of articles without one."""


class Lists(NamedTuple):
    """Lists of one snapshot at one time."""

    snapshot: Snapshot
    now: float
    """Seconds since 1970 UTC."""
    public: Rows
    """Rows of all public articles."""
    rows: list[int]
    """Rows of the articles above the lists: the public ones, or a sample of them."""
    cards: list[list[Recommendation]]
    """The list of each of these rows."""

    def section_of(self, row: int) -> str:
        """Return the name of the section of a row."""
        return section_name(self.snapshot, row)

    def title_of(self, row: int) -> str:
        """Return the title of a row."""
        return title(self.snapshot, row)


def lists_of(snapshot: Snapshot, now: float, active: ActiveOverrides = NO_OVERRIDES) -> Lists:
    """Compute the lists of the public articles; of many, those of an even sample.

    Parameters
    ----------
    now : seconds since 1970 UTC.
    active : hides articles; see :func:`hidden_only`.
    """
    public = public_rows(snapshot, now, active)
    rows = even_sample(public, MAX_LISTS).tolist()
    cards = [related(snapshot, row, DEFAULT_QUERY, now, active) for row in rows]
    return Lists(snapshot, now, public, rows, cards)


def public_rows(snapshot: Snapshot, now: float, active: ActiveOverrides) -> Rows:
    """Return the rows that are public and not hidden by an override: int64, newest first."""
    rows = snapshot.newest_first()
    return rows[active.visible(snapshot.public.at(now))[rows]].astype(np.int64)


def hidden_only(snapshot: Snapshot, active: ActiveOverrides) -> ActiveOverrides:
    """Keep of the overrides only that articles are withdrawn.

    A report is about the model. But what a site has withdrawn must not be printed in it.
    """
    hidden = np.zeros(len(snapshot), dtype=np.bool_)
    hidden[list(active.withdrawn)] = True
    return ActiveOverrides(excluded=hidden, withdrawn=active.withdrawn)


def section_name(snapshot: Snapshot, row: int) -> str:
    """Return the name of the section of a row."""
    return snapshot.sections[snapshot.section.item(row)] or NO_SECTION


def title(snapshot: Snapshot, row: int) -> str:
    """Return the title of a row."""
    return str(snapshot.card(row)["title"])
