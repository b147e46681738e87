"""How well weights carry over: each link set judged by weights that it had no part in.

    python -m benchmarks.quality.leave_one_out FOLDER [FOLDER ...] --home DIR

For each set: nDCG@6 of TF-IDF words, of weights learned from the other sets, and, on its newer
half, of those weights before and after a refit on its older half. Beside them what weights reach
that were learned from the very lists they are judged on: no way to rank, but about the ceiling of
what other weights of these features could gain by this fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe, write
from benchmarks.quality.sites import LinkSet, arguments, link_set
from models.ranker.ranking_metrics import CUT, bootstrap_interval, ndcg
from recommender.evaluation.baselines import rankings_of, tfidf
from recommender.learning.adapt import ndcg_values as values
from recommender.learning.examples import from_link
from recommender.learning.train import fine_tune_weights, prior_precision, train_default


def main() -> None:
    """Judge every set and write the figures."""
    options = arguments(__doc__)
    sets = [link_set(folder, options.home) for folder in options.folders]
    result = {one.name: judged(one, [o for o in sets if o is not one]) for one in sets}
    measured = {"machine": describe("scikit-learn", "numpy", "torch"), "sets": result}
    print(json.dumps(result, indent=2))
    write("leave_one_out", measured, Path(__file__).parent / "results")


def judged(one: LinkSet, others: Sequence[LinkSet]) -> dict[str, Any]:
    """Judge one set by what the others taught."""
    taught = [other.sheets for other in others]
    model = train_default(taught)
    sheets, half = [sheet.by(model.first_pass) for sheet in one.sheets], len(one.sheets) // 2
    own = fine_tune_weights(
        model, prior_precision(model, taught), [from_link(s) for s in sheets[half:]]
    )
    words = rankings_of(one.asked, tfidf(one.articles), CUT)
    peer = np.array([ndcg(p, q.relevant) for q, p in zip(one.asked, words, strict=True)])
    ours, refitted = values(model, sheets), values(own, sheets[:half])
    ideal = train_default([one.sheets])
    ceiling = values(ideal, [sheet.by(ideal.first_pass) for sheet in one.sheets])
    inside = [np.isin(list(s.question.relevant), s.pool).mean() for s in one.sheets]
    return {
        "questions": len(one.asked),
        "links_in_pool": round(float(np.mean(inside)), 4),
        "tfidf": figure(peer),
        "from_other_sites": figure(ours) | {"ratio": round(ours.mean() / peer.mean(), 3)},
        "learned_from_the_answers": round(ceiling.mean() / peer.mean(), 3),
        "newer_half": {
            "tfidf": figure(peer[:half]),
            "from_other_sites": round(ours[:half].mean() / peer[:half].mean(), 3),
            "refitted": round(refitted.mean() / peer[:half].mean(), 3),
        },
    }


def figure(measured: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Mean and its bootstrap interval."""
    low, high = bootstrap_interval(measured)
    return {"ndcg@6": round(measured.mean(), 4), "interval": [round(low, 4), round(high, 4)]}


if __name__ == "__main__":
    main()
