"""Relates the newest articles of a folder and tells what it took: a process for one measurement.

``python -m benchmarks.relating FOLDER HOME ENCODER ARTICLES``
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from joblib.externals.loky import get_reusable_executor

from benchmarks.real_sites import real_site
from recommender.articles.links import own_links
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import score_candidates
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking


def main(folder: str, home: str, encoder: str, size: str) -> None:
    """Relate, end the helping processes, and print the figures."""
    whole = real_site(Path(folder), Path(home), embedding_model=encoder)
    articles, embeddings = whole.articles[: int(size)], whole.embeddings[: int(size)]
    model = default_ranker()[0]
    before, started = sum(os.times()[:4]), time.perf_counter()
    site = build_corpus(articles, embeddings, own_links(articles))
    related = score_candidates(articles, site, Ranking(), articles[0].published, model)
    wall = time.perf_counter() - started
    get_reusable_executor().shutdown(wait=True)  # only then is their time counted
    taken = {
        "articles": len(articles),
        "cpu_s": round(sum(os.times()[:4]) - before, 2),
        "wall_s": round(wall, 2),
        "candidates": int((related.candidates >= 0).sum()),
    }
    print(json.dumps(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
