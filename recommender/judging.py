"""One evaluation: a source of articles, a file of links, our ranking and its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.stories import shingles
from recommender.article import Article
from recommender.baselines import latest_in_section, tfidf
from recommender.completing import completed
from recommender.embedding import Report, embed_articles
from recommender.errors import SourceError
from recommender.evaluation import Question, answers, figures, questions
from recommender.links import Link, own_links, read_links
from recommender.moments import Moment
from recommender.numbers import site_of
from recommender.reading import read
from recommender.settings import Settings
from recommender.sheets import sheets
from recommender.texts import for_words
from recommender.weights import shipped

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
    read_as = _articles(source, settings)
    articles = [completed(article) for article in read_as]
    links, unknown = read_links(links_file, articles)
    asked = questions(articles, links, since)
    if not asked:
        raise SourceError(
            f"{links_file}: no article of {source} links to an earlier one; wanted at least one"
        )
    picks = {
        OURS: _ours(articles, asked, links, settings, report, limit),
        "TF-IDF words": answers(asked, tfidf(read_as), limit),
        "latest in section": answers(asked, latest_in_section(articles), limit),
    }
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
    return sorted(found, key=lambda article: (-article.published.timestamp(), article.id))


def _ours(
    articles: Sequence[Article],
    asked: Sequence[Question],
    links: Sequence[Link],
    settings: Settings,
    report: Report,
    limit: int,
) -> list[list[int]]:
    """Pick as the service would have at the moment of each publication."""
    embeddings, _, _ = embed_articles(articles, settings, report)
    site = site_of(articles, embeddings, list(dict.fromkeys([*own_links(articles), *links])))
    texts = shingles([for_words(article) for article in articles])
    moment = Moment(site, texts, shipped()[0], settings.ranking.diversity)
    picks = {}
    for done, sheet in enumerate(sheets(site, asked), start=1):
        row = sheet.question.row
        setting = settings.ranking.freshness_of(articles[row].section)
        picks[row] = moment.picks(sheet, setting, limit)
        report("ranking", done, len(asked))
    return [picks[question.row] for question in asked]


def _as_objects(
    articles: Sequence[Article], asked: Sequence[Question], picks: Sequence[Sequence[int]]
) -> list[dict[str, Any]]:
    return [
        {"from": articles[question.row].id, "picks": [articles[row].id for row in chosen]}
        for question, chosen in zip(asked, picks, strict=True)
    ]
