"""What speaks for a candidate and against it, in an editor's words instead of log-odds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.desk.presenters.i18n import gettext_noop

SAYINGS = {
    "words": (gettext_noop("much the same words"), gettext_noop("few words in common")),
    "meaning": (gettext_noop("close in meaning"), gettext_noop("far in meaning")),
    "title and lead": (
        gettext_noop("its title and lead are told in this article"),
        gettext_noop("its title and lead are hardly told in this article"),
    ),
    "tags": (gettext_noop("tags in common"), gettext_noop("few tags in common")),
    "links": (
        gettext_noop("linked by articles like this one"),
        gettext_noop("hardly linked by articles like this one"),
    ),
    "time": (
        gettext_noop("published close to it in time"),
        gettext_noop("published far from it in time"),
    ),
    "latest on it": (
        gettext_noop("newer than most on its subject"),
        gettext_noop("newer articles tell of the same"),
    ),
    "freshness": (gettext_noop("new"), ""),
    "boost": (gettext_noop("boosted by editors"), gettext_noop("buried by editors")),
}
"""By part of a score: what it says above nothing, and below."""

TELLING = 0.1
"""A part from which it is worth a word: it changes the odds by a tenth."""

MOST = 3
"""Reasons that are told on each side."""


class ReasonSummary(NamedTuple):
    """Texts to translate, the weightiest first."""

    favour: list[str]
    against: list[str]


def summarize(parts: Sequence[tuple[str, float]]) -> ReasonSummary:
    """Say the weightiest parts of a score, in log-odds.

    Parts without a saying are skipped: a snapshot of an older version may have such.
    """
    known = [part for part in parts if part[0] in SAYINGS]
    by_weight = sorted(known, key=lambda part: -abs(part[1]))
    favour = [SAYINGS[name][0] for name, value in by_weight if value >= TELLING]
    against = [SAYINGS[name][1] for name, value in by_weight if value <= -TELLING]
    return ReasonSummary(favour[:MOST], list(filter(None, against))[:MOST])
