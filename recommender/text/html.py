"""A fragment of HTML, as feeds and content systems hold an article's body, to plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree, html

from recommender.text import page_chrome

_BLOCKS = """
address article aside blockquote br center dd details div dl dt fieldset figure figcaption
footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody
td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that begin and end a line."""

_DROPPED = """
script style noscript template iframe object embed svg math form button input select
textarea label figcaption nav audio video canvas head dialog
"""
DROPPED = frozenset(_DROPPED.split())
"""Elements whose content is no text of the article."""


WHOLE = frozenset({"html", "body", "main", "article"})
"""Elements that hold the article, whatever their classes say ("has-sidebar", "no-comments")."""

LINES = frozenset({"p", "li", "h2", "h3", "h4", "h5", "h6", "div"})


@dataclass
class Content:
    """What an article's HTML holds."""

    text: str = ""
    """Plain text, a paragraph or sub-heading a line."""
    links: list[str] = field(default_factory=list)
    """Addresses that it links to on its own site, absolute where ``base`` was given."""
    image: str = ""
    image_alt: str = ""


def content_of(markup: str, base: str = "") -> Content:
    """Turn a fragment of HTML into text, links and first picture; never fails on broken HTML."""
    root = parse(markup)
    if root is None:
        return Content()
    text, addresses = _walked(root)
    image, alt = _picture(root, base)
    return Content(text, _own(addresses, base), image, alt)


def words_of(markup: str) -> str:
    """Turn markup into its words, furniture or not: for titles and other short texts."""
    root = parse(markup)
    return "" if root is None else _walked(root, all_of_it=True)[0]


def parse(markup: str | bytes, charset: str | None = None) -> Any:
    """Parse HTML as browsers do, tolerantly; None where there is nothing in it."""
    if isinstance(markup, str):
        markup, charset = markup.encode("utf-8", "replace"), "utf-8"
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding=charset)
    try:
        return html.document_fromstring(markup.replace(b"\0", b""), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def _walked(root: Any, *, all_of_it: bool = False) -> tuple[str, list[str]]:
    """Walk over what is no furniture; returns its text and the addresses of its links."""
    parts: list[str] = []
    addresses: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        line_end = "\n" if element.tag in BLOCKS else ""
        if event == "end":
            parts += [line_end, _flat(element.tail) if element is not root else ""]
        elif element.tag in DROPPED or (not all_of_it and _is_furniture(element)):
            walker.skip_subtree()
        elif not all_of_it and _points_elsewhere(element):
            walker.skip_subtree()
            addresses += [_address(anchor) for anchor in element.iter("a")]
        else:
            parts += [line_end, _flat(element.text)]
            if element.tag == "a":
                addresses.append(_address(element))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    kept = "\n".join(
        line for line in lines if line and (all_of_it or not page_chrome.is_line(line))
    )
    return kept, addresses


def _own(addresses: list[str], base: str) -> list[str]:
    kept = (own_address(address, base) for address in addresses)
    return list(dict.fromkeys(address for address in kept if address))


def _address(anchor: Any) -> str:
    return (anchor.get("href") or "").strip()


def own_address(address: str, base: str) -> str:
    """Make a link absolute; "" for one to another site, to a picture, or within the page."""
    whole = joined(base, address)
    parts = parts_of(whole)
    at_home = not base or site_of(parts.netloc) == site_of(parts_of(base).netloc)
    if parts.scheme not in {"http", "https", ""} or not at_home or address.startswith("#"):
        return ""
    if not whole or not address or _NO_ARTICLE.search(parts.path):
        return ""
    return parts._replace(fragment="").geturl()


def joined(base: str, address: str) -> str:
    """Make an address absolute; "" for what is no address."""
    try:
        whole = urljoin(base, address.strip())
        urlsplit(whole)
    except ValueError:
        return ""
    return whole


def parts_of(address: str) -> SplitResult:
    """Split an address; what is none has empty parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def site_of(host: str) -> str:
    """Name a site by its host, with and without www alike."""
    return host.casefold().removeprefix("www.")


_NO_ARTICLE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|zip|mp[34]|css|js|xml)$|^/?$", re.IGNORECASE
)


def _is_furniture(element: Any) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return names != " " and element.tag not in WHOLE and page_chrome.is_block(names)


def _points_elsewhere(element: Any) -> bool:
    if element.tag not in LINES or element.find(".//a") is None:
        return False
    start = next((flat for part in element.itertext() if (flat := _flat(part).strip())), "")
    if not page_chrome.may_point_elsewhere(start):
        return False  # most paragraphs: the rest costs more
    linked = _flat(" ".join(anchor.text_content() for anchor in element.iter("a"))).strip()
    return page_chrome.only_points_elsewhere(_flat(element.text_content()).strip(), linked)


def _picture(root: Any, base: str) -> tuple[str, str]:
    for image in root.iter("img"):
        source = (image.get("src") or image.get("data-src") or "").strip()
        if source and not source.startswith("data:") and image.get("width") not in {"0", "1"}:
            return joined(base, source), image.get("alt") or ""
    return "", ""


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""
