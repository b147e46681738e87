"""Features that a site's own weights alone may ask for."""

from dataclasses import replace

import numpy as np
import pytest
from test_many import articles, seen_of
from test_rivals import seen

from models.features.pairwise import FEATURES, candidate_pool, features, query_context
from models.people import Affinity
from models.ranker.linear_ranker import LinearRanker
from models.site_features import OWN_ONLY, asked_for, site_features
from recommender.indexing.candidates import score_candidates
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking

PLACES = [FEATURES.index(name) for name in OWN_ONLY]


def own(**bends: float) -> LinearRanker:
    """The shipped weights, with something for the features of a site and some bends."""
    model = default_ranker()[0]
    weights = list(model.weights)
    for place in PLACES:
        weights[place] = 0.3
    bent = tuple(bends.get(name, 0.0) for name in model.features)
    return replace(model, weights=tuple(weights), bends=bent)


def test_shipped_weights_ask_for_none_and_own_ones_may() -> None:
    model = default_ranker()[0]
    assert not asked_for(model)
    assert not asked_for(replace(model, bends=(0.0,) * len(FEATURES)))
    assert asked_for(own())
    bends = tuple(float(name == "mentioned") for name in model.features)
    assert asked_for(replace(model, bends=bends))


@pytest.mark.parametrize("linking", [0, 0.3])
@pytest.mark.parametrize("bends", [{}, {"words": 0.5, "bursty_words": -0.4, "meaning": 0.3}])
def test_a_site_with_weights_of_its_own_is_related_as_one_by_one(
    bends: dict[str, float], linking: float
) -> None:
    """Of many articles, some of them under embargo, of which not everybody is in every pool."""
    read, model = articles(linking), own(**bends)
    site = seen_of(read)
    now = read[20].published
    related = score_candidates(read, site.site, Ranking(language_rule="any"), now, Affinity(model))
    out = site.site.published <= now.timestamp()
    beside = 0
    for row in range(0, len(read), 8):
        others = np.delete(np.arange(len(read), dtype=np.int32), row)
        graph = site.site.graph.as_of(2**62, without=row)
        asked = query_context(site, row, graph, site.known, out)
        members = candidate_pool(asked, others, int((~out)[others].sum()))
        pooled = np.isin(others, members)
        beside += int((~pooled).sum())
        raw = features(site, asked, others, members, model.first_pass)
        wanted = dict(
            zip(others.tolist(), model.contributions(raw, raw[pooled]).sum(axis=1), strict=True)
        )
        found = zip(related.candidates[row].tolist(), related.relevance[row].tolist(), strict=True)
        for candidate, affinity in found:
            assert affinity == pytest.approx(wanted[candidate], abs=5e-3), (row, candidate)
    assert beside > 0


def test_each_of_them_tells_something_of_the_small_site() -> None:
    site = seen()
    rows = np.arange(1, len(site.known), dtype=np.int32)
    found = site_features(site, 0, rows, np.ones(len(rows), dtype=bool))
    assert found.shape == (len(rows), len(OWN_ONLY))
    assert (found.std(axis=0) > 0.01).all()
