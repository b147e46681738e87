"""Baselines of an evaluation: latest in section, TF-IDF and BM25."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from models.arrays import Rows
from recommender.articles.article import Article
from recommender.evaluation.eligible_cards import EligibleCards
from recommender.learning.queries import EvaluationQuery

RankFunction = Callable[[int, Rows], Rows]
"""Orders the candidates of an article, best first: (row, candidate rows) to rows."""


def rankings_of(
    queries: Sequence[EvaluationQuery],
    rank: RankFunction,
    limit: int,
    eligible: EligibleCards | None = None,
) -> list[list[int]]:
    """Rank the candidates of every query; returns the best ``limit`` rows of each.

    Parameters
    ----------
    eligible : which candidates can be cards; None for all.
    """
    return [
        rank(query.row, eligible.candidates(query) if eligible else query.candidates)[
            :limit
        ].tolist()
        for query in queries
    ]


def latest_in_section(articles: Sequence[Article]) -> RankFunction:
    """Order by date, articles of the same section first; rows are sorted by date already."""
    sections = np.array([article.section for article in articles])

    def rank(row: int, candidates: Rows) -> Rows:
        other = sections[candidates] != sections[row]
        return candidates[np.argsort(other, kind="stable")]

    return rank


def tfidf(articles: Sequence[Article]) -> RankFunction:
    """Order by the cosine of TF-IDF vectors, the main baseline."""
    english = _mostly_english(articles)
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english" if english else None
    )
    vectors = vectorizer.fit_transform(_texts(articles)).tocsr()

    def rank(row: int, candidates: Rows) -> Rows:
        cosines = (vectors @ vectors[row].T).toarray().ravel()[candidates]
        return candidates[np.argsort(-cosines, kind="stable")]

    return rank


def bm25(articles: Sequence[Article]) -> RankFunction | None:
    """Order by BM25 with the whole article as the query; None where bm25s is not installed."""
    try:
        import bm25s  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    stop_words = "en" if _mostly_english(articles) else None
    tokens = bm25s.tokenize(
        _texts(articles), stopwords=stop_words, return_ids=False, show_progress=False
    )
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)

    def rank(row: int, candidates: Rows) -> Rows:
        scores = index.get_scores(tokens[row])[candidates]
        return candidates[np.argsort(-scores, kind="stable")]

    return rank


def _mostly_english(articles: Sequence[Article]) -> bool:
    return Counter(article.language for article in articles).most_common(1)[0][0] == "en"


def _texts(articles: Sequence[Article]) -> list[str]:
    return [f"{a.title} {a.title} {a.teaser} {a.body}" for a in articles]
