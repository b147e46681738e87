"""What is served beside what scoring every article would give, until the next index run.

For every article of real sites, at the moment of indexing and 1, 7, 30 and 365 days later: the six
served from a published snapshot beside the six of a plain ranking that leaves nobody out
(:mod:`benchmarks.plain_ranking`). Twice: with all articles out, and with the newest still under
embargo when the index is made, so that they come out between the runs. With the shipped freshness
and with one that is much stronger.

``python -m benchmarks.exactness FOLDER [FOLDER ...] --home DIR``
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, describe, write
from benchmarks.plain_ranking import Scores, beaten_at_least, numbers_of, plain, scores_of
from benchmarks.real_sites import RealSite, real_site
from models.ranker.linear_ranker import LinearRanker
from recommender.articles.keywords import KeywordList
from recommender.home import DataDir
from recommender.indexing.build_snapshot import build_snapshot
from recommender.indexing.candidates import score_candidates
from recommender.learning.default_weights import default_ranker
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.serving.responses import open_current
from recommender.settings import Ranking, Recency
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import publish

DAYS = (0, 1, 7, 30, 365)
EMBARGOED = 30
"""Newest articles that are not out yet when the index is made, in the second case."""

FRESHNESS = {"shipped": Recency(), "strong": Recency(boost=3.0, half_life_days=30.0)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare every list of every folder and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="keeps the embeddings")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    sites = [
        real_site(one, options.home, embedding_model=options.encoder) for one in options.folders
    ]
    told = {
        "machine": describe("numpy", "scipy", "scikit-learn"),
        "sites": {site.name: exactness(site, default_ranker()[0]) for site in sites},
    }
    print(json.dumps(told, indent=2))
    write("exactness", told, options.results)


def exactness(site: RealSite, model: LinearRanker) -> dict[str, Any]:
    """Compare every list of a site, in each case."""
    newest = [int(article.published.timestamp()) for article in site.articles[: EMBARGOED + 1]]
    cases: dict[str, Any] = {}
    for name, moment in (("all out", newest[0]), ("newest under embargo", newest[-1])):
        scores = scores_of(site, moment, model)
        for how, freshness in FRESHNESS.items():
            ranking = Ranking(recency=freshness)
            with tempfile.TemporaryDirectory() as folder:
                snapshot = _published(site, ranking, moment, model, Path(folder))
                cases[f"{name}, {how} freshness"] = compared(snapshot, scores, moment)
    total = [case["lists"] for case in cases.values()]
    every = [case["identical"]["every article"] for case in cases.values()]
    return {
        "articles": len(site.articles),
        "encoder": site.encoder,
        "lists": sum(total),
        "share identical to scoring every article": round(sum(every) / sum(total), 6),
        "cases": cases,
    }


def compared(snapshot: Snapshot, scores: Scores, moment: int) -> dict[str, Any]:
    """Compare the lists of all articles that readers can see, at every moment."""
    counts: Counter[str] = Counter()
    for row in range(len(snapshot)):
        for days in DAYS:
            now = float(moment + 86_400 * days)
            if not is_public(snapshot, row, now):
                continue
            served = [pick.row for pick in related(snapshot, row, Query(), now)]
            pool, every = (plain(snapshot, scores, row, now, whom) for whom in ("pool", "every"))
            counts["lists"] += 1
            counts["pool"] += served == pool
            counts["every"] += served == every
            counts[f"day {days}"] += served != every
    return {
        "lists": counts["lists"],
        "identical": {"every article": counts["every"], "the pool alone": counts["pool"]},
        "not identical by day": {days: counts[f"day {days}"] for days in DAYS},
        "left out are beaten at every moment by": beaten_at_least(snapshot, scores, moment),
    }


def _published(
    site: RealSite, ranking: Ranking, moment: int, model: LinearRanker, home: Path
) -> Snapshot:
    now = datetime.fromtimestamp(moment, UTC)
    made = score_candidates(site.articles, numbers_of(site), ranking, now, model)
    nothing_said: list[KeywordList] = [[]] * len(site.articles)
    contents = build_snapshot(site.articles, made, nothing_said, ranking, site.encoder, {})
    publish(DataDir(home), contents, now)
    return open_current(home)


if __name__ == "__main__":
    main()
