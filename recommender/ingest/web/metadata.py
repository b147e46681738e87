"""What a page says of itself for machines: JSON-LD and meta elements, read block by block.

One broken block of JSON-LD, or one value of a wrong type, loses itself and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

ARTICLE_TYPES = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting)$")
"""schema.org's Article and what descends from it; Product, ItemList and the like are not."""

DEEPEST = 6
"""How deep in @graph and mainEntity an article is looked for."""


def json_ld(root: Any) -> list[dict[str, Any]]:
    """Collect the nodes of a page's JSON-LD, those of @graph included, in the page's order."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").casefold():
            for value in _values(script.text or ""):
                found += _nodes(value, DEEPEST)
    return found


def article_node(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Pick the node of the page's article; {} where there is none."""
    articles = [node for node in nodes if any(ARTICLE_TYPES.search(t) for t in types(node))]
    dated = [node for node in articles if node.get("datePublished")]
    return (dated or articles or [{}])[0]


def breadcrumbs(nodes: list[dict[str, Any]]) -> list[str]:
    """Name the page's place on the site, without the home page and the page itself."""
    for node in nodes:
        if "BreadcrumbList" in types(node):
            items = node.get("itemListElement")
            names = [name_of(item) for item in items] if isinstance(items, list) else []
            return [name for name in names[1:-1] if name]
    return []


def types(node: dict[str, Any]) -> list[str]:
    """Give a node's types as a list."""
    return [str(kind) for kind in as_list(node.get("@type"))]


def name_of(value: Any) -> str:
    """Give the name of a person, picture or list item, however deep it is wrapped."""
    for _ in range(DEEPEST):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = next((value[k] for k in ("name", "item", "url", "@id") if value.get(k)), "")
    return value if isinstance(value, str) else ""


def people(value: Any, nodes: list[dict[str, Any]]) -> list[str]:
    """Name authors: texts, persons, or references to persons elsewhere in the page."""
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
    """Give the address of an image: a text, an ImageObject, or the first of several."""
    for _ in range(DEEPEST):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl") or ""
    return value if isinstance(value, str) else ""


def metas(root: Any) -> dict[str, list[str]]:
    """Collect a page's meta elements by name or property, in lower case."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.casefold(), []).append(content)
    return found


def as_list(value: Any) -> list[Any]:
    """Give a list for a list, nothing, or a single value."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def _values(text: str) -> Iterator[Any]:
    """Decode what stands in a script: one value, or several one after another."""
    text = re.sub(r"^\s*(?://)?\s*<!(?:--|\[CDATA\[)|(?:--|\]\])>\s*$", "", text).strip()
    decoder = json.JSONDecoder(strict=False)  # raw line ends inside texts are common
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
        rest = attempt
        try:
            while rest:
                value, end = decoder.raw_decode(rest)
                yield value
                rest = rest[end:].lstrip(" \t\r\n,;")
        except (json.JSONDecodeError, RecursionError):
            continue
        return


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(name), depth - 1)
