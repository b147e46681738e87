"""What an index run is given, what it measures, and what it returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from models.dense.encoders import Encoder
from models.storage import Storage
from recommender.catalogue.languages import LanguageProblems
from recommender.catalogue.store import Catalogue
from recommender.embeddings.embed import Report
from recommender.errors import PublishRefusedError, SnapshotError
from recommender.indexing.mapped import MappedStorage
from recommender.indexing.parallel import Workers, scoring_memory
from recommender.indexing.step_meter import StepMeter
from recommender.learning.relevance_threshold import ThresholdChoice
from recommender.learning.site_weights import WeightsRecord
from recommender.reports.publish_checks import NOTHING_READ, Reading
from recommender.settings import Settings
from recommender.snapshots import store
from recommender.snapshots.bucket import Bucket, Published
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.manifest import Manifest, SnapshotStats
from recommender.snapshots.snapshot import Snapshot


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
    poor_text_rate: float | None = None
    """Share of articles that lack a text or title of their own, as of the last full run."""
    threshold: ThresholdChoice | None = None
    """The choice of ``ranking.minimum_relevance``; None unless the settings say "auto"."""
    overrides: dict[str, int] = {}
    """Number of active overrides by kind."""
    seconds: float
    """Duration until the snapshot was built."""


class Increment(msgspec.Struct, frozen=True, kw_only=True):
    """What an incremental run has added to the last full run."""

    changed: int
    """Articles that are new or changed since the full run."""
    gone: int
    """Articles that are gone since then."""
    lists: int
    """Lists of the full run that gained a candidate."""
    new_words: float
    """Share of the words of these articles that the full run has not seen."""
    hours: float
    """Age of the full run."""


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
    """Number of stored articles by state, see :mod:`recommender.runs.article_states`. It is empty
    after an incremental run."""
    language_problems: LanguageProblems
    reason: str = ""
    """Why the run was a full one, where another one could be expected."""
    increment: Increment | None = None
    """What an incremental run has added; None after a full run."""
    warnings: tuple[str, ...] = ()
    """What failed after the snapshot was published."""


class RunOptions(NamedTuple):
    """What the caller of a run decides."""

    full: bool = False
    """Ignores cached embeddings and stored weights, and scores all articles again."""
    force: bool = False
    """Publishes also what exceeds the limits of the settings."""
    scheduler: str = ""
    """Address of a Dask scheduler that scores; "" is this machine."""
    reading: Reading = NOTHING_READ
    """How many records of the sources could be read before."""


NO_OPTIONS = RunOptions()


@dataclass(frozen=True)
class BucketTarget:
    """A bucket, and what was current in it when the run began."""

    bucket: Bucket
    before: Published

    @classmethod
    def of(cls, settings: Settings) -> BucketTarget | None:
        """Read the bucket that the settings name, if any."""
        if not settings.snapshots:
            return None
        bucket = Bucket(settings.snapshots)
        return cls(bucket, bucket.published(to_replace=True))


@dataclass(frozen=True)
class Run:
    """An index run.

    Attributes
    ----------
    now : time of the run.
    report : gets the progress.
    encoder : used in place of the one that the settings name.
    started : ``time.perf_counter`` at the start.
    target : the bucket of the settings.
    """

    settings: Settings
    catalogue: Catalogue
    now: datetime
    report: Report
    options: RunOptions
    encoder: Encoder | None
    started: float
    target: BucketTarget | None = None

    @property
    def storage(self) -> Storage:
        """Where the run keeps large arrays: in files of the data directory."""
        return MappedStorage(self.settings.home)

    def workers(self, articles: int) -> Workers:
        """Return where a full run scores, and with how many processes.

        Parameters
        ----------
        articles : number of public and hidden ones.

        Raises
        ------
        SettingsError
            The setting ``index_memory`` is too low for them.
        """
        step = "scoring candidates"
        return Workers(
            self.options.scheduler,
            self.settings.home,
            lambda done, total: self.report(step, done, total),
            processes=self.settings.index_processes,
            memory=scoring_memory(self.settings.index_memory, articles, self.options.scheduler),
        )

    def _upload(self, identifier: str) -> None:
        """Publish a stored snapshot to the bucket, if there is one."""
        if self.target is not None:
            self.target.bucket.publish(self.settings.data_dir, identifier, self.target.before)

    def publish(
        self,
        contents: SnapshotContents,
        measure: Callable[[Snapshot], SnapshotStats],
        check: Callable[[Snapshot, SnapshotStats], list[str]],
        base: Manifest | None = None,
    ) -> Manifest:
        """Publish what the run built, at home and in the bucket; see :func:`store.publish`.

        Raises
        ------
        PublishRefusedError
            The snapshot exceeds limits of the settings. It is kept, and the current one serves.
        """
        manifest = store.publish(
            self.settings.data_dir,
            contents,
            self.now,
            base=base,
            measure=measure,
            check=None if self.options.force else check,
            steps=self.report.steps if isinstance(self.report, StepMeter) else list,
            upload=self._upload,
        )
        if manifest.refused:
            raise _refusal(manifest)
        return manifest

    def prune(self) -> None:
        """Delete old snapshots at home and in the bucket."""
        data_dir = self.settings.data_dir
        keep = self.settings.keep_snapshots
        store.prune(data_dir, keep)
        if self.target is not None:
            self.target.bucket.prune(store.current_id(data_dir), keep)

    def current(self) -> Snapshot | None:
        """Open the snapshot that this run replaces: of the bucket, or else of this machine.

        None without one, and for one of another version.
        """
        data_dir = self.settings.data_dir
        ids = [] if self.target is None else [self.target.before.snapshot]
        with suppress(SnapshotError):
            ids.append(store.current_id(data_dir))
        for identifier in filter(None, ids):
            with suppress(SnapshotError):
                return Snapshot(data_dir.snapshots / identifier)
        return None

    def fetch_current(self) -> None:
        """Download what the new snapshot is compared with, where this machine lacks it."""
        data_dir = self.settings.data_dir
        if self.options.force or self.target is None:
            return
        identifier = self.target.before.snapshot
        if identifier and not (data_dir.snapshots / identifier).is_dir():
            with suppress(SnapshotError):  # a damaged one is not compared
                self.target.bucket.fetch(data_dir, identifier)


def _refusal(manifest: Manifest) -> PublishRefusedError:
    """Return the error of a run whose snapshot exceeds the limits."""
    return PublishRefusedError(
        f"snapshot {manifest.id} was not published: {'; '.join(manifest.refused)}. The current one "
        "keeps serving. Compare with `recommender snapshots diff`; publish it with "
        f"`recommender snapshots use {manifest.id}`, or run again with --force"
    )
