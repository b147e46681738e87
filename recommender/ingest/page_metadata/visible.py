"""Choose the elements of a page that are visible and of its article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from recommender.ingest.page_metadata.elements import MAX_CHILDREN, key, names_of
from recommender.text.markup import page_chrome

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


def visible_in(body: Any, lengths: Counter[Any], titles: frozenset[str]) -> Iterator[Any]:
    """Yield the visible elements in document order, without those of other stories.

    Parameters
    ----------
    body : element of lxml.
    lengths : characters of the text in each element.
    titles : keys of titles. An element with the headline is of the article, whatever its names.
    """
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
    if not names or not is_small or _OF_HEAD.search(names):
        return False
    return (element.tag != "article" and page_chrome.is_block(names)) or _is_embed(names)


@lru_cache(maxsize=page_chrome.REMEMBERED)
def _is_embed(names: str) -> bool:
    return bool(_EMBED.search(names))


def _has_title(element: Any, titles: frozenset[str]) -> bool:
    """Return whether an element has the headline."""
    if element.find(".//h1") is not None:
        return True
    headings = (one for one in element.iter("h2", "h3") if len(one) < MAX_CHILDREN)
    return any(key(one.text_content()) in titles for one in headings)
