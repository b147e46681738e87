"""Clean text: remove markup, entities and control characters, and normalise to NFC."""

from __future__ import annotations

import html
import re

from models.lexical.normalization import normalize
from recommender.text.markup.shortcodes import unescape_shortcodes, without_shortcodes

MARKUP = re.compile(r"<[a-zA-Z/!?]")
"""The start of a tag, comment or processing instruction, but not "1 < 2" or "<3"."""

_OPENINGS = re.compile(r"(?<!<)<++(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?:#\w{1,8}|[a-zA-Z]\w{1,31});")
_LONG_NUMBER = re.compile(r"&#x?[0-9a-fA-F]{9,};?", re.IGNORECASE)
"""A reference to no character. Python refuses to convert numbers of thousands of digits."""

_BLOCKS = "p|div|h[1-6]|ul|ol|li|figure|blockquote|section|article|table|main|pre"
_INLINE = (
    "a|abbr|b|big|br|center|cite|code|del|em|font|hr|i|iframe|img|ins|kbd|mark|q|s|small|span"
    "|strike|strong|sub|sup|t[dhr]|tbody|thead|time|tt|u|video|audio|source|caption|dd|dl|dt"
    "|figcaption|footer|header|aside|picture|svg|path|script|style|noscript|button|form|input"
)
_STARTS_WITH_BLOCK = re.compile(rf"\s*(?:\[[^\]]*\]\s*)*<(?:(?:{_BLOCKS})\b|!--)", re.IGNORECASE)
_HAS_BLOCK = re.compile(rf"</(?:{_BLOCKS})\s*>", re.IGNORECASE)
_TAG = re.compile(rf"<(/?)({_BLOCKS}|{_INLINE})(?:\s[^<>]*)?/?>|<(!--)", re.IGNORECASE)
_SINGLE = frozenset(("br", "img", "hr", "!--"))
"""Tags that are not closed, and comments."""

_LINE_END = re.compile(r"<[^<>]*>|\n")
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_WORDPRESS_BLOCK = "<!-- wp:"

# Control characters, soft hyphens and other invisible characters, direction overrides, surrogates
# and noncharacters. The joiners U+200C and U+200D stay, because emoji need them.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_WINDOWS = {
    code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0) if code != 0x85
}
"""0x80 to 0x9F of Windows-1252 text that was decoded as Latin-1: quotes and dashes."""

MIN_WORDS_PER_TAG = 2
"""Words in the lines of a body that have tags, for each tag."""

MAX_ESCAPES = 10
"""Times that text may be escaped in a row; feeds escape twice."""


def text(raw: str) -> str:
    """Clean running text: NFC, without control characters; paragraphs stay."""
    raw = (
        raw.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    if _NO_TEXT.search(raw):
        raw = _NO_TEXT.sub("", raw.translate(_WINDOWS).replace("\x0b", "\n").replace("\x0c", "\n"))
    return normalize("NFC", raw).strip()


def line(raw: str) -> str:
    """Clean a single line: as :func:`text`, without markup, with single spaces."""
    # A tag may appear once control characters in it are removed.
    return " ".join(_OPENINGS.sub("", text(without_markup(raw))).split())


def sentence(raw: str) -> str:
    """Clean a title or teaser: as :func:`line`, without shortcodes."""
    return line(unescape_shortcodes(without_shortcodes(line(raw))))


def body(raw: str, *, is_text: bool = False) -> str:
    """Clean a body: as :func:`text`, without shortcodes and markup.

    Parameters
    ----------
    raw : plain text or HTML; program code in plain text stays.
    is_text : whether it was converted from HTML. Then tags are code, except at the beginning, where
        a feed has escaped all its tags.
    """
    if is_text:
        cleaned = without_markup(raw) if _STARTS_WITH_BLOCK.match(raw) else raw
    else:
        cleaned = _converted(raw)
    return text(unescape_shortcodes(without_shortcodes(cleaned)))


def without_entities(raw: str) -> str:
    """Resolve character references, such as ``&amp;`` and ``&#8211;``."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", raw))


def has_markup(raw: str) -> bool:
    """Return whether a text is HTML, by elements that are closed, pictures or line breaks.

    Text in which most angle brackets are something else is none: ``if a <b and c> d``.
    """
    tags = [(found[1], (found[2] or found[3]).casefold()) for found in _TAG.finditer(raw)]
    opened = {name for closing, name in tags if not closing}
    closed = {name for closing, name in tags if closing}
    if not (opened & (closed | _SINGLE)):
        return False
    return 2 * len(tags) > sum(1 for _ in MARKUP.finditer(raw))


def unescaped(raw: str) -> str:
    """Return the HTML of a text in which all tags are escaped; another text as it is."""
    level = raw
    for _ in range(MAX_ESCAPES):
        if MARKUP.search(level) or not _ENTITY.search(level):
            break
        level = without_entities(level)
        if has_markup(level):
            return level
    return raw


def with_line_breaks(markup: str) -> str:
    """Write line ends as ``<br>``: the classic editor of WordPress stores no tags for them."""
    if "\n" not in markup or _WORDPRESS_BLOCK in markup:
        return markup
    return _LINE_END.sub(lambda found: "<br>\n" if found[0] == "\n" else found[0], markup)


def _is_html(raw: str) -> bool:
    """Return whether a body is HTML: it begins with a block, or prose has elements in it.

    The program code of a tutorial has few words between its tags.
    """
    if _STARTS_WITH_BLOCK.match(raw) or _WORDPRESS_BLOCK in raw:
        return True
    if not has_markup(raw):
        return False
    tags = words = 0
    for tagged in filter(_TAG.search, raw.splitlines()):
        names = [(found[2] or found[3]).casefold() for found in _TAG.finditer(tagged)]
        tags += sum(name not in _SINGLE for name in names)
        words += len(_TAG.sub(" ", tagged).split())
    return words >= MIN_WORDS_PER_TAG * tags


def _converted(raw: str) -> str:
    """Convert what may be HTML to text."""
    for _ in range(MAX_ESCAPES):
        if _is_html(raw):
            has_blocks = _HAS_BLOCK.search(raw)
            raw = _content(_EMPTY_LINE.sub("<br>\n", raw) if has_blocks else with_line_breaks(raw))
            if not _STARTS_WITH_BLOCK.match(raw):
                break
        elif _ENTITY.search(raw):
            raw = without_entities(raw)
        else:
            break
    return raw


def without_markup(raw: str) -> str:
    """Resolve entities and remove tags, repeatedly for text that was escaped several times."""
    for _ in range(MAX_ESCAPES):
        if MARKUP.search(raw):
            raw = _content(raw)
        elif _ENTITY.search(raw):
            raw = without_entities(raw)
        else:
            break
    return _OPENINGS.sub("", raw)


def _content(raw: str) -> str:
    from recommender.text.markup.html import words_of  # noqa: PLC0415 - most text has no markup

    return words_of(raw)
