"""Loads a source of articles and a file of links, and computes the features of each query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from models.arrays import Floats
from models.dense.encoders import Encoder
from models.features.batch import QueryBatch
from models.features.corpus import Corpus, CorpusView
from models.ranker.linear_ranker import LinearRanker
from recommender.articles.article import Article, Status
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.languages import with_languages, with_scripts
from recommender.articles.links import Link, links_of, own_links, read_link_pairs
from recommender.embeddings.embed import Report, embed_articles
from recommender.embeddings.languages import AUTO, setting_of
from recommender.errors import SnapshotError, SourceError
from recommender.evaluation.eligible_cards import EligibleCards, number_of_links
from recommender.evaluation.replay import PrequentialTrainer
from recommender.evaluation.report import ExcludedLinks
from recommender.indexing.build_corpus import build_corpus
from recommender.ingest.import_run import OnRejected, repeated_id
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.sources import read
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import training_queries
from recommender.learning.point_in_time import CandidateFeatures, candidate_features, queries_as_of
from recommender.learning.queries import EvaluationQuery, evaluation_queries
from recommender.settings import LOWEST_AUTO, Settings
from recommender.snapshots.manifest import read_manifest
from recommender.snapshots.store import current_id


class NoQueriesError(SourceError):
    """No article links to an earlier one that can be a card under it."""

    def __init__(self, excluded: ExcludedLinks) -> None:
        """``excluded`` : the links that were left out."""
        expected = "links: expected at least one from an article to an earlier one, got none"
        super().__init__(f"{expected}; {excluded}" if excluded else expected)
        self.excluded = excluded


@dataclass(frozen=True)
class EvaluationDataset:
    """The articles of a site, its corpus, and the queries of the evaluation."""

    as_read: Sequence[Article]
    """Published articles, newest first, with the texts as they were read and the languages of
    ``articles``: the input of the baselines."""
    articles: Sequence[Article]
    """The same as an index run prepares them."""
    corpus: Corpus
    queries: Sequence[EvaluationQuery]
    training_queries: Mapping[int, EvaluationQuery]
    """By row, the queries whose links are training examples."""
    eligible: EligibleCards
    """Which articles can be cards under which."""
    unknown_links: int
    excluded_links: ExcludedLinks


@dataclass(frozen=True)
class RankedQuery:
    """A query with the corpus, the features, and what was learned, all as of its time."""

    candidates: CandidateFeatures
    view: CorpusView
    batch: QueryBatch
    model: LinearRanker
    threshold: float = LOWEST_AUTO
    """Least probability of a common topic, where the settings say "auto"."""

    @property
    def relevance(self) -> Floats:
        """Relevance score of each candidate, (p,)."""
        return np.asarray(self.model.contributions(self.candidates.features).sum(axis=1))


def load_dataset(
    source: str,
    links_file: Path,
    settings: Settings,
    since: datetime | None,
    report: Report,
    on_rejected: OnRejected,
) -> EvaluationDataset:
    """Read the articles and links; see :func:`build_dataset`.

    Parameters
    ----------
    since : makes queries only for articles published at or after this time.
    report : gets the progress.
    on_rejected : called with each record that is skipped.

    Raises
    ------
    SourceError
        If a file cannot be read, or no article links to an earlier one.
    """
    as_read = _read(source, settings, on_rejected)
    pairs = read_link_pairs(links_file)
    try:
        return build_dataset(as_read, pairs, settings, since, report)
    except NoQueriesError as error:
        raise SourceError(
            f"{links_file}: expected at least one link from an article of {source} to an earlier "
            f"one, got none; {error.excluded or 'check that both files use the same ids'}"
        ) from error


def build_dataset(
    as_read: Sequence[Article],
    pairs: Iterable[tuple[str, str]],
    settings: Settings,
    since: datetime | None,
    report: Report,
    encoder: Encoder | None = None,
) -> EvaluationDataset:
    """Compute embeddings, build the corpus, and make the queries.

    Term weights, the mean embedding and link features are as of the query
    (:mod:`recommender.learning.point_in_time`). What depends on texts alone comes from the whole
    archive, also for the oldest query: boilerplate, detected languages, stop words by language,
    prefixes that are stripped, the vocabulary (terms of at least two texts), and the similarity of
    unrelated articles (``unrelated_cosine``, ``random_similarity``). None of it depends on links.

    Parameters
    ----------
    as_read : one article for each ID.
    pairs : editors' links, the IDs of the linking and of the linked article.
    since : makes queries only for articles published at or after this time.
    report : gets the progress.
    encoder : used in place of the one that the settings name. Where these say "auto", it is the
        model of the current snapshot, so that the ranking is measured that readers get.

    Raises
    ------
    NoQueriesError
        If no article links to an earlier one that can be a card under it.
    """
    everything = sorted(as_read, key=lambda article: (-article.published.timestamp(), article.id))
    as_read, articles = _prepared(everything, settings)
    eligible = EligibleCards.of(articles, settings.ranking)
    linked = _linked(list(pairs), everything, articles, eligible, since)
    if not linked.queries:
        raise NoQueriesError(linked.excluded)
    if encoder is None:
        settings = _with_published_model(settings)
    embeddings, encoder_name, _ = embed_articles(articles, settings, report, encoder=encoder)
    history = list(dict.fromkeys([*own_links(articles), *linked.links]))
    training, _ = eligible.restrict(training_queries(evaluation_queries(articles, history)))
    return EvaluationDataset(
        as_read=as_read,
        articles=articles,
        corpus=build_corpus(articles, embeddings, history, encoder_name),
        queries=linked.queries,
        training_queries={query.row: query for query in training},
        eligible=eligible,
        unknown_links=linked.unknown,
        excluded_links=linked.excluded,
    )


class _Linked(NamedTuple):
    """What is known of pairs of linked articles."""

    links: Sequence[Link]
    """Those between published articles."""
    queries: Sequence[EvaluationQuery]
    unknown: int
    excluded: ExcludedLinks


def _linked(
    pairs: Sequence[tuple[str, str]],
    everything: Sequence[Article],
    articles: Sequence[Article],
    eligible: EligibleCards,
    since: datetime | None,
) -> _Linked:
    """Make the queries, and count the links that are left out.

    Parameters
    ----------
    everything : articles of any status, newest first.
    articles : the published ones.
    """
    every_link, unknown = links_of(pairs, everything)
    total = number_of_links(evaluation_queries(everything, every_link, since))
    links, _ = links_of(pairs, articles)
    public = evaluation_queries(articles, links, since)
    queries, excluded = eligible.restrict(public)
    hidden = ExcludedLinks(not_public=total - number_of_links(public))
    return _Linked(links, queries, unknown, excluded + hidden)


def _prepared(
    everything: Sequence[Article], settings: Settings
) -> tuple[list[Article], list[Article]]:
    """Prepare the published articles as an index run does.

    Returns
    -------
    The articles as they were read, but with the languages that were found, and prepared.
    """
    tagged = with_languages(everything, settings.languages)
    read = [article for article in everything if article.status is Status.PUBLISHED]
    published = [enrich(article) for article in tagged if article.status is Status.PUBLISHED]
    articles = with_scripts(strip_boilerplate(published)).articles
    pairs = zip(read, articles, strict=True)
    return [msgspec.structs.replace(one, language=made.language) for one, made in pairs], articles


def _with_published_model(settings: Settings) -> Settings:
    """Replace "auto" by the built-in model of the current snapshot, where there is one."""
    if settings.embedding_model != AUTO:
        return settings
    data_dir = settings.data_dir
    try:
        manifest = read_manifest(data_dir.snapshots / current_id(data_dir))
    except SnapshotError:
        return settings
    model = setting_of(manifest.encoder) or AUTO
    return msgspec.structs.replace(settings, embedding_model=model)


def _read(source: str, settings: Settings, on_rejected: OnRejected) -> list[Article]:
    found: dict[str, Article] = {}
    for item in read(source, settings.zone, language=settings.only_language):
        if isinstance(item, RejectedRecord):
            on_rejected(item)
        elif item.id in found:
            on_rejected(repeated_id(source, item))
        else:
            found[item.id] = item
    return list(found.values())


def rank_in_time(
    dataset: EvaluationDataset, trainer: PrequentialTrainer, report: Report
) -> Iterator[RankedQuery]:
    """Yield all queries from the oldest to the newest, and train on each one afterwards.

    Queries that are only training examples are processed as well, and not yielded.
    """
    evaluated = {query.row for query in dataset.queries}
    others = [q for row, q in dataset.training_queries.items() if row not in evaluated]
    queries, first_pass = [*dataset.queries, *others], default_ranker()[0].first_pass
    steps = queries_as_of(dataset.corpus, queries)
    for done, (query, view, batch) in enumerate(steps, start=1):
        eligible = dataset.eligible.candidates(query)
        candidates = candidate_features(query, batch, first_pass, eligible)
        if query.row in evaluated:
            model = trainer.model_at(query.as_of)
            yield RankedQuery(candidates, view, batch, model, trainer.threshold.value)
        trainer.learn(candidates)
        report("ranking", done, len(queries))
