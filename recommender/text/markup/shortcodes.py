"""Remove what WordPress and its page builders put into text: codes in brackets and styles.

A site's page shows what a plugin makes of ``[vc_column width="1/2"]``. Exports, APIs and sites
without the plugin have the code itself. Brackets that people write stay: "[sic]", "[Reuters]",
"[1]", "[the minister]", "[a link](https://...)".

WordPress escapes a code that is meant as text: ``[[gallery]]`` is shown as ``[gallery]``.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

_PATTERN = (
    r"\[(?P<closing>/?)(?P<name>[A-Za-z][\w-]*)"
    r"(?P<attributes>(?:[\s/=](?:\"[^\"]*\"|'[^']*'|[^\[\]\"'])*)?)\]"
)
_BRACKET = re.compile(_PATTERN)
"""A bracket that may be a code. A value in quotes may have brackets."""

_ESCAPED = re.compile(rf"(?<![\w\[])\[({_PATTERN})\]")

_QUOTED_ATTRIBUTE = re.compile(r"(?:^|\s)[\w:-]+\s*=\s*(?:[\"'“”″„‘’′]|&quot;|&#0?39;|&#8\d\d\d;)")
"""An attribute with a value in quotes, which WordPress may have made typographic."""

_ATTRIBUTE = re.compile(r"(?:^|\s)[\w:-]+=\S")

_PLAIN_ATTRIBUTES = re.compile(r"(?:\s+[\w:-]{2,}=[^\s=]+){2,}\s*/?|\s+id=[^\s=]+\s*/?")
"""Nothing but attributes without quotes: several, or the ID of what the code shows."""

_KNOWN = re.compile(
    r"(?:ads?|audio|button|caption|cols?|columns?|contact-form(?:-7)?|divider|elementor-template"
    r"|gallery|googlemaps|iframe|newsletter|playlist|row|section|separator|slider|spacer|spoiler"
    r"|tabs?)$"
)
"""Codes that are recognised with attributes that have no quotes."""

_MEDIA = re.compile(
    r"(?:audio|brightcove|crowdsignal|dailymotion|embed|facebook|gist|giphy|instagram|jwplatform"
    r"|jwplayer|kaltura|playbuzz|poll|polldaddy|scribd|slideshare|soundcloud|spotify|tiktok|tweet"
    r"|twitter|video|videopress|vimeo|wistia|wpvideo|youtube)$"
)
"""Codes that are recognised also with the address or the number of what they show."""

_PLAYER = re.compile(
    r"(?:dailymotion|jwplatform|jwplayer|kaltura|videopress|wistia|wpvideo|youtube)$"
)
"""Codes of media whose IDs mix letters and digits. Others are words with a name in brackets."""

_ATTRIBUTES = r"(?:\s++[\w-]+=\S++)*\s*+/?"
_ADDRESS = re.compile(rf"\s*+=?\s*+(?:(?:https?:)?//\S++|\d{{5,}}){_ATTRIBUTES}")
_MIXED_ID = re.compile(rf"\s*+=?\s*+(?=\S*(?:\d|[a-z][A-Z]))[\w-]{{5,}}{_ATTRIBUTES}")
"""What media codes show, with attributes that may follow."""

_BUILDER = re.compile(r"(?:av|et_pb|fl|fusion|mk|nectar|su|tdc?|tm|ult|ux|vc|wpb)_")
"""Prefixes of the codes of page builders."""

_HIDDEN = re.compile(
    r"\[(?P<closing>/?)(?P<name>vc_raw_html|vc_raw_js|fusion_code|et_pb_code|av_codeblock|embed"
    r"|audio|video|playlist|iframe)(?:\s[^\[\]]*)?\]"
)
"""Codes whose content is no text: markup in base64, scripts and addresses."""

_BLOCK_COMMENT = re.compile(r"<!--\s*/?(?:wp:|more\b|nextpage\b|noteaser\b)[^<>]*-->")

_STYLES = re.compile(
    r"/\*![^*]{0,200}\*/"
    r"(?:[^{}]{1,300}\{"
    r"(?:(?=\s*(?:[\w-]+\s*:|[^{}]*\{|\}))(?:[^{}]|\{[^{}]*\})*\}|[^{}\n]*$))+"
)
"""CSS whose ``<style>`` is lost, as in excerpts: a comment that minifiers keep, and rules."""

_ONLY_CODES = re.compile(r"(?m)^[ \t]*(?:\[[a-z][a-z0-9_-]*\][ \t]*)+$")
"""A line with nothing but codes, such as "[newsletter]"."""

_BARE = (
    r"\[(?:ads?|contact-form(?:-7)?|divider|embed|gallery|iframe|newsletter|playlist"
    r"|separator|slider|spacer|tabs)\](?![(:\]])"
)
_BARE_RUN = rf"(?:{_BARE}[ \t]*+)+"
_AT_THE_EDGE = re.compile(rf"(?m)^[ \t]*{_BARE_RUN}|(?:(?<=[.!?…\"”»] )|(?<=[。！？])){_BARE_RUN}$")
"""Codes without attributes that begin a line, or end it after a sentence. Others are words."""

_UNCLOSED = re.compile(
    r"\[/?(?:[a-z0-9]+_[\w-]*(?:\s+[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'))*"
    r"|[a-z][\w-]*(?:\s+[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'))+)"
    r"(?:\s+[\w-]+(?:=[\"'“”″][^\]\[\"\n]*)?\s*(?:…|\.\.\.)?$)?(?![\w\]=])"
)
"""A code without its closing bracket, as at the end of a text that was cut off."""

_LAYOUT = re.compile(
    r"row|col|section|container|text|tab|toggle|accordion|block|wrap|blurb|module|box|head|title"
    r"|separator|divider|spacer|half|third|caption|gallery|embed|audio|video|image|slider|button",
    re.IGNORECASE,
)
"""Names of codes that begin or end a line, as block elements do."""


def without_shortcodes(text: str) -> str:
    """Remove shortcodes, block comments and styles from a text; escaped codes stay as they are.

    The content between an opening and a closing code stays, unless it is code itself. A code of
    the layout, such as a column, becomes the end of a line.
    """
    if "/*!" in text:
        text = _STYLES.sub("", text)
    if "<!--" in text:
        text = _BLOCK_COMMENT.sub("", text)
    if "[" not in text:
        return text
    text = _without_hidden(text)
    closed = {code["name"] for code in _BRACKET.finditer(text) if code["closing"]}
    text = _BRACKET.sub(lambda code: _replaced(code, closed), text)
    text = _UNCLOSED.sub("", _AT_THE_EDGE.sub("", _ONLY_CODES.sub("", text)))
    return re.sub(r"\n{3,}", "\n\n", text)


def escape_shortcodes(text: str) -> str:
    """Escape what may be codes in a text that is shown as it is: the program of a tutorial."""

    def escaped(code: re.Match[str]) -> str:
        shown = _is_escaped(code) or _is_index(code) or not code["name"].islower()
        return code[0] if shown else f"[{code[0]}]"

    return _BRACKET.sub(escaped, text)


def unescape_shortcodes(text: str) -> str:
    """Return the text as WordPress shows it: ``[gallery]`` for ``[[gallery]]``."""
    return _ESCAPED.sub(r"\1", text) if "[[" in text else text


def _without_hidden(text: str) -> str:
    """Remove codes whose content is no text, with their content."""
    kept, start, opened = [], 0, None
    for code in _HIDDEN.finditer(text):
        if not code["closing"]:
            opened = opened or code
        elif opened and opened["name"] == code["name"]:
            kept += [text[start : opened.start()], "\n"]
            start, opened = code.end(), None
    return "".join([*kept, text[start:]])


def _replaced(code: re.Match[str], closed: AbstractSet[str]) -> str:
    """Return what replaces a bracket: itself if it is no code."""
    if _is_escaped(code) or not _is_code(code, closed):
        return code[0]
    return "\n" if _LAYOUT.search(code["name"]) else ""


def _is_code(code: re.Match[str], closed: AbstractSet[str]) -> bool:
    """Return whether a bracket is a code: a pair, or with attributes or an underscore."""
    name, attributes = code["name"], code["attributes"]
    shows = _shows(name, attributes)
    if attributes.startswith("="):  # most are of a program: #[path="a.rs"]
        return shows or name in closed
    if code["closing"] or _QUOTED_ATTRIBUTE.search(attributes):
        return True
    if code.string[code.end() : code.end() + 1] in {"(", ":"}:
        return False  # a link or footnote of Markdown
    if name in closed or ("_" in name and name.islower() and not _is_index(code)):
        return True
    if shows or _PLAIN_ATTRIBUTES.fullmatch(attributes):
        return True
    is_known = _KNOWN.match(name) or _MEDIA.match(name)
    return bool(is_known and _ATTRIBUTE.search(attributes))


def _shows(name: str, attributes: str) -> bool:
    """Return whether a code has the address or the ID of a video, a post or the like."""
    if _PLAYER.match(name) and _MIXED_ID.fullmatch(attributes):
        return True
    return bool(_MEDIA.match(name) and _ADDRESS.fullmatch(attributes))


def _is_index(code: re.Match[str]) -> bool:
    """Return whether a bracket follows a word, as the index of an array or of a query does."""
    before = code.string[max(code.start() - 1, 0) : code.start()]
    return before.isalnum() and not _BUILDER.match(code["name"])


def _is_escaped(code: re.Match[str]) -> bool:
    """Return whether a bracket is in brackets; after a word those are an index of a program."""
    text, start, end = code.string, code.start(), code.end()
    if text[max(start - 1, 0) : start] != "[" or text[end : end + 1] != "]":
        return False
    return not text[max(start - 2, 0) : start - 1].isalnum()
