"""Files of a folder: which of them a link leads to, and which are translations."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from recommender.ingest.markdown.identifiers import SUFFIXES, identifier
from recommender.language_tags import tag_without_region
from recommender.text.markup.html import parts_of

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
"""A folder or an ending that may name a language, such as ``pt`` and ``zh_tw``."""


class SiteFiles:
    """The files of a folder, which is a site or a part of one."""

    def __init__(self, folder: Path, paths: Sequence[Path], given: Mapping[str, str]) -> None:
        """Take the folder, the paths of its files below it, and IDs that their texts give."""
        self._given = given
        self._above = folder.resolve().parts
        stems = {path.with_suffix("") for path in paths}
        self._ids = {identifier(path) for path in paths}
        self._keys = {stem: {f"{_without_ending(stem)}.*"} for stem in stems}
        for stem in stems:
            for plain, key in _without_folder(stem):
                self._keys[stem].add(key)
                if plain in self._keys:  # the language of the site has no folder of its own
                    self._keys[plain].add(key)
        self._versions = Counter(key for keys in self._keys.values() for key in keys)
        self._posts: dict[str, str] = {}
        """Posts of Jekyll by their names and any folders before it, without ``_posts``."""
        for one in sorted(self._ids):
            parts = _without_posts(one)
            for number in range(len(parts) if "_posts" in PurePosixPath(one).parts else 0):
                self._posts.setdefault("/".join(parts[number:]), one)

    def translations(self, path: Path) -> list[str]:
        """Return what a file shares with its translations, which are unlike any ID."""
        return sorted(key for key in self._keys[path.with_suffix("")] if self._versions[key] > 1)

    def target(self, link: str, path: Path) -> str:
        """Return the ID of the article that a link in a file leads to; addresses stay.

        A link to a file that does not exist is taken as relative to the file that has it.
        """
        parts = parts_of(link)
        if parts.scheme or parts.netloc or PurePosixPath(parts.path).suffix not in SUFFIXES:
            return link
        given = unquote(parts.path)
        joined = _within(posixpath.join(path.parent.as_posix(), given))
        candidates = chain([joined], self._from_roots(_within(given), path))
        found = next((one for one in candidates if one in self._ids), joined)
        return self._given.get(found, found)

    def _from_roots(self, wanted: str, path: Path) -> Iterator[str]:
        """Yield where a path from the root of the site may be, the most likely place first."""
        # The site may lie above the folder (its part _posts is the source), or in it.
        parts = PurePosixPath(wanted).parts
        for count in range(1, min(len(parts), len(self._above) + 1)):
            if self._above[-count:] == parts[:count]:
                yield "/".join(parts[count:])
        for root in reversed(path.parents):
            yield (PurePosixPath(root.as_posix()) / wanted).as_posix()
        if "_posts" in parts:
            yield self._posts.get("/".join(_without_posts(wanted)), "")


def _without_posts(path: str) -> list[str]:
    return [part for part in PurePosixPath(path).parts if part != "_posts"]


def _without_folder(stem: Path) -> Iterator[tuple[Path, str]]:
    """Yield a path without each folder of a language, and with ``*`` for it: ``*/a`` of ``fr/a``.

    Parameters
    ----------
    stem : path of a file without the suffix of its format.
    """
    for number, part in enumerate(stem.parts[:-1]):
        if _is_language(part):
            before, after = stem.parts[:number], stem.parts[number + 1 :]
            yield Path(*before, *after), "/".join([*before, "*", *after])


def _without_ending(stem: Path) -> str:
    """Return a path without the ending of a language: ``a`` of ``a.fr``."""
    return (stem.with_suffix("") if _is_language(stem.suffix[1:]) else stem).as_posix()


def _is_language(name: str) -> bool:
    return bool(_LANGUAGE.fullmatch(name) and tag_without_region(name))


def _within(path: str) -> str:
    """Return the ID of a path without ``..``, which may not leave the folder."""
    return identifier(PurePosixPath(posixpath.normpath(f"/{path}").lstrip("/")))
