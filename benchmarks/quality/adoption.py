"""Measures how reliably site weights are adopted, also where there is nothing to learn.

    python -m benchmarks.quality.adoption FOLDER [FOLDER ...] --home DIR

Each set is replayed from its oldest example on, with weights of the other sets as defaults. Site
weights are tried whenever there are a quarter more examples. Reported are the tries, the adoptions
by the newest fifth alone and by :mod:`recommender.learning.adapt`, and the change of nDCG@6 on the
examples until the next try. The same is done with links drawn from the default weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe, write
from benchmarks.quality.default_training import prior_precision, train_default
from benchmarks.sites.datasets import LinkSet, link_set_arguments, read_link_sets
from models.arrays import Floats
from models.ranker.linear_ranker import LinearRanker
from recommender.evaluation.replay import GROWTH
from recommender.learning.adapt import MIN_EXAMPLES, fine_tune, ndcg_values
from recommender.learning.examples import MAX_LINKS, TrainingExample, from_link
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.train import fine_tune_weights

REPETITIONS = 3
"""Times that links are drawn."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Replay every set and write the figures."""
    parser = link_set_arguments(__doc__)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args(arguments)
    sets = read_link_sets(options)
    result = {one.name: measure(one, [o for o in sets if o is not one]) for one in sets}
    print(json.dumps(result, indent=2))
    write("adoption", {"machine": describe("numpy", "torch"), "sets": result}, options.results)


def measure(one: LinkSet, others: Sequence[LinkSet]) -> dict[str, Any]:
    """Replay the links of one set, and links drawn from the weights of the others."""
    sites = [other.candidates for other in others]
    model = train_default(sites)
    prior = prior_precision(model, sites)
    random = np.random.default_rng(1)
    oldest_first = [query.with_first_pass(model.first_pass) for query in one.candidates[::-1]]
    drawn = [[_draw(query, model, random) for query in oldest_first] for _ in range(REPETITIONS)]
    return {
        "links": replay(model, prior, [oldest_first]),
        "nothing_to_learn": replay(model, prior, drawn),
    }


def replay(
    model: LinearRanker, prior: Floats, histories: Sequence[Sequence[CandidateFeatures]]
) -> dict[str, Any]:
    """Let the examples grow and decide again and again."""
    tries = examples = 0
    adopted, gains = {"newest_fifth": 0, "full_rule": 0}, {"newest_fifth": 0.0, "full_rule": 0.0}
    for history in histories:
        taken = [from_link(c) for c in history if len(c.query.relevant) <= MAX_LINKS]
        informative = [example for example in taken if example.is_informative]
        examples += max(len(informative) - MIN_EXAMPLES, 0)
        until = MIN_EXAMPLES
        while until < len(informative):
            since, until = until, min(int(until * GROWTH), len(informative))
            _, decision = fine_tune(model, prior, informative[:since])
            gain = _gain(model, prior, informative[:since], informative[since:until])
            won = (decision.site_ndcg or 0.0) > (decision.default_ndcg or 0.0)
            for rule, yes in (("newest_fifth", won), ("full_rule", decision.adopted)):
                adopted[rule] += yes
                gains[rule] += gain * yes
            tries += 1
    return {"tries": tries} | {
        rule: {"adopted": adopted[rule], "gain": round(gains[rule] / max(examples, 1), 4)}
        for rule in adopted
    }


def _gain(
    model: LinearRanker,
    prior: Floats,
    examples: Sequence[TrainingExample],
    later: Sequence[TrainingExample],
) -> float:
    """Sum of the differences of nDCG@6 on later examples."""
    tuned = fine_tune_weights(model, prior, examples)
    queries = [example.candidates for example in later]
    return float((ndcg_values(tuned, queries) - ndcg_values(model, queries)).sum())


def _draw(
    candidates: CandidateFeatures, model: LinearRanker, random: np.random.Generator
) -> CandidateFeatures:
    """Draw as many links as there are in the pool from a softmax of the scores."""
    scores = model.contributions(candidates.features).sum(axis=1)
    scores = scores + random.gumbel(size=len(scores))
    count = max(int(candidates.chosen.sum()), 1)
    relevant = frozenset(int(row) for row in candidates.pool[np.argsort(-scores)[:count]])
    return replace(candidates, query=replace(candidates.query, relevant=relevant))


if __name__ == "__main__":
    main()
