"""The weights in force at a site: the shipped ones, or its own, learned now or some time ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from models.features.corpus import Corpus
from models.ranker.linear_ranker import LinearRanker
from recommender.articles.article import Article
from recommender.articles.links import Link
from recommender.embeddings.embed import Report
from recommender.home import replace_atomically
from recommender.learning.adapt import MIN_EXAMPLES, AdoptionDecision, fine_tune, too_few
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import (
    TrainingExample,
    from_link,
    from_override,
    override_queries,
    training_queries,
)
from recommender.learning.point_in_time import features_as_of
from recommender.learning.queries import evaluation_queries
from recommender.overrides.override import Override

FILE = "weights.json"
"""In the home folder: can be deleted at any time, the next index run learns anew."""

GROWTH = 1.1
"""Lessons are gone through again when there are a tenth more or less: an index run stays quick."""


class SiteWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Content of the file; a file of an older format does not decode."""

    beside: list[float]
    """The shipped weights and guess that these were learned from; with others they are learned
    anew."""
    asked: int
    """Articles that link, pins and blocks there were to learn from."""
    weights: dict[str, float]
    adoption: AdoptionDecision


def weights_for(
    folder: Path,
    articles: Sequence[Article],
    site: Corpus,
    links: Sequence[Link],
    decisions: Sequence[Override],
    now: float,
    report: Report,
    *,
    full: bool = False,
) -> tuple[LinearRanker, AdoptionDecision]:
    """Give the weights for an index run: kept ones, or new ones where enough is new.

    ``folder``: the home. ``now``: seconds since 1970 UTC. ``full`` learns whatever is kept.
    """
    model, prior = default_ranker()
    linked = training_queries(evaluation_queries(articles, links))
    decided = override_queries(articles, decisions)
    asked = len(linked) + len(decided)
    if asked < MIN_EXAMPLES:
        return model, too_few(asked)
    kept = None if full else _read(folder / FILE)
    if kept and _holds(kept, model, asked):
        return _with(model, kept), kept.adoption
    by_question = {id(question): decision for question, decision in decided}
    lessons: list[TrainingExample] = []
    report("learning", 0, asked)
    for sheet in features_as_of(
        site, [*linked, *(question for question, _ in decided)], model.first_pass
    ):
        decision = by_question.get(id(sheet.question))
        taught = from_override(sheet, decision, model, now) if decision else from_link(sheet)
        lessons.append(taught)
        report("learning", len(lessons), asked)
    own, adoption = fine_tune(model, prior, lessons)
    _keep(folder / FILE, model, own, adoption, asked)
    return own, adoption


def weights_summary(model: LinearRanker, adoption: AdoptionDecision) -> dict[str, Any]:
    """Give weights and where they came from, as a manifest has them."""
    weights = {name: round(weight, 4) for name, weight in _named(model).items()}
    record: dict[str, Any] = msgspec.to_builtins(adoption)
    return record | {"weights": weights}


def _named(model: LinearRanker) -> dict[str, float]:
    """Give weights by name."""
    return dict(zip(model.features, model.weights, strict=True))


def _holds(kept: SiteWeights, model: LinearRanker, asked: int) -> bool:
    """Tell whether nothing is to be learned anew.

    Adopted weights without a gain and its error are of an older rule, by the newest fifth alone.
    """
    by_rule = not kept.adoption.adopted or None not in {kept.adoption.gain, kept.adoption.error}
    return (
        by_rule
        and kept.weights.keys() == set(model.features)
        and kept.beside == [*model.weights, *model.first_pass_weights]
        and _about_as_many(kept.asked, asked)
    )


def _about_as_many(before: int, now: int) -> bool:
    return before <= GROWTH * now and now < GROWTH * max(before, 1)


def _with(model: LinearRanker, kept: SiteWeights) -> LinearRanker:
    return replace(model, weights=tuple(kept.weights[name] for name in model.features))


def _read(path: Path) -> SiteWeights | None:
    """Read what an earlier run kept; a broken file is no loss."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SiteWeights)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(
    path: Path, model: LinearRanker, own: LinearRanker, adoption: AdoptionDecision, asked: int
) -> None:
    kept = SiteWeights(
        beside=[*model.weights, *model.first_pass_weights],
        asked=asked,
        weights=_named(own),
        adoption=adoption,
    )
    replace_atomically(path, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
