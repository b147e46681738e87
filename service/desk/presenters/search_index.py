"""Search as you type: every word anywhere in title, id or address, newest first."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import Any

import msgspec

from recommender.snapshots.snapshot import Snapshot

END = "\0"
"""Between two texts; control characters stand in none."""

PART = 500
"""Articles folded in one go."""


class SearchIndex:
    """The titles, ids and addresses of a snapshot, folded: no capitals, no accents."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        # Many in one go, as each call costs more than a title; not all, as readers wait meanwhile.
        parts = [_folded(snapshot, start) for start in range(0, len(snapshot), PART)]
        # One text, so that a word that nothing has is looked for at the speed of memory.
        self._all = END.join(parts)
        lengths = (len(text) + len(END) for part in parts for text in part.split(END))
        self._starts = [0, *accumulate(lengths)]

    def find(
        self, words: str, section: str, count: int, among: Iterable[int] | None = None
    ) -> list[int]:
        """Find the rows of the newest ``count`` articles with all words, of a section or of all.

        ``among`` is the rows to look at, ascending; None for all.
        """
        wanted = sorted(fold(words).split(), key=len, reverse=True) or [""]
        code = code_of(self.snapshot, section) if section else None
        rows = self._with(wanted[0]) if among is None else among
        fits = (row for row in rows if code is None or self.snapshot.section[row] == code)
        return list(islice((row for row in fits if self._has(row, wanted)), count))

    def _with(self, word: str) -> Iterator[int]:
        """Find the rows with a word, one after the other."""
        place = self._all.find(word)
        while place >= 0:
            row = bisect_right(self._starts, place) - 1
            yield row
            end = self._starts[row + 1]
            place = self._all.find(word, end) if end < len(self._all) else -1

    def _has(self, row: int, words: list[str]) -> bool:
        start, end = self._starts[row], self._starts[row + 1]
        return all(self._all.find(word, start, end) >= 0 for word in words)


def newest(snapshot: Snapshot, section: str, count: int) -> list[int]:
    """Name the rows of the newest articles, of a section or of all."""
    if not section:
        return list(range(min(count, len(snapshot))))
    code = code_of(snapshot, section)
    return [] if code < 0 else snapshot.latest_of(code)[:count].tolist()


def code_of(snapshot: Snapshot, section: str) -> int:
    """Find the number of a section; -1, which no article has, for one that there is not."""
    return snapshot.sections.index(section) if section in snapshot.sections else -1


def card_of(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """Read the card of a row."""
    return snapshot.card(row)


def fold(text: str) -> str:
    """Take capitals and accents off: "Żółw" is found by "zolw"."""
    plain = text.casefold()
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFKD", plain.replace("ł", "l"))
    for mark in filter(unicodedata.combining, set(plain)):
        plain = plain.replace(mark, "")
    return plain


class _Searched(msgspec.Struct):
    """What is searched of a card."""

    title: str
    id: str
    url: str


def _folded(snapshot: Snapshot, start: int) -> str:
    rows = range(start, min(start + PART, len(snapshot)))
    cards = (READER.decode(snapshot.cards[row] + b"}") for row in rows)
    return fold(END.join(f"{card.title}\n{card.id}\n{card.url}" for card in cards))


READER = msgspec.json.Decoder(_Searched)
