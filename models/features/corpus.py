"""The corpus as arrays, and a view of it as of a point in time: the input of every feature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from models.arrays import Floats, Mask, Positions, Rows, Timestamps, Vectors
from models.dense.diversity_vectors import diversity_vectors
from models.dense.encoders import unit_rows
from models.features.link_graph import LinkGraph
from models.features.title_coverage import Passages, WeightedPassages, weighted_passages
from models.features.word_walk import transition_matrix
from models.lexical.tfidf import idf, inverse_document_count, tfidf_weighted

MIN_BACKGROUND = 5
"""Known articles of a language below which those of all languages are the background."""

BACKGROUND_SAMPLE = 400
"""Articles from which the mean and deviation of an article's cosines are estimated."""


@dataclass(frozen=True)
class Corpus:
    """n articles, sorted from the newest.

    Attributes
    ----------
    counts : sparse, shape (n, v), see :func:`models.lexical.tfidf.count_terms`.
    passages : stems of titles, leads and paragraphs.
    shingles : sparse, shape (n, s), see :func:`models.lexical.near_duplicates.shingles`.
    tags : sparse 0 and 1, shape (n, t).
    embeddings : float32, shape (n, d), unit rows.
    unrelated_cosine : float32, shape (n,), cosine of embeddings that counts as no
        similarity, see :func:`models.dense.unrelated.unrelated_cosine`.
    language : int32, shape (n,), a code of the language of each article.
    random_similarity : median similarity of two random articles, see
        :func:`models.dense.unrelated.random_similarity`.
    published : int64, shape (n,), seconds since 1970 UTC, descending.
    length_log : float64, shape (n,), log of one plus the number of words of the body.
    graph : links between the articles.
    """

    counts: csr_matrix
    passages: Passages
    shingles: csr_matrix
    tags: csr_matrix
    embeddings: Vectors
    unrelated_cosine: Vectors
    random_similarity: float
    language: Rows
    published: Timestamps
    length_log: Floats
    graph: LinkGraph


@dataclass(frozen=True)
class CorpusView:
    """A corpus with all weights taken from the articles known at a point in time.

    Attributes
    ----------
    known : bool, shape (n,).
    tfidf : sparse, shape (n, v), unit rows.
    transitions : sparse, shape (n, v), see :func:`models.features.word_walk.transition_matrix`.
    background_mean, background_std : shape (n,), of the TF-IDF cosines of each article with a
        sample of the known articles in its language.
    background_size : int64, shape (n,), size of that sample.
    relative_length : float64, shape (n,), log length less the mean of the known articles. The same
        cosine is stronger evidence with a longer text than with a shorter one (pivoted length
        normalization; Singhal, Buckley and Mitra 1996).
    embeddings : float32, shape (n, d), less the mean of the known articles, unit rows.
        Subtracting the mean removes what all articles of a site share.
    tags : sparse, shape (n, t), IDF weights, unit rows.
    tag_rarity : float32, shape (t,), ``log(n / df)`` over the n known articles.
    """

    corpus: Corpus
    known: Mask
    tfidf: csr_matrix
    transitions: csr_matrix
    background_mean: Floats
    background_std: Floats
    background_size: Positions
    relative_length: Floats
    embeddings: Vectors
    passages: WeightedPassages
    tags: csr_matrix
    tag_rarity: Vectors

    @cached_property
    def diversity_vectors(self) -> Vectors:
        """Float32, shape (n, k), see :func:`models.dense.diversity_vectors.diversity_vectors`."""
        return diversity_vectors(self.tfidf, self.embeddings, self.known)

    @cached_property
    def unit_diversity_vectors(self) -> Vectors:
        """Diversity vectors as unit rows, float32, shape (n, k): their products are cosines."""
        return unit_rows(self.diversity_vectors)


def corpus_as_of(corpus: Corpus, known: Mask) -> CorpusView:
    """Weight a corpus by the articles that were known at a point in time.

    Parameters
    ----------
    known : bool, shape (n,).
    """
    bodies = corpus.passages.bodies
    tfidf = tfidf_weighted(corpus.counts, idf(corpus.counts, known))
    mean, std, size = _background_by_language(tfidf, known, corpus.language)
    count = max(int(known.sum()), 1)
    centre = corpus.embeddings[known].sum(axis=0) / count
    lengths = corpus.length_log[known].sum() / count
    return CorpusView(
        corpus=corpus,
        known=known,
        tfidf=tfidf,
        transitions=transition_matrix(corpus.counts, inverse_document_count(corpus.counts, known)),
        background_mean=mean,
        background_std=std,
        background_size=size,
        relative_length=corpus.length_log - lengths,
        embeddings=unit_rows(corpus.embeddings - centre),
        passages=weighted_passages(
            corpus.passages, idf(bodies, known), inverse_document_count(bodies, known)
        ),
        tags=normalize(corpus.tags @ diags(idf(corpus.tags, known))).tocsr(),
        tag_rarity=np.log(count * inverse_document_count(corpus.tags, known)),
    )


def _background_by_language(
    tfidf: csr_matrix, known: Mask, language: Rows
) -> tuple[Floats, Floats, Positions]:
    """Return mean, deviation and number of each article's cosines with known articles.

    The known articles are those of its language. Texts in another language share hardly a word:
    among them every text would seem similar.
    """
    mean, std = np.zeros((2, tfidf.shape[0]))
    size = np.zeros(tfidf.shape[0], dtype=np.intp)
    for code in np.unique(language):
        rows = np.flatnonzero(language == code)
        others = np.flatnonzero(known[rows])
        if len(others) < MIN_BACKGROUND:
            rows, others = np.flatnonzero(language >= 0), np.flatnonzero(known)
        own = language[rows] == code
        found = _background(tfidf[rows], others)
        mean[rows[own]], std[rows[own]] = found[0][own], found[1][own]
        size[rows[own]] = min(len(others), BACKGROUND_SAMPLE)
    return mean, std, size


def _background(tfidf: csr_matrix, known: Positions) -> tuple[Floats, Floats]:
    """Return mean and deviation of each article's cosines with evenly sampled known articles."""
    if len(known) == 0:
        return np.zeros(tfidf.shape[0]), np.zeros(tfidf.shape[0])
    places = np.linspace(0, len(known) - 1, min(BACKGROUND_SAMPLE, len(known)))
    sample = known[places.astype(np.intp)]
    cosines = (tfidf @ tfidf[sample].T).toarray().astype(np.float64)
    cosines[sample, np.arange(len(sample))] = np.nan  # the cosine of an article with itself
    count = np.maximum((~np.isnan(cosines)).sum(axis=1), 1)
    mean = np.nansum(cosines, axis=1) / count
    return mean, np.sqrt(np.nansum((cosines - mean[:, None]) ** 2, axis=1) / count)
