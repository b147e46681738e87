"""The link sets that quality is measured on: folders with articles.jsonl.gz and links.tsv."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender.article import Article
from recommender.completing import completed
from recommender.embedding import embed_articles
from recommender.evaluation import Question, questions
from recommender.links import own_links, read_links
from recommender.numbers import site_of
from recommender.reading import read
from recommender.settings import load_settings
from recommender.sheets import Sheet, sheets


@dataclass(frozen=True)
class LinkSet:
    """A site whose editors' links are known; questions and their sheets, newest first."""

    name: str
    articles: Sequence[Article]
    """As they were read: a peer gets no teasers of our making."""
    asked: Sequence[Question]
    sheets: Sequence[Sheet]


def link_set(folder: Path, home: Path) -> LinkSet:
    """Read a folder and work its questions off; the home keeps the embeddings."""
    settings = load_settings(home)
    source = str(folder / "articles.jsonl.gz")
    found = [item for item in read(source, settings.zone) if isinstance(item, Article)]
    ordered = sorted(found, key=lambda a: (-a.published.timestamp(), a.id))
    articles = [completed(article) for article in ordered]
    links, _ = read_links(folder / "links.tsv", articles)
    embeddings, _, _ = embed_articles(articles, settings, lambda *_: None)
    site = site_of(articles, embeddings, list(dict.fromkeys([*own_links(articles), *links])))
    asked = questions(articles, links)
    worked = sorted(sheets(site, asked), key=lambda sheet: sheet.question.row)
    print(f"{folder.name}: {len(articles)} articles, {len(asked)} that link", file=sys.stderr)
    return LinkSet(folder.name, ordered, asked, worked)
