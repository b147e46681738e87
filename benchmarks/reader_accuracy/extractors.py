"""The extractors that are compared: our reader of web pages, and trafilatura with its defaults."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from benchmarks.reader_accuracy.corpora import TestPage
from recommender.errors import ArticleError
from recommender.ingest.web.article_page import page_fields
from recommender.text.markup import plain_text


@dataclass(frozen=True)
class Extraction:
    """What an extractor finds in a page; empty where it finds nothing."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    """ISO 8601, or as the page writes it."""


def ours(page: TestPage) -> Extraction:
    """Extract with our reader; a page that would be rejected for a missing date is judged, too."""
    try:
        fields = page_fields(page.address, page.data, None, UTC)
    except ArticleError:
        return Extraction()
    return Extraction(
        plain_text.body(fields["body"], is_text=True),
        plain_text.sentence(fields["title"]),
        tuple(fields["authors"]),
        fields["published"],
    )


def trafilatura(page: TestPage) -> Extraction:
    """Extract with the defaults of trafilatura, but without the comments of readers."""
    from trafilatura import bare_extraction, extract  # noqa: PLC0415 - as in the reader

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    meta: Any = bare_extraction(page.data, with_metadata=True, fast=True)
    body = extract(page.data, include_comments=False) or ""
    if meta is None:
        return Extraction(body)
    names = tuple(name.strip() for name in (meta.author or "").split(";") if name.strip())
    return Extraction(body, meta.title or "", names, meta.date or "")


EXTRACTORS: dict[str, Callable[[TestPage], Extraction]] = {
    "ours": ours,
    "trafilatura": trafilatura,
}
