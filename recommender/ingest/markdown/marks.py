"""Remove from Markdown what generators interpret: templates, attributes, containers, components.

Code is never changed: it is put aside first. All searches take linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from recommender.ingest.markdown.components import IMPORT, without_javascript

MAX_TEMPLATE = 5_000
"""Characters of a template tag. What is longer has lost its end."""

_OPEN, _CLOSE = "\ue000", "\ue001"
_ASIDE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})(.*)")
_HIGHLIGHT = re.compile(
    r"^[ \t]*\{(?:%-?|\{[<%])[ \t]*(/|end)?highlight\b[^\n}]*\}\}?[ \t]*$", re.MULTILINE
)
_ELEMENT = re.compile(r"<(pre|script|style)\b", re.IGNORECASE)
_TICKS = re.compile(r"`+|\n[ \t]*\n")

_CUTS = (
    ("{/*", "*/}"),
    ("{::comment}", "{:/}"),
    ("{::comment}", "{:/comment}"),
)
"""Comments of MDX and kramdown."""

_LINK_TARGET = re.compile(r"\{\{[<%]\s*(?:rel)?ref\s+\"?([^\"\s{}]+)\"?\s*[>%]\}\}")
_FILE_LINK = re.compile(r"/?\{%-?\s*link\s+/?([^\s{}%]+)\s*-?%\}")
_POST_URL = re.compile(r"/?\{%-?\s*post_url\s+/?([^\s{}%/]+/(?:[^\s{}%/]+/)*)?([^\s{}%/]+)\s*-?%\}")
"""Links of Jekyll: to a file by its path from the root; to a post by its folder and name."""
_LITERAL = re.compile(r"\{\{-?\s*(?:'([^'{}\n]*)'|\"([^\"{}\n]*)\")[^{}\n]*\}\}")
_PAGE_VALUE = re.compile(r"\{\{-?\s*page\.([\w-]+?)\s*-?\}\}")
_VALUE_BEFORE_SIGN = re.compile(r"[ \t]?\{\{[^{}\n]*\}\}(?=[.,;:!?)])")
"""A value that only the generator knows, and the space that would be left before a sign."""
_BLOCK_COMMENT = re.compile(r"\{%-?\s*(end)?comment\b[^%{}\n]*%\}")


def _container(found: re.Match[str]) -> str:
    title = re.sub(r"\{[^{}]*\}", "", found[1]).strip().removeprefix("[").removesuffix("]")
    return f"\n{title}\n" if title else "\n"


_MARKS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # kramdown: the list that becomes a table of contents, attributes, options, abbreviations
    (
        re.compile(
            r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t][^\n]*\n[ \t]*\{:[ \t]*toc\b[^{}\n]*\}", re.MULTILINE
        ),
        "",
    ),
    (re.compile(r"\{:(?!\w+,)[^{}\n]*\}", re.MULTILINE), ""),
    (re.compile(r"^\*\[[^\]\n]+\]:.*$", re.MULTILINE), ""),
    # Pandoc, Docusaurus, Goldmark: {#id .class}, also after a link or picture
    (re.compile(r"\{[ \t]*[#.][A-Za-z_-][^{}\n]*\}", re.MULTILINE), ""),
    (re.compile(rf"(?<=[)\]{_CLOSE}])\{{[^{{}}\n]*\}}", re.MULTILINE), ""),
    # Docusaurus, VuePress, Quarto: containers and directives
    (re.compile(r"^[ \t>]*:{3,}[ \t]*\w*(?:-\w+)*[ \t]*(.*)$", re.MULTILINE), _container),
    (re.compile(r"^[ \t]*::[a-z][\w-]*(?:\[[^\]\n]*\])?(?:\{[^}\n]*\})?[ \t]*$", re.MULTILINE), ""),
    (
        re.compile(r"(?<![\w:]):[a-zA-Z][\w-]*\[([^\[\]\n]*)\](?:\{[^{}\n]*\})?", re.MULTILINE),
        r"\1",
    ),
    # tables of contents, alerts of GitHub and Obsidian, wiki links, includes, marked text
    (
        re.compile(
            r"^[ \t]*(?:\[\[?_?(?:toc|TOC)_?\]?\]|\$\{toc\}|@\[toc\]\([^)\n]*\))[ \t]*$",
            re.MULTILINE,
        ),
        "",
    ),
    (re.compile(r"^([ \t]*>[ \t]*)\[![\w-]+\][+-]?", re.MULTILINE), r"\1"),
    (re.compile(r"!\[\[[^\[\]\n]*\]\]", re.MULTILINE), ""),
    (re.compile(r"\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]+)\]\]", re.MULTILINE), r"\1"),
    (re.compile(r"^(?:--8<--|<<<|@include)[ \t:(].*$", re.MULTILINE), ""),
    (re.compile(r"(?<![=\w])==(?=\S)([^=\n]+)==(?![=\w])", re.MULTILINE), r"\1"),
    # footnotes: their text is a paragraph
    (re.compile(r"^\[\^[^\[\]\n]+\]:[ \t]*", re.MULTILINE), ""),
    (re.compile(r"\[\^[^\[\]\n]+\]", re.MULTILINE), ""),
    # Pelican: prefixes of addresses
    (
        re.compile(
            r"(?<=\]\()(?:\{|\|)(?:filename|static|attach|tag|category|author|index)[}|]",
            re.MULTILINE,
        ),
        "",
    ),
)

_ADMONITION = re.compile(
    r"([ \t]*+)(?:!!!|\?\?\?\+?|===[+!]?)[ \t]++[\w \t-]*+(?:\"([^\"\n]*)\")?[ \t]*+"
)


class Aside:
    """Texts that are put aside and put back unchanged."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def put(self, text: str) -> str:
        """Return a mark that stands for a text."""
        self._texts.append(text)
        return f"{_OPEN}{len(self._texts) - 1}{_CLOSE}"

    def restored(self, text: str) -> str:
        """Put the texts back; a text may have others in it."""
        return _ASIDE.sub(lambda found: self.restored(self._texts[int(found[1])]), text)


def without_marks(text: str, page: Mapping[str, Any], *, is_mdx: bool = False) -> str:
    """Return Markdown without what generators interpret.

    Parameters
    ----------
    text : the text below the front matter.
    page : the front matter.
    is_mdx : whether braces are expressions. Without it a comment or import of MDX shows it.
    """
    aside = Aside()
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    text = _without_code(_without_raw(text, aside), aside)
    is_mdx = is_mdx or "{/*" in text or bool(IMPORT.search(text))
    for start, end in _CUTS:
        text = cut(text, start, end)
    text = without_javascript(IMPORT.sub("", text), is_mdx=is_mdx)
    if not is_mdx:
        text = without_templates(text, page)
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return aside.restored(_without_admonitions(text))


def without_templates(text: str, page: Mapping[str, Any]) -> str:
    """Remove tags of Liquid, Nunjucks and Hugo.

    An address stays, as in ``{{ "/a" | b }}``, and ``{{ page.x }}`` becomes the value of the page.
    """
    text = _FILE_LINK.sub(r"/\1", _LINK_TARGET.sub(r"\1", text))
    text = _POST_URL.sub(_path_of_post, text)
    text = _LITERAL.sub(lambda found: found[1] or found[2] or "", text)
    text = _PAGE_VALUE.sub(lambda found: _shown(page.get(found[1]), found[0]), text)
    text = _VALUE_BEFORE_SIGN.sub("", _without_pairs(text, _BLOCK_COMMENT))
    for start, end in (("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{{", "}}"), ("{#", "#}")):
        text = cut(text, start, end, MAX_TEMPLATE)
    return text


def _shown(value: Any, tag: str) -> str:
    """Return a text or number of the front matter; for other values the tag."""
    return str(value) if isinstance(value, str | int | float) else tag


def _path_of_post(found: re.Match[str]) -> str:
    """Return the path of a post from the root, as its reader resolves it."""
    return f"/{found[1] or ''}_posts/{found[2].removesuffix('.md')}.md"


def cut(text: str, start: str, end: str, limit: int | None = None) -> str:
    """Remove everything from each ``start`` to the next ``end``, if that is near enough."""
    kept, done, opened = [], 0, text.find(start)
    while opened >= 0:
        closed = text.find(end, opened + len(start), limit and opened + limit)
        if closed >= 0:
            kept.append(text[done:opened])
            done = closed + len(end)
        elif limit is None:
            break  # none follows
        opened = text.find(start, max(done, opened + len(start)))
    return "".join([*kept, text[done:]])


def _without_pairs(text: str, tag: re.Pattern[str]) -> str:
    """Remove what is between an opening tag and the next closing one, in whose match is a group."""
    kept, done, opened = [], 0, -1
    for found in tag.finditer(text):
        if found[1] is None:
            opened = found.start() if opened < 0 else opened
        elif opened >= 0:
            kept.append(text[done:opened])
            done, opened = found.end(), -1
    return "".join([*kept, text[done:]])


_RAW = re.compile(r"\{%-?\s*(end)?(?:raw|verbatim)\s*-?%\}")


def _without_raw(text: str, aside: Aside) -> str:
    """Put aside what templates leave as it is, without the tags around it."""
    kept, done, opened = [], 0, None
    for found in _RAW.finditer(text):
        if found[1] is None:
            opened = opened or found
        elif opened:
            kept += [text[done : opened.start()], aside.put(text[opened.end() : found.start()])]
            done, opened = found.end(), None
    return "".join([*kept, text[done:]])


def _without_code(text: str, aside: Aside) -> str:
    """Put aside fenced code, ``pre`` elements and code spans."""
    text = _HIGHLIGHT.sub("~~~~", text)
    lines, block, end = [], [], ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if end:
            block.append(line)
            if found and found[1].startswith(end) and not found[2].strip():
                lines.append(aside.put("".join(block).rstrip("\n")) + "\n")
                block, end = [], ""
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            block, end = [line], found[1]
        else:
            lines.append(line)
    lines.append(aside.put("".join(block)))
    return _without_spans(_without_elements("".join(lines), aside), aside)


def _without_elements(text: str, aside: Aside) -> str:
    kept, done = [], 0
    without_end: set[str] = set()
    for found in _ELEMENT.finditer(text):
        if found.start() < done or found[1] in without_end:
            continue
        end = text.find(f"</{found[1]}", found.end())
        if end < 0:
            without_end.add(found[1])
        else:
            kept += [text[done : found.start()], aside.put(text[found.start() : end])]
            done = end
    return "".join([*kept, text[done:]])


def _without_spans(text: str, aside: Aside) -> str:
    """Put aside code spans: from a run of backticks to the next one as long in its paragraph."""
    runs = list(_TICKS.finditer(text))
    following: dict[str, int] = {}
    ends = [-1] * len(runs)
    for number in reversed(range(len(runs))):
        if runs[number][0][0] == "`":
            ends[number] = following.get(runs[number][0], -1)
            following[runs[number][0]] = number
        else:
            following = {}
    kept, done, number = [], 0, 0
    while number < len(runs):
        if ends[number] >= 0:
            begin, end = runs[number].start(), runs[ends[number]].end()
            kept += [text[done:begin], aside.put(text[begin:end])]
            done, number = end, ends[number]
        number += 1
    return "".join([*kept, text[done:]])


def _without_admonitions(text: str) -> str:
    """Move the indented text of admonitions (MkDocs) to the margin, without their first lines."""
    lines, kept, margin = text.split("\n"), [], -1
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if margin >= 0 and line.strip() and indent < margin:
            margin = -1
        found = _ADMONITION.fullmatch(line) if line.lstrip()[:3] in _ADMONITIONS else None
        if found and _is_indented(lines[number + 1 : number + 3], len(found[1]) + 4):
            margin = len(found[1]) + 4
            kept += ["", found[2] or "", ""]
        else:
            kept.append(line[margin:] if margin >= 0 else line)
    return "\n".join(kept)


def _is_indented(lines: list[str], margin: int) -> bool:
    text = next((line for line in lines if line.strip()), "")
    return bool(text) and not text[:margin].strip()


_ADMONITIONS = {"!!!", "???", "==="}
