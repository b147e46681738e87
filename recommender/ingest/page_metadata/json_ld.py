"""Extract the metadata of a page: JSON-LD and meta elements.

A broken block of JSON-LD, or a value of a wrong type, is ignored by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

ARTICLE_TYPES = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting)$")
"""schema.org types that are an Article."""

_SELECTOR_NAME = re.compile(r"[.#]([\w-]+)")

MAX_DEPTH = 6
"""Nesting of @graph and mainEntity in which an article is searched."""


def json_ld(root: Any) -> list[dict[str, Any]]:
    """Return the JSON-LD nodes of a page in document order, including those of @graph."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").casefold():
            for value in _values(script.text or ""):
                found += _nodes(value, MAX_DEPTH)
    return found


def article_node(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the node of the article, preferably one with a date; {} if there is none."""
    articles = [node for node in nodes if any(ARTICLE_TYPES.search(t) for t in types(node))]
    dated = [node for node in articles if node.get("datePublished")]
    return (dated or articles or [{}])[0]


def content_names(nodes: list[dict[str, Any]]) -> frozenset[str]:
    """Return the class names and IDs of the parts that subscribers read (``hasPart``).

    https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
    """
    parts = [part for node in nodes for part in as_list(node.get("hasPart"))]
    selectors = [s for p in parts if isinstance(p, dict) for s in as_list(p.get("cssSelector"))]
    return frozenset(name for s in selectors for name in _SELECTOR_NAME.findall(str(s)))


def breadcrumbs(nodes: list[dict[str, Any]]) -> list[str]:
    """Return the breadcrumbs without the home page and the page itself."""
    for node in nodes:
        if "BreadcrumbList" in types(node):
            items = node.get("itemListElement")
            names = [name_of(item) for item in items] if isinstance(items, list) else []
            return [name for name in names[1:-1] if name]
    return []


def types(node: dict[str, Any]) -> list[str]:
    """Return the types of a node as a list."""
    return [str(kind) for kind in as_list(node.get("@type"))]


def text_of(value: Any) -> str:
    """Return a text, or the first of several; "" for another value."""
    return next((v for v in as_list(value) if isinstance(v, str)), "")


def name_of(value: Any) -> str:
    """Return the name of a person, picture or list item, also of a nested one."""
    for _ in range(MAX_DEPTH):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = next((value[k] for k in ("name", "item", "url", "@id") if value.get(k)), "")
    return value if isinstance(value, str) else ""


def people(value: Any, nodes: list[dict[str, Any]]) -> list[str]:
    """Return the names of authors: texts, persons, or references to other nodes of the page."""
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    names = []
    for person in as_list(value):
        known = person
        if isinstance(person, dict) and not person.get("name"):
            known = by_id.get(str(person.get("@id")), person)
        name = name_of(known.get("name") if isinstance(known, dict) else known)
        if name and not name.startswith(("http://", "https://")):
            names.append(name)
    return names


def picture(value: Any) -> str:
    """Return the address of an image: a text, an ImageObject, or the first of several."""
    for _ in range(MAX_DEPTH):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl") or ""
    return value if isinstance(value, str) else ""


def metas(root: Any) -> dict[str, list[str]]:
    """Return the contents of meta elements by lower-case name, property and item property."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        names = [element.get(name) for name in ("property", "name", "http-equiv")]
        if element.getparent().tag == "head":  # in the body they are of other stories as well
            names += (element.get("itemprop") or "").split()
        content = (element.get("content") or element.get("value") or "").strip()
        for name in filter(None, dict.fromkeys(names)):
            if content:
                found.setdefault(name.strip().casefold(), []).append(content)
    return found


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, a single value as a list of one, and nothing as an empty list."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def _values(text: str) -> Iterator[Any]:
    """Decode the JSON of a script element: one value or several in a row."""
    text = _without_comment(text)
    decoder = json.JSONDecoder(strict=False)  # unescaped line ends inside strings are common
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        start = 0
        try:
            while start < len(attempt):
                value, end = decoder.raw_decode(attempt, start)
                yield value
                start = _BETWEEN_VALUES.match(attempt, end).end()  # type: ignore[union-attr]
        except (ValueError, RecursionError):  # ValueError also for a number of 5,000 digits
            continue
        return


_TRAILING_COMMA = re.compile(r",(?=\s*+[}\]])")
_BETWEEN_VALUES = re.compile(r"[\s,;]*")


def _without_comment(text: str) -> str:
    """Remove the comment or CDATA section in which old pages wrap a script."""
    text = text.strip().removeprefix("//").lstrip()
    for start, end in (("<!--", "-->"), ("<![CDATA[", "]]>")):
        text = text.removeprefix(start).removesuffix(end)
    return text.removesuffix("//").strip()


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(name), depth - 1)
