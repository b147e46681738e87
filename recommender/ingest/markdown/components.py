"""Remove the JavaScript of MDX: imports, exports, components and expressions."""

from __future__ import annotations

import re

from lxml.html import defs

_NAMES = r"[\w$]+|\*\s+as\s+[\w$]+|\{[^{}]*\}"
IMPORT = re.compile(
    rf"^import\s+(?:type\s+)?(?:(?:{_NAMES})(?:\s*,\s*(?:{_NAMES}))?\s+from\s+)?"
    r"(?:\"[^\"\n]+\"|'[^'\n]+')[ \t]*;?[ \t]*$",
    re.MULTILINE,
)
"""An import of JavaScript; prose that begins with this word has no quoted path at its end."""

_EXPORT = re.compile(
    r"^export\s+(?:default|const|let|var|function|async|class|type|interface|\{|\*)", re.MULTILINE
)
_TAG = re.compile(r"</?(?:([A-Za-z][\w.:-]*)|(?=>))|\\.|\{")
_STRING = re.compile(r"\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`$]*)`)\s*")
_BRACKET = re.compile(r"[{[(]")
_END_OF_TAG = re.compile(r"[<>{\"']")

MAX_ATTRIBUTE = 2_000
"""Characters of a quoted attribute. What is longer has lost its quote."""


def without_javascript(text: str, *, is_mdx: bool) -> str:
    """Return the text without imports, exports, components and expressions.

    Parameters
    ----------
    text : Markdown whose code was put aside.
    is_mdx : whether braces are expressions everywhere, and not only in tags.
    """
    if is_mdx:
        text = _without_exports(text)
    closing = _closing(text, "{", "}")
    kept, done = [], 0
    for found in _TAG.finditer(text):
        if found.start() < done or found[0].startswith("\\"):
            continue
        if found[0] == "{":
            end = closing.get(found.start(), -1) + 1 if is_mdx else 0
            shown = _expression(text[found.end() : end - 1]) if end else ""
        else:
            end = _end_of_tag(text, found.end(), closing)
            shown = _element(text, found, end, closing)
        if end > 0:
            kept += [text[done : found.start()], shown]
            done = end
    return "".join([*kept, text[done:]])


def _closing(text: str, opening: str, closing: str) -> dict[int, int]:
    """Return the position of the closing bracket of each opening one."""
    stack: list[int] = []
    ends = {}
    for found in re.finditer(r"\\.|[][(){}]", text):
        if found[0] in opening:
            stack.append(found.start())
        elif found[0] in closing and stack:
            ends[stack.pop()] = found.start()
    return ends


def _without_exports(text: str) -> str:
    closing = _closing(text, "{[(", "}])")
    kept, done = [], 0
    for found in _EXPORT.finditer(text):
        if found.start() < done:
            continue
        kept.append(text[done : found.start()])
        position = found.end() - found[0].endswith("{")
        while bracket := _BRACKET.search(text, position, _line_end(text, position)):
            position = closing.get(bracket.start(), bracket.start()) + 1
        done = _line_end(text, position)
    return "".join([*kept, text[done:]])


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _expression(code: str) -> str:
    """Return the text of an expression that is a string; others have none."""
    found = _STRING.fullmatch(code)
    return next((one for one in found.groups() if one is not None), "") if found else ""


def _element(text: str, tag: re.Match[str], end: int, closing: dict[int, int]) -> str:
    """Return an HTML tag without attributes in braces; nothing for the tag of a component."""
    name = tag[1] or ""
    if not name or (name[0].isupper() and name.lower() not in defs.tags):
        return ""
    kept, position = [], tag.start()
    while (brace := text.find("{", position, end)) in closing:
        kept.append(re.sub(r"[\w:-]{1,50}=$", "", text[position:brace]))
        position = closing[brace] + 1
    return "".join([*kept, text[position:end]])


def _end_of_tag(text: str, start: int, closing: dict[int, int]) -> int:
    """Return the end of a tag; 0 for a "<" that begins none."""
    position = start
    while found := _END_OF_TAG.search(text, position):
        if found[0] == ">":
            return found.end()
        if found[0] == "<":
            return 0
        if found[0] == "{":
            position = closing.get(found.start(), -1) + 1
        else:
            end = text.find(found[0], found.end(), found.end() + MAX_ATTRIBUTE)
            position = end + 1
        if not position:
            return 0
    return 0
