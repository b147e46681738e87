"""Features that a site's own weights alone may ask for."""

from dataclasses import replace

import numpy as np
import pytest
from test_features import graph
from test_many import articles, seen_of
from test_rivals import seen

from models.affinity import LinearAffinity
from models.features import FEATURES, asking, features, pool
from models.people import Affinity
from models.site_features import LATELY, OWN_ONLY, asked_for, site_features
from recommender.relating import relate
from recommender.settings import Ranking
from recommender.weights import shipped

PLACES = [FEATURES.index(name) for name in OWN_ONLY]
DAY = 86_400


def own(**bends: float) -> LinearAffinity:
    """The shipped weights, with something for the features of a site and some bends."""
    model = shipped()[0]
    weights = list(model.weights)
    for place in PLACES:
        weights[place] = 0.3
    bent = tuple(bends.get(name, 0.0) for name in model.features)
    return replace(model, weights=tuple(weights), bends=bent)


def test_shipped_weights_ask_for_none_and_own_ones_may() -> None:
    model = shipped()[0]
    assert not asked_for(model)
    assert not asked_for(replace(model, bends=(0.0,) * len(FEATURES)))
    assert asked_for(own())
    bends = tuple(float(name == "linked_lately") for name in model.features)
    assert asked_for(replace(model, bends=bends))


PUBLISHED = 100 * DAY


def lately(*links: tuple[int, int, int], row: int = 0) -> list[float]:
    """Tell how many links of late articles 1 to 5 are found to have."""
    site = seen()
    published = np.full(len(site.known), PUBLISHED)
    site = replace(site, site=replace(site.site, published=published))
    rows, told = np.arange(1, 6), graph(*links, size=len(site.known))
    found = site_features(site, told, row, rows, np.ones(5, dtype=bool))
    return np.expm1(found[:, OWN_ONLY.index("linked_lately")]).round(6).tolist()


def test_links_that_others_made_lately_count() -> None:
    new, old, coming = PUBLISHED - DAY, PUBLISHED - LATELY, PUBLISHED
    assert lately((2, 3, new), (4, 3, new), (2, 5, new)) == [0, 0, 2, 0, 1]
    assert lately((2, 3, old), (4, 3, new), (2, 5, coming)) == [0, 0, 1, 0, 0]
    assert lately((0, 1, new), (2, 1, new)) == [1, 0, 0, 0, 0]  # not one's own
    assert lately((0, 1, new), (2, 1, new), row=2) == [1, 0, 0, 0, 0]
    assert lately((2, 3, PUBLISHED - LATELY + 1)) == [0, 0, 1, 0, 0]


@pytest.mark.parametrize("linking", [0, 0.3])
@pytest.mark.parametrize("bends", [{}, {"words": 0.5, "bursty_words": -0.4, "meaning": 0.3}])
def test_a_site_with_weights_of_its_own_is_related_as_one_by_one(
    bends: dict[str, float], linking: float
) -> None:
    """Of many articles, some of them under embargo, of which not everybody is in every pool."""
    read, model = articles(linking), own(**bends)
    site = seen_of(read)
    now = read[20].published
    related = relate(read, site.site, Ranking(language_rule="any"), now, Affinity(model))
    out = site.site.published <= now.timestamp()
    beside = 0
    for row in range(0, len(read), 8):
        others = np.delete(np.arange(len(read), dtype=np.int32), row)
        graph_ = site.site.graph.as_of(2**62, without=row)
        asked = asking(site, row, graph_, site.known, out)
        members = pool(asked, others, int((~out)[others].sum()))
        pooled = np.isin(others, members)
        beside += int((~pooled).sum())
        raw = features(site, asked, others, members, model.first_guess)
        wanted = dict(zip(others.tolist(), model.shares(raw, raw[pooled]).sum(axis=1), strict=True))
        found = zip(related.candidates[row].tolist(), related.affinity[row].tolist(), strict=True)
        for candidate, affinity in found:
            assert affinity == pytest.approx(wanted[candidate], abs=5e-3), (row, candidate)
    assert beside > 0


def test_each_of_them_tells_something_of_the_small_site() -> None:
    site = seen()
    rows = np.arange(1, len(site.known), dtype=np.int32)
    graph_, everybody = site.site.graph.as_of(2**62, without=0), np.ones(len(rows), dtype=bool)
    found = site_features(site, graph_, 0, rows, everybody)
    assert found.shape == (len(rows), len(OWN_ONLY))
    assert (found.std(axis=0) > 0.01).all()
