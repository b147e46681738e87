"""Convert Markdown to plain text, links and a picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from recommender.ingest.markdown.marks import without_marks, without_templates
from recommender.text.markup.html import Content, content_of

if TYPE_CHECKING:
    from markdown_it.token import Token

NO_VALUES: Mapping[str, Any] = MappingProxyType({})

_UNDEFINED = re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]")
"""A link to a reference that the document does not define."""

_EMOJI = re.compile(r"(?<![\w:]):(?:[a-z][a-z0-9_-]*|[+-]1):(?![\w:])")

_INLINE_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE)


def rendered(text: str, page: Mapping[str, Any] = NO_VALUES, *, is_mdx: bool = False) -> Content:
    """Return the content of the text of a Markdown file, whose front matter is ``page``."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only Markdown needs it

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    if is_mdx:
        parser.disable("code")  # in MDX the indented text of a component is no code
    tokens = parser.parse(without_marks(text, page, is_mdx=is_mdx))
    _clean(tokens)
    return content_of(parser.renderer.render(tokens, parser.options, {}))


def rendered_html(text: str, page: Mapping[str, Any]) -> Content:
    """Return the content of a post in HTML with template tags."""
    return content_of(without_templates(text, page))


def _clean(tokens: Sequence[Token]) -> None:
    """Remove marks that are no Markdown where they stand: in HTML, or beside letters of Chinese."""
    for token in tokens:
        if token.type == "html_block":
            html = _INLINE_LINK.sub(r'<a href="\2">\1</a>', _HEADING.sub("", token.content))
            token.content = html.replace("**", "") if html.count("**") > 1 else html
        texts = [child for child in token.children or () if child.type == "text"]
        has_pairs = sum(text.content.count("**") for text in texts) > 1
        for text in texts:
            content = text.content.replace("**", "") if has_pairs else text.content
            text.content = _EMOJI.sub(_emoji, _UNDEFINED.sub(r"\1", content))


def _emoji(code: re.Match[str]) -> str:
    """Return what a code such as ``:tada:`` stands for; a word between colons stays."""
    import emoji  # noqa: PLC0415 - takes 0.1 s; few texts have a code

    return emoji.emojize(code[0], language="alias")
