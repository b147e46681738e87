"""A site in numbers, and the same as of a moment: what every feature of a pair is taken from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from models.dense.diversity_vectors import diversity_vectors
from models.dense.encoders import unit_rows
from models.features.link_graph import LinkGraph
from models.features.title_coverage import Passages, WeightedPassages, weighted_passages
from models.features.word_walk import transition_matrix
from models.lexical.tfidf import idf, inverse_document_count, tfidf_weighted

SAMPLE = 400
"""Articles against which it is measured how near an article is to just anybody."""


@dataclass(frozen=True)
class Corpus:
    """n articles, sorted from the newest.

    ``counts``: :func:`models.lexical.tfidf.count_terms`, (n, v).
    ``shingles``: :func:`models.lexical.near_duplicates.shingles`.
    ``tags``: sparse 0 and 1, (n, t).
    ``embeddings``: unit rows, (n, d).
    ``published``: int64 seconds, (n,).
    """

    counts: csr_matrix
    passages: Passages
    shingles: csr_matrix
    tags: csr_matrix
    embeddings: NDArray[np.float32]
    published: NDArray[np.int64]
    graph: LinkGraph

    @cached_property
    def said(self) -> csr_matrix:
        """Which article says which word or pair: float32 ones, (n, v)."""
        ones = np.ones(self.counts.nnz, dtype=np.float32)
        return csr_matrix((ones, self.counts.indices, self.counts.indptr), self.counts.shape)


@dataclass(frozen=True)
class CorpusView:
    """A site with all weights taken from the articles that were known at a moment."""

    site: Corpus
    known: NDArray[np.bool_]
    words: csr_matrix
    steps: csr_matrix
    """From articles to terms, (n, v): see :func:`models.features.word_walk.transition_matrix`."""
    background_mean: NDArray[np.float64]
    """Mean of the cosine of words with a sample of articles, shape (n,)."""
    background_std: NDArray[np.float64]
    meaning: NDArray[np.float32]
    """Embeddings less their mean, unit rows: what all articles share says nothing."""
    passages: WeightedPassages
    tags: csr_matrix

    @cached_property
    def diversity_vectors(self) -> NDArray[np.float32]:
        """See :func:`models.dense.diversity_vectors.diversity_vectors`."""
        return diversity_vectors(self.words, self.meaning, self.known)

    @cached_property
    def unit_diversity_vectors(self) -> NDArray[np.float32]:
        """The same as unit rows: products of two are cosines, shape (n, d)."""
        return unit_rows(self.diversity_vectors)


def corpus_as_of(site: Corpus, known: NDArray[np.bool_]) -> CorpusView:
    """Weigh a site by the articles known, a mask of shape (n,)."""
    words = tfidf_weighted(site.counts, idf(site.counts, known))
    mean, spread = _against_anybody(words, np.flatnonzero(known))
    centre = site.embeddings[known].sum(axis=0) / max(int(known.sum()), 1)
    return CorpusView(
        site=site,
        known=known,
        words=words,
        steps=transition_matrix(site.counts, inverse_document_count(site.counts, known)),
        background_mean=mean,
        background_std=spread,
        meaning=unit_rows(site.embeddings - centre),
        passages=weighted_passages(
            site.passages,
            idf(site.passages.bodies, known),
            inverse_document_count(site.passages.bodies, known),
        ),
        tags=normalize(site.tags @ diags(idf(site.tags, known))).tocsr(),
    )


def _against_anybody(
    words: csr_matrix, known: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and deviation of each article's cosines with an even sample of the known ones."""
    if len(known) == 0:
        return np.zeros(words.shape[0]), np.zeros(words.shape[0])
    sample = known[np.linspace(0, len(known) - 1, min(SAMPLE, len(known))).astype(np.intp)]
    cosines = (words @ words[sample].T).toarray().astype(np.float64)
    cosines[sample, np.arange(len(sample))] = np.nan  # an article is not anybody to itself
    count = np.maximum((~np.isnan(cosines)).sum(axis=1), 1)
    mean = np.nansum(cosines, axis=1) / count
    return mean, np.sqrt(np.nansum((cosines - mean[:, None]) ** 2, axis=1) / count)
