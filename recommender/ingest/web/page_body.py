"""Extract the body of a page, with a second look where the first one misses much of the text."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from recommender.text.markup import page_chrome
from recommender.text.markup.chrome_blocks import named_blocks, prose_of
from recommender.text.markup.html import own_address

MIN_SHARE = 0.6
"""Share of another extraction, or of the stated body, that a body has to have."""

MIN_PARAGRAPH_SHARE = 0.6
"""Share of the page's paragraphs that a body has on nearly every page."""

MIN_PAGE_SHARE = 0.2
"""Share of all text outside links that a body has on nearly every page."""

SHORT = 500
"""Characters of a body that is so short that a second look costs little."""

MAX_DOUBTFUL = 700
"""Characters of a first body that may be of something else than the article."""

MAX_MISSING = 0.3
"""Share of the words of a longer first body that the second may lack."""

MIN_MODULES = 2

_ASIDE = frozenset(["aside", "blockquote", "footer", "form", "header", "nav", "noscript", "table"])
"""Elements whose paragraphs are often no part of the body."""


_INLINE = frozenset({"ref", "hi", "del", "code"})
"""Elements of trafilatura's tree that do not begin a line."""

_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_LINE_ENDS = re.compile(r"[\r\n]+")


@dataclass(frozen=True)
class PageBody:
    """Body of a page."""

    text: str = ""
    """A paragraph or sub-heading a line."""
    links: list[str] = field(default_factory=list)
    replaced: bool = False
    """Whether it comes from a second look."""


def prune(root: Any, content_names: frozenset[str] = frozenset()) -> None:
    """Remove page chrome from a page, and the names of page chrome from what is content.

    The extractor recognises some of the same names and would remove that content.
    """
    blocks = named_blocks(root, content_names)
    keep = {a for title in root.iter("h1") for a in title.iterancestors()}
    for element in blocks.chrome - keep:
        if element.getparent() is not None:
            element.drop_tree()
    for element in blocks.content:
        for name in ("class", "id"):
            words = (element.get(name) or "").split()
            element.set(name, " ".join(w for w in words if not page_chrome.is_block(w)))


def body_of(root: Any, address: str, stated: str = "") -> PageBody:
    """Extract the body of a pruned page.

    Parameters
    ----------
    root : tree of lxml; it is not changed.
    address : of the page, for its links.
    stated : body that the page's own metadata give; it replaces one that is far shorter.
    """
    first = _extracted(root, address)
    if _is_far_shorter(first, len(stated)):
        return PageBody(stated, first.links, replaced=True)
    paragraphs = _shown_paragraphs(root)
    if not _is_suspicious(first, root, paragraphs):
        return first
    second = _extracted(_without_hidden(root, len(first.text)), address, fast=False)
    if not _is_better(second, first):
        joined = _joined_modules(root, paragraphs, first.text)
        second = first if joined is None else _once(_extracted(joined, address))
    if _is_better(second, first):
        return replace(second, links=second.links or first.links, replaced=True)
    return first


def _is_better(second: PageBody, first: PageBody) -> bool:
    """Return whether the second body is the first one with much more."""
    if not _is_far_shorter(first, len(second.text)):
        return False
    words = set(first.text.split())
    missing = len(words - set(second.text.split()))
    return len(first.text) < MAX_DOUBTFUL or missing <= MAX_MISSING * len(words)


def _without_hidden(root: Any, length: int) -> Any:
    """Return the page without what its style hides; as it is where nearly no text is shown."""
    if length < SHORT:
        return root
    shown = copy.deepcopy(root)
    for element in shown.xpath(
        "//*[@hidden or contains(@style, 'display') or contains(@style, 'visib')]"
    ):
        if element.getparent() is not None and _HIDES.search(
            element.get("style") or "display:none"
        ):
            element.drop_tree()
    return shown


def _once(body: PageBody) -> PageBody:
    """Return a body with each line once: pages repeat a module for another width of the window."""
    return replace(body, text="\n".join(dict.fromkeys(body.text.split("\n"))))


def _is_suspicious(body: PageBody, root: Any, paragraphs: list[tuple[Any, int]]) -> bool:
    """Return whether a body may lack much of the page."""
    length = len(body.text)
    if length < max(SHORT, MIN_PARAGRAPH_SHARE * sum(characters for _, characters in paragraphs)):
        return True
    if length >= MIN_PAGE_SHARE * len(root.text_content()):
        return False  # with scripts and links, which is quicker
    return length < MIN_PAGE_SHARE * prose_of(root)


def _is_far_shorter(body: PageBody, length: int) -> bool:
    return len(body.text) < MIN_SHARE * length


def _extracted(root: Any, address: str, *, fast: bool = True) -> PageBody:
    """Extract one paragraph or sub-heading a line, and the links."""
    import trafilatura  # noqa: PLC0415 - takes 0.3 s; only pages need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs every unusual page
    found: Any = trafilatura.bare_extraction(  # it works on a copy
        root, include_comments=False, include_links=True, fast=fast
    )
    if found is None or found.body is None:
        return PageBody()
    links = [own_address(ref.get("target") or "", address) for ref in found.body.iter("ref")]
    kept = [line for line in _lines(found.body) if line and not page_chrome.is_line(line)]
    return PageBody("\n".join(kept), list(dict.fromkeys(filter(None, links))))


def _lines(body: Any) -> Iterable[str]:
    """Yield the paragraphs, headings, items and cells of trafilatura's tree."""
    parts: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        block = element.tag not in _INLINE
        if event == "start":
            parts += ["\n" if block else "", _flat(element.text)]
        else:
            parts += ["\n" if block else "", _flat(element.tail)]
    return (" ".join(line.split()) for line in "".join(parts).split("\n"))


def _flat(text: str | None) -> str:
    return _LINE_ENDS.sub(" ", text) if text else ""


def _shown_paragraphs(root: Any) -> list[tuple[Any, int]]:
    """Return the paragraphs of the page, with their characters outside links."""
    found = []
    for element in root.iter("p"):
        if not any(a.tag in _ASIDE for a in element.iterancestors()):
            linked = sum(len(anchor.text_content()) for anchor in element.iter("a"))
            found.append((element, len(element.text_content().strip()) - linked))
    return found


def _joined_modules(root: Any, paragraphs: list[tuple[Any, int]], found: str) -> Any:
    """Return a copy of the page in which the modules of a divided body are one; None without any.

    Pages divide a body by pictures. The extractor takes the first module alone, by its class.

    Parameters
    ----------
    paragraphs : of the page, with their characters.
    found : text of the first extraction, which has one of the modules.
    """
    modules = _modules(paragraphs, found)
    if len(modules) < MIN_MODULES:
        return None
    whole = copy.deepcopy(root)
    positions = {element: place for place, element in enumerate(root.iter())}
    copies = list(whole.iter())
    copied = [copies[positions[element]] for element in modules]
    outer = _common_ancestor(copied)
    titles = sum(h.find(".//a") is not None for h in outer.iter("h1", "h2", "h3"))
    if titles >= len(modules) - 1:
        return None  # a list of articles, each with a title that links to it
    for module in copied:
        for element in (module, *module.iterancestors()):
            if element is outer:
                break
            element.attrib.pop("class", None)
            element.attrib.pop("id", None)
    outer.set("class", "article-body")
    return whole


def _modules(paragraphs: list[tuple[Any, int]], found: str) -> list[Any]:
    """Return the elements of one class that hold most of the paragraphs."""
    groups: dict[tuple[str, str], dict[Any, int]] = {}
    for element, length in paragraphs:
        holder = next((a for a in element.iterancestors() if a.get("class")), None)
        if holder is not None:
            group = groups.setdefault((holder.tag, holder.get("class").split()[0]), {})
            group[holder] = group.get(holder, 0) + length
    largest = max(groups.values(), key=lambda group: sum(group.values()), default={})
    whole = sum(length for _, length in paragraphs)
    articles = {next(e.iterancestors("article"), None) for e in largest}
    first = next(iter(largest), None)
    if sum(largest.values()) < MIN_SHARE * whole or len(articles) > 1:
        return []
    return list(largest) if first is not None and _start_of(first) in found else []


def _start_of(module: Any) -> str:
    return " ".join(next(module.iter("p")).text_content().split())


def _common_ancestor(elements: list[Any]) -> Any:
    paths = [list(reversed([e, *e.iterancestors()])) for e in elements]
    return [level[0] for level in zip(*paths, strict=False) if len(set(level)) == 1][-1]
