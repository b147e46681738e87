"""The link sets that quality is measured on: folders with articles.jsonl.gz and links.tsv."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.features.corpus import Corpus
from recommender.articles.article import Article
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.links import own_links, read_links
from recommender.embeddings.embed import embed_articles
from recommender.indexing.build_corpus import build_corpus
from recommender.ingest.sources import read
from recommender.learning.point_in_time import CandidateFeatures, features_as_of
from recommender.learning.queries import EvaluationQuery, evaluation_queries
from recommender.settings import load_settings


@dataclass(frozen=True)
class Asked:
    """A site whose editors' links are known, and a question for every article that links."""

    name: str
    as_read: Sequence[Article]
    """As they were read: what a peer gets."""
    articles: Sequence[Article]
    """As an index run prepares them."""
    site: Corpus
    questions: Sequence[EvaluationQuery]


@dataclass(frozen=True)
class LinkSet:
    """A site whose editors' links are known; questions and their sheets, newest first."""

    name: str
    articles: Sequence[Article]
    """As they were read: a peer gets no teasers of our making."""
    asked: Sequence[EvaluationQuery]
    sheets: Sequence[CandidateFeatures]


def arguments(description: str | None) -> argparse.Namespace:
    """Read the command line that the benchmarks of link sets share: ``folders`` and ``home``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    return parser.parse_args()


def asked_of(folder: Path, home: Path) -> Asked:
    """Read a folder; the home keeps the embeddings."""
    settings = load_settings(home)
    source = str(folder / "articles.jsonl.gz")
    found = [item for item in read(source, settings.zone) if isinstance(item, Article)]
    ordered = sorted(found, key=lambda a: (-a.published.timestamp(), a.id))
    articles = strip_boilerplate([enrich(article) for article in ordered])
    links, _ = read_links(folder / "links.tsv", articles)
    embeddings, _, _ = embed_articles(articles, settings, lambda *_: None)
    site = build_corpus(articles, embeddings, list(dict.fromkeys([*own_links(articles), *links])))
    asked = evaluation_queries(articles, links)
    print(f"{folder.name}: {len(articles)} articles, {len(asked)} that link", file=sys.stderr)
    return Asked(folder.name, ordered, articles, site, asked)


def link_set(folder: Path, home: Path) -> LinkSet:
    """Read a folder and work its questions off, without a guess of who is likely."""
    one = asked_of(folder, home)
    found = features_as_of(one.site, one.questions, guess=None)
    worked = sorted(found, key=lambda sheet: sheet.question.row)
    return LinkSet(one.name, one.as_read, one.questions, worked)
