"""A parsed web page as the extraction of its metadata reads it: what is visible, and where."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from models.lexical.normalization import normalize
from recommender.ingest.page_metadata import json_ld
from recommender.text import page_chrome
from recommender.text.html import BLOCKS, parts_of, site_of

LONG_PARAGRAPH = 120
"""Characters of the first paragraph of a body. What is above it is the head of the article."""

MAX_LINE_LENGTH = 200
"""Characters of a line of the head: a byline, a date, a section."""

SEPARATORS = re.compile(
    r"(?<!\s)(?:\s++(?:[|│–—·•»«>:/-]|::|//|\|\|)\s+|\s*+[|│]\s*|\s*+：\s*(?=[^：]*$))"
)
"""What separates a title from the name of the site in the title of a document."""

MAX_CHILDREN = 12
"""Elements in a line of the head."""

MAX_FOOTER_LINKS = 8
"""Links of a footer that is of the article and not of the site."""

CHROME_SHARE = 0.3
"""A block with this share of the text is content, whatever its class name."""

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "select",
        "svg",
        "iframe",
        "blockquote",
        "dialog",
        "button",
        "figcaption",
    ]
)
"""Elements that have no metadata of the article: of the site, of an embed or of a picture."""

_EMBED = re.compile(
    r"(?:^|[\s_-])(?:embed(?:ded|ly)?|twitter-tweet|tweet|instagram-media|fb-post|tiktok-embed"
    r"|side-?bar|widget-?area|(?:read-)?more-?(?:stories|news|posts|articles)|carousel"
    r"|(?:post|article)-?nav\w{0,30}|prev(?:ious)?-?(?:post|article)|next-?(?:post|article)|top-?stories"
    r"|(?:\w{0,20}:)?comment-?\w{0,30}|replies|ticker|mega-?menu|menu|navbar|lightbox|modal|tooltip"
    r"|(?:site|page|global|main)-?footer)(?=$|[\s_-])|(?:^|\s)(?:footer|teasers?|cards?)(?=$|\s)",
    re.IGNORECASE,
)
"""Class names of embeds, sidebars and lists of other stories."""

_OF_HEAD = re.compile(r"author|byline|meta|date|publi", re.IGNORECASE)
"""Class names of what a head has, also if other words in them are of page chrome."""


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
        return list(_visible(self._body, self._lengths, keys))

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
    def _lengths(self) -> dict[Any, int]:
        return _lengths(self._body)

    @cached_property
    def site_keys(self) -> frozenset[str]:
        """Keys of the names of the site, see :func:`key`."""
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


_INLINE = frozenset({"a", "b", "em", "i", "span", "strong"})

CONTAINER_SHARE = 0.4
"""Share of the text of a page that the element with the whole article has."""

ABOVE = 120
"""Elements above the title that may have its date or byline."""

_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name")


def key(text: str) -> str:
    """Return the letters and digits of a text, folded, so that two spellings are the same."""
    folded = normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def names_of(element: Any) -> str:
    """Return the class names and the ID of an element."""
    found = (element.get(name) or "" for name in ("class", "id", "data-testid", "typeof"))
    return " ".join(filter(None, found))


def text_of(element: Any) -> str:
    """Return the text of an element in one line."""
    return " ".join(element.text_content().split())


def is_line(element: Any) -> bool:
    """Return whether an element can be a line of the head: it has little in it."""
    return len(element) <= MAX_CHILDREN and 0 < len(text_of(element)) <= MAX_LINE_LENGTH


def pieces(element: Any, without: frozenset[Any] | set[Any] = frozenset()) -> list[str]:
    """Return the texts of an element that other elements separate.

    A piece begins with white space where a line begins, or where two words would be glued together.
    """
    found: list[str] = []
    line_begins = False
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, one in walker:
        line_begins = line_begins or one.tag in BLOCKS
        if event == "start" and one in without:
            walker.skip_subtree()
            text = None
        else:
            text = one.text if event == "start" else one.tail if one is not element else None
        if text and text.strip():
            before = found[-1][-1:] if found else ""
            glued = before.islower() and text[0].isupper()
            found.append(f" {text}" if before and (line_begins or glued) else text)
            line_begins = False
        elif text:
            line_begins = True
    return found


def _lengths(body: Any) -> dict[Any, int]:
    """Return the number of letters in each element, without scripts and styles."""
    found: dict[Any, int] = {}
    for element in reversed(list(body.iter(etree.Element))):
        if element.tag in _NO_TEXT:
            found[element] = 0
        else:
            own = len((element.text or "").strip()) + sum(found[child] for child in element)
            found[element] = own + sum(len((child.tail or "").strip()) for child in element)
    return found


_NO_TEXT = frozenset({"script", "style", "noscript", "template"})


def _visible(body: Any, lengths: dict[Any, int], titles: frozenset[str]) -> Iterator[Any]:
    most = CHROME_SHARE * lengths[body]
    walker = etree.iterwalk(body, events=("start",))
    for _, element in walker:
        if not isinstance(element.tag, str):
            continue
        if _is_other(element, lengths[element] < most) and not _has_title(element, titles):
            walker.skip_subtree()
        else:
            yield element


def _is_other(element: Any, is_small: bool) -> bool:
    """Return whether an element is not of the article: an embed, a sidebar, other stories."""
    names = names_of(element)
    if "footer" in {element.tag, names.strip()}:
        return len(list(element.iter("a"))) > MAX_FOOTER_LINKS
    if element.tag in _SKIPPED:
        return element.tag != "aside" or not is_small or not _OF_HEAD.search(names)
    if element.tag in {"html", "body", "main", "h1"}:
        return False
    if "display:none" in (element.get("style") or "").replace(" ", ""):
        return True
    is_chrome = element.tag != "article" and page_chrome.is_block(names)
    if not names or not (is_chrome or _EMBED.search(names)):
        return False
    return is_small and not _OF_HEAD.search(names)


def _has_title(element: Any, titles: frozenset[str]) -> bool:
    """Return whether an element has the headline."""
    if element.find(".//h1") is not None:
        return True
    headings = (one for one in element.iter("h2", "h3") if len(one) < MAX_CHILDREN)
    return any(key(one.text_content()) in titles for one in headings)
