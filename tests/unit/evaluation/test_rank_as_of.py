"""Evaluation ranks as the service does, with the given weights."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import msgspec
import numpy as np

from models.features.batch import QueryBatch, batch_index, query_batch
from models.features.corpus import CorpusView, corpus_as_of
from models.features.link_graph import link_index
from models.ranker.linear_ranker import LinearRanker
from models.rerank.mmr import mmr, score_window
from models.rerank.rerank import SHORTLIST
from recommender.articles.article import Article, Record, article_from
from recommender.articles.model_inputs import for_encoder
from recommender.evaluation.candidate_recall import BEST, CandidateRecall
from recommender.evaluation.dataset import load_dataset, rank_in_time
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.evaluation.replay import PrequentialTrainer
from recommender.indexing.build_corpus import build_corpus
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import MAX_LINKS
from recommender.learning.point_in_time import CandidateFeatures, candidate_features
from recommender.learning.queries import EvaluationQuery
from recommender.settings import Recency, Settings
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


def asked_of_the_newest(
    truth: frozenset[int],
) -> tuple[CorpusView, QueryBatch, CandidateFeatures]:
    read = articles()
    site = build_corpus(read, SmallEncoder().encode([for_encoder(one) for one in read]), [])
    seen = corpus_as_of(site, np.ones(SIZE, dtype=bool))
    rows = np.arange(1, SIZE, dtype=np.int32)
    links = link_index(site.graph, site.published)
    ask = query_batch(batch_index(seen), np.array([0]), links, seen.known, seen.known)
    question = EvaluationQuery(0, rows, truth, int(site.published[0]))
    return seen, ask, candidate_features(question, ask, MODEL.first_pass)


def affinities(sheet: CandidateFeatures, model: LinearRanker = MODEL) -> np.ndarray:
    return model.contributions(sheet.raw).sum(axis=1)


def test_rankings_follow_the_weights() -> None:
    seen, _, sheet = asked_of_the_newest(frozenset())
    best = [
        sheet.pool[np.argsort(-affinities(sheet, model), kind="stable")[:6]].tolist()
        for model in (MODEL, OTHER)
    ]
    assert best[0] != best[1]
    for model, expected in zip((MODEL, OTHER), best, strict=True):
        moment = AsOfReranker(seen.corpus.shingles, model, diversity=0.0)
        assert moment.picks(seen, sheet, STALE, 6) == expected


def test_recommendations_come_from_the_score_window() -> None:
    seen, _, whole = asked_of_the_newest(frozenset())
    kept = np.argsort(-affinities(whole), kind="stable")[3:]  # else the first stands far off
    sheet = CandidateFeatures(whole.question, whole.pool[kept], whole.raw[kept])
    scores = affinities(sheet)
    best = np.argsort(-scores, kind="stable")[:SHORTLIST]
    reach, great = score_window(scores[best], 6), 30.0
    anywhere = mmr(scores[best], seen.diversity_vectors[sheet.pool[best]], 6, great)
    assert anywhere.max() >= reach > 6  # diversity would take one from further down
    picks = AsOfReranker(seen.corpus.shingles, MODEL, great).picks(seen, sheet, STALE, 6)
    assert set(picks) <= set(sheet.pool[best[:reach]].tolist())


def test_candidate_recall_follows_the_weights() -> None:
    _, _, sheet = asked_of_the_newest(frozenset())
    best, others = (np.argsort(-affinities(sheet, model))[:BEST] for model in (MODEL, OTHER))
    truth = frozenset(sheet.pool[np.setdiff1d(best, others)].tolist())
    assert truth
    _, ask, sheet = asked_of_the_newest(truth)
    found = []
    for model in (MODEL, OTHER):
        reach = CandidateRecall(frozenset({0}))
        reach.add(model, sheet, ask)
        found.append(reach.exhaustive())
    assert [sample.pool_recall_at_100 for sample in found] == [1.0, 0.0]
    assert [sample.recall_at_100 for sample in found] == [1.0, 0.0]


def test_queries_are_ranked_with_the_weights_of_their_date(
    settings: Settings, tmp_path: Path
) -> None:
    """Two articles link to one, and one to so many that it teaches nothing."""
    oldest_first = records()[::-1]
    ids = [row["id"] for row in oldest_first]
    pairs = [(12, 0), (16, 1), *((14, target) for target in range(MAX_LINKS + 1))]
    links = tmp_path / "links.tsv"
    lines = "".join(f"{ids[one]}\t{ids[other]}\n" for one, other in pairs)
    links.write_text("from\tto\n" + lines, encoding="utf-8")
    source = str(write_jsonl(tmp_path / "site.jsonl", oldest_first))
    judged = load_dataset(source, links, settings, None, lambda *_: None)
    assert len(judged.training_queries) == 2
    ranked = list(
        rank_in_time(judged, PrequentialTrainer(judged.training_queries), lambda *_: None)
    )
    assert [int(one.corpus.known.sum()) for one in ranked] == [12, 14, 16]
    for one in ranked:
        assert one.model == MODEL  # fewer than the 60 training examples that a refit needs
        np.testing.assert_array_equal(one.relevance, affinities(one.candidates))
