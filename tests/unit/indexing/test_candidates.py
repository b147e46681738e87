"""Candidate generation and scoring, also for odd articles."""

from dataclasses import replace
from datetime import UTC, timedelta

import msgspec
import numpy as np
import pytest

from models.features.corpus import Corpus
from models.ranker.linear_ranker import LinearRanker
from naive_features import all_features, candidate_pool, naive_query
from recommender.articles.article import Article, Record, article_from
from recommender.articles.links import own_links
from recommender.articles.model_inputs import for_encoder
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import score_candidates
from recommender.indexing.scoring_job import MAX_EXHAUSTIVE
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking
from recommender.snapshots.parts import MAX_CANDIDATES
from sample_corpus import articles as many_articles
from sample_corpus import corpus_view_of
from sample_site import NOW, records
from small_encoder import SmallEncoder


def articles(**links: list[str]) -> list[Article]:
    rows = [row | {"links": links.get(row["id"].replace("/", "_"), [])} for row in records()]
    return [article_from(msgspec.convert(row, Record), UTC) for row in rows]


def numbers(read: list[Article]) -> Corpus:
    embeddings = SmallEncoder().encode([for_encoder(article) for article in read])
    return build_corpus(read, embeddings, own_links(read))


DEFAULT = default_ranker()[0]
ANYTHING = Ranking(minimum_relevance=0)
OPEN = Ranking(minimum_relevance=0, language="prefer")
"""Every candidate counts as related."""
OWN = replace(DEFAULT, weights=(0.1,) * len(DEFAULT.weights))


@pytest.mark.parametrize("model", [DEFAULT, OWN])
def test_one_article_and_two_of_one_text(model: LinearRanker) -> None:
    one = articles()[:1]
    related = score_candidates(one, numbers(one), Ranking(), NOW, model)
    assert related.candidates.tolist() == [[-1]]
    two = [one[0], msgspec.structs.replace(one[0], id="twin")]
    related = score_candidates(two, numbers(two), Ranking(), NOW, model)
    assert related.candidates.tolist() == [[1], [0]]
    assert related.cluster_id[0] == related.cluster_id[1]


@pytest.mark.parametrize("model", [DEFAULT, OWN])
def test_articles_without_text_get_candidates(model: LinearRanker) -> None:
    bare = [msgspec.structs.replace(a, title=".", teaser="", body="") for a in articles()]
    related = score_candidates(bare, numbers(bare), ANYTHING, NOW, model)
    assert (related.candidates >= 0).all()
    assert np.isfinite(related.relevance).all()


def test_only_candidates_with_evidence_of_a_common_topic_are_kept() -> None:
    read = articles()
    topics = np.array([article.id.partition("/")[0] for article in read])
    related = score_candidates(read, numbers(read), Ranking(), NOW, DEFAULT)
    for row, rows in enumerate(related.candidates):
        assert (topics[rows[rows >= 0]] == topics[row]).all()
        assert (rows >= 0).sum() == (topics == topics[row]).sum() - 1
    everything = score_candidates(read, numbers(read), ANYTHING, NOW, DEFAULT)
    assert (everything.candidates >= 0).all()


def test_links_in_a_circle_to_nowhere_and_to_itself() -> None:
    read = articles(talks_0=["talks/1", "nowhere", "talks/0"], talks_1=["talks/0"])
    assert sorted(own_links(read)) == [(0, 3), (3, 0)]
    related = score_candidates(read, numbers(read), Ranking(), NOW, DEFAULT)
    assert np.isfinite(related.contributions).all()


@pytest.mark.slow
def test_a_corpus_is_scored_like_single_queries() -> None:
    """Of many articles, some of them under embargo, of which not each is in every pool."""
    read = many_articles(linking=0.3)
    site = corpus_view_of(read)
    now = read[20].published
    related = score_candidates(
        read, site.corpus, Ranking(language="any", minimum_relevance=0), now, OWN
    )
    out = site.corpus.published <= now.timestamp()
    beside = 0
    for row in range(0, len(read), 8):
        others = np.delete(np.arange(len(read), dtype=np.int32), row)
        query = naive_query(site, row, site.corpus.graph, site.known, out)
        members = candidate_pool(query, others, int((~out)[others].sum()))
        pooled = np.isin(others, members)
        beside += int((~pooled).sum())
        raw = all_features(site, query, others, members, OWN.first_pass)
        expected = dict(
            zip(others.tolist(), OWN.contributions(raw, raw[pooled]).sum(axis=1), strict=True)
        )
        found = zip(related.candidates[row].tolist(), related.relevance[row].tolist(), strict=True)
        for candidate, relevance in found:
            assert relevance == pytest.approx(expected[candidate], abs=5e-3), (row, candidate)
    assert beside > 0


@pytest.mark.slow
def test_another_language_does_not_crowd_out_the_preferred_one() -> None:
    one = next(article for article in articles() if article.id == "talks/0")
    polish = [
        msgspec.structs.replace(one, id=f"pl/{n}", title=f"{one.title} {n}", language="pl")
        for n in range(2 * MAX_CANDIDATES)
    ]
    both = sorted([*articles(), *polish], key=lambda article: -article.published.timestamp())
    row = [article.id for article in both].index("talks/0")
    own = {other for other, article in enumerate(both) if article.language == "en"} - {row}
    related = score_candidates(both, numbers(both), OPEN, NOW, DEFAULT)
    assert own <= set(related.candidates[row].tolist())


@pytest.mark.slow
def test_fallbacks_are_in_the_preferred_language() -> None:
    """On a site where only the members of a pool are scored, and the others are all newer."""
    one = next(article for article in articles() if article.id == "talks/0")
    polish = [
        msgspec.structs.replace(
            one, id=f"pl/{n}", language="pl", published=NOW - timedelta(minutes=1 + n % 600)
        )
        for n in range(MAX_EXHAUSTIVE)
    ]
    both = sorted([*articles(), *polish], key=lambda article: -article.published.timestamp())
    row = [article.id for article in both].index("talks/0")
    own = {other for other, article in enumerate(both) if article.language == "en"} - {row}
    related = score_candidates(both, numbers(both), OPEN, NOW, DEFAULT)
    shown = related.candidates[row].tolist()
    assert own <= set(shown)
    assert len(shown) == MAX_CANDIDATES
    # Under the last of the others there are enough of their own.
    assert not own & set(related.candidates[0].tolist())
