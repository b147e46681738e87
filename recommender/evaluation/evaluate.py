"""One evaluation: a source of articles, a file of links, our ranking and its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender.articles.article import Article
from recommender.embeddings.embed import Report
from recommender.evaluation.baselines import bm25, latest_in_section, tfidf
from recommender.evaluation.candidate_recall import CandidateRecall, sampled
from recommender.evaluation.dataset import EvaluationDataset, load_dataset, rank_in_time
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.evaluation.replay import PrequentialTrainer
from recommender.evaluation.slices import slices
from recommender.learning.queries import EvaluationQuery, RankFunction, figures, rankings_of
from recommender.settings import Settings

OURS = "related posts"


@dataclass(frozen=True)
class EvaluationReport:
    """Figures of every ranking, and the picks of ours as objects to be written."""

    figures: dict[str, Any]
    picks: list[dict[str, Any]]


@dataclass(frozen=True)
class OurRanking:
    """Picks of every question, what their pools reached, and how the weights came to be."""

    picks: list[list[int]]
    reach: CandidateRecall
    schooling: PrequentialTrainer


def evaluate(
    source: str,
    links_file: Path,
    settings: Settings,
    since: datetime | None,
    limit: int,
    report: Report,
) -> EvaluationReport:
    """Measure our ranking beside its peers on the links that editors made."""
    judged = load_dataset(source, links_file, settings, since, report)
    asked = judged.asked
    ours = _ours(judged, settings, report, limit)
    picks = {OURS: ours.picks} | {
        name: rankings_of(asked, ranker, limit)
        for name, ranker in _peers(judged.as_read, judged.articles).items()
    }
    summary = {
        "questions": len(asked),
        "links": sum(len(question.relevant) for question in asked),
        "unknown_links": judged.unknown_links,
        "rankings": {name: figures(asked, chosen) for name, chosen in picks.items()},
        "pool": ours.reach.figures(),
        "weights": ours.schooling.figures(),
        "breakdown": slices(judged.articles, asked, picks),
    }
    return EvaluationReport(summary, _as_objects(judged.articles, asked, ours.picks))


def _peers(read_as: Sequence[Article], articles: Sequence[Article]) -> dict[str, RankFunction]:
    """Give the peers their articles: as they were read, which is what a peer would get."""
    found = {
        "TF-IDF words": tfidf(read_as),
        "BM25": bm25(read_as),
        "latest in section": latest_in_section(articles),
    }
    return {name: ranker for name, ranker in found.items() if ranker is not None}


def _ours(judged: EvaluationDataset, settings: Settings, report: Report, limit: int) -> OurRanking:
    """Pick as the service would have at the moment of each publication; what its pools reach."""
    school, reach = (
        PrequentialTrainer(judged.training_queries),
        CandidateRecall(sampled(judged.asked)),
    )
    picks = {}
    for ranked in rank_in_time(judged, school, report):
        row = ranked.sheet.question.row
        moment = AsOfReranker(judged.site.shingles, ranked.model, settings.ranking.diversity)
        setting = settings.ranking.recency_of(judged.articles[row].section)
        picks[row] = moment.picks(ranked.seen, ranked.sheet, setting, limit)
        reach.add(ranked.model, ranked.sheet, ranked.seen, ranked.ask)
    return OurRanking([picks[question.row] for question in judged.asked], reach, school)


def _as_objects(
    articles: Sequence[Article], asked: Sequence[EvaluationQuery], picks: Sequence[Sequence[int]]
) -> list[dict[str, Any]]:
    return [
        {"from": articles[question.row].id, "picks": [articles[row].id for row in chosen]}
        for question, chosen in zip(asked, picks, strict=True)
    ]
