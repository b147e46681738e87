"""Clean text: remove markup, entities and control characters, and normalise to NFC."""

from __future__ import annotations

import html
import re
import unicodedata

from recommender.text.shortcodes import unescape_shortcodes, without_shortcodes

MARKUP = re.compile(r"<[a-zA-Z/!?]")
"""The start of a tag, comment or processing instruction, but not "1 < 2" or "<3"."""

_OPENINGS = re.compile(r"<+(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?:#\w{1,8}|[a-zA-Z]\w{1,31});")
_BLOCK = re.compile(
    r"\s*(?:\[[^\]]*\]\s*)*<(?:p|div|h[1-6]|ul|ol|figure|blockquote|section|article|table|!--)\b",
    re.IGNORECASE,
)

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
    return unicodedata.normalize("NFC", raw).strip()


def line(raw: str) -> str:
    """Clean a single line: as :func:`text`, without markup, with single spaces."""
    return " ".join(text(without_markup(raw)).split())


def sentence(raw: str) -> str:
    """Clean a title or teaser: as :func:`line`, without shortcodes."""
    return line(unescape_shortcodes(without_shortcodes(line(raw))))


def body(raw: str) -> str:
    """Clean a body: as :func:`text`, without shortcodes.

    Markup is removed if the body begins with an HTML block.
    """
    cleaned = without_markup(raw) if _BLOCK.match(raw) else raw
    return text(unescape_shortcodes(without_shortcodes(cleaned)))


def without_markup(raw: str) -> str:
    """Resolve entities and remove tags, repeatedly for text that was escaped several times."""
    for _ in range(MAX_ESCAPES):
        if MARKUP.search(raw):
            raw = _content(raw)
        elif _ENTITY.search(raw):
            raw = html.unescape(raw)
        else:
            break
    return _OPENINGS.sub("", raw)


def _content(raw: str) -> str:
    from recommender.text.html import words_of  # noqa: PLC0415 - most text has no markup

    return words_of(raw)
