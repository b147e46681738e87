"""What diversity costs and what it gives: the same lists with and without it.

    python -m benchmarks.quality.diversity FOLDER [FOLDER ...] --home DIR

For each link set: nDCG@6 of the lists as served and of those by score alone, and the mean
similarity of two cards of a list in both, by cosine of TF-IDF words (a vocabulary and weights of
its own) and of the embeddings less their mean. Weights are the shipped ones; only the difference
counts here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.machine import describe, write
from benchmarks.quality.sites import Asked, arguments, asked_of
from models.lexical.near_duplicates import shingles
from models.ranker.ranking_metrics import CUT, bootstrap_interval, ndcg
from recommender.articles.model_inputs import for_words
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.learning.default_weights import default_ranker
from recommender.learning.point_in_time import candidate_features, queries_as_of
from recommender.settings import Ranking

Rows = list[int]
Products = Callable[[Rows], Any]
"""Similarities of some articles with each other: rows to (r, r)."""


def main() -> None:
    """Measure every set and write the figures."""
    options = arguments(__doc__)
    result = {}
    for folder in options.folders:
        one = asked_of(folder, options.home)
        result[one.name] = measured(one)
        print(json.dumps({one.name: result[one.name]}, indent=2))
    told = {"machine": describe("scikit-learn", "numpy"), "diversity": Ranking().diversity_penalty}
    write("diversity", told | {"sets": result}, Path(__file__).parent / "results")


def measured(one: Asked) -> dict[str, Any]:
    """Pick every list twice and compare."""
    by_score, as_served = [], []
    texts = shingles([for_words(article) for article in one.articles])
    served = AsOfReranker(texts, default_ranker()[0], Ranking().diversity_penalty)
    plain = replace(served, diversity=0.0)
    asked, guess = [], default_ranker()[0].first_pass
    for question, seen, ask in queries_as_of(one.site, one.questions):
        sheet, setting = candidate_features(question, seen, ask, guess), Ranking().recency
        asked.append(question)
        by_score.append(plain.picks(seen, sheet, setting, CUT))
        as_served.append(served.picks(seen, sheet, setting, CUT))
    alone, served_so = (
        np.array([ndcg(rows, q.relevant) for q, rows in zip(asked, lists, strict=True)])
        for lists in (by_score, as_served)
    )
    result: dict[str, Any] = {
        "ndcg@6": {"by score": round(alone.mean(), 4), "as served": round(served_so.mean(), 4)},
        "cost": round(1 - served_so.mean() / alone.mean(), 4),
        "cost_interval": paired(served_so, alone),
    }
    for name, products in similarities(one).items():
        before, after = (alike(lists, products) for lists in (by_score, as_served))
        result[name] = {
            "by score": round(before, 4),
            "as served": round(after, 4),
            "less by": round(1 - after / before, 4),
        }
    return result


def similarities(one: Asked) -> dict[str, Products]:
    """Two measures of how alike two cards are."""
    texts = [f"{a.title} {a.title} {a.teaser} {a.body}" for a in one.as_read]
    words = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.5).fit_transform(texts).tocsr()
    centred = one.site.embeddings - one.site.embeddings.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    return {
        "similarity by TF-IDF words": lambda rows: (words[rows] @ words[rows].T).toarray(),
        "similarity by embeddings": lambda rows: centred[rows] @ centred[rows].T,
    }


def paired(ours: NDArray[np.float64], peer: NDArray[np.float64]) -> list[float]:
    """Interval of the cost, over questions: of the difference by the mean of all."""
    return [round(bound, 4) for bound in bootstrap_interval((peer - ours) / peer.mean())]


def alike(lists: list[Rows], products: Products) -> float:
    """Mean similarity of two cards of a list, over all lists of two and more."""
    each = [products(rows)[np.triu_indices(len(rows), 1)].mean() for rows in lists if len(rows) > 1]
    return float(np.mean(each))


if __name__ == "__main__":
    main()
