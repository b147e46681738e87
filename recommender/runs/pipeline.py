"""The indexing pipeline: embed, train, score candidates, publish a snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import msgspec
import numpy as np

from models.arrays import Mask
from models.dense.encoders import Encoder
from models.features.evidence_weights import SIMILARITY_DECIMALS
from models.lexical.copies import Pairs, copies_of_texts, non_copies
from recommender.about.card import count_overrides
from recommender.articles.article import Article
from recommender.articles.enrich import enrich
from recommender.articles.keywords import keywords_of, publication_names
from recommender.articles.links import own_links
from recommender.catalogue.languages import LanguageProblems, update_languages
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import kept_hidden
from recommender.embeddings.embed import Report, embed_articles
from recommender.errors import ModelChangedError, RecommenderError
from recommender.home import make_private_folder
from recommender.incremental.fitted_state import (
    FitOrigin,
    fitted_state,
    forget_state,
    save_state,
)
from recommender.incremental.plan import FullRun, IncrementalPlan, fingerprint, plan_run
from recommender.indexing.article_arrays import encoded_keywords
from recommender.indexing.build_corpus import NamedCorpus, build_named_corpus, language_groups
from recommender.indexing.build_snapshot import build_snapshot
from recommender.indexing.candidates import ScoredArchive, score_candidates
from recommender.indexing.mapped import delete_leftovers
from recommender.indexing.memory import free_memory
from recommender.indexing.parallel import Workers
from recommender.indexing.stored_articles import StoredBytes
from recommender.indexing.versions import (
    Versions,
    page_keys,
    same_pages,
    with_same_pages,
    without_same_pages,
)
from recommender.language_tags import language_and_script
from recommender.learning.site_weights import (
    SiteModel,
    TrainingQueries,
    learn_site,
    weights_record,
)
from recommender.overrides.log import Log
from recommender.overrides.override import Override
from recommender.overrides.read_once import hidden_copies
from recommender.reports.publish_checks import poor_text_rate, problems_of
from recommender.reports.snapshot_stats import snapshot_stats
from recommender.runs.article_states import with_hidden
from recommender.runs.catalogue_articles import CatalogueArticles, read_catalogue
from recommender.runs.incremental_run import incremental_run
from recommender.runs.results import (
    NO_OPTIONS,
    BucketTarget,
    IndexFigures,
    IndexResult,
    Run,
    RunOptions,
)
from recommender.settings import Settings
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.manifest import Manifest, SnapshotStats, read_manifest
from recommender.snapshots.snapshot import Snapshot


def index(
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    report: Report,
    options: RunOptions = NO_OPTIONS,
    encoder: Encoder | None = None,
) -> IndexResult:
    """Publish a snapshot of the articles in the database. The caller holds the lock.

    Parameters
    ----------
    now : time of the run; articles that expired before it are left out.
    report : gets the progress. What a ``StepMeter`` measures is stored in the manifest.
    encoder : used in place of the one that the settings name.

    Raises
    ------
    SourceError
        If there is no article to publish.
    PublishRefusedError
        If the snapshot exceeds limits of the settings. It is kept, and the current one serves.
    """
    started = time.perf_counter()
    make_private_folder(settings.home)
    delete_leftovers(settings.home)
    problems = update_languages(catalogue.engine, settings.languages)
    report("preparing articles", 0, None)
    catalogue.finish(enrich)
    target = BucketTarget.of(settings)  # before the plan, which reads what is stored here
    plan = plan_run(settings, catalogue, now, full=options.full)
    run = Run(settings, catalogue, now, report, options, encoder, started, target)
    run.fetch_current()  # an error of the bucket shows before hours of scoring
    result = _run(run, plan, problems)
    return replace(result, warnings=(*result.warnings, *_pruned(run)))


def _run(run: Run, plan: IncrementalPlan | FullRun, problems: LanguageProblems) -> IndexResult:
    """Do what is planned. With another embedding model an incremental run becomes a full one."""
    if isinstance(plan, IncrementalPlan):
        try:
            return incremental_run(run, plan, problems)
        except ModelChangedError as error:
            plan = FullRun(str(error))
    return _full_run(run, problems, plan.reason)


def _pruned(run: Run) -> list[str]:
    """Delete old snapshots; return what failed. The new one is published all the same."""
    try:
        run.prune()
    except (OSError, RecommenderError) as error:
        return [f"old snapshots were not deleted: {error}; the next run tries again"]
    return []


def _full_run(run: Run, problems: LanguageProblems, reason: str) -> IndexResult:
    """Embed, train and score all articles, and publish a base snapshot."""
    settings, catalogue, now, report = run.settings, run.catalogue, run.now, run.report
    version = catalogue.version()
    stored = read_catalogue(settings, catalogue, now, run.storage)
    free_memory()
    report("preparing articles", len(stored.shown), None)
    # An error of the settings shows before hours of work.
    workers = run.workers(len(stored.shown) + len(stored.hidden))
    texts = _read_texts(run, stored)
    built = _build(run, stored, texts, workers)
    # A run that stops below must not leave the state of another base.
    forget_state(settings.data_dir)
    manifest = run.publish(
        built.contents,
        lambda snapshot: snapshot_stats(snapshot, now.timestamp(), report),
        lambda new, stats: _problems(run, new, stats),
    )
    warnings = _leave_state(run, manifest, stored, built, version)
    hidden = kept_hidden(catalogue.visibility(), stored.shown, now)
    snapshot = Snapshot(settings.data_dir.snapshots / manifest.id)
    copies = hidden_copies(settings.catalogue_url, snapshot, now.timestamp())
    return IndexResult(
        snapshot=manifest.id,
        figures=built.figures,
        stats=manifest.stats,
        kept_hidden=hidden,
        states=with_hidden(stored.states, stored.shown, hidden, copies, built.overrides, now),
        language_problems=problems,
        reason=reason,
        warnings=tuple(warnings),
    )


def _problems(run: Run, new: Snapshot, stats: SnapshotStats) -> list[str]:
    """Return why a new snapshot should not be published; the first one of a site always is."""
    current = run.current()
    if current is None:
        return []
    return problems_of(current, new, stats, run.options.reading, run.settings.publish)


def _leave_state(
    run: Run, manifest: Manifest, stored: CatalogueArticles, built: _Built, version: int
) -> list[str]:
    """Save the fitted state, if later runs can be incremental; return what failed."""
    data_dir, limits = run.settings.data_dir, run.settings.incremental
    if not limits.max_changed or len(stored.shown) < limits.min_articles:
        return []
    checked = read_manifest(data_dir.snapshots / manifest.id)
    origin = FitOrigin(
        now=run.now,
        settings=fingerprint(run.settings),
        catalogue_version=version,
        boilerplate=stored.boilerplate,
        scripts=stored.scripts,
        publications=publication_names(stored.shown, run.settings.site_name),
        hidden_ids=[(one.id, *(one.formerly or ())) for one in stored.hidden],
        hidden_digests=built.hidden_digests,
        hidden_pages=page_keys(stored.hidden.without_text),
    )
    state = fitted_state(checked, stored.shown, built.named, built.scored, origin, run.storage)
    run.report("saving the fitted state", 0, None)
    try:
        run.catalogue.remember_full_run(manifest.id, version)
        save_state(data_dir, state)
    except (OSError, RecommenderError) as error:
        forget_state(data_dir)
        return [f"the fitted state was not saved: {error}; the next run is a full one"]
    run.report("saving the fitted state", len(stored.shown), None)
    return []


class _Built(NamedTuple):
    """What a full run computed."""

    figures: IndexFigures
    contents: SnapshotContents
    named: NamedCorpus
    scored: ScoredArchive
    hidden_digests: Mask
    """Which hidden articles are digests."""
    overrides: list[Override]


class _Texts(NamedTuple):
    """What the texts of the articles say."""

    named: NamedCorpus
    keywords: StoredBytes
    encoder: str
    computed: int
    """Number of new embeddings."""


def _read_texts(run: Run, stored: CatalogueArticles) -> _Texts:
    """Embed the articles, and turn them into a corpus."""
    articles, report, storage = stored.texts, run.report, run.storage
    embeddings, encoder, computed = embed_articles(
        articles,
        run.settings,
        report,
        full=run.options.full,
        encoder=run.encoder,
        storage=storage,
    )
    free_memory()
    report("building the corpus", 0, len(articles))
    links = own_links(stored.shown, stored.former_urls)
    named = build_named_corpus(articles, embeddings, links, encoder, stored.hidden, storage)
    publications = publication_names(articles, run.settings.site_name)
    found = keywords_of(articles, named.corpus.counts, named.terms, publications=publications)
    keywords = StoredBytes(encoded_keywords(stored.shown, found), storage)
    report("building the corpus", len(articles), len(articles))
    return _Texts(named, keywords, encoder, computed)


def _build(run: Run, stored: CatalogueArticles, texts: _Texts, workers: Workers) -> _Built:
    """Choose weights and threshold, and score the candidates."""
    settings, catalogue, now, report = run.settings, run.catalogue, run.now, run.report
    articles, named, corpus = stored.shown, texts.named, texts.named.corpus
    links = own_links(articles, stored.former_urls)
    overrides = Log(settings.catalogue_url, catalogue.engine).active()
    groups = language_groups(corpus.language, settings.ranking)
    learned = learn_site(
        settings.home,
        corpus,
        TrainingQueries.of(articles, links, overrides, groups),
        texts.encoder,
        now.timestamp(),
        report,
        full=run.options.full,
        storage=run.storage,
    )
    ranking = settings.ranking.with_threshold(learned.threshold.value)
    report("scoring candidates", 0, len(articles))
    scored = score_candidates(articles, corpus, ranking, now, learned.ranker, workers)
    report("scoring candidates", len(articles), len(articles))
    report("writing the snapshot", 0, len(articles))
    figures = _figures(run, articles, texts, scored, learned, overrides)
    copies = copies_of_texts(
        named.hidden_shingles, corpus.shingles, corpus.published, scored.duplicates
    )
    contents = build_snapshot(
        articles,
        scored,
        texts.keywords,
        _versions(catalogue, stored, named, scored, copies.pairs),
        msgspec.structs.replace(settings, ranking=ranking),
        now=now,
        encoder=texts.encoder,
        figures=msgspec.to_builtins(figures),
    )
    report("writing the snapshot", len(articles), len(articles))
    return _Built(figures, contents, named, scored, copies.is_digest, overrides)


def _figures(
    run: Run,
    articles: Sequence[Article],
    texts: _Texts,
    scored: ScoredArchive,
    learned: SiteModel,
    overrides: Sequence[Override],
) -> IndexFigures:
    """Collect what the run measured."""
    languages = Counter(language_and_script(article.language) for article in articles)
    return IndexFigures(
        articles=len(articles),
        embeddings_computed=texts.computed,
        languages=dict(languages.most_common()),
        duplicate_clusters=int((np.bincount(scored.cluster_id) > 1).sum()),
        random_similarity=round(texts.named.corpus.random_similarity, SIMILARITY_DECIMALS),
        weights=weights_record(learned.ranker, learned.decision),
        poor_text_rate=poor_text_rate(articles, np.expm1(texts.named.corpus.length_log).round()),
        threshold=learned.threshold if run.settings.ranking.is_automatic else None,
        overrides=count_overrides(overrides, run.now.timestamp()),
        seconds=round(time.perf_counter() - run.started, 3),
    )


def _versions(
    catalogue: Catalogue,
    stored: CatalogueArticles,
    named: NamedCorpus,
    scored: ScoredArchive,
    copies_of_hidden: Pairs,
) -> Versions:
    """Collect the former IDs and the copies of the articles."""
    numbers = catalogue.import_numbers()
    return Versions(
        import_numbers=[numbers[article.id] for article in stored.shown],
        hidden=stored.hidden,
        non_copies=without_same_pages(
            non_copies(named.corpus.shingles, scored.cluster_id), scored.pages
        ),
        copies_of_hidden=with_same_pages(
            copies_of_hidden, same_pages(page_keys(stored.hidden.without_text), scored.pages)
        ),
        removed=catalogue.removed(),
        former_urls=stored.former_urls.items(),
    )
