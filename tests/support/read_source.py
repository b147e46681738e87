"""Read a source whole, for the tests of readers."""

from datetime import UTC
from pathlib import Path

from recommender.articles.article import Article
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.sources import read
from recommender.ingest.web.client import HTTPClient


def read_all(source: str | Path, web: HTTPClient | None = None) -> tuple[list[Article], list[str]]:
    """The articles of a source, and its complaints as lines."""
    items = list(read(str(source), UTC, web))
    articles = [item for item in items if isinstance(item, Article)]
    return articles, [str(item) for item in items if isinstance(item, RejectedRecord)]
