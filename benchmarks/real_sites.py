"""Folders of real articles, read as an index run reads them: what figures of the engine come from.

A folder has ``articles.jsonl.gz``; none is part of this repository. The home keeps the embeddings.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import Article
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.embeddings.embed import embed_articles
from recommender.ingest.sources import read
from recommender.settings import load_settings


@dataclass(frozen=True)
class RealSite:
    """Articles, newest first, without the site's boilerplate, and their unit vectors (n, d)."""

    name: str
    articles: Sequence[Article]
    embeddings: NDArray[np.float32]
    encoder: str


def real_site(folder: Path, home: Path, **given: str) -> RealSite:
    """Read a folder and embed what the home has not embedded yet; ``given`` are settings."""
    settings = load_settings(home, **given)
    found = read(str(folder / "articles.jsonl.gz"), settings.zone)
    articles = [enrich(item) for item in found if isinstance(item, Article)]
    ordered = strip_boilerplate(sorted(articles, key=lambda a: (-a.published.timestamp(), a.id)))
    embeddings, encoder, embedded = embed_articles(ordered, settings, lambda *_: None)
    print(f"{folder.name}: {len(ordered)} articles, {embedded} embedded", file=sys.stderr)
    return RealSite(folder.name, ordered, embeddings, encoder)
