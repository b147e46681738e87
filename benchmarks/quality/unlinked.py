"""What a site that never links would get: link sets with all their links hidden.

    python -m benchmarks.quality.unlinked FOLDER [FOLDER ...] --home DIR

Editors' links stay the answers, and no feature knows any. For each set, by weights learned from the
others: nDCG@6 of TF-IDF words, of the affinity that links taught, and of the one in force where
nothing has linked, in which people's sense of a topic has a say (:mod:`models.people`); and what
the latter costs against the former.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe, write
from benchmarks.quality.leave_one_out import figure
from benchmarks.quality.sites import Asked, arguments, asked_of
from models.features.link_graph import LinkGraph
from models.people import Affinity, in_force
from models.ranker.linear_ranker import LinearRanker
from models.ranker.ranking_metrics import CUT, bootstrap_interval, ndcg
from recommender.evaluation.baselines import tfidf
from recommender.evaluation.dataset import RankedQuery
from recommender.learning.point_in_time import (
    CandidateFeatures,
    candidate_features,
    features_as_of,
    queries_as_of,
)
from recommender.learning.queries import rankings_of
from recommender.learning.train import train_default

NOBODY = np.zeros(0, dtype=np.int64)


def main() -> None:
    """Judge every set and write the figures."""
    options = arguments(__doc__)
    sets = [asked_of(folder, options.home) for folder in options.folders]
    taught: dict[str, Sequence[CandidateFeatures]] = {
        s.name: list(features_as_of(s.site, s.questions, guess=None)) for s in sets
    }
    result = {}
    for one in sets:
        model = train_default([worked for name, worked in taught.items() if name != one.name])
        result[one.name] = judged(one, model)
        print(json.dumps({one.name: result[one.name]}, indent=2))
    measured = {"machine": describe("scikit-learn", "numpy"), "sets": result}
    write("unlinked", measured, Path(__file__).parent / "results")


def judged(one: Asked, model: LinearRanker) -> dict[str, Any]:
    """Judge one set, its links hidden, by what the others taught."""
    words = rankings_of(one.questions, tfidf(one.as_read), CUT)
    peer = [ndcg(picks, q.relevant) for q, picks in zip(one.questions, words, strict=True)]
    both = np.array([(value(rank), value(by_links(rank))) for rank in hidden(one, model)])
    ours, links = both.T
    return {
        "questions": len(one.questions),
        "tfidf": figure(np.array(peer)),
        "by_links": figure(links) | {"ratio": round(links.mean() / np.mean(peer), 3)},
        "in_force": figure(ours) | {"ratio": round(ours.mean() / np.mean(peer), 3)},
        "cost": round(1 - ours.mean() / links.mean(), 4),
        "cost_interval": paired(ours, links),
    }


def hidden(one: Asked, model: LinearRanker) -> Iterator[RankedQuery]:
    """Rank every question as if the site had never linked."""
    site = replace(one.site, graph=LinkGraph(NOBODY, NOBODY, NOBODY, one.site.graph.size))
    for question, seen, ask in queries_as_of(site, one.questions):
        sheet = candidate_features(question, seen, ask, model.first_pass)
        yield RankedQuery(sheet, seen, ask, in_force(model, 0, int(seen.known.sum())))


def by_links(ranked: RankedQuery) -> RankedQuery:
    """Rank the same by what links taught alone."""
    return replace(ranked, model=Affinity(ranked.model.links))


def value(ranked: RankedQuery) -> float:
    """Take nDCG@6 of the order by affinity."""
    best = np.argsort(-ranked.relevance, kind="stable")[:CUT]
    return ndcg(ranked.sheet.pool[best].tolist(), ranked.sheet.question.relevant)


def paired(ours: NDArray[np.float64], links: NDArray[np.float64]) -> list[float]:
    """Interval of the cost, over questions: of the difference by the mean of all."""
    return [round(bound, 4) for bound in bootstrap_interval((links - ours) / links.mean())]


if __name__ == "__main__":
    main()
