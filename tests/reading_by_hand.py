"""What the tests of readers share: read a source whole, and look at what came."""

from datetime import UTC
from pathlib import Path

from recommender.articles.article import Article
from recommender.ingest.readers.record_error import Complaint
from recommender.ingest.sources import read
from recommender.ingest.web.client import Web


def parts(source: str | Path, web: Web | None = None) -> tuple[list[Article], list[str]]:
    """The articles of a source, and its complaints as lines."""
    items = list(read(str(source), UTC, web))
    articles = [item for item in items if isinstance(item, Article)]
    return articles, [str(item) for item in items if isinstance(item, Complaint)]
