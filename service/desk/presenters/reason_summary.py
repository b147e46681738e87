"""The reasons for and against a candidate, for editors: texts without numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recommender.serving.reasons import REASONS, ReasonBuilder

MIN_PART = 0.1
"""Part of a score, in log-odds, from which it is a reason: 10 % of the odds."""

MAX_REASONS = 3
"""Reasons on each side."""


class ReasonSummary(NamedTuple):
    """Texts to translate, the greatest part of the score first."""

    favour: list[str]
    against: list[str]


def summarize(
    parts: Sequence[tuple[str, float]], reasons: ReasonBuilder, candidate: int
) -> ReasonSummary:
    """Return the reasons for and against a candidate.

    Parameters
    ----------
    parts : signals with their parts of the score, in log-odds. A signal without texts is skipped.
    reasons : the reasons for candidates of the article.
    candidate : row of the candidate.
    """
    known = [part for part in parts if part[0] in REASONS and abs(part[1]) >= MIN_PART]
    by_size = sorted(known, key=lambda part: -abs(part[1]))
    favour = [reasons.text(name, value, candidate) for name, value in by_size if value > 0]
    against = [reasons.text(name, value, candidate) for name, value in by_size if value < 0]
    return ReasonSummary(favour[:MAX_REASONS], against[:MAX_REASONS])
