"""Reads folders of real articles and editors' links; none is part of this repository.

A folder has ``articles.jsonl.gz`` and, for quality, ``links.tsv`` with the columns ``from`` and
``to``. The data directory (``--home``) caches the embeddings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from models.features.corpus import Corpus
from recommender.articles.article import Article
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.languages import with_languages
from recommender.articles.links import links_of, own_links, read_link_pairs
from recommender.embeddings.embed import embed_articles
from recommender.indexing.build_corpus import build_corpus
from recommender.ingest.sources import read
from recommender.learning.point_in_time import CandidateFeatures, features_as_of
from recommender.learning.queries import EvaluationQuery, evaluation_queries
from recommender.settings import load_settings


@dataclass(frozen=True)
class Site:
    """Articles, newest first: as they were read, and as an index run prepares them."""

    name: str
    as_read: Sequence[Article]
    articles: Sequence[Article]
    embeddings: NDArray[np.float32]
    """(n, d), rows of length 1."""
    encoder: str
    """Name of the embedding model."""


@dataclass(frozen=True)
class LinkSet:
    """A site with editors' links: one query for each article that links, newest first."""

    name: str
    as_read: Sequence[Article]
    queries: Sequence[EvaluationQuery]
    candidates: Sequence[CandidateFeatures]
    """Of each query, taken without first-pass weights."""


def link_set_arguments(description: str | None) -> argparse.ArgumentParser:
    """Make the parser that the benchmarks of quality share."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="caches the embeddings")
    parser.add_argument("--embedding-model", default="minilm")
    return parser


def read_link_sets(options: argparse.Namespace) -> list[LinkSet]:
    """Read the folders of the command line and compute their features, one process a folder."""
    model = options.embedding_model
    sites = [read_site(folder, options.home, embedding_model=model) for folder in options.folders]
    pairs = zip(options.folders, sites, strict=True)
    return list(Parallel(n_jobs=-1)(delayed(link_set)(folder, site) for folder, site in pairs))


def read_site(folder: Path, home: Path, *, embedding_model: str) -> Site:
    """Read a folder and embed its articles."""
    loaded = load_settings(home, embedding_model=embedding_model)
    found = read(str(folder / "articles.jsonl.gz"), loaded.zone)
    as_read = sorted(
        (item for item in found if isinstance(item, Article)),
        key=lambda article: (-article.published.timestamp(), article.id),
    )
    articles = strip_boilerplate([enrich(article) for article in with_languages(as_read)])
    embeddings, encoder, computed = embed_articles(articles, loaded, lambda *_: None)
    print(f"{folder.name}: {len(articles)} articles, {computed} embedded", file=sys.stderr)
    return Site(folder.name, as_read, articles, embeddings, encoder)


def linked_corpus(path: Path, site: Site) -> tuple[Sequence[EvaluationQuery], Corpus]:
    """Read editors' links: one query for each article that links, and the corpus with all links."""
    links, _ = links_of(read_link_pairs(path), site.articles)
    history = list(dict.fromkeys([*own_links(site.articles), *links]))
    corpus = build_corpus(site.articles, site.embeddings, history, site.encoder)
    return evaluation_queries(site.articles, links), corpus


def link_set(folder: Path, site: Site) -> LinkSet:
    """Read the links of a folder and compute the features of each query as of its publication."""
    queries, corpus = linked_corpus(folder / "links.tsv", site)
    found = {c.query.row: c for c in features_as_of(corpus, queries, None)}
    print(f"{folder.name}: {len(queries)} articles that link", file=sys.stderr)
    return LinkSet(site.name, site.as_read, queries, [found[query.row] for query in queries])
