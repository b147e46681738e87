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

from models.people import Affinity, in_force
from recommender.articles.article import Article
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.links import own_links
from recommender.embeddings.embed import embed_articles
from recommender.ingest.sources import read
from recommender.learning.default_weights import default_ranker
from recommender.learning.queries import evaluation_queries
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


def affinity_of(articles: Sequence[Article]) -> Affinity:
    """Tell the affinity in force at a site of these articles, by the shipped weights."""
    linking = len(evaluation_queries(articles, own_links(articles)))
    return in_force(default_ranker()[0], linking, len(articles))
