"""Score extractions against what people wrote down."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean

from benchmarks.reader_accuracy.corpora import Expected
from benchmarks.reader_accuracy.extractors import Extraction

SHINGLE_LENGTH = 4
"""Words of a shingle, as in scrapinghub/article-extraction-benchmark."""

SHORT = 20
"""Words of a body that make a page without any text conspicuous."""

WEST, EAST = timedelta(hours=-10), timedelta(hours=13)
"""Offsets of Honolulu and Auckland."""

_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]|\w+")
"""A word, or a letter of a script that does not separate words."""


_EQUAL = str.maketrans("’‘“”„–—.", '\'\'"""-- ')


@dataclass(frozen=True)
class Judged:
    """An extraction and what was expected."""

    page: str
    expected: Expected
    found: Extraction


def body_f1(judged: Sequence[Judged]) -> float | None:
    """Return the mean F1 of the words of the bodies, as multisets."""
    return _mean([_f1(j.expected.body, j.found.body, 1) for j in judged if j.expected.body])


def shingle_f1(judged: Sequence[Judged]) -> float | None:
    """Return F1 of 4-word shingles, from mean precision and mean recall.

    As in scrapinghub/article-extraction-benchmark, ``evaluate.py``.
    """
    counts = [
        _overlap(j.expected.body, j.found.body, SHINGLE_LENGTH)
        for j in judged
        if j.expected.body is not None
    ]
    precision = _mean([_share(same, found) for same, _, found in counts if found])
    recall = _mean([_share(same, expected) for same, expected, _ in counts if expected])
    return 2 * precision * recall / (precision + recall) if precision and recall else None


def part_f1(judged: Sequence[Judged]) -> float | None:
    """Return F1 of the parts that a body has and does not have, over all pages.

    As in trafilatura's ``tests/evaluate.py``.
    """
    right = wrong = missing = 0
    for j in judged:
        body = _flat(j.found.body)
        contained = sum(_flat(part) in body for part in j.expected.contained)
        right += contained
        missing += len(j.expected.contained) - contained
        wrong += sum(_flat(part) in body for part in j.expected.excluded)
    return 2 * right / (2 * right + wrong + missing) if right else None


def without_text(judged: Sequence[Judged]) -> int:
    """Count the pages that have text of which nothing was found."""
    return sum(not j.found.body.strip() and _has_text(j.expected) for j in judged)


def right_title(judged: Sequence[Judged]) -> float | None:
    """Return the share of the titles that are found exactly, but for case, quotes and dashes."""
    return _mean([_same(j.expected.title, j.found.title) for j in judged if j.expected.title])


def right_day(judged: Sequence[Judged]) -> float | None:
    """Return the share of the days of publication that are found."""
    return _mean(
        [
            float(j.found.published[:10] == j.expected.published[:10])
            for j in judged
            if j.expected.published
        ]
    )


def right_day_in_some_zone(judged: Sequence[Judged]) -> float | None:
    """Return the share of the days that are right in a time zone of the world.

    Sites write 23:30 in UTC where readers see the day after. So a date in UTC counts if some zone
    has the expected day then, which is an upper bound.
    """
    return _mean([_in_some_zone(j) for j in judged if j.expected.published])


def _in_some_zone(judged: Judged) -> float:
    found, day = judged.found.published, (judged.expected.published or "")[:10]
    if not found.endswith(("+00:00", "Z")):
        return float(found[:10] == day)
    at = datetime.fromisoformat(found)
    return float(day in {(at + hours).date().isoformat() for hours in (WEST, timedelta(), EAST)})


def right_authors(judged: Sequence[Judged]) -> float | None:
    """Return the share of the pages of which exactly the right authors are found."""
    return _mean(
        [
            float(set(map(_key, j.expected.authors)) == set(map(_key, j.found.authors)))
            for j in judged
            if j.expected.authors
        ]
    )


FIGURES: dict[str, Callable[[Sequence[Judged]], float | None]] = {
    "body F1": body_f1,
    "body F1 (4-grams)": shingle_f1,
    "body F1 (parts)": part_f1,
    "without text": without_text,
    "title": right_title,
    "day": right_day,
    "day in some zone": right_day_in_some_zone,
    "authors": right_authors,
}
"""Figures of a test set; None where it does not give what the figure needs."""


def _same(expected: str | None, found: str) -> float:
    return float(_key(expected or "") == _key(found))


def _key(text: str) -> str:
    """Fold what test sets write in several ways: case, quotes, dashes, dots and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_EQUAL)
    return _flat(folded)


def _has_text(expected: Expected) -> bool:
    return len((expected.body or "").split()) > SHORT or bool(expected.contained)


def _f1(expected: str | None, found: str, length: int) -> float:
    same, true, given = _overlap(expected, found, length)
    return 2 * same / (true + given) if true + given else 1.0


def _overlap(expected: str | None, found: str, length: int) -> tuple[int, int, int]:
    """Return the number of shingles that both have, of the expected ones and of the found ones."""
    true, given = (_shingles(text or "", length) for text in (expected, found))
    return (true & given).total(), true.total(), given.total()


def _shingles(text: str, length: int) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    starts = range(max(len(words) - length + 1, min(len(words), 1)))
    return Counter(tuple(words[start : start + length]) for start in starts)


def _share(part: int, whole: int) -> float:
    return part / whole


def _mean(values: list[float]) -> float | None:
    return mean(values) if values else None


def _flat(text: str) -> str:
    return " ".join(text.split())
