"""The evidence of a common topic: each kind by itself, and on the sample corpus."""

from datetime import UTC, timedelta

import msgspec
import numpy as np
import pytest

from models.features.background import FEW_ARTICLES, PRIOR_SIZE
from models.features.batch import QueryBatch, pair_features, query_batch
from models.features.batch_index import batch_index
from models.features.corpus import corpus_as_of
from models.features.evidence import RARITY_SHARE, evidence_of, has_common_topic
from models.features.evidence_weights import (
    EVIDENCE,
    INTERCEPT,
    LINK_WEIGHT,
    MAX_RARITY,
    SEMANTIC_WEIGHT,
    SUBJECT_WEIGHT,
    TAG_WEIGHT,
    TEXT_RANGE,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    UNTRAINED_LOG_ODDS,
    prior_log_odds,
    untrained_similarity,
)
from models.features.feature_names import PAIR_FEATURES
from models.features.link_graph import link_index
from recommender.articles.article import Record, article_from
from recommender.articles.links import own_links
from recommender.articles.model_inputs import for_encoder
from recommender.indexing.build_corpus import build_corpus
from sample_site import NOW, records
from small_encoder import SmallEncoder


def batch_of(rows: list[dict[str, object]], row: int) -> QueryBatch:
    articles = [article_from(msgspec.convert(one, Record), UTC) for one in rows]
    embeddings = SmallEncoder().encode([for_encoder(article) for article in articles])
    corpus = build_corpus(articles, embeddings, own_links(articles))
    known = np.ones(len(rows), dtype=bool)
    view = corpus_as_of(corpus, known)
    links = link_index(corpus.graph, corpus.published)
    return query_batch(batch_index(view), np.array([row]), links, known, known)


def evidence(batch: QueryBatch) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rows = np.arange(len(batch.visible))
    features = pair_features(batch, np.zeros(len(rows), dtype=np.intp), rows)
    found = evidence_of(batch, np.zeros(len(rows), dtype=np.intp), rows, features)
    return dict(zip(EVIDENCE, found.T, strict=True)), features


def test_each_kind_is_its_weighted_feature() -> None:
    rows = [one | {"tags": ["a", "b"] if n % 4 else ["a"]} for n, one in enumerate(records())]
    rows[3]["links"] = [rows[6]["id"]]
    batch = batch_of(rows, 0)
    found, features = evidence(batch)
    corpus = batch.index.view.corpus
    cosines = corpus.embeddings @ corpus.embeddings[0]
    similarity = np.maximum(cosines - corpus.unrelated_cosine, 0)
    assert found["semantic"] == pytest.approx(SEMANTIC_WEIGHT * similarity, abs=1e-5)
    title = features[:, PAIR_FEATURES.index("title_coverage_best_paragraph")]
    assert found["title"] == pytest.approx(TITLE_WEIGHT * title)
    walk = features[:, PAIR_FEATURES.index("link_graph_walk")]
    assert walk.any()
    assert found["links"] == pytest.approx(LINK_WEIGHT * walk)
    low, high = (TEXT_WEIGHT * limit for limit in TEXT_RANGE)
    assert (found["text"] >= low).all()
    assert (found["text"] <= high).all()
    assert found["text"][3] > found["text"][1]


def test_the_rarest_shared_tag_counts_up_to_a_limit() -> None:
    rows = [one | {"tags": ["all"]} for one in records()]
    rows[0]["tags"] = rows[5]["tags"] = ["all", "pair"]
    rows[7]["tags"] = []
    found, _ = evidence(batch_of(rows, 0))
    rare = min(np.log(len(rows) / 2), MAX_RARITY)
    assert found["tags"][5] == pytest.approx(TAG_WEIGHT * rare)
    assert found["tags"][6] == pytest.approx(TAG_WEIGHT * np.log(24 / 23), abs=1e-6)
    assert found["tags"][7] == 0
    none, _ = evidence(batch_of(rows, 7))
    assert not none["tags"].any()


def test_a_small_archive_on_one_topic_has_a_common_topic() -> None:
    talks = [one for one in records() if one["id"].startswith("talks")][:6]
    batch = batch_of(talks, 0)
    rows = np.arange(1, len(talks))
    features = pair_features(batch, np.zeros(len(rows), dtype=np.intp), rows)
    prior = prior_log_odds(batch.index.view.corpus.random_similarity)
    assert has_common_topic(
        evidence_of(batch, np.zeros(len(rows), dtype=np.intp), rows, features), prior, 0.0
    ).all()


def short_reports(size: int, shared: dict[str, int]) -> list[dict[str, object]]:
    """Make reports without a word in common, but for some words that so many of them have."""
    extra = [words for words, number in shared.items() for _ in range(number)]
    return [
        {
            "id": f"report{number}",
            "title": f"title{number}",
            "body": " ".join([*(f"word{number}{letter}" for letter in "abcdefgh"), words]),
            "published": (NOW - timedelta(days=number)).isoformat(),
        }
        for number, words in enumerate([*extra, *[""] * (size - len(extra))])
    ]


def test_an_everyday_word_is_little_evidence_in_a_small_archive() -> None:
    reports = short_reports(20, {"evening": 3, "lake wolves ranger": 2})
    everyday, _ = evidence(batch_of(reports, 0))
    topic, _ = evidence(batch_of(reports, 3))
    rarity = np.log((20 + PRIOR_SIZE) / 3)
    assert everyday["text"][1] == pytest.approx(TEXT_WEIGHT * RARITY_SHARE * rarity)
    assert topic["text"][4] == pytest.approx(TEXT_WEIGHT * TEXT_RANGE[1])


def long_reports(size: int, everyday: int) -> list[dict[str, object]]:
    """Make reports of random everyday words; the first two share the words of a topic, too."""
    random = np.random.default_rng(1)
    words = [f"everyday{number}" for number in range(everyday)]
    reports = short_reports(size, {"lake wolves ranger shepherd pack valley": 2})
    for report in reports:
        report["body"] = " ".join([str(report["body"]), *random.choice(words, 20, replace=False)])
    return reports


def test_everyday_words_that_long_texts_share_by_chance_are_little_evidence() -> None:
    found, _ = evidence(batch_of(long_reports(16, 200), 0))
    assert found["text"][1] > 0.9 * TEXT_WEIGHT * TEXT_RANGE[1]
    assert found["text"][2:].max() < 0.6 * found["text"][1]


def test_a_short_and_a_long_text_have_the_same_evidence_in_both_directions() -> None:
    reports = long_reports(16, 200)
    reports[5]["body"] = " ".join(str(reports[5]["body"]).split()[:20])
    batch = batch_of(reports, 5)
    chance, found = batch.queries.view.background.chance_rarity, evidence(batch)[0]["text"]
    long = int(np.where(found < TEXT_WEIGHT * TEXT_RANGE[1], found, -1).argmax())
    assert chance[5] < 0.9 * chance[long]
    assert evidence(batch_of(reports, long))[0]["text"][5] == pytest.approx(found[long])


def test_words_of_another_language_do_not_change_how_rare_a_word_is() -> None:
    german = [one | {"language": "de"} for one in short_reports(20, {"see wolf": 2})]
    english = [
        one | {"id": f"en{one['id']}", "language": "en"}
        for one in short_reports(60, {"see wolf": 30})
    ]
    view = batch_of([*german, *english], 0).queries.view
    (code,) = (code for code, size in enumerate(np.bincount(view.corpus.language)) if size == 20)
    rows = np.flatnonzero(view.corpus.language == code)[:2]
    shared = view.tfidf[rows[0]].multiply(view.tfidf[rows[1]]).indices
    rarity = view.background.log_rarity(code, shared)
    assert rarity.tolist() == pytest.approx([np.log((20 + PRIOR_SIZE) / 2)] * 3)


@pytest.mark.parametrize(
    ("size", "limited"), [(FEW_ARTICLES, 1), (1.5 * FEW_ARTICLES, 0.5), (2 * FEW_ARTICLES, 0)]
)
def test_the_limit_of_everyday_words_fades_in_larger_archives(size: float, limited: float) -> None:
    reports = short_reports(int(size), {"evening": int(size) // 20})
    found, _ = evidence(batch_of(reports, 0))
    rarity = min(np.log((int(size) + PRIOR_SIZE) / (int(size) // 20)), MAX_RARITY)
    high = TEXT_RANGE[1]
    least = high - limited * (high - RARITY_SHARE * rarity)
    assert found["text"][1] == pytest.approx(TEXT_WEIGHT * least)


def test_the_threshold_is_the_sum_and_the_prior() -> None:
    values = np.array([[5.0, 0, 0, 0, 0], [2.0, 0, 0, 0, 0]])
    assert has_common_topic(values, -5.0, 0.0).tolist() == [True, False]
    assert has_common_topic(values, -5.0, -np.inf).tolist() == [True, True]


def test_the_decision_reads_the_evidence_as_a_snapshot_stores_it() -> None:
    """So that no related card has "little in common" with its article."""
    values = np.array([[5.001, 0, 0, 0, 0]])
    assert values.astype(np.float16).sum() == 5.0
    assert has_common_topic(values, -5.0, 0.0).tolist() == [True]
    assert has_common_topic(values, -5.0005, 0.0).tolist() == [False]
    assert prior_log_odds(0.2504) == prior_log_odds(0.25)


def test_an_archive_on_one_subject_needs_less_evidence() -> None:
    assert prior_log_odds(0.0) == INTERCEPT
    assert prior_log_odds(0.4) == INTERCEPT + SUBJECT_WEIGHT * 0.4


@pytest.mark.parametrize("random_similarity", [0.0, 0.2, 0.4])
def test_in_an_untrained_language_all_archives_need_the_same_evidence(
    random_similarity: float,
) -> None:
    semantic = SEMANTIC_WEIGHT * untrained_similarity(random_similarity)
    assert semantic + prior_log_odds(random_similarity) == pytest.approx(UNTRAINED_LOG_ODDS)


def test_other_languages_are_no_background() -> None:
    english, polish = records(), []
    for one in records()[:20]:
        words = {"body": f"rząd ustawa sejm {one['body'].replace('w', 'ż')}", "language": "pl"}
        polish.append(one | words | {"id": f"pl/{one['id']}"})
    alone, both = batch_of(polish, 0).index.view, batch_of([*polish, *english], 0).index.view
    assert both.background.size.tolist() == [20] * 20 + [24] * 24
    assert both.background.mean[:20].mean() > 0.6 * alone.background.mean.mean()
