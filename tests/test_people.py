"""What people see alike: it has a say where a site hardly links, and none where it does."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import msgspec
import numpy as np
import pytest
from conftest import NOW, records, write_jsonl
from small_encoder import SmallEncoder

from models.features.corpus import CorpusView, corpus_as_of
from models.features.pairwise import candidate_pool, features, query_context
from models.people import ALIKE, ENOUGH, GROWN, SURE, Affinity, in_force
from models.topics import topics
from recommender.articles.article import Article, Record, article_from
from recommender.articles.model_inputs import for_encoder
from recommender.catalogue.store import Catalogue
from recommender.evaluation.replay import PrequentialTrainer
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import score_candidates
from recommender.indexing.pipeline import index
from recommender.ingest.importer import read_sources
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import MAX_LINKS
from recommender.learning.queries import EvaluationQuery
from recommender.settings import Ranking, Settings

LINEAR = default_ranker()[0]
GUESS = LINEAR.first_pass


def articles() -> list[Article]:
    rows = [row | {"links": []} for row in records()]
    return [article_from(msgspec.convert(row, Record), UTC) for row in rows]


def unlinked() -> CorpusView:
    read = articles()
    site = build_corpus(read, SmallEncoder().encode([for_encoder(one) for one in read]), [])
    return corpus_as_of(site, np.ones(len(read), dtype=bool))


def unit(rows: list[list[float]]) -> np.ndarray:
    given = np.array(rows, dtype=np.float32)
    return given / np.linalg.norm(given, axis=1, keepdims=True)


def test_a_topic_is_an_article_with_its_nearest() -> None:
    embeddings = unit([[1, 0.2, 0], [1, -0.2, 0], [-1, 0, 0.1]])
    bare = unit((embeddings - embeddings.mean(axis=0) / 2).tolist())
    cosine = bare[0] @ bare[1]
    wanted = unit((bare[:1] + cosine * bare[1]).tolist())  # away from the third: not joined
    np.testing.assert_allclose(topics(embeddings, np.ones(3, dtype=bool))[:1], wanted, atol=1e-6)


def test_topics_know_nothing_of_articles_to_come() -> None:
    embeddings = np.random.default_rng(1).normal(size=(60, 8))
    known = np.arange(60) >= 20
    later = np.where(known[:, None], embeddings, -embeddings)
    before, after = (topics(unit(some.tolist()), known) for some in (embeddings, later))
    np.testing.assert_array_equal(before[known], after[known])


@pytest.mark.parametrize("size", [0, 1])
def test_a_site_of_which_hardly_anybody_is_known(size: int) -> None:
    found = topics(unit([[1, 0], [0, 1]]), np.arange(2) < size)
    assert np.isfinite(found).all()


def test_people_have_no_say_once_a_site_has_told_enough() -> None:
    seen = unlinked()
    rows = np.arange(1, len(seen.known), dtype=np.int32)
    asked = query_context(seen, 0, seen.site.graph, seen.known)
    raw = features(seen, asked, rows, rows, GUESS)
    linear = LINEAR.contributions(raw)
    told = [
        in_force(LINEAR, lessons, GROWN).contributions(seen, 0, rows, raw)
        for lessons in range(ENOUGH + 1)
    ]
    np.testing.assert_array_equal(told[ENOUGH], linear)
    sums = np.array([shares.sum(axis=1) for shares in told])
    steps = np.diff(sums, axis=0)
    np.testing.assert_allclose(steps, np.broadcast_to(steps[0], steps.shape), atol=1e-9)
    topic = told[0][:, -1]
    np.testing.assert_allclose(topic, ALIKE * (seen.topics[1:] @ seen.topics[0]), atol=1e-6)


def test_weak_evidence_counts_for_little_and_strong_evidence_in_full() -> None:
    seen = unlinked()
    rows = np.arange(1, len(seen.known), dtype=np.int32)
    asked = query_context(seen, 0, seen.site.graph, seen.known)
    raw = features(seen, asked, rows, rows, GUESS)
    greater = replace(LINEAR, weights=tuple(4 * weight for weight in LINEAR.weights))
    before = greater.contributions(raw).sum(axis=1)
    after = Affinity(greater, people=1.0).contributions(seen, 0, rows, raw)[:, :-1].sum(axis=1)
    strong, weak = before > SURE + 1.5, before < SURE - 1.5
    assert strong.any()
    assert np.abs(before[weak]).max() > 1
    np.testing.assert_allclose(after[strong], before[strong], rtol=0.02)
    assert np.abs(after[weak]).max() < 0.02


@pytest.mark.parametrize(("articles", "people"), [(0, 0.0), (GROWN // 4, 0.25), (2 * GROWN, 1.0)])
def test_of_few_articles_topics_tell_little(articles: int, people: float) -> None:
    assert in_force(LINEAR, 0, articles).people == people


def test_a_site_without_links_is_related_as_one_by_one() -> None:
    read, seen = articles(), unlinked()
    model = Affinity(LINEAR, people=1.0)
    related = score_candidates(read, seen.site, Ranking(), NOW, model)
    assert related.features[1] == "meaning"
    for row in range(len(read)):
        others = np.delete(np.arange(len(read), dtype=np.int32), row)
        asked = query_context(seen, row, seen.site.graph, seen.known)
        rows = candidate_pool(asked, others)
        shares = model.contributions(seen, row, rows, features(seen, asked, rows, rows, GUESS))
        wanted = dict(zip(rows.tolist(), shares.sum(axis=1).tolist(), strict=True))
        found = zip(related.candidates[row].tolist(), related.relevance[row].tolist(), strict=True)
        assert dict(found) == pytest.approx(wanted, abs=1e-4)
        meaning = LINEAR.names.index("meaning"), len(LINEAR.names)
        first = related.candidates[row, 0]
        told = shares[rows == first][0][list(meaning)].sum()
        assert related.contributions[row, 0, 1] == pytest.approx(told, abs=2e-3)


def test_evaluation_hears_people_until_earlier_articles_have_linked() -> None:
    nobody = np.zeros(0, dtype=np.int32)
    asked = [EvaluationQuery(n, nobody, frozenset({99}), n // 2) for n in range(2 * ENOUGH)]
    school = PrequentialTrainer({}, asked[::-1])
    heard = [school.model_at(one.as_of, GROWN).people for one in asked]
    wanted = [max(0.0, 1 - 2 * (n // 2) / ENOUGH) for n in range(2 * ENOUGH)]
    assert heard == pytest.approx(wanted)
    told = school.figures()["people"]
    assert told == {"mean": pytest.approx(np.mean(wanted), abs=1e-4), "last": wanted[-1]}


@pytest.mark.parametrize("links", [1, MAX_LINKS + 1])
def test_index_says_how_far_people_have_a_say(
    settings: Settings, tmp_path: Path, links: int
) -> None:
    catalogue = Catalogue(settings.catalogue_url)
    said = []
    for linking in (0, 5, 5, 0):  # the second time by kept weights
        rows = [row | {"links": []} for row in records()]
        rows.sort(key=lambda row: row["published"])
        for row in rows[links : links + linking]:
            row["links"] = [one["id"] for one in rows[:links]]
        source = str(write_jsonl(tmp_path / "site.jsonl", rows))
        read_sources([source], settings, catalogue, NOW, lambda _: None, lambda *_: None)
        said.append(index(settings, catalogue, NOW, lambda *_: None).figures["weights"]["people"])
    catalogue.close()
    size = len(records()) / GROWN
    assert said == pytest.approx([size, 0.75 * size, 0.75 * size, size], abs=0.005)
