"""No regular expression of ours takes more than linear time, whatever text a site sends."""

from __future__ import annotations

import re
from itertools import islice

import pytest

from adversarial import attacks
from growth import GROWTH, superlinear
from own_patterns import OwnPattern, own_patterns
from recommender import written_dates
from recommender.text import bylines, excerpts

SIZE = 2_500
"""Characters of the shorter text. A quadratic pattern needs 15 ms for the longer one."""

BOUNDED = {
    "recommender.written_dates": written_dates.MAX_LENGTH,
    "recommender.text.excerpts": excerpts.MAX_END,
    "recommender.text.bylines": bylines.MAX_BYLINE_LENGTH,
}
"""Modules whose texts are cut first, and their characters. Other texts may have any length."""

SUPERLINEAR = [
    r"<+(?=[a-z])",  # two starts for each run
    r"\{%.*?%\}",  # looks for the end again from each beginning
    r"^\d+:\d+\s*(?:am)?\s*(?:Z)?$",  # two ways to share the spaces
    r"en(?:[-_]\w{2,8})*$",  # exponential: an underscore is both
]


def slow(own: OwnPattern) -> list[str]:
    """Return the attacks that a pattern does not withstand, at most one."""
    size = BOUNDED.get(own.place.partition(":")[0], GROWTH * SIZE) // GROWTH
    found = (superlinear(one.text, own.apply, size) for one in attacks(own.pattern))
    return list(islice(filter(None, found), 1))


OF_ENGINEERS = "recommender.settings.listing"
"""Reads the settings file of the site's own engineers."""

TESTED = [own for own in own_patterns() if not own.place.startswith(OF_ENGINEERS)]


@pytest.mark.parametrize("own", TESTED, ids=lambda own: own.place)
def test_pattern_is_linear(own: OwnPattern) -> None:
    assert slow(own) == []


@pytest.mark.parametrize("pattern", SUPERLINEAR)
def test_slow_patterns_are_found(pattern: str) -> None:
    assert slow(OwnPattern("example", re.compile(pattern, re.DOTALL), ("finditer", "match")))
