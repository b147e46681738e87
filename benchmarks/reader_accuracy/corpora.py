"""Read public test sets of web pages in the layout of their repositories.

None of them is part of this repository. Clone them side by side into one folder:
mozilla/readability, adbar/trafilatura, scrapinghub/article-extraction-benchmark,
codelucas/newspaper and AndyTheFactory/newspaper4k.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html

ADDRESS = "https://site.example/page"
"""Address of pages whose test set does not give one."""


MIN_BODY = 200
"""Characters of a text of newspaper. Shorter ones are of another version of the page."""


@dataclass(frozen=True)
class Expected:
    """What a page has, as far as people wrote it down; None and empty are unknown."""

    body: str | None = None
    """The whole body."""
    contained: tuple[str, ...] = ()
    """Parts of the body."""
    excluded: tuple[str, ...] = ()
    """Parts of the page that are not in the body."""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    """As the test set writes it, usually YYYY-MM-DD."""


@dataclass(frozen=True)
class TestPage:
    """A page of a test set."""

    name: str
    address: str
    data: bytes
    expected: Expected


def corpora(folder: Path) -> Iterator[tuple[str, list[TestPage]]]:
    """Yield the name and the pages of each test set in a folder or its direct subfolders."""
    for place in (folder, *sorted(p for p in folder.iterdir() if p.is_dir())):
        for mark, (name, load) in LAYOUTS.items():
            if (place / mark).exists():
                yield name, sorted(load(place / mark), key=lambda page: page.name)


def _readability(folder: Path) -> Iterator[TestPage]:
    for case in folder.iterdir():
        if (case / "source.html").exists():
            meta = _json(case / "expected-metadata.json")
            text = _text(html.fromstring((case / "expected.html").read_text(encoding="utf-8")))
            byline = meta.get("byline")
            expected = Expected(
                body=text,
                title=meta.get("title"),
                authors=(byline,) if byline else (),
                published=meta.get("publishedTime"),
            )
            yield TestPage(case.name, ADDRESS, (case / "source.html").read_bytes(), expected)


def _trafilatura(file: Path) -> Iterator[TestPage]:
    for address, given in _json(file).items():
        places = [file.parent / folder / given["file"] for folder in ("cache", "eval")]
        found = next((place for place in places if place.exists()), None)
        if found is not None:
            expected = Expected(
                contained=tuple(given["with"]),
                excluded=tuple(given["without"]),
                title=given.get("title") or None,
                authors=_people(given.get("author")),
                published=given.get("date") or None,
            )
            yield TestPage(given["file"], address, found.read_bytes(), expected)


def _scrapinghub(file: Path) -> Iterator[TestPage]:
    for name, given in _json(file).items():
        data = gzip.decompress((file.parent / "html" / f"{name}.html.gz").read_bytes())
        yield TestPage(name, given["url"], data, Expected(body=given["articleBody"]))


def _newspaper(folder: Path) -> Iterator[TestPage]:
    """Read pairs of a page and its text, with the metadata of newspaper4k where it has any."""
    for file in folder.iterdir():
        page = folder.parent / "html" / f"{file.stem}.html"
        body = file.read_text(encoding="utf-8")
        if page.exists() and len(body) >= MIN_BODY:
            meta = _json(folder.parent / "metadata" / f"{file.stem}.json")
            expected = Expected(
                body=body,
                title=meta.get("title"),
                authors=_people(meta.get("authors")),
                published=meta.get("publish_date"),
            )
            yield TestPage(file.stem, meta.get("url") or ADDRESS, page.read_bytes(), expected)


LAYOUTS: dict[str, tuple[str, Callable[[Path], Iterator[TestPage]]]] = {
    "test/test-pages": ("readability", _readability),
    "tests/evaldata.json": ("trafilatura", _trafilatura),
    "ground-truth.json": ("scrapinghub", _scrapinghub),
    "tests/data/text": ("newspaper3k", _newspaper),
    "tests/data/txt": ("newspaper4k", _newspaper),
}
"""A path that shows the layout, the name of the test set, and what reads it."""


def _json(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return read


def _people(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        names = re.split(r"[;,|&]|\s(?:and|und|et|y)\s", value)
        return tuple(name.strip() for name in names if name.strip())
    return tuple(value or ())


def _text(root: Any) -> str:
    return " ".join(" ".join(root.itertext()).split())
