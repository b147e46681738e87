"""The corpus as arrays, and a view of it as of a point in time: the input of every feature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from models.arrays import AnyRows, Floats, Mask, Positions, Rows, Timestamps, Vectors
from models.dense.diversity_vectors import DiversityProjection, fit_diversity
from models.dense.encoders import unit_rows
from models.features.background import Background, background_by_language
from models.features.link_graph import LinkGraph
from models.features.title_coverage import Passages, WeightedPassages, weighted_passages
from models.lexical.tfidf import idf, inverse_document_count, tfidf_weighted
from models.sparse import ROWS_AT_ONCE
from models.storage import IN_MEMORY, Storage


@dataclass(frozen=True)
class Corpus:
    """n articles, sorted from the newest.

    Attributes
    ----------
    counts : sparse, shape (n, v), see :func:`models.lexical.tfidf.count_shared_terms`.
    passages : stems of titles, leads and paragraphs.
    shingles : sparse, shape (n, s), see :func:`models.lexical.shingles.shingles_of`.
    tags : sparse 0 and 1, shape (n, t).
    embeddings : float32, shape (n, d), unit rows.
    unrelated_cosine : float32, shape (n,), cosine of embeddings that counts as no
        similarity; infinite where cosines are no evidence, see
        :func:`models.dense.unrelated.unrelated_cosine`.
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
class CorpusWeights:
    """What a corpus says about terms, tags and languages: fitted on the known articles.

    They also apply to articles that come later, so that an index run need not fit them again.

    Attributes
    ----------
    size : number of known articles.
    terms, term_inverse_count : float32, shape (v,), see :func:`models.lexical.tfidf.idf` and
        :func:`models.lexical.tfidf.inverse_document_count`.
    stems, stem_inverse_count : float32, shape (s,), the same for the stems of passages.
    tags : float32, shape (t,), the same for tags.
    tag_rarity : float32, shape (t,), ``log(n / df)`` over the n known articles.
    centre : float32, shape (d,), mean of the embeddings.
    mean_length : mean of ``length_log``.
    """

    size: int
    terms: Vectors
    term_inverse_count: Vectors
    stems: Vectors
    stem_inverse_count: Vectors
    tags: Vectors
    tag_rarity: Vectors
    centre: Vectors
    mean_length: float


@dataclass(frozen=True)
class CorpusView:
    """A corpus with all weights taken from the articles known at a point in time.

    Attributes
    ----------
    known : bool, shape (n,).
    weights : fitted on the known articles.
    tfidf : sparse, shape (n, v), unit rows.
    background : of the TF-IDF cosines of each article.
    relative_length : float64, shape (n,), log length less the mean of the known articles. The same
        cosine is stronger evidence with a longer text than with a shorter one (pivoted length
        normalization; Singhal, Buckley and Mitra 1996).
    embeddings : float32, shape (n, d), less the mean of the known articles, unit rows.
        Subtracting the mean removes what all articles of a site share.
    centred_norm : float32, shape (n,), length of each embedding less the mean.
    along_centre : float32, shape (n,), product of each embedding with the mean.
    tags : sparse, shape (n, t), IDF weights, unit rows.
    rank : intp, shape (n,), number of newer articles.
    """

    corpus: Corpus
    known: Mask
    weights: CorpusWeights
    tfidf: csr_matrix
    background: Background
    relative_length: Floats
    embeddings: Vectors
    centred_norm: Vectors
    along_centre: Vectors
    passages: WeightedPassages
    tags: csr_matrix
    rank: Positions

    def raw_cosine(
        self, rows: AnyRows, other: CorpusView, others: AnyRows | slice, centred: Vectors
    ) -> Vectors:
        """Return cosines of the embeddings themselves, from those less the mean.

        With ``x = norm * v + centre``, ``x @ y`` is the product of the norms and of the unit
        rows, plus both products with the centre, less that of the centre with itself.

        Parameters
        ----------
        rows : of this view, which broadcast with ``others``.
        other, others : a view with the same weights, and rows of it.
        centred : float32, the products of the unit rows.
        """
        centre = self.weights.centre
        scaled = centred * self.centred_norm[rows] * other.centred_norm[others]
        along = self.along_centre[rows] + other.along_centre[others]
        return np.asarray(scaled + (along - centre @ centre), dtype=np.float32)

    @cached_property
    def diversity(self) -> DiversityProjection:
        """The projection to diversity vectors, fitted on the known articles."""
        return fit_diversity(self.tfidf, self.embeddings, self.known)

    def project_by(self, diversity: DiversityProjection) -> None:
        """Use the projection of the corpus to which this one is compared."""
        vars(self)["diversity"] = diversity  # the value of the cached property

    def keep_diversity(self, storage: Storage) -> None:
        """Compute both kinds of diversity vectors, and keep them in a storage."""
        vectors = self.diversity.apply(self.tfidf, self.embeddings, storage)
        rows = storage.writer(np.float32, vectors.shape[1:])
        for first in range(0, len(vectors), ROWS_AT_ONCE):
            rows.append(unit_rows(vectors[first : first + ROWS_AT_ONCE]))
        vars(self)["diversity_vectors"] = vectors
        vars(self)["unit_diversity_vectors"] = rows.array()

    @cached_property
    def diversity_vectors(self) -> Vectors:
        """Float32, shape (n, k), see :mod:`models.dense.diversity_vectors`."""
        return self.diversity.apply(self.tfidf, self.embeddings)

    @cached_property
    def unit_diversity_vectors(self) -> Vectors:
        """Diversity vectors as unit rows, float32, shape (n, k): their products are cosines."""
        return unit_rows(self.diversity_vectors)


def corpus_as_of(corpus: Corpus, known: Mask, storage: Storage = IN_MEMORY) -> CorpusView:
    """Weight a corpus by the articles that were known at a point in time.

    Parameters
    ----------
    known : bool, shape (n,).
    storage : where the large parts are kept.
    """
    weights = corpus_weights(corpus, known)
    tfidf = tfidf_weighted(corpus.counts, weights.terms, storage)
    background = background_by_language(tfidf, known, corpus.language)
    return weighted(corpus, known, weights, tfidf, background, np.arange(len(known)), storage)


def corpus_weights(corpus: Corpus, known: Mask) -> CorpusWeights:
    """Fit the weights on the known articles; ``known``: bool, shape (n,)."""
    bodies, count = corpus.passages.bodies, max(int(known.sum()), 1)
    return CorpusWeights(
        size=count,
        terms=idf(corpus.counts, known),
        term_inverse_count=inverse_document_count(corpus.counts, known),
        stems=idf(bodies, known),
        stem_inverse_count=inverse_document_count(bodies, known),
        tags=idf(corpus.tags, known),
        tag_rarity=np.log(count * inverse_document_count(corpus.tags, known)),
        centre=_known_rows(corpus.embeddings, known).sum(axis=0) / count,
        mean_length=float(corpus.length_log[known].sum() / count),
    )


def _known_rows(rows: Vectors, known: Mask) -> Vectors:
    """Select rows; without a copy where all after the first one are known."""
    first = int(known.argmax())
    return rows[first:] if known[first:].all() else rows[known]


def weighted(
    corpus: Corpus,
    known: Mask,
    weights: CorpusWeights,
    tfidf: csr_matrix,
    background: Background,
    rank: Positions,
    storage: Storage = IN_MEMORY,
) -> CorpusView:
    """Apply weights to a corpus; the other parameters are those of :class:`CorpusView`.

    Parameters
    ----------
    storage : where the large parts are kept.
    """
    embeddings, centred_norm = _without_mean(corpus.embeddings, weights.centre, storage)
    return CorpusView(
        corpus=corpus,
        known=known,
        weights=weights,
        tfidf=tfidf,
        background=background,
        relative_length=corpus.length_log - weights.mean_length,
        embeddings=embeddings,
        centred_norm=centred_norm,
        along_centre=corpus.embeddings @ weights.centre,
        passages=weighted_passages(
            corpus.passages, weights.stems, weights.stem_inverse_count, storage
        ),
        tags=normalize(corpus.tags @ diags(weights.tags)).tocsr(),
        rank=rank,
    )


def _without_mean(
    embeddings: Vectors, centre: Vectors, storage: Storage
) -> tuple[Vectors, Vectors]:
    """Subtract the mean of the embeddings; returns unit rows, and their lengths before."""
    rows, lengths = storage.writer(np.float32, centre.shape), storage.writer(np.float32)
    for first in range(0, len(embeddings), ROWS_AT_ONCE):
        centred = embeddings[first : first + ROWS_AT_ONCE] - centre
        rows.append(unit_rows(centred))
        lengths.append(np.linalg.norm(centred, axis=1))
    return rows.array(), lengths.array()
