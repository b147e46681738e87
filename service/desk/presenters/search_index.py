"""Search as you type: every word anywhere in title, id or address, newest first."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

import msgspec
import numpy as np

from models.lexical.normalization import normalize
from recommender.names import name_key
from recommender.snapshots.snapshot import Snapshot

SEPARATOR = "\0"
"""Between the texts of two articles; titles, ids and addresses contain no control characters."""

MAX_QUERY = 400
"""Characters of a query that are searched."""

CHUNK = 500
"""Articles folded in one call: a call costs more than a title, but readers wait meanwhile."""


class SearchIndex:
    """Substring search over the titles, ids and addresses of a snapshot.

    The texts are folded (see :func:`fold`) and joined into one string, so a word without any
    match is searched at the speed of memory.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._rows: list[int] = snapshot.newest_first().tolist()
        chunks = [
            _folded_chunk(snapshot, self._rows[start : start + CHUNK])
            for start in range(0, len(self._rows), CHUNK)
        ]
        self._text = SEPARATOR.join(chunks)
        lengths = (
            len(text) + len(SEPARATOR) for chunk in chunks for text in chunk.split(SEPARATOR)
        )
        self._starts = [0, *accumulate(lengths)]
        self._place_of = np.full(len(snapshot), -1, dtype=np.int64)
        self._place_of[self._rows] = np.arange(len(self._rows))

    def find(
        self, words: str, section: str, count: int, among: Iterable[int] | None = None
    ) -> list[int]:
        """Return the rows of the newest articles that contain all words.

        Parameters
        ----------
        words
            Words separated by spaces; "" matches every article.
        section
            Name of a section; "" for all sections.
        count
            Most rows to return.
        among
            Rows to search, newest first; None for all.
        """
        # The longest word is likely the rarest.
        distinct = dict.fromkeys(fold(words[:MAX_QUERY]).split())
        folded = sorted(distinct, key=len, reverse=True) or [""]
        code = section_code(self.snapshot, section) if section else None
        places = self._with(folded[0]) if among is None else self._places(among)
        found = (self._rows[place] for place in places if self._has_all(place, folded))
        section_of = self.snapshot.section
        return list(
            islice((row for row in found if code is None or section_of[row] == code), count)
        )

    def _places(self, rows: Iterable[int]) -> Iterator[int]:
        places = (self._place_of.item(row) for row in rows)
        return (place for place in places if place >= 0)

    def _with(self, word: str) -> Iterator[int]:
        """Yield the places in the text of the articles that contain a word."""
        position = self._text.find(word)
        while position >= 0:
            place = bisect_right(self._starts, position) - 1
            yield place
            end = self._starts[place + 1]
            position = self._text.find(word, end) if end < len(self._text) else -1

    def _has_all(self, place: int, words: list[str]) -> bool:
        start, end = self._starts[place], self._starts[place + 1]
        return all(self._text.find(word, start, end) >= 0 for word in words)


def newest(snapshot: Snapshot, section: str, count: int) -> list[int]:
    """Return the rows of the newest articles of a section; of all sections for ""."""
    code = section_code(snapshot, section) if section else None
    if code is not None and code < 0:
        return []
    rows = snapshot.newest_first() if code is None else snapshot.latest_of(code)
    found: list[int] = rows[:count].tolist()
    return found


def section_code(snapshot: Snapshot, section: str) -> int:
    """Return the code of a section; -1, which no article has, for an unknown section."""
    key = name_key(section)
    return next((c for c, one in enumerate(snapshot.sections) if name_key(one) == key), -1)


def fold(text: str) -> str:
    """Remove case and accents, so that "zolw" finds "Żółw"."""
    plain = text.casefold()
    if plain.isascii():
        return plain
    plain = normalize("NFKD", plain.replace("ł", "l"))
    for mark in filter(unicodedata.combining, set(plain)):
        plain = plain.replace(mark, "")
    return plain


class _SearchedFields(msgspec.Struct):
    """The fields of a card that are searched."""

    title: str
    id: str
    url: str


DECODER = msgspec.json.Decoder(_SearchedFields)


def _folded_chunk(snapshot: Snapshot, rows: Sequence[int]) -> str:
    cards = (DECODER.decode(snapshot.cards[row] + b"}") for row in rows)
    return fold(SEPARATOR.join(f"{card.title}\n{card.id}\n{card.url}" for card in cards))
