"""One evaluation: a source of articles, a file of links, our ranking and its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.stories import shingles
from recommender.article import Article
from recommender.baselines import bm25, latest_in_section, tfidf
from recommender.boilerplate import cleaned
from recommender.breakdown import breakdown
from recommender.completing import completed
from recommender.embedding import Report, embed_articles
from recommender.errors import SourceError
from recommender.evaluation import Question, Ranker, answers, figures, questions
from recommender.lessons import link_questions
from recommender.links import Link, own_links, read_links
from recommender.moments import Moment
from recommender.numbers import site_of
from recommender.reach import Reach, sampled
from recommender.reading import read
from recommender.schooling import Schooling
from recommender.settings import Settings
from recommender.sheets import moments, sheet_of
from recommender.texts import for_words

OURS = "related posts"


@dataclass(frozen=True)
class Verdict:
    """Figures of every ranking, and the picks of ours as objects to be written."""

    figures: dict[str, Any]
    picks: list[dict[str, Any]]


@dataclass(frozen=True)
class Ours:
    """Picks of every question, what their pools reached, and how the weights came to be."""

    picks: list[list[int]]
    reach: Reach
    schooling: Schooling


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
    articles = _as_indexed(read_as)
    links, unknown = read_links(links_file, articles)
    asked = questions(articles, links, since)
    if not asked:
        raise SourceError(
            f"{links_file}: no article of {source} links to an earlier one; wanted at least one"
        )
    ours = _ours(articles, asked, links, settings, report, limit)
    picks = {OURS: ours.picks} | {
        name: answers(asked, ranker, limit) for name, ranker in _peers(read_as, articles).items()
    }
    summary = {
        "questions": len(asked),
        "links": sum(len(question.truth) for question in asked),
        "unknown_links": unknown,
        "rankings": {name: figures(asked, chosen) for name, chosen in picks.items()},
        "pool": ours.reach.figures(),
        "weights": ours.schooling.figures(),
        "breakdown": breakdown(articles, asked, picks),
    }
    return Verdict(summary, _as_objects(articles, asked, ours.picks))


def _peers(read_as: Sequence[Article], articles: Sequence[Article]) -> dict[str, Ranker]:
    """Give the peers their articles: as they were read, which is what a peer would get."""
    found = {
        "TF-IDF words": tfidf(read_as),
        "BM25": bm25(read_as),
        "latest in section": latest_in_section(articles),
    }
    return {name: ranker for name, ranker in found.items() if ranker is not None}


def _as_indexed(read_as: Sequence[Article]) -> list[Article]:
    """Prepare articles as an index run does: completed, and without what the site repeats.

    What is repeated is told from the whole archive, also for the oldest question. That is no
    answer in disguise: a line that stands word for word in one of a hundred articles is the
    site's furniture, taken out of all of them alike, and which lines those are does not say who
    links to whom. What later articles say otherwise stays unseen: weights of words, the centre of
    embeddings and links are as of the question's moment.
    """
    return cleaned([completed(article) for article in read_as])


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
) -> Ours:
    """Pick as the service would have at the moment of each publication; what its pools reach."""
    embeddings, _, _ = embed_articles(articles, settings, report)
    history = list(dict.fromkeys([*own_links(articles), *links]))
    site = site_of(articles, embeddings, history)
    taught = {one.row: one for one in link_questions(articles, history)}
    schooling = Schooling(taught)
    texts = shingles([for_words(article) for article in articles])
    reach = Reach(sampled(asked))
    judged = {question.row for question in asked}
    everybody = [*asked, *(one for row, one in taught.items() if row not in judged)]
    picks = {}
    for done, (question, seen, ask) in enumerate(moments(site, everybody), start=1):
        sheet = sheet_of(question, seen, ask)
        if question.row in judged:
            model = schooling.model_at(question.moment)
            moment = Moment(texts, model, settings.ranking.diversity)
            setting = settings.ranking.freshness_of(articles[question.row].section)
            picks[question.row] = moment.picks(seen, sheet, setting, limit)
            reach.add(model, sheet, seen, ask)
        schooling.learn(sheet)
        report("ranking", done, len(everybody))
    return Ours([picks[question.row] for question in asked], reach, schooling)


def _as_objects(
    articles: Sequence[Article], asked: Sequence[Question], picks: Sequence[Sequence[int]]
) -> list[dict[str, Any]]:
    return [
        {"from": articles[question.row].id, "picks": [articles[row].id for row in chosen]}
        for question, chosen in zip(asked, picks, strict=True)
    ]
