"""What a site would have otherwise: latest in section, and TF-IDF over words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.article import Article
from recommender.evaluation import Ranker, Rows


def latest_in_section(articles: Sequence[Article]) -> Ranker:
    """Order by date, those of the article's own section first. Rows are sorted by date already."""
    sections = np.array([article.section for article in articles])

    def rank(row: int, candidates: Rows) -> Rows:
        other = sections[candidates] != sections[row]
        return candidates[np.argsort(other, kind="stable")]

    return rank


def tfidf(articles: Sequence[Article]) -> Ranker:
    """Order by the cosine of TF-IDF words: the peer that every other ranking is held against."""
    english = Counter(article.language for article in articles).most_common(1)[0][0] == "en"
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english" if english else None
    )
    vectors = vectorizer.fit_transform(
        [f"{a.title} {a.title} {a.teaser} {a.body}" for a in articles]
    ).tocsr()

    def rank(row: int, candidates: Rows) -> Rows:
        cosines = (vectors @ vectors[row].T).toarray().ravel()[candidates]
        return candidates[np.argsort(-cosines, kind="stable")]

    return rank
