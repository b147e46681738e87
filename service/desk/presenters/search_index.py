"""Search as you type: every word anywhere in title, id or address, newest first."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice

import msgspec

from models.lexical.normalization import normalize
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
        chunks = [_folded_chunk(snapshot, start) for start in range(0, len(snapshot), CHUNK)]
        self._text = SEPARATOR.join(chunks)
        lengths = (
            len(text) + len(SEPARATOR) for chunk in chunks for text in chunk.split(SEPARATOR)
        )
        self._starts = [0, *accumulate(lengths)]

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
            Rows to search, in ascending order; None for all.
        """
        # The longest word is likely the rarest.
        distinct = dict.fromkeys(fold(words[:MAX_QUERY]).split())
        folded = sorted(distinct, key=len, reverse=True) or [""]
        code = section_code(self.snapshot, section) if section else None
        rows = self._rows_with(folded[0]) if among is None else among
        in_section = (row for row in rows if code is None or self.snapshot.section[row] == code)
        return list(islice((row for row in in_section if self._has_all(row, folded)), count))

    def _rows_with(self, word: str) -> Iterator[int]:
        position = self._text.find(word)
        while position >= 0:
            row = bisect_right(self._starts, position) - 1
            yield row
            end = self._starts[row + 1]
            position = self._text.find(word, end) if end < len(self._text) else -1

    def _has_all(self, row: int, words: list[str]) -> bool:
        start, end = self._starts[row], self._starts[row + 1]
        return all(self._text.find(word, start, end) >= 0 for word in words)


def newest(snapshot: Snapshot, section: str, count: int) -> list[int]:
    """Return the rows of the newest articles of a section; of all sections for ""."""
    if not section:
        return list(range(min(count, len(snapshot))))
    code = section_code(snapshot, section)
    return [] if code < 0 else snapshot.latest_of(code)[:count].tolist()


def section_code(snapshot: Snapshot, section: str) -> int:
    """Return the code of a section; -1, which no article has, for an unknown section."""
    return snapshot.sections.index(section) if section in snapshot.sections else -1


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


def _folded_chunk(snapshot: Snapshot, start: int) -> str:
    rows = range(start, min(start + CHUNK, len(snapshot)))
    cards = (DECODER.decode(snapshot.cards[row] + b"}") for row in rows)
    return fold(SEPARATOR.join(f"{card.title}\n{card.id}\n{card.url}" for card in cards))
