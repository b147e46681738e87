"""Many articles at once: the same numbers as asking one by one."""

import numpy as np
import pytest

from models.features.batch import batch_corpus, batch_pair_features, candidate_pools, query_batch
from models.features.pairwise import PAIR_FEATURES, candidate_pool, pair_features, query_context
from models.features.pool_context import links_between
from sample_corpus import EVERYBODY, SIZE, seen

NEWEST = np.arange(60)


@pytest.mark.parametrize("linking", [0, 0.05, 0.8])
def test_pools_and_features_are_those_of_one_by_one(linking: float) -> None:
    site = seen(linking)
    prepared = batch_corpus(site)
    for first, last in ((0, 1), (1, 100), (100, SIZE)):
        many = query_batch(prepared, first, last)
        allowed = np.arange(SIZE) != many.rows[:, None]
        newest = np.broadcast_to(NEWEST, (last - first, 60)).astype(np.int32)
        members = candidate_pools(many, allowed, newest)
        which, rows = np.nonzero(allowed)
        found = batch_pair_features(many, which, rows)
        for place, row in enumerate(many.rows):
            graph = site.site.graph.as_of(np.iinfo(np.int64).max, without=row)
            one = query_context(site, int(row), graph, EVERYBODY)
            others = np.flatnonzero(allowed[place]).astype(np.int32)
            wanted = pair_features(site, one, others)
            np.testing.assert_allclose(found[which == place], wanted, atol=2e-5, err_msg=str(row))
            pooled = np.flatnonzero(members[place])
            # Equal products are rounded differently by the two ways; who is in does not hang on it.
            assert len(np.setxor1d(pooled, candidate_pool(one, others))) <= 4
            between = many.links.between(place, others, pooled)
            same = links_between(one.graph, others, pooled)
            assert between.nnz == same.nnz
            if same.nnz:
                np.testing.assert_allclose(between.toarray(), same.toarray(), atol=1e-12)
    assert wanted.shape[1] == len(PAIR_FEATURES)
