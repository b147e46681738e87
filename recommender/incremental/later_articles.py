"""Later articles, which came after the full run: as arrays, with the columns of its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from models.arrays import Mask, Positions, Vectors
from models.features.background import background_of_later
from models.features.batch import QueryBatch, query_batch
from models.features.batch_index import BatchIndex, batch_index
from models.features.corpus import Corpus, weighted
from models.features.link_graph import LinkIndex, later_link_index
from models.features.title_coverage import Passages
from models.lexical.shingles import key_sets
from models.lexical.tfidf import count_later_terms, tfidf_weighted
from recommender.articles.article import Article
from recommender.articles.boilerplate import without_boilerplate
from recommender.articles.fields import later_passages_of, tokenized_fields
from recommender.articles.keywords import KeywordList, TermWeights, keywords_of
from recommender.articles.languages import with_scripts
from recommender.articles.model_inputs import publication_times
from recommender.embeddings.languages import is_trained_on
from recommender.incremental.fitted_state import FittedState
from recommender.indexing.build_corpus import length_logs, tags_of
from recommender.language_tags import language_and_script, primary_language


@dataclass(frozen=True)
class LaterArticle:
    """One later article.

    Attributes
    ----------
    article : with the text that the models read.
    counts : sparse, shape (1, v), of the terms of the fitted vocabulary.
    passages : with the stems of the fitted vocabulary.
    tags : sparse, shape (1, t).
    embedding : float32, shape (d,), of length 1.
    shingles : hashes, see :class:`models.lexical.shingles.KeySets`.
    keywords : of the article.
    new_words : share of its words that are not in the vocabulary.
    """

    article: Article
    counts: csr_matrix
    passages: Passages
    tags: csr_matrix
    embedding: Vectors
    shingles: NDArray[np.uint32]
    keywords: KeywordList
    new_words: float


def prepared(article: Article, state: FittedState) -> Article:
    """Return an article as the models read it: without boilerplate, with the script of its text.

    A text that is too short to show its script has the usual one of the full run.
    """
    cleaned = without_boilerplate(article, state.boilerplate)
    return with_scripts([cleaned], state.scripts).articles[0]


def later_article(article: Article, embedding: Vectors, state: FittedState) -> LaterArticle:
    """Turn an article into arrays. The result does not depend on any other later article."""
    weights = state.view.weights
    fields = tokenized_fields([article], state.prefixes.rests)
    tokens = fields.full_text
    language = primary_language(article.language)
    known, names, columns, new_words = count_later_terms(tokens, language, state.vocabulary)
    counts = csr_matrix(
        (known.data, columns[known.indices], known.indptr), shape=(1, len(weights.terms))
    )
    counts.sort_indices()
    frequency = np.rint(1 / weights.term_inverse_count[columns]).astype(np.int64)
    of_terms = TermWeights(np.asarray(weights.terms[columns]), frequency)
    return LaterArticle(
        article=article,
        counts=counts,
        passages=later_passages_of(fields, state.vocabulary.stems),
        tags=tags_of([article]),
        embedding=embedding,
        shingles=key_sets(tokens)[0],
        keywords=next(keywords_of([article], known, names, of_terms, state.publications)),
        new_words=new_words,
    )


@dataclass(frozen=True)
class LaterBlock:
    """m later articles, ready to be compared with one another and with the archive."""

    index: BatchIndex
    links: LinkIndex

    def as_queries(self, state: FittedState, known: Mask) -> QueryBatch:
        """Compare the later articles as queries with those of the full run as candidates.

        Parameters
        ----------
        known : bool, shape (n,): False for earlier versions of the later articles. Neither their
            similarities nor their links count.
        """
        job, rows = state.job, np.arange(len(self.index.view.known))
        links = job.links.without_links_from(np.flatnonzero(~known))
        return query_batch(job.index, rows, links, known, job.visible, self.index)

    def as_candidates(self, queries: BatchIndex, rows: Positions) -> QueryBatch:
        """Compare query articles with the later ones as candidates.

        Parameters
        ----------
        queries, rows : of the query articles: those of the full run, or the later ones themselves.
        """
        known = self.index.view.known
        return query_batch(self.index, rows, self.links, known, known, queries)


def later_block(articles: Sequence[LaterArticle], state: FittedState) -> LaterBlock:
    """Weight later articles by the fitted weights."""
    view, corpus = state.view, _corpus(articles, state)
    tfidf = tfidf_weighted(corpus.counts, view.weights.terms)
    background = background_of_later(tfidf, corpus.language, view.background.samples)
    newer = np.searchsorted(-view.corpus.published, -corpus.published)
    known = np.ones(len(articles), dtype=bool)
    own = weighted(corpus, known, view.weights, tfidf, background, newer)
    own.project_by(view.diversity)
    links = later_link_index(view.corpus.graph, view.corpus.published, corpus.published)
    return LaterBlock(batch_index(own, state.job.index.is_common), links)


def _corpus(articles: Sequence[LaterArticle], state: FittedState) -> Corpus:
    """Join later articles to a corpus."""
    plain, fitted = [one.article for one in articles], state.view.corpus
    published = publication_times(plain)
    return Corpus(
        counts=vstack([one.counts for one in articles], format="csr"),
        passages=Passages.joined(
            (one.passages for one in articles), fitted.passages.bodies.shape[1]
        ),
        shingles=csr_matrix((len(articles), 0)),
        tags=vstack([one.tags for one in articles], format="csr"),
        embeddings=np.stack([one.embedding for one in articles]),
        unrelated_cosine=np.array([_floor(a, state) for a in plain], dtype=np.float32),
        random_similarity=fitted.random_similarity,
        language=language_codes_of(plain, state),
        published=published,
        length_log=length_logs(plain),
        graph=fitted.graph,
    )


def language_codes_of(articles: Sequence[Article], state: FittedState) -> NDArray[np.int32]:
    """Return the language codes of later articles; a new language has a new code."""
    names = {name: code for code, name in enumerate(state.languages)}
    codes = [names.setdefault(language_and_script(a.language), len(names)) for a in articles]
    return np.array(codes, dtype=np.int32)


def _floor(article: Article, state: FittedState) -> float:
    """Return the cosine that counts as no similarity in the language of an article."""
    language = language_and_script(article.language)
    if language in state.unrelated_cosine:
        return state.unrelated_cosine[language]
    return 0.0 if is_trained_on(state.encoder, article.language) else state.unrelated_cosine[""]
