"""Evaluation ranks as the service does, with the given weights."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import msgspec
import numpy as np

from models.features.batch import QueryBatch, query_batch
from models.features.batch_index import batch_index
from models.features.corpus import CorpusView, corpus_as_of
from models.features.evidence import STORED, evidence_of
from models.features.evidence_weights import prior_log_odds
from models.features.link_graph import link_index
from models.ranker.linear_ranker import LinearRanker
from recommender.articles.article import Article, Record, article_from
from recommender.articles.model_inputs import for_encoder
from recommender.evaluation.candidate_recall import BEST, CandidateRecall
from recommender.evaluation.dataset import RankedQuery, load_dataset, rank_in_time
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.evaluation.replay import PrequentialTrainer
from recommender.indexing.build_corpus import build_corpus
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import MAX_LINKS
from recommender.learning.point_in_time import CandidateFeatures, candidate_features
from recommender.learning.queries import EvaluationQuery
from recommender.settings import Ranking, Recency, Settings
from sample_site import NOW, records, write_jsonl
from small_encoder import SmallEncoder

MODEL = default_ranker()[0]
OTHER = replace(MODEL, weights=tuple(float(name == "embedding_cosine") for name in MODEL.features))
"""Weights that look at the embeddings alone."""
STALE = Recency(boost=0.0, half_life_days=7.0)
SIZE = BEST + 30


def articles() -> list[Article]:
    """So many that a scan's best are not all there are; each of words drawn from one topic."""
    random, rows = np.random.default_rng(1), records()
    made = []
    for number in range(SIZE):
        row = rows[number % len(rows)]
        body = " ".join(random.choice(row["body"].split(), size=9))
        published = (NOW - timedelta(days=number + 1)).isoformat()
        change = {"id": str(number), "title": f"Report {number}", "teaser": "", "body": body}
        made.append(row | change | {"url": "", "published": published})
    return [article_from(msgspec.convert(row, Record), UTC) for row in made]


def newest_query(
    relevant: frozenset[int],
) -> tuple[CorpusView, QueryBatch, CandidateFeatures]:
    read = articles()
    corpus = build_corpus(read, SmallEncoder().encode([for_encoder(one) for one in read]), [])
    view = corpus_as_of(corpus, np.ones(SIZE, dtype=bool))
    links = link_index(corpus.graph, corpus.published)
    batch = query_batch(batch_index(view), np.array([0]), links, view.known, view.known)
    query = EvaluationQuery(0, 1, SIZE, relevant, int(corpus.published[0]))
    return view, batch, candidate_features(query, batch, MODEL.first_pass)


def relevance_of(candidates: CandidateFeatures, model: LinearRanker = MODEL) -> np.ndarray:
    return model.contributions(candidates.features).sum(axis=1)


def picks(model: LinearRanker, **ranking: float) -> list[int]:
    view, batch, candidates = newest_query(frozenset())
    reranker = AsOfReranker(view.corpus.shingles, Ranking(**ranking))
    return reranker.picks(RankedQuery(candidates, view, batch, model), STALE, 6)


def test_rankings_follow_the_weights() -> None:
    _, _, candidates = newest_query(frozenset())
    best = [
        candidates.pool[np.argsort(-relevance_of(candidates, model), kind="stable")[:6]].tolist()
        for model in (MODEL, OTHER)
    ]
    assert best[0] != best[1]
    for model, expected in zip((MODEL, OTHER), best, strict=True):
        assert picks(model, diversity_penalty=0, minimum_relevance=0) == expected


def test_candidates_without_evidence_of_a_common_topic_are_left_out() -> None:
    _, batch, candidates = newest_query(frozenset())
    query = np.zeros(len(candidates.pool), dtype=np.intp)
    kinds = evidence_of(batch, query, candidates.pool, candidates.features)
    evidence = kinds.astype(STORED).astype(np.float64).sum(axis=1)
    evidence += prior_log_odds(batch.index.view.corpus.random_similarity)
    odds = float(np.sort(evidence)[-4])
    threshold = 1 / (1 + np.exp(-odds + 1e-6))
    related = candidates.pool[np.argsort(-evidence)[:4]].tolist()
    assert sorted(picks(MODEL, minimum_relevance=threshold)) == sorted(related)


def test_the_threshold_of_the_time_holds_unless_the_settings_have_one() -> None:
    view, batch, candidates = newest_query(frozenset())
    strict = RankedQuery(candidates, view, batch, MODEL, threshold=1 - 1e-9)
    automatic = AsOfReranker(view.corpus.shingles, Ranking())
    assert automatic.picks(strict, STALE, 6) == []
    anything = AsOfReranker(view.corpus.shingles, Ranking(minimum_relevance=0))
    assert len(anything.picks(strict, STALE, 6)) == 6


def test_other_languages_come_last_where_the_same_is_preferred() -> None:
    """Every other article is in the language of the query; all are ranked without a threshold."""
    view, batch, candidates = newest_query(frozenset())
    language = np.arange(SIZE, dtype=np.int32) % 2
    mixed = replace(view, corpus=replace(view.corpus, language=language))
    ranked = RankedQuery(candidates, mixed, batch, MODEL)
    ranking = Ranking(diversity_penalty=0, minimum_relevance=0)
    found = {}
    for name in ("prefer", "any"):
        setting = msgspec.structs.replace(ranking, language=name)
        cards = AsOfReranker(view.corpus.shingles, setting).picks(ranked, STALE, 20)
        found[name] = language[cards].tolist()
    assert found["prefer"] == [0] * 20
    assert 1 in found["any"]


def test_candidate_recall_follows_the_weights() -> None:
    _, _, candidates = newest_query(frozenset())
    best, others = (np.argsort(-relevance_of(candidates, model))[:BEST] for model in (MODEL, OTHER))
    relevant = frozenset(candidates.pool[np.setdiff1d(best, others)].tolist())
    assert relevant
    _, batch, candidates = newest_query(relevant)
    found = []
    for model in (MODEL, OTHER):
        recall = CandidateRecall(frozenset({0}))
        recall.add(model, candidates, batch, candidates.query.candidates)
        found.append(recall.exhaustive())
    assert [sample.pool_recall_at_100 for sample in found] == [1.0, 0.0]
    assert [sample.recall_at_100 for sample in found] == [1.0, 0.0]


def test_queries_are_ranked_with_the_weights_of_their_date(
    settings: Settings, tmp_path: Path
) -> None:
    """Two articles link to one, and one to so many that it is no training example."""
    oldest_first = records()[::-1]
    ids = [row["id"] for row in oldest_first]
    pairs = [(12, 0), (16, 1), *((14, target) for target in range(MAX_LINKS + 1))]
    links = tmp_path / "links.tsv"
    lines = "".join(f"{ids[one]}\t{ids[other]}\n" for one, other in pairs)
    links.write_text("from\tto\n" + lines, encoding="utf-8")
    source = str(write_jsonl(tmp_path / "site.jsonl", oldest_first))
    dataset = load_dataset(source, links, settings, None, lambda *_: None, print)
    assert len(dataset.training_queries) == 2
    ranked = list(
        rank_in_time(dataset, PrequentialTrainer(dataset.training_queries), lambda *_: None)
    )
    assert [int(one.view.known.sum()) for one in ranked] == [12, 14, 16]
    for one in ranked:
        assert one.model == MODEL  # fewer than the 60 training examples that a refit needs
        np.testing.assert_array_equal(one.relevance, relevance_of(one.candidates))
