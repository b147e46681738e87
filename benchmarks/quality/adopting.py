"""How soundly a site's own weights are adopted: as its lessons grow, and where they tell nothing.

    python -m benchmarks.quality.adopting FOLDER [FOLDER ...] --home DIR

Each set is gone through from its oldest lessons on, with weights that the other sets taught in
place of the shipped ones, and whenever there are a quarter more lessons own ones are tried. Told
are how often they were adopted, by the newest fifth alone and as :mod:`recommender.learning.adapt`
decides, and what that changed in nDCG@6 on the lessons until the next try, a mean over all lessons.
Beside it the same for links that are drawn from the weights in force: nothing is to be learned.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe, write
from benchmarks.quality.sites import LinkSet, arguments, link_set
from models.ranker.linear_ranker import LinearRanker
from recommender.evaluation.replay import GROWTH
from recommender.learning.adapt import MIN_EXAMPLES, Floats, fine_tune
from recommender.learning.adapt import ndcg_values as values
from recommender.learning.examples import MAX_LINKS, TrainingExample, from_link
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.train import fine_tune_weights, prior_precision, train_default

DRAWN = 3
"""Times that links are drawn anew."""


def main() -> None:
    """Go through every set and write the figures."""
    options = arguments(__doc__)
    sets = [link_set(folder, options.home) for folder in options.folders]
    result = {one.name: judged(one, [o for o in sets if o is not one]) for one in sets}
    measured = {"machine": describe("numpy", "torch"), "sets": result}
    print(json.dumps(result, indent=2))
    write("adopting", measured, Path(__file__).parent / "results")


def judged(one: LinkSet, others: Sequence[LinkSet]) -> dict[str, Any]:
    """Go through one set with weights from the others, by its links and by drawn ones."""
    taught = [other.sheets for other in others]
    model = train_default(taught)
    prior, random = prior_precision(model, taught), np.random.default_rng(0)
    oldest_first = [sheet.by(model.first_pass) for sheet in one.sheets[::-1]]
    drawn = [[_drawn(sheet, model, random) for sheet in oldest_first] for _ in range(DRAWN)]
    return {
        "links": followed(model, prior, [oldest_first]),
        "nothing_to_learn": followed(model, prior, drawn),
    }


def followed(
    model: LinearRanker, prior: Floats, times: Sequence[Sequence[CandidateFeatures]]
) -> dict[str, Any]:
    """Let lessons grow, once or several times, and decide again and again."""
    ways = {"newest_fifth": [0.0, 0.0], "as_decided": [0.0, 0.0]}
    tries = lessons = 0
    for sheets in times:
        told = [from_link(s) for s in sheets if len(s.question.relevant) <= MAX_LINKS]
        telling = [lesson for lesson in told if lesson.is_informative]
        lessons += max(len(telling) - MIN_EXAMPLES, 0)
        until = MIN_EXAMPLES
        while until < len(telling):
            since, until = until, min(int(until * GROWTH), len(telling))
            _, said = fine_tune(model, prior, telling[:since])
            gain = _gain(model, prior, telling[:since], telling[since:until])
            won = (said.site_ndcg or 0.0) > (said.default_ndcg or 0.0)
            for way, yes in (("newest_fifth", won), ("as_decided", said.adopted)):
                ways[way][0] += yes
                ways[way][1] += gain * yes
            tries += 1
    figures = {
        way: {"adopted": int(yes), "gain": round(gain / max(lessons, 1), 4)}
        for way, (yes, gain) in ways.items()
    }
    return {"tries": tries, **figures}


def _gain(
    model: LinearRanker,
    prior: Floats,
    lessons: Sequence[TrainingExample],
    later: Sequence[TrainingExample],
) -> float:
    own, asked = fine_tune_weights(model, prior, lessons), [one.candidates for one in later]
    return float((values(own, asked) - values(model, asked)).sum())


def _drawn(
    sheet: CandidateFeatures, model: LinearRanker, random: np.random.Generator
) -> CandidateFeatures:
    """Draw as many links as there are in the pool from a softmax of the affinities."""
    worth = model.contributions(sheet.raw).sum(axis=1) + random.gumbel(size=len(sheet.pool))
    count = max(int(sheet.chosen.sum()), 1)
    truth = frozenset(int(row) for row in sheet.pool[np.argsort(-worth)[:count]])
    return replace(sheet, question=replace(sheet.question, relevant=truth))


if __name__ == "__main__":
    main()
