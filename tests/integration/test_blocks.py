"""An archive of several blocks has the arrays that plain numpy and scipy compute from all texts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import normalize

from models.dense.encoders import unit_rows
from models.features.batch_index import BatchIndex, batch_index
from models.features.corpus import CorpusView, corpus_as_of
from models.lexical.near_duplicates import Duplicates, find_duplicates
from models.lexical.tfidf import idf
from models.sparse import ROWS_AT_ONCE
from models.storage import IN_MEMORY, Storage
from recommender.articles.article import Article
from recommender.indexing.build_corpus import build_named_corpus
from recommender.indexing.mapped import MappedStorage
from recommender.indexing.stored_articles import StoredArticles

SIZE = 2 * ROWS_AT_ONCE + 50
COPY, ORIGINAL = 7, SIZE - 3
"""Rows of one text, in the first and in the last block."""


def articles() -> list[Article]:
    """Short texts on ten topics, newest first."""
    newest = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Article(
            id=str(row),
            title=f"Council of town{row % 10} votes",
            body=_body(ORIGINAL if row == COPY else row),
            published=newest - timedelta(hours=row),
            language="en",
            tags=(f"tag{row % 7}",),
        )
        for row in range(SIZE)
    ]


def _body(row: int) -> str:
    words = [f"word{(row + 1) * step % 4_099}" for step in range(1, 25)]
    return f"The council of town{row % 10} voted. " + " ".join(words)


@pytest.fixture(scope="module", params=["memory", "files"])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Storage:
    files = request.param == "files"
    return MappedStorage(tmp_path_factory.mktemp("arrays")) if files else IN_MEMORY


@pytest.fixture(scope="module")
def view(storage: Storage) -> CorpusView:
    """As of a time at which all but the newest articles were known."""
    random = np.random.default_rng(0)
    embeddings = unit_rows(random.normal(1, 1, (SIZE, 16)).astype(np.float32))
    read = StoredArticles(articles(), storage)
    corpus = build_named_corpus(read, embeddings, [], storage=storage).corpus
    view = corpus_as_of(corpus, np.arange(SIZE) >= 60, storage)
    view.keep_diversity(storage)
    return view


@pytest.fixture(scope="module")
def index(view: CorpusView, storage: Storage) -> BatchIndex:
    return batch_index(view, storage=storage)


def test_frequencies_are_those_of_the_known_articles(view: CorpusView) -> None:
    counts = view.corpus.counts
    frequency = (counts.toarray()[view.known] > 0).sum(axis=0)
    expected = (np.log((1 + view.known.sum()) / (1 + frequency)) + 1) ** 1.25
    np.testing.assert_allclose(idf(counts, view.known), expected, rtol=1e-5)
    expected = normalize(counts.toarray() * view.weights.terms)
    np.testing.assert_allclose(view.tfidf.toarray(), expected, atol=1e-6)


def test_each_text_has_its_words(view: CorpusView) -> None:
    counts = view.corpus.counts
    np.testing.assert_array_equal(counts[COPY].toarray(), counts[ORIGINAL].toarray())
    assert (counts.getnnz(axis=1) > 20).all()
    bodies = view.corpus.passages.bodies
    assert bodies.shape[0] == SIZE
    np.testing.assert_array_equal(bodies[COPY].toarray(), bodies[ORIGINAL].toarray())


def test_embeddings_lose_their_mean(view: CorpusView) -> None:
    raw = view.corpus.embeddings
    centred = raw - raw[view.known].mean(axis=0)
    np.testing.assert_allclose(view.embeddings, unit_rows(centred), atol=1e-5)
    np.testing.assert_allclose(view.centred_norm, np.linalg.norm(centred, axis=1), atol=1e-5)
    expected = unit_rows(view.diversity.apply(view.tfidf, view.embeddings))
    np.testing.assert_allclose(view.unit_diversity_vectors, expected, atol=1e-5)


def test_an_index_has_every_article(view: CorpusView, index: BatchIndex) -> None:
    dense, common = view.tfidf.toarray(), index.is_common
    assert 0 < common.sum() < len(common)
    np.testing.assert_array_equal(index.common_by_term, dense[:, common].T)
    np.testing.assert_array_equal(index.common_present, dense[:, common] > 0)
    np.testing.assert_array_equal(index.rare_by_term.toarray(), (dense * ~common).T)
    np.testing.assert_array_equal(index.embeddings_by_dimension, view.embeddings.T)


def test_copies_in_other_blocks_are_found(view: CorpusView, storage: Storage) -> None:
    none = np.full((SIZE, 1), -1, dtype=np.int32)
    found: Duplicates = find_duplicates(view.corpus.shingles, none, view.corpus.published, storage)
    assert found.cluster_id[COPY] == found.cluster_id[ORIGINAL]
    assert found.variant_id[COPY] == found.variant_id[ORIGINAL]
    assert len(np.unique(found.cluster_id)) > 0.9 * SIZE


def test_stored_articles_are_read_back_by_row(tmp_path: Path) -> None:
    given = articles()
    stored = StoredArticles(given, MappedStorage(tmp_path))
    assert stored[ROWS_AT_ONCE] == given[ROWS_AT_ONCE]
    some = stored.take([5, 3]).with_languages(["pl", "cs"])
    assert [(one.id, one.body, one.language) for one in some] == [
        ("5", given[5].body, "pl"),
        ("3", given[3].body, "cs"),
    ]
