"""Decides whether an index run adds what has changed to the last full run, or is a full run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from models.dense.unrelated import RANDOM_SIMILARITY
from models.features.evidence import WEIGHTS
from models.features.evidence_weights import INTERCEPT, SUBJECT_WEIGHT, UNTRAINED_LOG_ODDS
from recommender import __version__
from recommender.articles.article import Article, Status
from recommender.catalogue.store import Catalogue
from recommender.errors import SnapshotError
from recommender.home import DataDir
from recommender.incremental.fitted_state import VERSION, FittedState, load_state
from recommender.incremental.later_duplicates import is_hidden_text
from recommender.learning.default_weights import default_ranker
from recommender.settings import Settings
from recommender.snapshots.manifest import check_files, read_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids
from recommender.urls import url_key


@dataclass(frozen=True)
class IncrementalPlan:
    """A run that adds what has changed.

    Attributes
    ----------
    state, base : what the full run left.
    later : articles that are new or changed since then and are or will be public.
    gone : IDs that are no articles any more.
    former_urls : ID of the article by normalised address that it had before.
    """

    state: FittedState
    base: Snapshot
    later: list[Article]
    gone: set[str]
    former_urls: Mapping[str, str]


@dataclass(frozen=True)
class FullRun:
    """A run that scores all articles.

    Attributes
    ----------
    reason : why, where an incremental run could be expected; "" for the first run, where the caller
        asks for a full one, and where the settings or the size of the archive allow nothing else.
    """

    reason: str = ""


def plan_run(
    settings: Settings, catalogue: Catalogue, now: datetime, *, full: bool = False
) -> IncrementalPlan | FullRun:
    """Decide between an incremental and a full run.

    The last decider is :class:`~recommender.errors.ModelChangedError`: an incremental run raises it
    if the embedding model is another one, and a full run follows. That shows only when a text has
    no cached embedding, so that the model is loaded.

    Parameters
    ----------
    full : whether the caller asks for a full run.
    """
    limits, data_dir = settings.incremental, settings.data_dir
    if full or not limits.max_changed:
        return FullRun()
    state = load_state(data_dir)
    if state is None or state.version != VERSION:
        missing = "no fitted state of the last full run"
        reason = missing if state is None else "settings or version changed"
        return FullRun(reason if _was_large(settings, data_dir) else "")
    if state.size < limits.min_articles:
        return FullRun()
    if outdated := _why_outdated(settings, catalogue, state, now):
        return FullRun(outdated)
    base = _base(data_dir, state)
    if base is None:
        return FullRun("the snapshot of the last full run is lost or damaged")
    return _changes(settings, catalogue, state, base, now)


def _why_outdated(
    settings: Settings, catalogue: Catalogue, state: FittedState, now: datetime
) -> str:
    """Return why a state is not one of these settings, this time and this database, or ""."""
    hours = (now.timestamp() - state.fitted_at) / 3600
    if state.settings != fingerprint(settings):
        return "settings or version changed"
    if hours < 0:
        return "the last full run is dated in the future"
    if hours >= settings.incremental.max_age_hours:
        return f"the last full run is {hours:.0f} hours old"
    if not catalogue.knows_full_run(state.base):
        return "the database is another copy"
    return ""


def _was_large(settings: Settings, data_dir: DataDir) -> bool:
    """Return whether the last run had enough articles to leave a state."""
    if not snapshot_ids(data_dir):
        return False
    try:
        manifest = read_manifest(data_dir.snapshots / current_id(data_dir))
    except SnapshotError:
        return True
    return manifest.articles >= settings.incremental.min_articles


def _base(data_dir: DataDir, state: FittedState) -> Snapshot | None:
    """Open the snapshot of the full run; None where it is lost or damaged."""
    try:
        base = Snapshot(data_dir.snapshots / state.base)
        if base.manifest.checksum != state.base_checksum:
            return None
        _verify(base.folder, state.base_checksum)
    except SnapshotError:
        return None
    return base


@lru_cache(maxsize=1)
def _verify(folder: Path, checksum: str) -> None:  # noqa: ARG001 - part of the key
    """Compare all files of a snapshot with its manifest, once in the life of a process."""
    check_files(folder, read_manifest(folder), verify=True)


def fingerprint(settings: Settings) -> str:
    """Hash the settings on which a fitted state depends, and the version of the code.

    The address of the database is one of them, but not the default one: that moves with the data
    directory.
    """
    ranker = default_ranker()[0]
    parts = (
        __version__,
        settings.database_url,
        settings.ranking,
        settings.embedding_model,
        settings.languages,
        settings.timezone,
        settings.site_url,
        ranker.weights,
        ranker.first_pass_weights,
        (WEIGHTS.tolist(), INTERCEPT, SUBJECT_WEIGHT, UNTRAINED_LOG_ODDS),
        RANDOM_SIMILARITY,
    )
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()


def _changes(
    settings: Settings, catalogue: Catalogue, state: FittedState, base: Snapshot, now: datetime
) -> IncrementalPlan | FullRun:
    """Collect what has changed since the full run, unless it is too much."""
    former = catalogue.former_ids().current
    records = catalogue.changed_since(state.catalogue_version)
    later = [one for one in records if one.id not in former and _is_shown(one, now)]
    # The record of a former ID is no article, even if the one of the present ID is hidden.
    hidden = catalogue.hidden_ids() | former.keys()
    hidden |= {one.id for one in records} - {one.id for one in later}
    gone = {identifier for identifier in hidden if base.own_row(identifier) is not None}
    changed = len(later) + len(gone)
    if settings.incremental.too_many(changed, state.size):
        return FullRun(
            f"{changed} articles new, changed or gone since the last full run of {state.size}"
        )
    if settings.ranking.exclude_translations and any(one.translations for one in later):
        return FullRun("a changed article names its translations")
    withdrawn = {one.id for one in records if one.status is Status.WITHDRAWN}
    if any(base.row(identifier) is None for identifier in withdrawn):  # it may have copies
        return FullRun("an article was withdrawn that is newer than the last full run")
    if any(_is_new_text(one, state, base) for one in _former_texts(catalogue, later)):
        return FullRun("the text of a withdrawn article was replaced")
    left = {
        key: former[one.id] for one in records if one.id in former and (key := url_key(one.url))
    }
    return IncrementalPlan(state, base, later, gone, left | catalogue.former_urls())


def _former_texts(catalogue: Catalogue, later: Sequence[Article]) -> list[Article]:
    """Return the former texts of those later articles that are withdrawn."""
    ids = {one.id for one in later}
    return [one for one in catalogue.former_texts() if one.id in ids]


def _is_new_text(text: Article, state: FittedState, base: Snapshot) -> bool:
    """Return whether the full run did not know a former text as one of an article that it has."""
    return base.own_row(text.id) is None or not is_hidden_text(text, state)


def _is_shown(article: Article, now: datetime) -> bool:
    """Return whether an article is or will be public."""
    is_over = article.expires is not None and article.expires <= now
    return article.status is Status.PUBLISHED and not is_over
