"""Evaluates the ranking on editors' links and compares it with baselines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from models.arrays import Rows
from recommender.articles.article import Article
from recommender.embeddings.embed import Report
from recommender.evaluation.baselines import (
    RankFunction,
    bm25,
    latest_in_section,
    rankings_of,
    tfidf,
)
from recommender.evaluation.candidate_recall import CandidateRecall, sample_rows
from recommender.evaluation.dataset import EvaluationDataset, load_dataset, rank_in_time
from recommender.evaluation.eligible_cards import number_of_links
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.evaluation.replay import PrequentialTrainer
from recommender.evaluation.report import EvaluationReport, RankedArticle, measure
from recommender.evaluation.slices import slices
from recommender.ingest.import_run import OnRejected
from recommender.settings import Ranking, Settings

OURS = "related posts"
"""Name of our ranking beside the baselines."""


class Evaluation(NamedTuple):
    """The metrics of every ranking, and the recommendations of ours."""

    report: EvaluationReport
    picks: list[RankedArticle]


class OurRanking(NamedTuple):
    """Ranked rows of every query, candidate recall, and how the weights were trained."""

    picks: list[list[int]]
    recall: CandidateRecall
    trainer: PrequentialTrainer


def evaluate(
    source: str,
    links_file: Path,
    settings: Settings,
    since: datetime | None,
    limit: int,
    report: Report,
    on_rejected: OnRejected,
) -> Evaluation:
    """Read articles and links, and evaluate the ranking on them; see :func:`evaluate_dataset`.

    Parameters
    ----------
    source : articles, as for ``recommender index``.
    links_file : tab-separated, with the columns ``from`` and ``to``.
    since : makes queries only for articles published at or after this time.
    limit : articles to rank for each query, at least six.
    report : gets the progress.
    on_rejected : called with each record of the source that is skipped.

    Raises
    ------
    SourceError
        If a file cannot be read, or no article links to an earlier one.
    """
    dataset = load_dataset(source, links_file, settings, since, report, on_rejected)
    return evaluate_dataset(dataset, settings, limit, report)


def evaluate_dataset(
    dataset: EvaluationDataset, settings: Settings, limit: int, report: Report
) -> Evaluation:
    """Rank each article that links as of its publication, and measure how well links are found.

    Parameters
    ----------
    limit : articles to rank for each query, at least six.
    report : gets the progress.
    """
    queries = dataset.queries
    ours = _rank(dataset, settings, report, limit)
    rankings = {OURS: ours.picks} | {
        name: rankings_of(queries, rank, limit, dataset.eligible)
        for name, rank in _baselines(dataset).items()
    }
    metrics = EvaluationReport(
        queries=len(queries),
        links=number_of_links(queries),
        unknown_links=dataset.unknown_links,
        excluded_links=dataset.excluded_links,
        rankings={name: measure(queries, rows) for name, rows in rankings.items()},
        candidate_recall=ours.recall.candidate_recall,
        pool_size=ours.recall.pool_size,
        exhaustive=ours.recall.exhaustive(),
        weights=ours.trainer.trials(),
        threshold=ours.trainer.threshold if settings.ranking.is_automatic else None,
        slices=slices(dataset.articles, queries, rankings),
    )
    sources = [dataset.articles[query.row] for query in queries]
    return Evaluation(metrics, _with_ids(dataset.articles, sources, ours.picks))


def _baselines(dataset: EvaluationDataset) -> dict[str, RankFunction]:
    """Make the baselines; text ones get the texts as they were read."""
    found = {
        "TF-IDF words": tfidf(dataset.as_read),
        "BM25": bm25(dataset.as_read),
        "latest in section": latest_in_section(dataset.articles),
    }
    return {name: rank for name, rank in found.items() if rank is not None}


def _rank(dataset: EvaluationDataset, settings: Settings, report: Report, limit: int) -> OurRanking:
    """Rank every query as the service would have at the publication of its article.

    Of the rules for a list, those about languages, visibility, the fallback and the least number of
    cards apply. The query's own links are to be found, so that ``exclude_linked`` does not.
    """
    ranking = settings.ranking
    trainer = PrequentialTrainer(dataset.training_queries)
    recall = CandidateRecall(sample_rows(dataset.queries))
    reranker = AsOfReranker(dataset.corpus.shingles, ranking)
    latest = latest_in_section(dataset.articles)
    picks = {}
    for ranked in rank_in_time(dataset, trainer, report):
        query = ranked.candidates.query
        row, eligible = query.row, dataset.eligible.candidates(query)
        recency = ranking.recency_of(dataset.articles[row].section)
        related = reranker.picks(ranked, recency, max(limit, ranking.minimum_cards))
        picks[row] = _filled(related, latest(row, eligible), ranking)[:limit]
        recall.add(ranked.model, ranked.candidates, ranked.batch, eligible)
    return OurRanking([picks[query.row] for query in dataset.queries], recall, trainer)


def _filled(related: list[int], latest: Rows, ranking: Ranking) -> list[int]:
    """Add the latest of the section and of the site to the related articles, if they may follow."""
    if len(related) < ranking.minimum_cards:
        return []
    if ranking.fallback == "none":
        return related
    return list(dict.fromkeys([*related, *latest.tolist()]))


def _with_ids(
    articles: Sequence[Article], sources: Sequence[Article], picks: Sequence[Sequence[int]]
) -> list[RankedArticle]:
    return [
        RankedArticle(source.id, [articles[row].id for row in rows])
        for source, rows in zip(sources, picks, strict=True)
    ]
