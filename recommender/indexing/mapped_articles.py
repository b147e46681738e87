"""Articles whose bodies are in a file, so that the texts of an archive do not fill the memory."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import overload

import msgspec

from recommender.articles.article import Article
from recommender.indexing.mapped import scratch_folder
from recommender.indexing.versions import without_text


class MappedArticles(Sequence[Article]):
    """A sequence of articles that reads the body of one from a file whenever it is asked for.

    Attributes
    ----------
    without_text : the articles with a hash in place of the body.
    """

    def __init__(self, articles: Sequence[Article], parent: Path | None) -> None:
        """Write the bodies to a file, deleted at once. Its space is freed with this object.

        Parameters
        ----------
        parent : see :func:`recommender.indexing.mapped.scratch_folder`.
        """
        self.without_text = [without_text(article) for article in articles]
        self._starts = array("q")
        with scratch_folder(parent) as folder, (folder / "bodies").open("w+b") as file:
            for article in articles:
                self._starts.append(file.tell())
                file.write(article.body.encode())
            self._starts.append(file.tell())
            file.write(b"\n")  # an empty file cannot be mapped
            file.flush()
            self._bodies = mmap(file.fileno(), 0, access=ACCESS_READ)

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
        row = range(len(self))[place]
        body = self._bodies[self._starts[row] : self._starts[row + 1]].decode()
        return msgspec.structs.replace(self.without_text[row], body=body)
