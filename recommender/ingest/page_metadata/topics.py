"""Find the section and the tags of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from recommender.ingest.page_metadata import json_ld
from recommender.ingest.page_metadata.elements import names_of, text_of
from recommender.ingest.page_metadata.page import Page
from recommender.text.sections import section_and_tags, split_names

_SECTION_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:section|category|kicker|eyebrow|rubri[ck]a?|overline)(?:$|[\s_-])"
)
MAX_SECTION_LENGTH = 40
"""Characters of the name of a section. Longer texts are a section of the page."""


def topics_of(page: Page, title: Any) -> tuple[str, list[str]]:
    """Return the section and the tags of an article.

    The section is the first that JSON-LD, a meta element, breadcrumbs or a label names. Further
    sections of the same source are tags.

    Parameters
    ----------
    page : the page.
    title : the element of the title; None if it is unknown.
    """
    tags = [json_ld.name_of(word) for word in json_ld.as_list(page.node.get("keywords"))]
    tags += page.all(("article:tag", "og:article:tag"))
    tags = [name for text in tags or [page.listed.keywords] for name in split_names(text)]
    for sections in _sections(page, title):
        names = [name for text in sections for name in split_names(text)]
        section, found = section_and_tags(names, tags)
        if section:
            return section, found
    return section_and_tags([], tags)


def _sections(page: Page, title: Any) -> Iterator[list[str]]:
    """Yield the names of sections in each place that may have some."""
    yield [json_ld.name_of(one) for one in json_ld.as_list(page.node.get("articleSection"))]
    for name in ("article:section", "og:article:section", "parsely-section", "section"):
        yield page.meta.get(name, [])
    yield json_ld.breadcrumbs(page.nodes)[:1]
    yield [_label(page, title)]


def _label(page: Page, title: Any) -> str:
    """Return the visible section: a short label before the title."""
    for element in page.elements:
        if element is title or element.tag == "h1":
            break
        if element.tag in {"p", "span", "div", "a"} and _SECTION_CLASSES.search(
            names_of(element).casefold()
        ):
            text = text_of(element)
            if text and len(text) <= MAX_SECTION_LENGTH:
                return text
    return ""
