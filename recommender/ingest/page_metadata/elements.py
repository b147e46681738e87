"""The text and the names of an element of a page."""

from __future__ import annotations

from typing import Any

from lxml import etree

from models.lexical.normalization import normalize
from recommender.text.markup import page_chrome
from recommender.text.markup.html import BLOCKS

MAX_LINE_LENGTH = 200
"""Characters of a line of the head: a byline, a date, a section."""

MAX_CHILDREN = 12
"""Elements in a line of the head."""


def key(text: str) -> str:
    """Return the letters and digits of a text, folded, so that two spellings are the same."""
    folded = normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def names_of(element: Any) -> str:
    """Return the class names and the ID of an element."""
    get = element.get
    found = (get("class"), get("id"), get("data-testid"), get("typeof"))
    return " ".join(filter(None, found))[: page_chrome.MAX_NAMES]


def text_of(element: Any) -> str:
    """Return the text of an element in one line."""
    return " ".join(element.text_content().split())


def line_of(element: Any) -> str:
    """Return the text of an element if it is short enough for a line of the head; else ""."""
    if len(element) > MAX_CHILDREN:
        return ""
    words = element.text_content().split(None, MAX_LINE_LENGTH // 2 + 1)  # more are too long
    text = " ".join(words)
    return text if len(text) <= MAX_LINE_LENGTH else ""


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
