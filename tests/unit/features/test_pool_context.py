"""Features that depend on the candidate set, on sites small enough to compute by hand."""

from dataclasses import replace
from datetime import UTC

import msgspec
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.arrays import Mask
from models.features.batch import QueryBatch, pool_context, query_batch, query_features
from models.features.batch_index import batch_index
from models.features.corpus import CorpusView, corpus_as_of
from models.features.feature_names import FEATURES
from models.features.link_graph import link_index
from models.features.pool_context import PoolContext, pool_features
from models.ranker.linear_ranker import LinearRanker
from naive_features import all_features, candidate_pool, naive_query
from recommender.articles.article import Article, Record, article_from
from recommender.articles.links import own_links
from recommender.articles.model_inputs import for_encoder
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import score_candidates
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking
from sample_site import NOW, records
from small_encoder import SmallEncoder

FIRST_PASS = default_ranker()[0].first_pass


def articles(*, linked: bool = True) -> list[Article]:
    """The small site; each article links to an older one of its topic, or none links."""
    rows = records()
    for row in rows:
        topic, number = row["id"].split("/")
        row["links"] = [f"{topic}/{int(number) + 2}"] if linked else []
    read = [article_from(msgspec.convert(row, Record), UTC) for row in rows]
    return sorted(read, key=lambda article: -article.published.timestamp())


def view_of_sample(*, linked: bool = True) -> CorpusView:
    read = articles(linked=linked)
    corpus = build_corpus(
        read, SmallEncoder().encode([for_encoder(one) for one in read]), own_links(read)
    )
    return corpus_as_of(corpus, np.ones(len(read), dtype=bool))


def query(row: int, view: CorpusView, visible: Mask | None = None) -> QueryBatch:
    """A batch of one query, of all links."""
    links = link_index(view.corpus.graph, view.corpus.published)
    visible = view.known if visible is None else visible
    return query_batch(batch_index(view), np.array([row]), links, view.known, visible)


def pool_of(**given: object) -> PoolContext:
    """A pool without links in which no two articles are similar, but for what is given."""
    size = len(next(iter(given.values())))  # type: ignore[arg-type]
    default = {
        "rows": np.arange(size),
        "in_pool": np.ones(size, dtype=bool),
        "links": csr_matrix((size, size)),
        "vectors": np.eye(size, dtype=np.float32),
        "published": np.arange(size)[::-1],
        "visible": np.ones(size, dtype=bool),
    }
    return PoolContext(**default | given)  # type: ignore[arg-type]


VECTORS = np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1], [-1, 0]], dtype=np.float32)
PUBLISHED = np.array([50, 40, 30, 30, 10])


def test_newer_articles_supersede_the_more_the_more_similar_they_are() -> None:
    found = pool_of(vectors=VECTORS, published=PUBLISHED).superseded_by_newer(np.ones(5))
    # One of the same age, and one of the opposite direction, supersede nothing.
    np.testing.assert_allclose(found, np.cbrt([0, 1, 2 * 0.8**3, 0, 0]), atol=1e-6)


def test_only_relevant_visible_members_of_the_pool_supersede() -> None:
    relevance = np.array([0, 0.5, 1, 0, 1])
    found = pool_of(vectors=VECTORS, published=PUBLISHED).superseded_by_newer(relevance)
    np.testing.assert_allclose(found, [0, 0, 0.8 * np.cbrt(0.5), 0, 0], atol=1e-6)
    without = np.arange(5) != 1
    for mask in ({"visible": without}, {"in_pool": without}):
        context = pool_of(vectors=VECTORS, published=PUBLISHED, **mask)
        assert context.superseded_by_newer(relevance).tolist() == [0] * 5


def one_feature(name: str) -> LinearRanker:
    """A first pass by one feature alone."""
    weights = [3.0 * (feature == name) for feature in FIRST_PASS.features]
    return replace(FIRST_PASS, weights=tuple(weights))


def pool_features_by_text(zscores: list[float], **given: object) -> np.ndarray:
    """The two features of a pool by a first pass over text similarity alone."""
    features, context = np.ones((len(zscores), len(FEATURES))), pool_of(**given)
    features[:, FEATURES.index("tfidf_cosine_zscore")] = zscores
    assert not pool_features(features, context, None)[:, -2:].any(), "both are 0 without one"
    return pool_features(features, context, one_feature("tfidf_cosine_zscore"))[:, -2:]


def test_a_link_to_the_top_candidate_counts_more() -> None:
    links = csr_matrix(([1.0, 1.0], ([2, 3], [0, 1])), shape=(4, 4))
    everything = np.ones(4, dtype=bool)
    found = pool_features_by_text([0.9, 0.1, 0.1, 0.1], in_pool=everything, links=links)[:, 1]
    assert found[[0, 1]].tolist() == [0, 0]
    assert found[2] > 2 * found[3] > 0


def test_candidates_that_are_not_relevant_gain_nothing_from_being_the_newest() -> None:
    vectors = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    found = pool_features_by_text([0.9, 0.9, 0.9, 0.1, 0.1, 0.1], vectors=vectors)[:, 0]
    expected = np.cbrt([0, 1, 2])
    np.testing.assert_allclose(found, [*(expected - expected.mean()), 0, 0, 0], atol=1e-6)


def test_candidates_outside_the_pool_do_not_change_those_in_it() -> None:
    view = view_of_sample()
    batch, others = query(0, view), np.arange(1, len(view.known), dtype=np.int32)
    in_pool = others % 2 == 1
    alone = query_features(batch, 0, others[in_pool], in_pool[in_pool], FIRST_PASS)
    among = query_features(batch, 0, others, in_pool, FIRST_PASS)
    np.testing.assert_allclose(among[in_pool], alone, atol=1e-6)
    assert alone[:, -2].any()


@pytest.mark.parametrize("size", [0, 1])
def test_a_pool_of_none_or_one(size: int) -> None:
    rows = np.arange(1, 1 + size, dtype=np.int32)
    in_pool = np.ones(size, dtype=bool)
    features = query_features(query(0, view_of_sample()), 0, rows, in_pool, FIRST_PASS)
    assert features.shape == (size, len(FEATURES))


@pytest.mark.parametrize("linked", [True, False])
def test_an_index_run_scores_as_one_by_one(*, linked: bool) -> None:
    read, view, model = articles(linked=linked), view_of_sample(linked=linked), default_ranker()[0]
    corpus = view.corpus
    scored = score_candidates(read, corpus, Ranking(minimum_relevance=0), NOW, model)
    for row in range(len(read)):
        others = np.delete(np.arange(len(read), dtype=np.int32), row)
        visible = corpus.published <= NOW.timestamp()
        one = naive_query(view, row, corpus.graph, view.known, visible)
        features = all_features(view, one, others, candidate_pool(one, others), FIRST_PASS)
        scores = model.contributions(features).sum(axis=1)
        expected = dict(zip(others.tolist(), scores, strict=True))
        found = zip(scored.candidates[row].tolist(), scored.relevance[row].tolist(), strict=True)
        assert dict(found) == pytest.approx(expected, abs=1e-4)


def test_an_article_under_embargo_supersedes_no_other() -> None:
    view = view_of_sample()
    everything = np.ones(len(view.known), dtype=bool)
    newest = int(np.argmax(view.corpus.published))
    without = everything & (np.arange(len(everything)) != newest)
    rows = np.flatnonzero(np.arange(len(everything)) != 5).astype(np.int32)
    in_pool = np.ones(len(rows), dtype=bool)
    before, after = (
        pool_context(query(5, view, visible), 0, rows, in_pool).superseded_by_newer(
            np.ones(len(rows))
        )
        for visible in (everything, without)
    )
    assert (before >= after - 1e-6).all()
    assert (before > after + 0.01).any()


def test_diversity_vectors_of_known_articles_do_not_depend_on_later_ones() -> None:
    view = view_of_sample()
    known = np.arange(len(view.known)) >= 8
    before = corpus_as_of(view.corpus, known)
    changed = view.corpus.counts.tolil(copy=True)
    changed[:8] = changed[8:16]
    embeddings = view.corpus.embeddings.copy()
    embeddings[:8] *= -1
    after = corpus_as_of(replace(view.corpus, counts=changed.tocsr(), embeddings=embeddings), known)
    products = [
        one.diversity_vectors[known] @ one.diversity_vectors[known].T for one in (before, after)
    ]
    np.testing.assert_allclose(products[0], products[1], atol=1e-5)
