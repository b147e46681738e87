"""Find the elements of a page or fragment that are page chrome, by name and by how much they hold.

Site builders reuse the words of page chrome for content: "no-share", "paywall" for the text that
subscribers read, "entry-content-read-more". So a name is page chrome only if little text bears it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from recommender.text.markup import page_chrome

MAX_SHARE = 0.3
"""Share of the text. What holds more is content, whatever its name."""

MAX_COMMENTS_SHARE = 0.7
"""Share of the text for comments of readers, which are often longer than the article."""

MAX_PROMPT = 400
"""Characters of a call to subscribe or to read more. What is longer is the text behind it."""

MAX_BOX = 200
"""Characters of a box that is page chrome under a short text, although it is much of it."""

CONTENT_ELEMENTS = frozenset({"html", "body", "main", "article", "h1"})
"""Elements that contain the article or its title, also with a class such as "has-sidebar"."""

MIN_SLUG_WORDS = 4
"""Words of an ID that may be made of a heading; "related-posts" above "Related posts" is not."""

_WORD = re.compile(r"\w+")

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
"""Elements whose ID content systems make of their text."""

_HIDDEN = frozenset(
    {"iframe", "noscript", "object", "script", "select", "style", "svg", "template"}
)
_NO_PROSE = frozenset({"a", "button", "footer", "head", "nav"}) | _HIDDEN
"""Elements whose text does not count: links, controls and what is not shown."""


@dataclass
class NamedBlocks:
    """Elements with a name of page chrome."""

    chrome: set[Any] = field(default_factory=set)
    """Those that hold little text."""
    content: set[Any] = field(default_factory=set)
    """Those that hold much of it."""


def named_blocks(root: Any, content_names: AbstractSet[str] = frozenset()) -> NamedBlocks:
    """Find the elements with a name of page chrome, and divide them by the text that they hold.

    Elements with the same names count together, so that paragraphs of one class are one block.

    Parameters
    ----------
    root : tree of lxml.
    content_names : class names and IDs that the page declares to be content.
    """
    groups: dict[str, list[Any]] = defaultdict(list)
    for element in root.xpath("descendant-or-self::*[@class or @id]"):
        if element.tag not in CONTENT_ELEMENTS:
            names = _names_of(element, content_names)
            if names and page_chrome.is_block(names):
                shared = element.get("class") or ""  # an ID is that of one element alone
                groups[shared if page_chrome.is_block(shared) else names].append(element)
    found = NamedBlocks()
    if groups:
        _divide(root, groups, found)
    return found


def _names_of(element: Any, content_names: AbstractSet[str]) -> str:
    """Return the class names and the ID of an element, as far as they may name page chrome."""
    names = (element.get("class") or "").split()
    identifier = (element.get("id") or "").strip()
    if identifier and not _is_made_of_heading(identifier, element):
        names.append(identifier)
    return " ".join(n for n in names if n not in content_names)


def _is_made_of_heading(identifier: str, element: Any) -> bool:
    """Return whether an ID is the text of a heading: "sharing-a-car-with-neighbours"."""
    if element.tag in _HEADINGS:
        return True
    if identifier.count("-") < MIN_SLUG_WORDS - 1:
        return False
    heading = next(element.iter("h1", *_HEADINGS), None)
    words = [] if heading is None else _WORD.findall(heading.text_content().casefold())
    return "-".join(words).startswith(identifier.casefold())


def _divide(root: Any, groups: dict[str, list[Any]], found: NamedBlocks) -> None:
    prose = letters_in(root, _NO_PROSE)
    for names, group in groups.items():
        outer = (element for element in group if not _is_inside(element, group))
        length = sum(prose[element] for element in outer)
        is_content = length > _limit(names, prose[root])
        (found.content if is_content else found.chrome).update(group)


def _limit(names: str, whole: int) -> float:
    """Return the characters outside links above which a name is one of content."""
    if page_chrome.is_comments(names):
        return MAX_COMMENTS_SHARE * whole
    limit = max(MAX_SHARE * whole, min(MAX_BOX, MAX_COMMENTS_SHARE * whole))
    return min(limit, MAX_PROMPT if page_chrome.is_prompt(names) else whole)


def _is_inside(element: Any, group: list[Any]) -> bool:
    """Return whether an element is in another one of its group."""
    names = element.get("class")
    return len(group) > 1 and any(a.get("class") == names for a in element.iterancestors())


def prose_of(root: Any) -> int:
    """Return the characters of shown text outside links."""
    return letters_in(root, _NO_PROSE)[root]


def letters_in(root: Any, without: AbstractSet[str]) -> Counter[Any]:
    """Count the characters of the text in each element.

    Parameters
    ----------
    root : tree of lxml.
    without : names of elements that do not count, nor does what is inside them.
    """
    found: Counter[Any] = Counter()
    length = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            found[element] = length
            if element.tag in without:
                walker.skip_subtree()
            elif text := element.text:
                length += len(text.strip())
        else:
            found[element] = length - found[element]
            if element is not root and (tail := element.tail):
                length += len(tail.strip())
    return found
