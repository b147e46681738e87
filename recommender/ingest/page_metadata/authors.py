"""Find the authors of an article: in JSON-LD, in meta elements, in the byline near the title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from recommender.ingest.page_metadata import json_ld
from recommender.ingest.page_metadata.elements import key, line_of, names_of, pieces, text_of
from recommender.ingest.page_metadata.page import Page
from recommender.text.bylines import names_in

_META = (
    "author",
    "article:author",
    "og:article:author",
    "og:author",
    "byl",
    "authors",
    "dc.creator",
    "dc.creator.aut",
    "dcterms.creator",
    "creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "article:author_name",
    "shareaholic:article_author_name",
    "rbauthors",
    "cxenseparse:author",
    "vr:author",
    "twitter:data1",
)

_BYLINE = re.compile(
    r"(?:^|[\s_-]|__)(?:by-?lines?\w*|authors?|author-?(?:name|link|s)|writers?|(?:post|entry|article)"
    r"-?authors?|autor(?:e|es|en|in|i)?|auteurs?|verfasser|redact(?:or|eur)|reporter|journalist"
    r"|contributors?|creator|firma|signature|posted-?by|written-?by|fn|kontributor|skribent)"
    r"(?=$|[\s_-])",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"comment|avatar|photo|image|picture|figure|caption|credit|bio|desc|social|follow|share|count"
    r"|related|newsletter|role|job|position|e-?mail|twitter|icon",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:^|[\s_-])(?:fn|name|author-?name|author-?link|nom|nombre)(?=$|[\s_-])", re.IGNORECASE
)
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|in)?|auteurs?|people|person(?:en)?|staff|profiles?|users?|by|team"
    r"|journalists?|writers?|contributors?|redaktion|columnists?|member)/",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^\W*(?:(?:written|posted|published|words|text|story)\s+)?(?:by|von|par|por|przez|door|av|af)"
    r"\s*:?\s+\w|^\W*(?:autor(?:in|en|zy|ka)?|authors?|auteur|text|tekst|von|автор)\s*:\s*\w",
    re.IGNORECASE,
)
MAX_SIGNED_LENGTH = 100
"""Characters of a line that begins with "By" and is a byline."""


def authors_of(page: Page, title: Any) -> list[str]:
    """Return the names of the authors.

    Parameters
    ----------
    page : the page.
    title : the element of the title; None if it is unknown.
    """
    named = _named(page)
    persons = [name for name in named if not page.is_site(name)]
    if persons and all(_is_full(name) for name in persons):
        return persons
    visible = _visible(page, title)
    if not persons:
        return visible or named
    # A first name or an account in the metadata, and the whole name in the byline.
    whole = [name for name in visible if key(persons[0]) in key(name)]
    return visible if whole else persons


def _is_full(name: str) -> bool:
    return " " in name or not name.isascii()


def _named(page: Page) -> list[str]:
    """Return the names in JSON-LD, meta elements and microdata, the first of them that has any."""
    by_json = [json_ld.people(page.node.get(field), page.nodes) for field in ("author", "creator")]
    for given in (*by_json, *(page.meta.get(name, []) for name in _META), _microdata(page)):
        names = [name for text in given for name in names_in(text, is_label=False)]
        names = [name for name in names if not name.isdigit()]
        if names:
            persons = [name for name in names if not page.is_site(name)]
            return list(dict.fromkeys(persons or names))
    return []


def _microdata(page: Page) -> list[str]:
    found = []
    for element in page.elements:
        if "author" in (element.get("itemprop") or "").split():
            names = [e for e in element.iter() if "name" in (e.get("itemprop") or "").split()]
            shown = names or [element]
            found += [e.get("content") or "|".join(pieces(e)) for e in shown]
    return [text for text in found if len(text) < 4 * MAX_SIGNED_LENGTH][:8]


def _visible(page: Page, title: Any) -> list[str]:
    """Return the names in the byline: near the title, then above it, then below the text."""
    head = page.head(title)
    for region in (head.below, head.above, head.rest):
        for find in (_linked, _marked, _signed):
            if find is _signed and region is not head.below:
                continue
            if names := [n for n in find(region) if not page.is_site(n)]:
                return list(dict.fromkeys(names))
    return []


def _linked(region: Iterable[Any]) -> Iterator[str]:
    """Yield the names of links to authors in the first byline."""
    line = None
    for element in region:
        if element.tag != "a" or not line_of(element):
            continue
        is_author = "author" in (element.get("rel") or "").split()
        is_author = is_author or (
            bool(_PROFILE.search(element.get("href") or ""))
            and any(_is_byline(one) for one in (element, *_ancestors(element)))
        )
        if is_author:
            place = _ancestors(element)[:3]
            if line is not None and not set(line) & set(place):
                return
            if names := names_in("|".join(pieces(element))):
                line = line or place
                yield from names


def _ancestors(element: Any) -> list[Any]:
    found: list[Any] = []
    for one in element.iterancestors():
        if one.tag in {"article", "main", "body"} or len(found) == 4:
            break
        found.append(one)
    return found


def _is_byline(element: Any) -> bool:
    names = f"{names_of(element)} {element.get('rel') or ''}"
    return bool(_BYLINE.search(names)) and not _NOT_BYLINE.search(names)


def _marked(region: Iterable[Any]) -> Iterator[str]:
    """Yield the names of the first element that is marked as a byline."""
    for element in region:
        if _is_byline(element) and line_of(element):
            inner = [e for e in element.iter() if e is not element and _NAME.search(names_of(e))]
            if inner and (names := [n for e in inner for n in names_in("|".join(pieces(e)))]):
                yield from names
                return
            if names := names_in(_byline_text(element)):
                yield from names
                return
            after = element.getnext()  # <span class="byline">By</span> <a>Anna Reed</a>
            if after is not None and key(text_of(element)) in _OPENINGS and line_of(after):
                yield from names_in(text_of(after))
                return


_OPENINGS = frozenset(
    {"by", "von", "par", "por", "writtenby", "autor", "autorin", "author", "text"}
)


def _byline_text(element: Any) -> str:
    """Return the text of a byline with separators between names, roles and buttons."""
    parts = [piece.strip() for piece in pieces(element)]
    text = parts[0] if parts else ""
    for before, part in pairwise(parts):
        joins = key(before) in _OPENINGS | _CONNECTORS or key(part) in _CONNECTORS
        joins = joins or before.endswith((",", "&", " and", " by", ":")) or part[0] in ",&;"
        joins = joins or (len(before.split()) == len(part.split()) == 1 and part.istitle())
        text += f" {part}" if joins or not key(part) else f" | {part}"
    return text


_CONNECTORS = frozenset(
    {"and", "und", "et", "y", "i", "oraz", "e", "og", "och", "with", "mit", "by", "von", "par"}
)


def _signed(region: Iterable[Any]) -> Iterator[str]:
    """Yield the names of a line near the title that begins with "By"."""
    for element in region:
        if element.tag in {"h2", "h3", "h4", "li"} or not line_of(element):
            continue
        text = _byline_text(element)
        if len(text) <= MAX_SIGNED_LENGTH and _SIGNED.match(text):
            names = names_in(text)
            if names and all(len(name.split()) <= 4 for name in names):
                yield from names
                return
