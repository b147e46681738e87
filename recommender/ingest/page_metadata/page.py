"""A parsed web page as the extraction of its metadata reads it: what is visible, and where."""

from __future__ import annotations

import copy
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from recommender.ingest.page_metadata import json_ld
from recommender.ingest.page_metadata.elements import key, text_of
from recommender.ingest.page_metadata.visible import visible_in
from recommender.text.markup.chrome_blocks import letters_in
from recommender.text.markup.html import parts_of, site_of

LONG_PARAGRAPH = 120
"""Characters of the first paragraph of a body. What is above it is the head of the article."""

SEPARATORS = re.compile(
    r"(?<!\s)(?:\s++(?:[|│–—·•»«>:/-]|::|//|\|\|)\s+|\s*+[|│]\s*|\s*+：\s*(?=[^：]*$))"
)
"""What separates a title from the name of the site in the title of a document."""


@dataclass(frozen=True)
class Listed:
    """What a news sitemap says about a page; "" for what it does not."""

    published: str = ""
    title: str = ""
    language: str = ""
    keywords: str = ""
    """Separated by commas."""


NOT_LISTED = Listed()
"""A page without a news sitemap."""


@dataclass(frozen=True, eq=False)
class Page:
    """A page, its metadata, and its visible elements."""

    root: Any
    address: str
    nodes: list[dict[str, Any]]
    """Nodes of JSON-LD."""
    node: dict[str, Any]
    """The one of the article."""
    meta: dict[str, list[str]]
    language: str
    listed: Listed = NOT_LISTED
    _heads: dict[Any, Head] = field(default_factory=dict)

    @cached_property
    def elements(self) -> list[Any]:
        """Visible elements in document order, without embeds, sidebars and other stories."""
        titles = [*self.meta.get("og:title", ()), *map(text_of, list(self.root.iter("title"))[:1])]
        parts = (part for title in titles for part in (title, *SEPARATORS.split(title)))
        keys = frozenset(filter(None, map(key, parts)))
        return list(visible_in(self._body, self._lengths, keys))

    def visible_copy(self) -> Any:
        """Return a copy of the page with its head and scripts, without what is not visible."""
        numbers = {element: number for number, element in enumerate(self._body.iter())}
        shown = {numbers[element] for element in self.elements}
        whole = copy.deepcopy(self.root)
        body = next(iter(whole.iter("body")), whole)
        copied = list(body.iter())
        hidden = {one for number, one in enumerate(copied) if number not in shown}
        for one in hidden:
            parent = one.getparent()
            if one.tag != "script" and parent is not None and parent not in hidden:
                one.drop_tree()
        return whole

    @cached_property
    def _body(self) -> Any:
        return next(iter(self.root.iter("body")), self.root)

    @cached_property
    def _lengths(self) -> Counter[Any]:
        return letters_in(self._body, _NO_TEXT)

    @cached_property
    def site_keys(self) -> frozenset[str]:
        """Keys of the names of the site, as :func:`key` returns them."""
        names = [name for field in _SITE_NAMES for name in self.meta.get(field, ())]
        for node in (self.node, *self.nodes):
            names.append(json_ld.name_of(node.get("publisher")))
            if {"WebSite", "Organization", "NewsMediaOrganization"} & set(json_ld.types(node)):
                names.append(json_ld.name_of(node.get("name")))
        host = site_of(parts_of(self.address).netloc.partition(":")[0])
        hosts = [host, host.rpartition(".")[0]] if "." in host else []
        return frozenset(filter(None, map(key, (*names, *hosts))))

    def is_site(self, text: str) -> bool:
        """Return whether a text is the name of the site and not of an article or person."""
        found = key(text)
        return bool(found) and (
            found in self.site_keys
            or re.sub(r"^(?:the|die|der|das|le|la|el)(?=.{4})", "", found) in self.site_keys
        )

    def all(self, names: tuple[str, ...]) -> list[str]:
        """Return the contents of the meta elements of these names, in their order."""
        return [value for name in names for value in self.meta.get(name, ())]

    def head(self, title: Any) -> Head:
        """Divide the visible elements by the title and the first paragraph of the text.

        Parameters
        ----------
        title : the element of the title; None if it is unknown.
        """
        if title not in self._heads:
            self._heads[title] = self._head(title)
        return self._heads[title]

    def _head(self, title: Any) -> Head:
        elements = self.elements
        inside = set(title.iter()) if title is not None else set()
        start = next((i for i, one in enumerate(elements) if one is title), -1)
        end = start + 1
        while end < len(elements) and not self._is_paragraph(elements[end]):
            end += 1
        below = [one for one in elements[start + 1 : end] if one not in inside]
        above = elements[max(start - ABOVE, 0) : max(start, 0)][::-1]
        if end == len(elements):
            return Head(below, above, [])
        within = set(self._container(title, elements[end]).iter())
        return Head(below, above, [one for one in elements[end:] if one in within])

    def _is_paragraph(self, element: Any) -> bool:
        """Return whether an element has a long text of its own, outside of blocks in it."""
        if element.tag not in {"p", "div"} or self._lengths[element] < LONG_PARAGRAPH:
            return False
        inline = [self._lengths[child] for child in element if child.tag in _INLINE]
        tails = (len((child.tail or "").strip()) for child in element)
        own = len((element.text or "").strip()) + sum(tails) + sum(inline)
        return own >= LONG_PARAGRAPH

    def _container(self, title: Any, text: Any) -> Any:
        """Return the element that has the title and the article."""
        entries = (one for one in text.iterancestors() if _ENTRY.search(one.get("class") or ""))
        entry = next(entries, None)
        if entry is not None:
            return entry
        around = set(title.iterancestors()) if title is not None else set()
        enough = CONTAINER_SHARE * self._lengths[self._body]
        for outer in text.iterancestors():
            if outer is self._body or outer.tag in {"article", "main"}:
                return outer
            if (outer in around or title is None) and self._lengths[outer] >= enough:
                return outer
        return self._body


@dataclass(frozen=True)
class Head:
    """The visible elements of a page, by their place."""

    below: list[Any]
    """Between the title and the text."""
    above: list[Any]
    """Above the title, the nearest first."""
    rest: list[Any]
    """The text and what is below it, in the same container."""


_ENTRY = re.compile(r"(?:^|\s)h-?entry(?=$|\s)")
"""The class of a whole article in microformats."""

_INLINE = frozenset({"a", "b", "em", "i", "span", "strong"})

CONTAINER_SHARE = 0.4
"""Share of the text of a page that the element with the whole article has."""

ABOVE = 120
"""Elements above the title that may have its date or byline."""

_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name")

_NO_TEXT = frozenset({"script", "style", "noscript", "template"})
