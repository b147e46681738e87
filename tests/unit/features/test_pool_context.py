"""What the members of a pool are to each other, on sites small enough to be followed by hand."""

from dataclasses import replace
from datetime import UTC

import msgspec
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.features.corpus import CorpusView, corpus_as_of
from models.features.link_graph import LinkGraph
from models.features.pairwise import FEATURES, candidate_pool, features, pool_context, query_context
from models.features.pool_context import PoolContext, links_between, pool_features
from models.ranker.linear_ranker import LinearRanker
from recommender.articles.article import Article, Record, article_from
from recommender.articles.links import own_links
from recommender.articles.model_inputs import for_encoder
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import score_candidates
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking
from sample_site import NOW, records
from small_encoder import SmallEncoder

GUESS = default_ranker()[0].first_pass


def articles(*, linked: bool = True) -> list[Article]:
    """The small site, each of a topic linked with an older one of it, or without links."""
    rows = records()
    for row in rows:
        topic, number = row["id"].split("/")
        row["links"] = [f"{topic}/{int(number) + 2}"] if linked else []
    read = [article_from(msgspec.convert(row, Record), UTC) for row in rows]
    return sorted(read, key=lambda article: -article.published.timestamp())


def seen(*, linked: bool = True) -> CorpusView:
    read = articles(linked=linked)
    site = build_corpus(
        read, SmallEncoder().encode([for_encoder(one) for one in read]), own_links(read)
    )
    return corpus_as_of(site, np.ones(len(read), dtype=bool))


def rivals(**told: object) -> PoolContext:
    """A pool of whom nothing is known but what is told."""
    size = len(next(iter(told.values())))  # type: ignore[arg-type]
    everybody = np.ones(size, dtype=bool)
    nothing = {
        "rows": np.arange(size),
        "pooled": everybody,
        "between": csr_matrix((size, size)),
        "diversity_vectors": np.eye(size, dtype=np.float32),
        "published": np.arange(size)[::-1],
        "out": everybody,
    }
    return PoolContext(**nothing | told)  # type: ignore[arg-type]


ALIKE = np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1], [-1, 0]], dtype=np.float32)
PUBLISHED = np.array([50, 40, 30, 30, 10])


def test_only_newer_ones_tell_anew_and_the_more_alike_the_more() -> None:
    candidate_pool = rivals(diversity_vectors=ALIKE, published=PUBLISHED)
    # Nobody is told by what is just as old, or by its opposite.
    np.testing.assert_allclose(
        candidate_pool.superseded_by_newer(np.ones(5)), np.cbrt([0, 1, 2 * 0.8**3, 0, 0]), atol=1e-6
    )


def test_only_who_suits_can_be_read_and_is_in_the_pool_tells_anew() -> None:
    suits = np.array([0, 0.5, 1, 0, 1])
    heard = rivals(diversity_vectors=ALIKE, published=PUBLISHED).superseded_by_newer(suits)
    np.testing.assert_allclose(heard, [0, 0, 0.8 * np.cbrt(0.5), 0, 0], atol=1e-6)
    without = np.arange(5) != 1
    for kept in ({"out": without}, {"pooled": without}):
        told = rivals(diversity_vectors=ALIKE, published=PUBLISHED, **kept).superseded_by_newer(
            suits
        )
        assert told.tolist() == [0] * 5


def test_links_count_either_way_in_shares_of_all_that_a_member_has() -> None:
    links = LinkGraph(*(np.array(part) for part in ([0, 1, 3], [2, 2, 1], [9, 9, 9])), size=5)
    between = links_between(links, np.array([1, 2, 4]), np.array([2, 3, 4]))
    np.testing.assert_allclose(between.toarray(), [[1 / 2, 1, 0], [0, 0, 0], [0, 0, 0]])


def weighing(name: str) -> LinearRanker:
    """Guess by one feature alone."""
    weights = [3.0 * (feature == name) for feature in GUESS.features]
    return replace(GUESS, weights=tuple(weights))


def by_words(words: list[float], **told: object) -> np.ndarray:
    """Guess by words alone, and take the last two features of a pool."""
    raw, candidate_pool = np.ones((len(words), len(FEATURES))), rivals(**told)
    raw[:, FEATURES.index("tfidf_cosine_zscore")] = words
    assert not pool_features(raw, candidate_pool, None)[:, -2:].any(), (
        "without a guess they tell nothing"
    )
    return pool_features(raw, candidate_pool, weighing("tfidf_cosine_zscore"))[:, -2:]


def test_who_is_linked_with_the_likely_is_told() -> None:
    between = csr_matrix(([1.0, 1.0], ([2, 3], [0, 1])), shape=(4, 4))
    linked = by_words([0.9, 0.1, 0.1, 0.1], pooled=np.ones(4, dtype=bool), between=between)[:, 1]
    assert linked[[0, 1]].tolist() == [0, 0]
    assert linked[2] > 2 * linked[3] > 0


def test_what_does_not_suit_is_no_better_for_being_told_last() -> None:
    likeness = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    told = by_words([0.9, 0.9, 0.9, 0.1, 0.1, 0.1], diversity_vectors=likeness)[:, 0]
    wanted = np.cbrt([0, 1, 2])
    np.testing.assert_allclose(told, [*(wanted - wanted.mean()), 0, 0, 0], atol=1e-6)


def test_whoever_is_asked_about_is_held_against_the_pool() -> None:
    """Members get the same features when others are asked about beside them."""
    site = seen()
    asked = query_context(site, 0, site.site.graph.as_of(2**62, without=0), site.known)
    members = np.arange(1, len(site.known), 2, dtype=np.int32)
    others = np.arange(1, len(site.known), dtype=np.int32)
    alone = features(site, asked, members, members, GUESS)
    among = features(site, asked, others, members, GUESS)
    np.testing.assert_allclose(among[np.isin(others, members)], alone, atol=1e-6)
    assert alone[:, -2].any()


@pytest.mark.parametrize("size", [0, 1])
def test_a_pool_of_nobody_or_one(size: int) -> None:
    site = seen()
    asked = query_context(site, 0, site.site.graph.as_of(2**62, without=0), site.known)
    rows = np.arange(1, 1 + size, dtype=np.int32)
    assert features(site, asked, rows, rows, GUESS).shape == (size, len(FEATURES))


@pytest.mark.parametrize("linked", [True, False])
def test_a_site_is_related_as_one_by_one(*, linked: bool) -> None:
    read, site, model = articles(linked=linked), seen(linked=linked), default_ranker()[0]
    related = score_candidates(read, site.site, Ranking(), NOW, model)
    for row in range(len(read)):
        others = np.delete(np.arange(len(read), dtype=np.int32), row)
        graph = site.site.graph.as_of(2**62, without=row)
        asked = query_context(site, row, graph, site.known, site.site.published <= NOW.timestamp())
        raw = features(site, asked, others, candidate_pool(asked, others), GUESS)
        wanted = dict(zip(others.tolist(), model.contributions(raw).sum(axis=1), strict=True))
        found = zip(related.candidates[row].tolist(), related.relevance[row].tolist(), strict=True)
        assert dict(found) == pytest.approx(wanted, abs=1e-4)


def test_what_is_under_embargo_tells_nobody_anew() -> None:
    """The newest is a copy of another that is to come out: whoever is told by it alone, is not."""
    site = seen()
    last = int(np.argmax(site.site.published))
    everybody = np.ones(len(site.known), dtype=bool)
    hidden = everybody & (np.arange(len(everybody)) != last)
    rows = np.flatnonzero(np.arange(len(everybody)) != 5).astype(np.int32)
    graph = site.site.graph.as_of(2**62, without=5)
    seen_by = [
        pool_context(
            site, query_context(site, 5, graph, site.known, out), rows, rows
        ).superseded_by_newer(np.ones(len(rows)))
        for out in (everybody, hidden)
    ]
    assert (seen_by[0] >= seen_by[1] - 1e-6).all()
    assert (seen_by[0] > seen_by[1] + 0.01).any()


def test_likeness_knows_nothing_of_articles_to_come() -> None:
    """Those known are as alike, whatever comes later says."""
    whole = seen()
    known = np.arange(len(whole.known)) >= 8
    before = corpus_as_of(whole.site, known)
    changed = whole.site.counts.tolil(copy=True)
    changed[:8] = changed[8:16]
    embeddings = whole.site.embeddings.copy()
    embeddings[:8] *= -1
    after = corpus_as_of(replace(whole.site, counts=changed.tocsr(), embeddings=embeddings), known)
    products = [
        one.diversity_vectors[known] @ one.diversity_vectors[known].T for one in (before, after)
    ]
    np.testing.assert_allclose(products[0], products[1], atol=1e-5)
