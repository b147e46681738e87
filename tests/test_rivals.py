"""What the members of a pool are to each other, on sites small enough to be followed by hand."""

from dataclasses import replace
from datetime import UTC

import msgspec
import numpy as np
import pytest
from conftest import records
from scipy.sparse import csr_matrix
from small_encoder import SmallEncoder

from models.affinity import LinearAffinity
from models.features import FEATURES, asking, features
from models.link_graph import LinkGraph
from models.rivals import Rivals, guessed, links_between, told_anew
from models.site import SiteView, view
from recommender.article import Record, article_from
from recommender.links import own_links
from recommender.numbers import site_of
from recommender.texts import for_encoder
from recommender.weights import shipped

GUESS = shipped()[0].first_guess


def seen() -> SiteView:
    read = [article_from(msgspec.convert(row, Record), UTC) for row in records()]
    read.sort(key=lambda article: -article.published.timestamp())
    site = site_of(read, SmallEncoder().encode([for_encoder(one) for one in read]), own_links(read))
    return view(site, np.ones(len(read), dtype=bool))


class Told:
    """As much of a site as telling who was told anew takes."""

    def __init__(self, likeness: list[list[float]], published: list[int]) -> None:
        self.likeness = np.array(likeness, dtype=np.float32)
        self.site = self
        self.published = np.array(published, dtype=np.int64)


def test_only_newer_ones_tell_anew_and_the_more_alike_the_more() -> None:
    site = Told([[1, 0], [1, 0], [0.8, 0.6], [0, 1], [-1, 0]], [50, 40, 30, 30, 10])
    everybody = np.arange(5)
    anew = told_anew(site, everybody, everybody)  # type: ignore[arg-type]  # all it looks at
    wanted = [0, 1, 2 * 0.8**3, 0, 0]  # nobody is told by what is just as old, or its opposite
    np.testing.assert_allclose(anew[:3], np.cbrt(wanted[:3]), atol=1e-6)
    assert anew[3] == 0
    np.testing.assert_allclose(anew[4], np.cbrt(0), atol=1e-6)
    of_few = told_anew(site, np.array([2]), np.array([1, 3]))  # type: ignore[arg-type]
    np.testing.assert_allclose(of_few, [0.8], atol=1e-6)


def test_links_count_either_way_in_shares_of_all_that_a_member_has() -> None:
    links = LinkGraph(*(np.array(part) for part in ([0, 1, 3], [2, 2, 1], [9, 9, 9])), size=5)
    between = links_between(links, np.array([1, 2, 4]), np.array([2, 3, 4]))
    np.testing.assert_allclose(between.toarray(), [[1 / 2, 1, 0], [0, 0, 0], [0, 0, 0]])


def weighing(name: str) -> LinearAffinity:
    """Guess by one feature alone."""
    weights = [3.0 * (feature == name) for feature in GUESS.names]
    return replace(GUESS, weights=tuple(weights))


def by_words(words: list[float], **told: object) -> np.ndarray:
    """Guess by words alone, and take the last two features of a pool."""
    raw, size = np.ones((len(words), len(FEATURES))), len(words)
    raw[:, FEATURES.index("words")] = words
    told = {"anew": np.zeros(size), "between": csr_matrix((size, size))} | told
    rivals = Rivals(pooled=np.ones(size, dtype=bool), **told)  # type: ignore[arg-type]
    assert not guessed(raw, rivals, None)[:, -2:].any(), "without a guess they tell nothing"
    return guessed(raw, rivals, weighing("words"))[:, -2:]


def test_who_is_linked_with_the_likely_is_told() -> None:
    between = csr_matrix(([1.0, 1.0], ([2, 3], [0, 1])), shape=(4, 4))
    linked = by_words([0.9, 0.1, 0.1, 0.1], between=between)[:, 1]
    assert linked[[0, 1]].tolist() == [0, 0]
    assert linked[2] > 2 * linked[3] > 0


def test_what_does_not_suit_is_no_better_for_being_told_last() -> None:
    words, anew = [0.9, 0.9, 0.8, 0.1, 0.1, 0.1], np.array([0.0, 1.0, 0.5, 0.0, 2.0, 0.0])
    told = by_words(words, anew=anew)[:, 0]
    np.testing.assert_allclose(told, [-0.5, 0.5, 0, 0, 0, 0], atol=1e-6)


def test_whoever_is_asked_about_is_held_against_the_pool() -> None:
    """Members get the same features when others are asked about beside them."""
    site = seen()
    asked = asking(site, 0, site.site.graph.as_of(2**62, without=0), site.known)
    members = np.arange(1, len(site.known), 2, dtype=np.int32)
    others = np.arange(1, len(site.known), dtype=np.int32)
    alone = features(site, asked, members, members, GUESS)
    among = features(site, asked, others, members, GUESS)
    np.testing.assert_allclose(among[np.isin(others, members)], alone, atol=1e-12)
    assert alone[:, -2].any()


@pytest.mark.parametrize("size", [0, 1])
def test_a_pool_of_nobody_or_one(size: int) -> None:
    site = seen()
    asked = asking(site, 0, site.site.graph.as_of(2**62, without=0), site.known)
    rows = np.arange(1, 1 + size, dtype=np.int32)
    assert features(site, asked, rows, rows, GUESS).shape == (size, len(FEATURES))


def test_likeness_knows_nothing_of_articles_to_come() -> None:
    """Those known are as alike, whatever comes later says."""
    whole = seen()
    known = np.arange(len(whole.known)) >= 8
    before = view(whole.site, known)
    changed = whole.site.counts.tolil(copy=True)
    changed[:8] = changed[8:16]
    embeddings = whole.site.embeddings.copy()
    embeddings[:8] *= -1
    after = view(replace(whole.site, counts=changed.tocsr(), embeddings=embeddings), known)
    products = [one.likeness[known] @ one.likeness[known].T for one in (before, after)]
    np.testing.assert_allclose(products[0], products[1], atol=1e-5)
