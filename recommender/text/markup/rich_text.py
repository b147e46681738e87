"""Convert the rich text of content systems, which is JSON, to HTML.

Portable Text (Sanity), and the trees of Strapi, Payload, Contentful, Slate, Lexical and ProseMirror
differ in the names of few fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

CONTAINERS = {
    "doc", "root", "document", "list", "bulletlist", "orderedlist", "ul", "ol", "unordered-list",
    "ordered-list",
}  # fmt: skip
"""Types of nodes that have blocks only."""

ITEMS = {"li", "listitem", "list-item", "list_item"}
LINKS = {"link", "hyperlink", "autolink", "a"}
HEADINGS = ("heading", "h1", "h2", "h3", "h4", "h5", "h6")

MAX_DEPTH = 50


def html_of(
    node: Any,
    render: Callable[[str], str],
    links: Mapping[str, str] | None = None,
    depth: int = MAX_DEPTH,
) -> str:
    """Return the HTML of a node, of a list of nodes, or of a component with a text of its own.

    Parameters
    ----------
    node : decoded JSON.
    render : converts the text of a component, such as Markdown, to HTML.
    links : addresses by the keys of marks, as Portable Text has them.
    depth : levels below which nothing is read.
    """
    if isinstance(node, list):
        return "".join(html_of(one, render, links, depth) for one in node)
    if not isinstance(node, dict) or not depth:
        return ""
    if isinstance(text := _text_of(node), str):
        return _linked(escape(text, quote=False), _mark(node, links or {}))
    defined = {
        str(one.get("_key")): str(one.get("href") or "")
        for one in node.get("markDefs") or ()
        if isinstance(one, dict)
    }
    inner = "".join(
        html_of(node[name], render, {**(links or {}), **defined}, depth - 1)
        for name in ("root", "children", "content")
        if name in node
    )
    return _block(node, inner or render(_own_text(node)))


def _kind(node: Mapping[str, Any]) -> str:
    return str(node.get("_type") or node.get("type") or node.get("nodeType") or "").casefold()


def _text_of(node: Mapping[str, Any]) -> Any:
    if "children" in node or "content" in node:
        return None
    return node.get("value") if node.get("nodeType") == "text" else node.get("text")


def _mark(node: Mapping[str, Any], links: Mapping[str, str]) -> str:
    """Return the address of the link that a span is."""
    for mark in node.get("marks") or ():
        if isinstance(mark, str) and mark in links:
            return links[mark]
        if isinstance(mark, dict) and isinstance(attributes := mark.get("attrs"), dict):
            return str(attributes.get("href") or "")
    return ""


def _block(node: Mapping[str, Any], inner: str) -> str:
    kind, style = _kind(node), str(node.get("style") or node.get("tag") or "")
    if kind in LINKS:
        places = (node, node.get("fields"), node.get("attrs"), node.get("data"))
        named = [place for place in places if isinstance(place, dict)]
        found = (place.get(name) for place in named for name in ("url", "href", "uri"))
        return _linked(inner, str(next(filter(None, found), "")))
    if kind in CONTAINERS or kind == "span" or not inner:
        return inner
    is_item = kind in ITEMS or "listItem" in node
    tag = "li" if is_item else "h2" if (style or kind).startswith(HEADINGS) else "p"
    return f"<{tag}>{inner}</{tag}>"


def _linked(inner: str, address: str) -> str:
    return f'<a href="{escape(address)}">{inner}</a>' if address else inner


def _own_text(node: Mapping[str, Any]) -> str:
    """Return the text of a component of Strapi or Contentful: Markdown or HTML."""
    texts = (node.get(name) for name in ("body", "html", "markdown", "richText", "quote"))
    return next((text for text in texts if isinstance(text, str) and text), "")
