"""Baselines of an evaluation: latest in section, TF-IDF and BM25."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfTransformer

from models.arrays import Rows
from models.lexical.stop_words import MAX_DOCUMENT_SHARE, MIN_TEXTS
from models.lexical.tokenizer import Tokens, count_ids, tokenize
from recommender.articles.article import Article
from recommender.evaluation.eligible_cards import EligibleCards
from recommender.language_tags import primary_language
from recommender.learning.queries import EvaluationQuery
from recommender.names import name_key

RankFunction = Callable[[int, Rows], Rows]
"""Orders the candidates of an article, best first: (row, candidate rows) to rows."""

MIN_DOCUMENTS = 2
"""Texts of a word of the TF-IDF baseline; one of a single text matches no other."""


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
    sections = np.array([name_key(article.section) for article in articles])

    def rank(row: int, candidates: Rows) -> Rows:
        other = sections[candidates] != sections[row]
        return candidates[np.argsort(other, kind="stable")]

    return rank


def tfidf(articles: Sequence[Article]) -> RankFunction:
    """Order by the cosine of TF-IDF vectors, the main baseline.

    Parameters
    ----------
    articles : with their languages. If most are in English, English stop words are removed.
    """
    stop_words = ENGLISH_STOP_WORDS if _mostly_english(articles) else frozenset()
    counts = _counts(_tokens(articles, stop_words))
    vectors = TfidfTransformer(sublinear_tf=True).fit_transform(counts).tocsr()

    def rank(row: int, candidates: Rows) -> Rows:
        cosines = (vectors @ vectors[row].T).toarray().ravel()[candidates]
        return candidates[np.argsort(-cosines, kind="stable")]

    return rank


def bm25(articles: Sequence[Article]) -> RankFunction | None:
    """Order by BM25 with the whole article as the query; None where bm25s is not installed.

    Parameters
    ----------
    articles : see :func:`tfidf`.
    """
    try:
        import bm25s  # noqa: PLC0415 - an extra
        from bm25s.stopwords import STOPWORDS_EN  # noqa: PLC0415
    except ImportError:
        return None
    tokens = _tokens(articles, STOPWORDS_EN if _mostly_english(articles) else ())
    if not len(tokens.word_ids):
        return lambda _, candidates: candidates  # bm25s divides by the mean length of the texts
    # Arrays, because a list takes nine times the memory.
    texts = np.split(tokens.word_ids, tokens.starts[1:-1])
    vocabulary = {word: number for number, word in enumerate(tokens.words)}
    index = bm25s.BM25()
    index.index((texts, vocabulary), show_progress=False)

    def rank(row: int, candidates: Rows) -> Rows:
        scores = index.get_scores_from_ids(texts[row])[candidates]
        return candidates[np.argsort(-scores, kind="stable")]

    return rank


def _mostly_english(articles: Sequence[Article]) -> bool:
    languages = Counter(primary_language(article.language) for article in articles)
    return languages.most_common(1)[0][0] == "en"


def _tokens(articles: Sequence[Article], stop_words: Collection[str]) -> Tokens:
    """Split the texts into words as our ranking does, so that every script has words."""
    tokens = tokenize(f"{a.title} {a.title} {a.teaser} {a.body}" for a in articles)
    stop = np.array([word in stop_words for word in tokens.words], dtype=bool)
    return tokens.without(stop[tokens.word_ids])


def _counts(tokens: Tokens) -> csr_matrix:
    """Count the words that some texts share, but not most: sparse float64, (n, v).

    Other words have a column without counts, so that a small archive has a matrix as well.
    """
    counts = count_ids(tokens.word_ids.copy(), tokens.starts, max(len(tokens.words), 1))
    texts = np.bincount(counts.indices, minlength=counts.shape[1])
    # Half of a few texts is no evidence that a word has no meaning.
    most = MAX_DOCUMENT_SHARE * counts.shape[0] if counts.shape[0] >= MIN_TEXTS else np.inf
    kept = (texts >= MIN_DOCUMENTS) & (texts <= most)
    counts.data = np.where(kept[counts.indices], counts.data, 0).astype(np.float64)
    counts.eliminate_zeros()
    return counts
