"""Convert HTML fragments of feeds and content systems to plain text, links and a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree, html

from recommender.text.markup import page_chrome
from recommender.text.markup.chrome_blocks import named_blocks
from recommender.text.markup.shortcodes import escape_shortcodes, without_shortcodes
from recommender.urls import ascii_host, without_tracking

_BLOCKS = """
address article aside blockquote br center dd details div dl dt fieldset figure figcaption
footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody
td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS.split())
"""Block elements: they begin and end a line."""

_DROPPED = """
script style noscript template iframe object embed svg math form button input select
textarea label figcaption nav audio video canvas head dialog
"""
DROPPED = frozenset(_DROPPED.split())
"""Elements whose content is not text of the article."""


CODE = frozenset({"code", "kbd", "pre", "samp"})
"""Elements that show code: shortcodes in them are text."""

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""What no XML document may contain, besides surrogates; lxml refuses to build texts of it."""

LINES = frozenset({"p", "li", "h2", "h3", "h4", "h5", "h6", "div"})


@dataclass
class Content:
    """Content of an HTML fragment."""

    text: str = ""
    """Plain text, a paragraph or sub-heading a line."""
    links: list[str] = field(default_factory=list)
    """Links to the same site; absolute if ``base`` was given."""
    image: str = ""
    image_alt: str = ""


def content_of(markup: str, base: str = "") -> Content:
    """Convert a fragment to text, links and its first picture, without page chrome."""
    root = parse(markup)
    if root is None:
        return Content()
    text, addresses = _walked(root)
    image, alt = _picture(root, base)
    return Content(text, _own(addresses, base), image, alt)


def words_of(markup: str) -> str:
    """Convert markup to text without removing page chrome, as for titles."""
    if "<" not in markup and "&" not in markup:  # most titles: no parser is needed
        return "\n".join(_lines(_flat(_allowed(markup).decode())))
    root = parse(markup)
    return "" if root is None else _walked(root, keep_chrome=True)[0]


def parse(markup: str) -> Any:
    """Parse HTML leniently, without characters that XML forbids; None if it is empty."""
    data = _allowed(markup)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def has_forbidden(markup: str) -> bool:
    """Return whether markup has characters that XML forbids, which :func:`parse` removes."""
    return len(_allowed(markup)) < len(markup.encode("utf-8", "surrogatepass"))


def _allowed(markup: str) -> bytes:
    """Return markup in UTF-8 without characters that XML forbids; quicker than a pattern."""
    data = markup.encode("utf-8", "ignore").translate(None, _CONTROLS)
    for character in _NO_CHARACTERS:
        data = data.replace(character, b"")
    return data


def _walked(root: Any, *, keep_chrome: bool = False) -> tuple[str, list[str]]:
    """Return the text and the link addresses of a tree, by default without page chrome."""
    parts: list[str] = []
    addresses: list[str] = []
    chrome = set() if keep_chrome else named_blocks(root).chrome
    walker = etree.iterwalk(root, events=("start", "end"))
    code = 0  # elements around the position that show code
    for event, element in walker:
        line_end = "\n" if element.tag in BLOCKS else ""
        if element.tag in CODE:
            code += 1 if event == "start" else -1
        if event == "end":
            parts += [line_end, _shown(element.tail, code) if element is not root else ""]
        elif element.tag in DROPPED or element in chrome:
            walker.skip_subtree()
        elif not keep_chrome and _points_elsewhere(element):
            walker.skip_subtree()
            addresses += [_address(anchor) for anchor in element.iter("a")]
        else:
            parts += [line_end, _shown(element.text, code)]
            if element.tag == "a":
                addresses.append(_address(element))
    lines = _lines("".join(parts))
    if not keep_chrome:
        lines = [line for line in lines if not page_chrome.is_line(line)]
    return "\n".join(lines), addresses


def _lines(text: str) -> list[str]:
    """Split a text without its shortcodes into lines that are not blank."""
    lines = (" ".join(line.split()) for line in without_shortcodes(text).split("\n"))
    return [line for line in lines if line]


def _shown(text: str | None, code: int) -> str:
    return escape_shortcodes(_flat(text)) if code else _flat(text)


def _own(addresses: list[str], base: str) -> list[str]:
    kept = (own_address(address, base) for address in addresses)
    return list(dict.fromkeys(address for address in kept if address))


def _address(anchor: Any) -> str:
    return (anchor.get("href") or "").strip()


def own_address(address: str, base: str) -> str:
    """Return the absolute link; "" if it leads to another site or to no article of this one.

    A front page with a query may be an article: WordPress has ``/?p=7``.
    """
    whole = joined(base, address)
    parts = parts_of(whole)
    at_home = not base or site_of(parts.netloc) == site_of(parts_of(base).netloc)
    if parts.scheme not in {"http", "https", ""} or not at_home or address.startswith("#"):
        return ""
    is_front = parts.path in {"", "/"} and not parts_of(without_tracking(whole)).query
    if not address or is_front or _NO_ARTICLE.search(parts.path):
        return ""
    return parts._replace(fragment="").geturl()


def joined(base: str, address: str) -> str:
    """Return the absolute address; "" if it is invalid."""
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
    """Return the host without www, in lower case and ASCII."""
    return ascii_host(host.lower()).removeprefix("www.")


_NO_ARTICLE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|zip|mp[34]|css|js|xml)$", re.IGNORECASE)


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


_SPACES = re.compile(r"\s(?:\s+|(?<! ))")
"""White space that is more than one blank, so that most of a text need not be replaced."""


def _flat(text: str | None) -> str:
    return _SPACES.sub(" ", text) if text else ""
