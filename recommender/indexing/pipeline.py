"""The indexing pipeline: embed, train, score candidates, publish a snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.dense.encoders import Encoder
from models.lexical.copies import copies_of_texts, no_copies
from recommender.about.card import count_overrides
from recommender.articles.article import Article, Status
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.keywords import keywords_of
from recommender.articles.languages import with_scripts
from recommender.articles.links import own_links
from recommender.catalogue.languages import LanguageProblems, update_languages
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import kept_hidden
from recommender.embeddings.embed import Report, embed_articles
from recommender.errors import PublishRefusedError, SnapshotError, SourceError
from recommender.home import DataDir
from recommender.indexing.build_corpus import build_named_corpus
from recommender.indexing.build_snapshot import build_snapshot
from recommender.indexing.candidates import score_candidates
from recommender.indexing.step_meter import StepMeter
from recommender.indexing.versions import Versions
from recommender.language_tags import language_and_script
from recommender.learning.site_weights import WeightsRecord, weights_for, weights_record
from recommender.overrides.log import Log
from recommender.reports.publish_checks import NOTHING_READ, Reading, problems_of
from recommender.reports.snapshot_stats import snapshot_stats
from recommender.settings import Settings
from recommender.snapshots import store
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.manifest import Manifest, SnapshotStats
from recommender.snapshots.snapshot import Snapshot
from recommender.urls import url_key

PUBLIC, EMBARGO, MOVED = "public", "under embargo", "moved to another ID"
"""States of the articles that a snapshot has."""


class IndexFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What an index run measured; stored in the manifest under ``figures``."""

    articles: int
    embeddings_computed: int
    duplicate_clusters: int
    """Clusters of two and more near-duplicates."""
    random_similarity: float
    """Median semantic similarity of two random articles."""
    languages: dict[str, int]
    """Number of articles by language, with the script where it matters; most frequent first."""
    weights: WeightsRecord
    overrides: dict[str, int] = {}
    """Number of active overrides by kind."""
    seconds: float
    """Duration until the snapshot was built."""


@dataclass(frozen=True)
class IndexResult:
    """Result of an index run."""

    snapshot: str
    """Id of the published snapshot."""
    figures: IndexFigures
    stats: SnapshotStats | None
    """Statistics of the snapshot."""
    kept_hidden: list[str]
    """Ids of articles that remain withdrawn by a CMS although a source lists them as published."""
    states: Counter[str]
    """Number of stored articles by state: ``public``, ``under embargo``, ``expired``, ``draft``,
    ``withdrawn``, ``moved to another ID``. The snapshot has those of the first two."""
    language_problems: LanguageProblems
    sections: set[str]
    """Sections of the articles in the snapshot."""


def index(
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    report: Report,
    *,
    full: bool = False,
    encoder: Encoder | None = None,
    reading: Reading = NOTHING_READ,
    force: bool = False,
) -> IndexResult:
    """Publish a snapshot of the articles in the database. The caller holds the lock.

    Parameters
    ----------
    now : time of the run; articles that expired before it are left out.
    report : gets the progress. What a :class:`StepMeter` measures is stored in the manifest.
    full : ignores cached embeddings and stored weights.
    encoder : used in place of the one that the settings name.
    reading : how many records of the sources could be read before.
    force : publishes also what exceeds the limits of the settings.

    Raises
    ------
    SourceError
        If there is no article to publish.
    PublishRefusedError
        If the snapshot exceeds limits of the settings. It is kept, and the current one serves.
    """
    data_dir, started = DataDir(settings.home), time.perf_counter()
    current = _current(data_dir)
    problems = update_languages(settings.catalogue_url, catalogue.engine, settings.languages)
    report("preparing articles", 0, None)
    stored = _stored_articles(settings, catalogue, now)
    report("preparing articles", len(stored.shown), None)
    embedded = embed_articles(stored.shown, settings, report, full=full, encoder=encoder)
    figures, contents = _build(
        settings, catalogue, stored, embedded, now, started, report, full=full
    )
    manifest = store.publish(
        data_dir,
        contents,
        now,
        lambda snapshot: snapshot_stats(snapshot, now.timestamp(), report),
        None if force else _check_against(current, reading, settings),
        report.steps if isinstance(report, StepMeter) else list,
    )
    if manifest.refused:
        raise _refusal(manifest)
    store.prune(data_dir, settings.keep_snapshots)
    hidden = kept_hidden(catalogue.visibility(), stored.shown, now)
    sections = {article.section for article in stored.shown}
    return IndexResult(
        manifest.id, figures, manifest.stats, hidden, stored.states, problems, sections
    )


class _StoredArticles(NamedTuple):
    """The articles of the catalogue, newest first."""

    shown: list[Article]
    """Those that are or will be public."""
    hidden: list[Article]
    states: Counter[str]
    """Number of all by state."""
    former_urls: dict[str, str]
    """Present ID by normalised address of the records of former IDs."""


def _stored_articles(settings: Settings, catalogue: Catalogue, now: datetime) -> _StoredArticles:
    """Read the articles. The record of a former ID is no article: it has another record now."""
    catalogue.finish(enrich)
    records = catalogue.all()
    moved = {former: record.id for record in records for former in record.formerly or ()}
    stored = [(record, MOVED if record.id in moved else _state(record, now)) for record in records]
    shown = [article for article, state in stored if state in (PUBLIC, EMBARGO)]
    articles = with_scripts(strip_boilerplate(shown))
    if not articles:
        raise SourceError(
            f"{settings.home}: expected at least one published article, got none; "
            "name a SOURCE that has some"
        )
    hidden = [a for a, state in stored if state not in (PUBLIC, EMBARGO, MOVED)]
    left = [(url_key(r.url), moved[r.id]) for r in records if r.id in moved and r.url]
    former_urls = {key: identifier for key, identifier in left if key}
    states = Counter(state for _, state in stored)
    return _StoredArticles(articles, hidden, states, former_urls)


def _build(
    settings: Settings,
    catalogue: Catalogue,
    stored: _StoredArticles,
    embedded: tuple[NDArray[np.float32], str, int],
    now: datetime,
    started: float,
    report: Report,
    *,
    full: bool,
) -> tuple[IndexFigures, SnapshotContents]:
    """Choose the weights, and score the candidates."""
    articles, (embeddings, encoder, computed) = stored.shown, embedded
    report("building the corpus", 0, len(articles))
    links = own_links(articles)
    corpus, terms, hidden_shingles = build_named_corpus(
        articles, embeddings, links, encoder, stored.hidden
    )
    report("building the corpus", len(articles), len(articles))
    overrides = Log(settings.catalogue_url, catalogue.engine).active()
    model, decision = weights_for(
        settings.home, articles, corpus, links, overrides, now.timestamp(), report, full=full
    )
    report("scoring candidates", 0, len(articles))
    scored = score_candidates(articles, corpus, settings.ranking, now, model)
    report("scoring candidates", len(articles), len(articles))
    report("writing the snapshot", 0, len(articles))
    languages = [article.language for article in articles]
    figures = IndexFigures(
        articles=len(articles),
        embeddings_computed=computed,
        languages=dict(Counter(map(language_and_script, languages)).most_common()),
        duplicate_clusters=int((np.bincount(scored.cluster_id) > 1).sum()),
        random_similarity=round(corpus.random_similarity, 3),
        weights=weights_record(model, decision),
        overrides=count_overrides(overrides, now.timestamp()),
        seconds=round(time.perf_counter() - started, 3),
    )
    keywords = keywords_of(articles, corpus.counts, terms)
    numbers = catalogue.import_numbers()
    versions = Versions(
        import_numbers=[numbers[article.id] for article in articles],
        hidden=stored.hidden,
        no_copies=no_copies(corpus.shingles, scored.cluster_id),
        copies_of_hidden=copies_of_texts(hidden_shingles, corpus.shingles, scored.cluster_id),
        removed=catalogue.removed(),
        former_urls=(stored.former_urls | catalogue.former_urls()).items(),
    )
    contents = build_snapshot(
        articles,
        scored,
        keywords,
        settings,
        encoder,
        now,
        msgspec.to_builtins(figures),
        versions,
    )
    report("writing the snapshot", len(articles), len(articles))
    return figures, contents


def _current(data_dir: DataDir) -> Snapshot | None:
    """Open the current snapshot; None without one, and for one of another version."""
    try:
        return Snapshot(data_dir.snapshots / store.current_id(data_dir))
    except SnapshotError:
        return None


def _check_against(
    current: Snapshot | None, reading: Reading, settings: Settings
) -> Callable[[Snapshot, SnapshotStats], list[str]] | None:
    """Return the check of a new snapshot; the first one of a site is not checked."""
    if current is None:
        return None
    return lambda new, stats: problems_of(current, new, stats, reading, settings.publish)


def _refusal(manifest: Manifest) -> PublishRefusedError:
    return PublishRefusedError(
        f"snapshot {manifest.id} was not published: {'; '.join(manifest.refused)}. The current one "
        "keeps serving. Compare with `recommender snapshots diff`; publish it with "
        f"`recommender snapshots use {manifest.id}`, or run again with --force"
    )


def _state(article: Article, now: datetime) -> str:
    """Return whether an article is public at ``now``, and if not why. An embargo ends by itself."""
    if article.status is not Status.PUBLISHED:
        return str(article.status)
    if article.expires is not None and article.expires <= now:
        return "expired"
    return PUBLIC if article.published <= now else EMBARGO
