"""Articles whose bodies are kept in a storage, so that their texts do not fill the memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import msgspec
import numpy as np

from models.storage import Storage
from recommender.articles.article import Article
from recommender.indexing.versions import without_text

WRITTEN_AT_ONCE = 2**20
"""Bytes that are written together."""


class StoredBytes:
    """A sequence of byte strings, each read from the storage when it is asked for."""

    def __init__(self, texts: Iterable[bytes], storage: Storage) -> None:
        """Store some byte strings."""
        writer, buffer, self._starts = storage.writer(np.uint8), bytearray(), array("q", [0])
        for text in texts:
            buffer += text
            self._starts.append(self._starts[-1] + len(text))
            if len(buffer) >= WRITTEN_AT_ONCE:
                writer.append(np.frombuffer(buffer, dtype=np.uint8))
                buffer = bytearray()
        writer.append(np.frombuffer(buffer, dtype=np.uint8))
        self._bytes = writer.array()

    def __len__(self) -> int:
        """Count the strings."""
        return len(self._starts) - 1

    def __getitem__(self, place: int) -> bytes:
        """Return one string; ``place`` is at least 0."""
        return self._bytes[self._starts[place] : self._starts[place + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        """Read all strings, one after the other."""
        return map(self.__getitem__, range(len(self)))


class StoredArticles(Sequence[Article]):
    """A sequence of articles that reads the body of one whenever it is asked for.

    Attributes
    ----------
    without_text : the articles with a hash in place of the body.
    """

    def __init__(self, articles: Iterable[Article], storage: Storage) -> None:
        """Store the bodies; the articles are read once, one after the other."""
        self.without_text: list[Article] = []
        self._bodies = StoredBytes(self._taken(articles), storage)
        self._places: Sequence[int] = range(len(self.without_text))

    def _taken(self, articles: Iterable[Article]) -> Iterator[bytes]:
        """Keep all but the bodies, which are yielded."""
        for article in articles:
            self.without_text.append(without_text(article))
            yield article.body.encode()

    def take(self, rows: Sequence[int]) -> StoredArticles:
        """Return some of the articles, whose bodies stay where they are."""
        return self._with(
            [self.without_text[row] for row in rows], [self._places[row] for row in rows]
        )

    def with_languages(self, languages: Iterable[str]) -> StoredArticles:
        """Replace the language of each article; the bodies stay where they are."""
        pairs = zip(self.without_text, languages, strict=True)
        return self._with(
            [msgspec.structs.replace(one, language=language) for one, language in pairs],
            self._places,
        )

    def _with(self, articles: list[Article], places: Sequence[int]) -> StoredArticles:
        made = object.__new__(StoredArticles)
        made.without_text, made._bodies, made._places = articles, self._bodies, places
        return made

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.without_text)

    @overload
    def __getitem__(self, place: int) -> Article: ...
    @overload
    def __getitem__(self, place: slice) -> list[Article]: ...
    def __getitem__(self, place: int | slice) -> Article | list[Article]:
        """Return one article, or several, with their bodies."""
        if isinstance(place, slice):
            return [self[row] for row in range(*place.indices(len(self)))]
        body = self._bodies[self._places[place]].decode()
        return msgspec.structs.replace(self.without_text[place], body=body)
