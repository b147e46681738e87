"""The features of a batch of queries equal those of single queries."""

import numpy as np
import pytest

import naive_features as naive
from models.features.batch import DenseProducts, pair_features, pool_context, query_batch
from models.features.batch_index import batch_index
from models.features.candidate_pool import candidate_pool, candidate_pools
from models.features.corpus import corpus_as_of
from models.features.feature_names import PAIR_FEATURES
from models.features.link_graph import link_index
from sample_corpus import ALL_ROWS, SIZE, corpus_view

NEWEST = np.arange(60, dtype=np.int32)


@pytest.mark.parametrize("linking", [0, 0.05, 0.8])
def test_batches_of_any_size_equal_single_queries(linking: float) -> None:
    view = corpus_view(linking)
    graph = view.corpus.graph
    index, links = batch_index(view), link_index(graph, view.corpus.published)
    for first, last in ((0, 1), (1, 100), (100, SIZE)):
        batch = query_batch(index, np.arange(first, last), links, ALL_ROWS, ALL_ROWS)
        allowed = np.arange(SIZE) != batch.rows[:, None]
        in_pool = candidate_pools(batch, allowed, np.tile(NEWEST, (last - first, 1)))
        query, rows = np.nonzero(allowed)
        found = pair_features(batch, query, rows)
        for place, row in enumerate(batch.rows.tolist()):
            one = naive.naive_query(view, row, graph, ALL_ROWS)
            others = np.flatnonzero(allowed[place]).astype(np.int32)
            expected = naive.pair_features(view, one, others)
            np.testing.assert_allclose(found[query == place], expected, atol=2e-5, err_msg=row)
            pool = np.flatnonzero(in_pool[place]).astype(np.int32)
            # Equal products are rounded differently, so the last candidates may differ.
            assert len(np.setxor1d(pool, naive.candidate_pool(one, others))) <= 4
            context = pool_context(batch, place, others, in_pool[place][others])
            same = naive.pool_context(view, one, others, pool)
            assert context.links.nnz == same.links.nnz
            if same.links.nnz:
                np.testing.assert_allclose(
                    context.links.toarray(), same.links.toarray(), atol=1e-12
                )
    assert expected.shape[1] == len(PAIR_FEATURES)


@pytest.mark.parametrize("row", [0, 30, 150])
def test_a_query_at_a_time_equals_a_batch_of_one(row: int) -> None:
    """Later articles and later links are unknown; the query's own links are not used."""
    corpus = corpus_view(0.8).corpus
    time = int(corpus.published[row]) + 1
    known = corpus.published < time
    view, graph = corpus_as_of(corpus, known), corpus.graph.as_of(time)
    links = link_index(graph, corpus.published)
    batch = query_batch(batch_index(view), np.array([row]), links, known, known)
    one = naive.naive_query(view, row, graph, known)
    others = np.setdiff1d(np.flatnonzero(known), row).astype(np.int32)
    found = pair_features(batch, np.zeros(len(others), dtype=np.intp), others)
    np.testing.assert_allclose(found, naive.pair_features(view, one, others), atol=2e-5)
    pools = candidate_pool(batch, others), naive.candidate_pool(one, others)
    assert len(np.setxor1d(*pools)) <= 4


def test_batches_that_are_multiplied_together_equal_single_ones() -> None:
    view = corpus_view(0.05)
    index, links = batch_index(view), link_index(view.corpus.graph, view.corpus.published)
    products = DenseProducts.of(index, index, np.arange(SIZE))
    for rows in (slice(0, 30), slice(30, SIZE)):
        own = np.arange(SIZE)[rows]
        part = products.part(rows)
        found = query_batch(index, own, links, ALL_ROWS, ALL_ROWS, products=part)
        alone = query_batch(index, own, links, ALL_ROWS, ALL_ROWS)
        np.testing.assert_allclose(found.tfidf, alone.tfidf, atol=1e-6)
        np.testing.assert_allclose(found.embedding, alone.embedding, atol=1e-6)
