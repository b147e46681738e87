"""Search as you type: every word anywhere in title, id or address, newest first."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
from msgspec import json

from recommender.snapshot import Snapshot


class Finder:
    """The titles, ids and addresses of a snapshot, folded: no capitals, no accents."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._texts = [_text(card_of(snapshot, row)) for row in range(len(snapshot))]

    def find(self, words: str, section: str, count: int) -> list[int]:
        """Find the rows of the newest ``count`` articles with all words, of a section or of all."""
        wanted = fold(words).split()
        found: list[int] = []
        for row in self._rows(section):
            text = self._texts[row]
            if all(word in text for word in wanted):
                found.append(row)
                if len(found) == count:
                    break
        return found

    def _rows(self, section: str) -> list[int]:
        if not section:
            return list(range(len(self._texts)))
        if section not in self.snapshot.sections:
            return []
        rows = self.snapshot.latest_of(self.snapshot.sections.index(section))
        return [int(row) for row in np.sort(rows)]


def card_of(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """Read the card of a row."""
    card: dict[str, Any] = json.decode(snapshot.cards[row] + b"}")
    return card


def fold(text: str) -> str:
    """Take capitals and accents off: "Żółw" is found by "zolw"."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _text(card: dict[str, Any]) -> str:
    return fold("\n".join((card["title"], card["id"], card["url"])))
