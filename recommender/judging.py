"""One evaluation: a source of articles, a file of links, our ranking and its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from models.affinity import DEFAULT
from models.lexical import word_vectors
from recommender.article import Article
from recommender.baselines import latest_in_section, tfidf
from recommender.completing import completed
from recommender.embedding import Report, embed_articles
from recommender.errors import SourceError
from recommender.evaluation import Question, Ranker, Rows, answers, figures, questions
from recommender.links import read_links
from recommender.reading import read
from recommender.settings import Settings
from recommender.texts import for_words

OURS = "related posts"


@dataclass(frozen=True)
class Verdict:
    """Figures of every ranking, and the picks of ours as objects to be written."""

    figures: dict[str, Any]
    picks: list[dict[str, Any]]


def judge(
    source: str,
    links_file: Path,
    settings: Settings,
    since: datetime | None,
    limit: int,
    report: Report,
) -> Verdict:
    """Measure our ranking beside its peers on the links that editors made."""
    articles = _articles(source, settings)
    links, unknown = read_links(links_file, articles)
    asked = questions(articles, links, since)
    if not asked:
        raise SourceError(
            f"{links_file}: no article of {source} links to an earlier one; wanted at least one"
        )
    rankers: dict[str, Ranker] = {
        OURS: _ours(articles, settings, report),
        "TF-IDF words": tfidf(articles),
        "latest in section": latest_in_section(articles),
    }
    picks = {name: answers(asked, ranker, limit) for name, ranker in rankers.items()}
    summary = {
        "questions": len(asked),
        "links": sum(len(question.truth) for question in asked),
        "unknown_links": unknown,
        "rankings": {name: figures(asked, chosen) for name, chosen in picks.items()},
    }
    return Verdict(summary, _as_objects(articles, asked, picks[OURS]))


def _articles(source: str, settings: Settings) -> list[Article]:
    """Read a source from the newest article to the oldest; what is no article is left out."""
    found = [item for item in read(source, settings.zone) if isinstance(item, Article)]
    return [completed(a) for a in sorted(found, key=lambda a: (-a.published.timestamp(), a.id))]


def _ours(articles: Sequence[Article], settings: Settings, report: Report) -> Ranker:
    """Order by affinity; links are no part of it, so that none can leak."""
    words = word_vectors([for_words(article) for article in articles])
    embeddings, _, _ = embed_articles(articles, settings, report)

    def rank(row: int, candidates: Rows) -> Rows:
        lexical = (words @ words[row].T).toarray().ravel()[candidates]
        meaning = embeddings[candidates] @ embeddings[row]
        affinity = DEFAULT.shares(np.stack([lexical, meaning], axis=-1)).sum(axis=-1)
        return candidates[np.argsort(-affinity, kind="stable")]

    return rank


def _as_objects(
    articles: Sequence[Article], asked: Sequence[Question], picks: Sequence[Sequence[int]]
) -> list[dict[str, Any]]:
    return [
        {"from": articles[question.row].id, "picks": [articles[row].id for row in chosen]}
        for question, chosen in zip(asked, picks, strict=True)
    ]
