"""The reasons for and against a candidate, for editors: texts without numbers of the score."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from recommender.messages import Message
from recommender.serving.reasons import ReasonBuilder
from recommender.serving.signals import SIGNALS

MIN_PART = 0.1
"""Part of a score, in log-odds, from which it is a reason against: 10 % of the odds."""

MAX_REASONS = 3
"""Reasons on each side."""


class ReasonSummary(NamedTuple):
    """Messages to translate."""

    favour: list[Message]
    """The evidence for a common topic, strongest first."""
    against: list[Message]
    """What lowers the score, the greatest part first."""


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
    lowering = sorted(
        (part for part in parts if part[0] in SIGNALS and part[1] <= -MIN_PART),
        key=lambda part: part[1],
    )
    against = [Message(SIGNALS[name].negative) for name, _ in lowering]
    return ReasonSummary(
        list(islice(reasons.reasons(candidate), MAX_REASONS)), against[:MAX_REASONS]
    )
