"""How old is old: the spans that figures about age are told in."""

from __future__ import annotations

from models.rerank.recency import SECONDS_A_DAY

AGES = {"same week": 7, "month": 30, "quarter": 91, "year": 365}
"""Days up to which something counts as of that age; what is beyond is older."""

OLDER = "older"

SPANS = (*AGES, OLDER)


def span(seconds: float) -> str:
    """Name the span of an age; what is yet to come counts as new."""
    return next((name for name, days in AGES.items() if seconds < days * SECONDS_A_DAY), OLDER)
