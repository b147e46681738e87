"""Site weights: trained on the site's examples, adopted only if they win, and reported."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.features.feature_names import FEATURES
from recommender.catalogue.store import Catalogue
from recommender.evaluation.replay import PrequentialTrainer
from recommender.ingest.importer import Importer
from recommender.learning.adapt import MIN_EXAMPLES, fine_tune
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import (
    TrainingExample,
    from_link,
    from_override,
    override_queries,
)
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery
from recommender.learning.relevance_threshold import ThresholdChoice
from recommender.learning.site_weights import FILE
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.runs.pipeline import IndexResult, index
from recommender.runs.results import RunOptions
from recommender.serving.responses import open_current
from recommender.settings import Settings
from sample_site import NOW, records, write_jsonl

WIDTH = 40

UNUSUAL = "within_10_articles"
"""A feature to which the default weights give next to nothing."""


def candidates(number: int, feature: str, *, noise: float = 0.5) -> CandidateFeatures:
    """A pool in which the linked candidate differs by one feature."""
    random = np.random.default_rng(number)
    raw = random.normal(size=(WIDTH, len(FEATURES)))
    driver = raw[:, FEATURES.index(feature)] + noise * random.normal(size=WIDTH)
    pool = np.arange(WIDTH, dtype=np.int32)
    asked_for = EvaluationQuery(
        WIDTH + 1, 0, WIDTH, frozenset({int(driver.argmax())}), as_of=number
    )
    return CandidateFeatures(asked_for, pool, raw, np.zeros(WIDTH))


def examples(
    count: int, feature: str, seed: int = 0, *, noise: float = 0.5
) -> list[TrainingExample]:
    numbers = range(seed * 1_000, seed * 1_000 + count)
    return [from_link(candidates(number, feature, noise=noise)) for number in numbers]


@pytest.mark.slow
def test_a_site_that_links_by_tags_gets_weights_of_its_own() -> None:
    model, prior = default_ranker()
    own, adoption = fine_tune(model, prior * 0.01, examples(300, "tag_cosine"))
    place = FEATURES.index("tag_cosine")
    assert adoption.adopted
    assert adoption.site_ndcg is not None
    assert adoption.default_ndcg is not None
    assert adoption.site_ndcg > adoption.default_ndcg
    assert adoption.holdout_size == 60
    assert own.weights[place] > model.weights[place]


def test_weights_that_do_not_win_are_not_adopted() -> None:
    """The older four fifths link by an unusual feature, the newest as the default weights do."""
    model, prior = default_ranker()
    example = [*examples(240, UNUSUAL), *by_chance(60, seed=0, chance=0)]
    own, adoption = fine_tune(model, prior * 0.01, example)
    assert not adoption.adopted
    assert own is model


@pytest.mark.slow
@pytest.mark.parametrize("lost", [1, 2])
def test_a_gain_on_the_last_holdout_alone_is_not_adopted(lost: int) -> None:
    """The oldest fifth and the newest link by an unusual feature, those between by default weights.

    So the newest are won, and one or two of the fifths before lost, by more.
    """
    model, prior = default_ranker()
    between = by_chance(60 * lost, seed=0, chance=0)
    example = [
        *examples(60, UNUSUAL),
        *between,
        *examples(240 - 60 * lost, UNUSUAL, 1, noise=2),
    ]
    own, adoption = fine_tune(model, prior * 0.01, example)
    assert (adoption.site_ndcg or 0) > (adoption.default_ndcg or 0) + 0.05
    assert not adoption.adopted
    assert own is model
    assert (adoption.mean_gain or 0) < 0


@pytest.mark.slow
def test_few_examples_without_information_are_seldom_adopted() -> None:
    """Editors who link by the default weights, and by chance beyond that."""
    model, prior = default_ranker()
    tried = [fine_tune(model, prior, by_chance(MIN_EXAMPLES, seed))[1] for seed in range(60)]
    won = [one for one in tried if (one.site_ndcg or 0) > (one.default_ndcg or 0)]
    assert len(won) >= 15
    assert sum(one.adopted for one in tried) <= 12  # a mean beyond its error by chance: 16%
    lost = next(one for one in won if not one.adopted)
    assert "within its standard error" in lost.reason
    assert lost.mean_gain is not None
    assert lost.standard_error is not None
    assert lost.mean_gain <= lost.standard_error


@pytest.mark.slow
def test_few_informative_examples_suffice() -> None:
    model, prior = default_ranker()
    tried = [
        fine_tune(model, prior, examples(3 * MIN_EXAMPLES // 2, "tag_cosine", seed))
        for seed in range(10)
    ]
    assert sum(adoption.adopted for _, adoption in tried) >= 8


def by_chance(count: int, seed: int, chance: float = 1.0) -> list[TrainingExample]:
    """Draw each link as the default weights make it likely: from a softmax of the scores.

    Without ``chance`` it is the one that they put first.
    """
    random = np.random.default_rng(seed)
    found, pool = [], np.arange(WIDTH, dtype=np.int32)
    for _ in range(count):
        raw = random.normal(size=(WIDTH, len(FEATURES)))
        score = default_ranker()[0].contributions(raw).sum(axis=1) + chance * random.gumbel(
            size=WIDTH
        )
        asked_for = EvaluationQuery(WIDTH + 1, 0, WIDTH, frozenset({int(score.argmax())}), as_of=0)
        found.append(from_link(CandidateFeatures(asked_for, pool, raw, np.zeros(WIDTH))))
    return found


def test_too_few_examples_change_nothing() -> None:
    own, adoption = fine_tune(*default_ranker(), examples(MIN_EXAMPLES - 1, "tag_cosine"))
    assert own.weights == default_ranker()[0].weights
    assert f"site-specific weights need {MIN_EXAMPLES}" in adoption.reason


def test_a_block_prefers_the_other_cards_to_the_blocked_article() -> None:
    model, _ = default_ranker()
    asked_for = candidates(1, "tfidf_cosine_zscore", noise=0)
    blocked = next(iter(asked_for.query.relevant))
    block = Override(kind=Kind.BLOCK, article="a", pick="b", created=0)
    example = from_override(asked_for, block, model, now=365 * 86_400.0)
    assert example.shown[blocked]
    assert not example.chosen[blocked]
    assert example.chosen.sum() == 6
    assert example.shown.sum() == 7
    assert example.weight == pytest.approx(0.5)  # a year old
    assert example.is_informative


@pytest.mark.slow
def test_blocks_are_not_held_out_either() -> None:
    """In a small pool all candidates of a block were shown, as with a link."""
    model, prior = default_ranker()
    block = Override(kind=Kind.BLOCK, article="a", pick="b", created=0)
    blocks = []
    for number in range(MIN_EXAMPLES, MIN_EXAMPLES + MIN_EXAMPLES // 4):
        one = candidates(number, "tfidf_cosine_zscore", noise=0)
        blocked = next(iter(one.query.relevant))
        few = np.union1d(np.delete(one.pool, blocked)[:6], blocked)
        small = replace(
            one, pool=few, features=one.features[few], topic_log_odds=one.topic_log_odds[few]
        )
        blocks.append(from_override(small, block, model, now=0.0))
    assert all(one.shown.all() and one.is_informative for one in blocks)
    links = examples(MIN_EXAMPLES, "tag_cosine")
    assert fine_tune(model, prior, [*links, *blocks])[1].holdout_size == 0


def test_only_pins_and_blocks_under_an_existing_article_become_queries(
    settings: Settings, tmp_path: Path
) -> None:
    read(settings, tmp_path)
    articles = Catalogue(settings.catalogue_url).all()
    now = int(NOW.timestamp())
    pin = Override(kind=Kind.PIN, article="talks/1", pick="talks/5", created=now)
    early = msgspec.structs.replace(pin, created=int(articles[-1].published.timestamp()) - 1)
    others = [
        Override(kind=Kind.BLOCK, pick="talks/5", created=now),
        Override(kind=Kind.HOLD, article="talks/1", created=now),
        msgspec.structs.replace(pin, pick="gone"),
    ]
    asked_for = override_queries(list(articles), [pin, early, *others])
    assert [decision for _, decision in asked_for] == [pin]
    assert asked_for[0][0].as_of == now


@pytest.mark.slow
def test_examples_count_for_later_queries_only() -> None:
    """Of two articles of one second neither teaches the other; a later one knows both."""
    example = [candidates(number, "tag_cosine") for number in range(MIN_EXAMPLES)]
    same = [replace(one, query=replace(one.query, row=n, as_of=7)) for n, one in
            enumerate(example)]  # fmt: skip
    trainer = PrequentialTrainer({one.query.row: one.query for one in same})
    for one in same:
        trainer.learn(one)
    trainer.model_at(7)
    assert (trainer.trials().tried, trainer.threshold.kept) == (0, {})
    trainer.model_at(8)
    assert trainer.trials().tried == 1
    assert trainer.threshold.kept
    assert (last := trainer.trials().last)
    assert last.examples == MIN_EXAMPLES


def read(settings: Settings, tmp_path: Path, **changes: object) -> None:
    rows = [row | changes for row in records()]
    catalogue = Catalogue(settings.catalogue_url)
    source = str(write_jsonl(tmp_path / "site.jsonl", rows))
    Importer(settings, NOW, lambda _: None, lambda *_: None).read([source], catalogue)
    catalogue.close()


def indexed(settings: Settings, *, full: bool = False) -> IndexResult:
    catalogue = Catalogue(settings.catalogue_url)
    try:
        return index(settings, catalogue, NOW, lambda *_: None, RunOptions(full=full))
    finally:
        catalogue.close()


@pytest.mark.slow
def test_an_index_run_reports_its_weights(settings: Settings, tmp_path: Path) -> None:
    read(settings, tmp_path)
    result = indexed(settings).figures.weights
    assert not result.adopted
    assert result.examples == 0
    assert result.weights["tfidf_cosine_zscore"] == pytest.approx(
        default_ranker()[0].weights[0], abs=1e-4
    )


@pytest.mark.slow
def test_overrides_are_examples_until_they_are_undone(settings: Settings, tmp_path: Path) -> None:
    read(settings, tmp_path)
    assert indexed(settings).figures.weights.examples == 0
    log = Log(settings.catalogue_url)
    now = NOW.timestamp()
    log.add([Override(kind=Kind.PIN, article="talks/0", pick="football/5", place=1)], now - 60)
    log.add([Override(kind=Kind.BLOCK, article="talks/0", pick="talks/5")], now - 60)
    figures = indexed(settings).figures
    assert figures.weights.examples == 2
    assert figures.threshold == ThresholdChoice(examples=1)  # no block
    log.add([Override(kind=Kind.UNDO, undoes=number) for number in (1, 2)], now - 30)
    log.close()
    assert indexed(settings).figures.weights.examples == 0


def decide(settings: Settings, count: int, since: int = 0) -> None:
    """Block so many picks, each under one article."""
    ids = [row["id"] for row in records()]
    pairs = [(one, other) for one in ids for other in ids if one != other]
    log = Log(settings.catalogue_url)
    blocks = [
        Override(kind=Kind.BLOCK, article=one, pick=other)
        for one, other in pairs[since : since + count]
    ]
    log.add(blocks, NOW.timestamp() - 60)
    log.close()


@pytest.mark.slow
def test_the_reason_has_the_present_number_of_examples(settings: Settings, tmp_path: Path) -> None:
    read(settings, tmp_path)
    reasons = []
    for since, count in [(0, 1), (1, 19), (20, 1)]:
        decide(settings, count, since)
        reasons.append(indexed(settings).figures.weights.reason.partition(" ")[0])
    assert reasons == ["1", "20", "21"]


@pytest.mark.slow
def test_adopted_weights_are_kept_until_there_are_more_examples(
    settings: Settings, tmp_path: Path
) -> None:
    read(settings, tmp_path)
    decide(settings, MIN_EXAMPLES)
    assert not indexed(settings).figures.weights.adopted
    file = settings.home / FILE
    kept = msgspec.json.decode(file.read_bytes())
    kept["decision"] |= {"adopted": True, "mean_gain": 0.1, "standard_error": 0.1}
    file.write_bytes(msgspec.json.encode(kept))
    assert indexed(settings).figures.weights.adopted
    decide(settings, MIN_EXAMPLES // 5, since=MIN_EXAMPLES)
    again = indexed(settings).figures.weights
    assert not again.adopted
    assert again.examples == MIN_EXAMPLES + MIN_EXAMPLES // 5


@pytest.mark.slow
def test_stored_weights_are_used_and_reported(settings: Settings, tmp_path: Path) -> None:
    read(settings, tmp_path)
    decide(settings, MIN_EXAMPLES)
    indexed(settings)
    shown = open_current(settings.home).candidates.of(0)[1].tolist()
    file = settings.home / FILE
    kept = msgspec.json.decode(file.read_bytes())
    kept["weights"]["embedding_cosine"] = 2.5
    file.write_bytes(msgspec.json.encode(kept))
    assert indexed(settings).figures.weights.weights == pytest.approx(kept["weights"], abs=1e-4)
    assert open_current(settings.home).candidates.of(0)[1].tolist() != shown


@pytest.mark.slow
def test_weights_of_another_encoder_are_trained_again(settings: Settings, tmp_path: Path) -> None:
    read(settings, tmp_path)
    decide(settings, MIN_EXAMPLES)
    indexed(settings)
    file = settings.home / FILE
    kept = msgspec.json.decode(file.read_bytes())
    adopted = kept["decision"] | {"adopted": True, "mean_gain": 0.1, "standard_error": 0.1}
    file.write_bytes(msgspec.json.encode(kept | {"decision": adopted, "encoder": "other"}))
    assert not indexed(settings).figures.weights.adopted
    assert msgspec.json.decode(file.read_bytes())["encoder"] == kept["encoder"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "retired",
    [{"bends": {"meaning": 0.5}}, {"weights": {"mentioned": 0.1}}, {"beside": [0.1], "asked": 60}],
)
def test_weights_of_an_older_format_are_trained_again(
    settings: Settings, tmp_path: Path, retired: dict[str, object]
) -> None:
    read(settings, tmp_path)
    decide(settings, MIN_EXAMPLES)
    indexed(settings)
    file = settings.home / FILE
    made = file.read_bytes()
    kept = msgspec.json.decode(made)
    adopted = kept["decision"] | {"adopted": True, "mean_gain": 0.1, "standard_error": 0.1}
    file.write_bytes(msgspec.json.encode(kept | {"decision": adopted} | retired))
    assert not indexed(settings).figures.weights.adopted
    assert file.read_bytes() == made


@pytest.mark.slow
def test_a_broken_weight_file_is_replaced(settings: Settings, tmp_path: Path) -> None:
    read(settings, tmp_path)
    decide(settings, MIN_EXAMPLES)
    indexed(settings)
    (settings.home / FILE).write_text("{", encoding="utf-8")
    assert not indexed(settings).figures.weights.adopted
    assert (settings.home / FILE).stat().st_size > 1
