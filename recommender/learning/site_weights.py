"""What an index run learns from a site's links and overrides: weights and relevance threshold.

The weights are the default ones, or fine-tuned on the site. A trial is kept in a file of the data
directory and repeated once the number of examples has changed by a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from models.arrays import Codes
from models.features.corpus import Corpus
from models.ranker.linear_ranker import LinearRanker
from models.storage import IN_MEMORY, Storage
from recommender import __version__
from recommender.articles.article import Article
from recommender.articles.links import Link
from recommender.embeddings.embed import Report
from recommender.home import replace_atomically
from recommender.learning.adapt import MIN_EXAMPLES, AdoptionDecision, fine_tune, too_few
from recommender.learning.default_weights import HeldOut, default_ranker, read_weight_file
from recommender.learning.examples import (
    TrainingExample,
    from_link,
    from_override,
    override_queries,
    training_queries,
)
from recommender.learning.point_in_time import features_as_of
from recommender.learning.queries import EvaluationQuery, evaluation_queries
from recommender.learning.relevance_threshold import ThresholdChoice, choose_threshold
from recommender.overrides.override import Kind, Override

FILE = "weights.json"
"""File in the data directory. It is a cache: after its deletion the next index run trains again."""

GROWTH = 1.1
"""A trial is repeated when the number of examples has grown or shrunk by this factor."""


class SiteWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Content of the file. A file of an older version does not decode and is replaced."""

    default_weights: list[float]
    """Default and first-pass weights of the trial. The trial is repeated if they differ."""
    encoder: str
    """Name of the embedding model of the trial. Another one gives other features."""
    version: str
    """Version of the program. Another one may compute other features and evidence."""
    examples: int
    """Number of articles with links, pins and blocks at the time of the trial."""
    weights: dict[str, float]
    """Adopted weights by feature."""
    decision: AdoptionDecision
    threshold: ThresholdChoice


class SiteModel(NamedTuple):
    """What an index run learned from links and overrides."""

    ranker: LinearRanker
    decision: AdoptionDecision
    threshold: ThresholdChoice


class WeightsRecord(AdoptionDecision, frozen=True, kw_only=True):
    """The weights of an index run as its manifest records them."""

    weights: dict[str, float]
    """Rounded weights by feature."""
    default_held_out: HeldOut | None = None
    """How the default weights did on sites that they were not trained on."""


class TrainingQueries(NamedTuple):
    """The queries that editors of a site have answered, by links, pins and blocks."""

    linking: list[EvaluationQuery]
    overridden: list[tuple[EvaluationQuery, Override]]
    groups: Codes
    """(n,): an article is a candidate only under those of the same group."""
    found: int
    """Articles with links, pins and blocks: more than are used as examples."""

    @classmethod
    def of(
        cls,
        articles: Sequence[Article],
        links: Sequence[Link],
        overrides: Sequence[Override],
        groups: Codes,
    ) -> TrainingQueries:
        """Find the queries of articles, newest first, by pairs of rows and stored overrides."""
        within = [(row, target) for row, target in links if groups[row] == groups[target]]
        queries = evaluation_queries(articles, within)
        overridden = [
            (query, override)
            for query, override in override_queries(articles, overrides)
            if all(groups[pick] == groups[query.row] for pick in query.relevant)
        ]
        found = len(queries) + len(overridden)
        return cls(training_queries(queries), overridden, groups, found)


def learn_site(
    folder: Path,
    corpus: Corpus,
    queries: TrainingQueries,
    encoder: str,
    now: float,
    report: Report,
    *,
    full: bool = False,
    storage: Storage = IN_MEMORY,
) -> SiteModel:
    """Return weights and threshold for an index run: the stored ones, unless much has changed.

    Parameters
    ----------
    folder : the data directory.
    corpus : of the articles of the queries.
    encoder : name of the embedding model of the corpus.
    now : seconds since 1970 UTC.
    report : gets the progress.
    full : trains even if the stored trial is current.
    storage : where large arrays are kept.
    """
    model, prior = default_ranker()
    stored = None if full else _read(folder / FILE)
    if stored and _is_current(stored, model, encoder, queries.found):
        weights = tuple(stored.weights[name] for name in model.features)
        return SiteModel(replace(model, weights=weights), stored.decision, stored.threshold)
    count = len(queries.linking) + len(queries.overridden)
    if count < MIN_EXAMPLES:
        (folder / FILE).unlink(missing_ok=True)  # the links that return may be others
        pins = sum(override.kind is Kind.PIN for _, override in queries.overridden)
        choice = ThresholdChoice(examples=len(queries.linking) + pins)
        return SiteModel(model, too_few(count), choice)
    examples = _examples(corpus, queries, model, now, report, storage)
    tuned, decision = fine_tune(model, prior, examples)
    learned = SiteModel(tuned, decision, choose_threshold(tuned, examples))
    _write(folder / FILE, model, encoder, learned, queries.found)
    return learned


def _examples(
    corpus: Corpus,
    queries: TrainingQueries,
    model: LinearRanker,
    now: float,
    report: Report,
    storage: Storage,
) -> list[TrainingExample]:
    """Compute the training examples, oldest first."""
    overrides = {id(query): override for query, override in queries.overridden}
    every = [*queries.linking, *(query for query, _ in queries.overridden)]
    examples: list[TrainingExample] = []
    report("training", 0, len(every))
    for candidates in features_as_of(corpus, every, model.first_pass, queries.groups, storage):
        override = overrides.get(id(candidates.query))
        examples.append(
            from_override(candidates, override, model, now) if override else from_link(candidates)
        )
        report("training", len(examples), len(every))
    return examples


def weights_record(model: LinearRanker, decision: AdoptionDecision) -> WeightsRecord:
    """Join weights and decision into the record of the manifest."""
    weights = {name: round(weight, 4) for name, weight in _by_feature(model).items()}
    return WeightsRecord(
        weights=weights,
        default_held_out=read_weight_file().held_out,
        **msgspec.structs.asdict(decision),
    )


def _by_feature(model: LinearRanker) -> dict[str, float]:
    return dict(zip(model.features, model.weights, strict=True))


def _is_current(stored: SiteWeights, model: LinearRanker, encoder: str, count: int) -> bool:
    """Whether a stored trial is valid for default weights, encoder and number of examples."""
    return (
        stored.weights.keys() == set(model.features)
        and stored.default_weights == [*model.weights, *model.first_pass_weights]
        and stored.encoder == encoder
        and stored.version == __version__
        and stored.examples <= GROWTH * count
        and count < GROWTH * max(stored.examples, 1)
    )


def _read(path: Path) -> SiteWeights | None:
    """Read the stored trial; None if it is missing or cannot be used."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SiteWeights)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, default: LinearRanker, encoder: str, learned: SiteModel, count: int) -> None:
    stored = SiteWeights(
        default_weights=[*default.weights, *default.first_pass_weights],
        encoder=encoder,
        version=__version__,
        examples=count,
        weights=_by_feature(learned.ranker),
        decision=learned.decision,
        threshold=learned.threshold,
    )
    replace_atomically(path, msgspec.json.format(msgspec.json.encode(stored), indent=1) + b"\n")
