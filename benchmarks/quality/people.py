"""How the affinity agrees with people who rated how alike two documents are.

    python -m benchmarks.quality.people FOLDER --home DIR

The folder holds documents.jsonl.gz (id, title, body) and ratings.tsv (a, b, similarity): Lee,
Pincombe and Welsh (2005) is such a set. The documents have no dates, tags or links: what is left of
the affinity is words and meaning. Beside the affinity in force at such a site stand what links
alone taught, topics alone, TF-IDF words and the bare embeddings. Intervals are over documents.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.machine import describe, write
from models.features.corpus import CorpusView, corpus_as_of
from models.features.pairwise import features, query_context
from models.people import Affinity, in_force
from recommender.articles.article import Article
from recommender.embeddings.embed import embed_articles
from recommender.indexing.build_corpus import build_corpus
from recommender.learning.default_weights import default_ranker
from recommender.settings import load_settings

Floats = NDArray[np.float64]

SAMPLES = 1_000
SAME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def main() -> None:
    """Correlate and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    articles = documents(options.folder)
    rated = ratings(options.folder, articles)
    pairs = np.nonzero(np.triu(~np.isnan(rated)))
    ranked = rankings(articles, options.home)
    agreed = {
        "pairs": len(pairs[0]),
        "spearman": {k: round(correlation(v[pairs], rated[pairs]), 3) for k, v in ranked.items()},
        "interval": {name: interval(scores, rated) for name, scores in ranked.items()},
    }
    print(json.dumps(agreed, indent=2))
    machine = {"machine": describe("scikit-learn", "numpy")}
    write("people", machine | agreed, Path(__file__).parent / "results")


def ratings(folder: Path, articles: Sequence[Article]) -> Floats:
    """Read how alike people found two documents: (n, n), NaN where nobody was asked."""
    rows = {article.id: row for row, article in enumerate(articles)}
    rated = np.full((len(articles), len(articles)), np.nan)
    with (folder / "ratings.tsv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            one, other = rows[line["a"]], rows[line["b"]]
            rated[one, other] = rated[other, one] = float(line["similarity"])
    return rated


def rankings(articles: Sequence[Article], home: Path) -> dict[str, Floats]:
    """Score all pairs in every way that is compared: (n, n) each."""
    embeddings, encoder, _ = embed_articles(articles, load_settings(home), lambda *_: None)
    words = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english")
    vectors = words.fit_transform([f"{a.title} {a.title} {a.body}" for a in articles]).tocsr()
    site, (links, _) = build_corpus(articles, embeddings, []), default_ranker()
    seen = corpus_as_of(site, np.ones(len(articles), dtype=bool))
    return {
        "TF-IDF words": (vectors @ vectors.T).toarray(),
        encoder: embeddings @ embeddings.T,
        "topics": seen.topics @ seen.topics.T,
        "affinity by links alone": affinities(seen, Affinity(links)),
        "affinity": affinities(seen, in_force(links, 0, len(articles))),
    }


def documents(folder: Path) -> list[Article]:
    """Read documents as articles of one day."""
    with gzip.open(folder / "documents.jsonl.gz", "rt", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    return [
        Article(published=SAME_DAY, language="en", **{k: one[k] for k in ("id", "title", "body")})
        for one in read
    ]


def interval(scores: Floats, rated: Floats) -> list[float]:
    """Take 95% of the correlation over documents drawn again; ``rated``: (n, n), NaN if not."""
    documents, random = np.flatnonzero(~np.isnan(rated).all(axis=1)), np.random.default_rng(0)
    found = []
    for _ in range(SAMPLES):
        drawn = random.choice(documents, len(documents))
        first, second = (drawn[side] for side in np.triu_indices(len(drawn), 1))
        pairs = first[first != second], second[first != second]
        found.append(correlation(scores[pairs], rated[pairs]))
    return [round(bound, 2) for bound in np.quantile(found, [0.025, 0.975]).tolist()]


def correlation(scores: Floats, rated: Floats) -> float:
    """Correlate ranks."""
    return float(spearmanr(scores, rated).statistic)


def affinities(seen: CorpusView, model: Affinity) -> Floats:
    """Take the affinity of all pairs, both ways averaged: (n, n)."""
    size = len(seen.known)
    found = np.zeros((size, size))
    for row in range(size):
        others = np.delete(np.arange(size, dtype=np.int32), row)
        asked = query_context(seen, row, seen.site.graph, seen.known)
        raw = features(seen, asked, others, others, model.links.first_pass)
        found[row, others] = model.contributions(seen, row, others, raw).sum(axis=1)
    return (found + found.T) / 2


if __name__ == "__main__":
    main()
