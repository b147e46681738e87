"""IDs of the posts in a folder: those in their front matter, or else their paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from recommender.errors import ArticleError
from recommender.ingest.markdown import front_matter
from recommender.ingest.readers.field_mapping import as_text

SUFFIXES = {".md", ".markdown", ".mdx", ".mdown", ".mkd"}

_ID = re.compile(rb"\b(?:id|guid|uuid)[\"']?[ \t]*[:=]", re.IGNORECASE)
"""What may give an ID in a front matter. Only files with it are parsed for one."""

_END = re.compile(rb"\n(?:---|\+\+\+|;;;)[ \t]*\r?(?:\n|\Z)")
"""The line below a front matter."""


def identifier(path: PurePosixPath | Path) -> str:
    """Derive the ID from the path: without suffix; ``posts/plant/index.md`` is ``posts/plant``."""
    plain = PurePosixPath(path.as_posix()).with_suffix("")
    return (plain.parent if plain.name == "index" and plain.parent.name else plain).as_posix()


def given_ids(folder: Path, paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield the IDs that posts have by their paths, and those that their front matter gives."""
    for path in paths:
        with suppress(OSError, ArticleError):
            start = front_matter.head(folder / path)
            is_post = path.suffix.lower() in SUFFIXES or start.startswith(front_matter.FENCES)
            if is_post and _may_give_id(folder / path):
                front, _ = front_matter.parse(front_matter.decoded(folder / path).text)
                if own := own_id(front):
                    yield identifier(path), own


def _may_give_id(path: Path) -> bool:
    """Return whether a front matter may give an ID; parsing all of them would take too long."""
    start = front_matter.head(path, front_matter.MAX_BYTES)
    return bool(_ID.search(_END.split(start, 1)[0]))


def own_id(front: dict[str, Any]) -> str:
    """Return the ID that a front matter gives, "" for none."""
    given = [front[key] for key in front if key.casefold() in ("id", "guid", "uuid")]
    return as_text(given[0]) if given and given[0] else ""
