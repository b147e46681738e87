"""How the affinity agrees with people who rated how alike two documents are.

    python -m benchmarks.quality.people FOLDER --home DIR

The folder holds documents.jsonl.gz (id, title, body) and ratings.tsv (a, b, similarity): Lee,
Pincombe and Welsh (2005) is such a set. The documents have no dates, tags or links: what is left of
the affinity is words and meaning. TF-IDF words and the bare embeddings stand beside it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.machine import describe, write
from models.features import asking, pair_features
from models.site import Site, view
from recommender.article import Article
from recommender.embedding import embed_articles
from recommender.numbers import site_of
from recommender.settings import load_settings
from recommender.weights import shipped

SAME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def main() -> None:
    """Correlate and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    articles = documents(options.folder)
    rows = {article.id: row for row, article in enumerate(articles)}
    with (options.folder / "ratings.tsv").open(encoding="utf-8", newline="") as file:
        rated = list(csv.DictReader(file, delimiter="\t"))
    one = np.array([rows[line["a"]] for line in rated])
    other = np.array([rows[line["b"]] for line in rated])
    people = np.array([float(line["similarity"]) for line in rated])
    embeddings, encoder, _ = embed_articles(articles, load_settings(options.home), lambda *_: None)
    words = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english")
    vectors = words.fit_transform([f"{a.title} {a.title} {a.body}" for a in articles]).tocsr()
    ranked = {
        "TF-IDF words": (vectors @ vectors.T).toarray(),
        encoder: embeddings @ embeddings.T,
        "affinity": affinities(site_of(articles, embeddings, [])),
    }
    spearman = {
        name: round(float(spearmanr(scores[one, other], people).statistic), 3)
        for name, scores in ranked.items()
    }
    measured = {"machine": describe("scikit-learn", "numpy"), "pairs": len(rated)}
    print(json.dumps(spearman, indent=2))
    results = Path(__file__).parent / "results"
    write("people", measured | {"spearman": spearman}, results)


def documents(folder: Path) -> list[Article]:
    """Read documents as articles of one day."""
    with gzip.open(folder / "documents.jsonl.gz", "rt", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    return [
        Article(published=SAME_DAY, language="en", **{k: one[k] for k in ("id", "title", "body")})
        for one in read
    ]


def affinities(site: Site) -> NDArray[np.float64]:
    """Take the affinity of all pairs by the shipped weights, both ways averaged: (n, n)."""
    size = len(site.published)
    seen, (model, _) = view(site, np.ones(size, dtype=bool)), shipped()
    found = np.zeros((size, size))
    for row in range(size):
        others = np.delete(np.arange(size, dtype=np.int32), row)
        ask = asking(seen, row, site.graph, np.ones(size, dtype=bool))
        found[row, others] = model.shares(pair_features(seen, ask, others)).sum(axis=1)
    return (found + found.T) / 2


if __name__ == "__main__":
    main()
