"""What a full run leaves for the runs that only add articles.

A full run fits the weights of all terms, and standardizes the candidates of each article within
its pool. Both stay as they are until the next full run. So an article that comes later can be
compared with the archive without computing anything else again.

The files are read by the indexer alone, from the private folder in which it wrote them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Mask
from models.dense.unrelated import unrelated_cosine
from models.features.corpus import CorpusView
from models.lexical.near_duplicates import common_shingles
from models.lexical.prefixes import FittedPrefixes
from models.lexical.shingles import KeySets
from models.lexical.vocabulary import Vocabulary
from models.rerank.recency import RecencyDecay
from models.sparse import transposed
from models.storage import Storage
from recommender.articles.article import Article
from recommender.embeddings.languages import setting_of
from recommender.home import DataDir, make_private_folder
from recommender.incremental.sealed_file import load_sealed, save_sealed
from recommender.indexing.build_corpus import NamedCorpus, named_language_codes
from recommender.indexing.candidates import ScoredArchive
from recommender.indexing.scoring_job import PoolScales, ScoringJob
from recommender.settings import Ranking
from recommender.snapshots.manifest import Manifest
from recommender.snapshots.newest_only import series_of

VERSION = 12
"""Meaning of the fields; a state of another version is not used."""

FILE = "state.joblib"


class HiddenTexts(NamedTuple):
    """The texts of hidden articles, whose copies are hidden together with them.

    Attributes
    ----------
    ids : of each article the present ID, then the former ones.
    shingles : of each article.
    is_digest : bool, which of them are digests.
    pages : uint64, see :func:`recommender.indexing.versions.page_keys`.
    """

    ids: Sequence[tuple[str, ...]]
    shingles: KeySets
    is_digest: Mask
    pages: NDArray[np.uint64]


@dataclass(frozen=True)
class FittedState:
    """The fitted state of n articles, which are the rows of the base snapshot.

    Attributes
    ----------
    base, base_checksum : id and checksum of the base snapshot.
    settings : what the state depends on, see :func:`recommender.incremental.plan.fingerprint`.
    fitted_at : time of the full run, in seconds since 1970 UTC.
    catalogue_version : number of changes of articles that the run has seen.
    job : inputs of scoring, with all vectors of the articles.
    scales : of the features of the n articles as queries.
    bodies_by_stem : sparse 0 and 1, shape (s, n), which bodies have a stem.
    vocabulary : columns of terms and stems.
    prefixes : those that words of later articles lose.
    shingles : of the n articles.
    common_shingles : shingles that are not distinctive, ascending.
    is_digest : bool, shape (n,), see :class:`models.lexical.near_duplicates.Duplicates`.
    pages : uint64, shape (n,), see :func:`recommender.indexing.versions.page_keys`.
    hidden : the articles of the catalogue that are not shown, such as withdrawn ones.
    languages : names of the codes in ``job.groups``.
    unrelated_cosine : by language; "" is of other languages, unless the encoder knows them.
    ranking : settings of the run.
    series : numbers of series, see :func:`recommender.snapshots.newest_only.series_of`.
    boilerplate : sentences that articles repeat.
    scripts : of short texts, see :class:`recommender.articles.languages.WithScripts`.
    publications : see :func:`recommender.articles.keywords.publication_names`.
    encoder : name of the embedding model.
    """

    base: str
    base_checksum: str
    settings: str
    fitted_at: float
    catalogue_version: int
    job: ScoringJob
    scales: PoolScales
    bodies_by_stem: csr_matrix
    vocabulary: Vocabulary
    prefixes: FittedPrefixes
    shingles: KeySets
    common_shingles: NDArray[Any]
    is_digest: Mask
    pages: NDArray[np.uint64]
    hidden: HiddenTexts
    languages: list[str]
    unrelated_cosine: Mapping[str, float]
    ranking: Ranking
    series: Mapping[tuple[str, str], int]
    boilerplate: frozenset[str]
    scripts: Mapping[str, str]
    publications: frozenset[str]
    encoder: str
    version: int = VERSION

    @property
    def size(self) -> int:
        """Number of articles, n."""
        return len(self.job.groups)

    @property
    def view(self) -> CorpusView:
        """The n articles with the fitted weights."""
        return self.job.index.view

    @property
    def newest(self) -> int:
        """Publication of the newest article that readers could see, in seconds since 1970 UTC."""
        return int(self.view.corpus.published[self.job.visible].max(initial=0))

    def decay_of(self, section: str) -> RecencyDecay:
        """Return the recency boost under articles of a section."""
        setting = self.ranking.recency_of(section)
        return RecencyDecay(setting.boost, setting.half_life_days)


def fitted_state(
    manifest: Manifest,
    articles: Sequence[Article],
    named: NamedCorpus,
    scored: ScoredArchive,
    origin: FitOrigin,
    storage: Storage,
) -> FittedState:
    """Put together what a full run leaves.

    Parameters
    ----------
    manifest : of the snapshot that the run has published.
    articles : its n articles, as the models read them.
    named, scored : what the run computed from them.
    origin : what it began with.
    storage : where large arrays are kept.
    """
    job, corpus = scored.job, named.corpus
    names, codes = named_language_codes(articles)
    floors = {
        name: float(corpus.unrelated_cosine[codes == code][0]) for code, name in enumerate(names)
    }
    untrained = np.zeros(len(articles), dtype=bool) if setting_of(manifest.encoder) else None
    floors[""] = float(unrelated_cosine(corpus.embeddings, np.zeros_like(codes), untrained)[0])
    series: dict[tuple[str, str], int] = {}
    series_of(articles, manifest.ranking.newest_only_sections, series)
    return FittedState(
        base=manifest.id,
        base_checksum=manifest.checksum,
        settings=origin.settings,
        fitted_at=origin.now.timestamp(),
        catalogue_version=origin.catalogue_version,
        job=job,
        scales=scored.scales,
        bodies_by_stem=transposed(corpus.passages.bodies, storage),
        vocabulary=named.vocabulary,
        prefixes=named.prefixes,
        shingles=named.shingle_keys,
        common_shingles=common_shingles(
            named.shingle_keys, scored.duplicates.variant_id, corpus.published
        ),
        is_digest=scored.duplicates.is_digest,
        pages=scored.pages,
        hidden=HiddenTexts(
            origin.hidden_ids, named.hidden_keys, origin.hidden_digests, origin.hidden_pages
        ),
        languages=names,
        unrelated_cosine=floors,
        ranking=manifest.ranking,
        series=series,
        boilerplate=origin.boilerplate,
        scripts=origin.scripts,
        publications=origin.publications,
        encoder=manifest.encoder,
    )


class FitOrigin(NamedTuple):
    """What a full run began with, before it built the corpus.

    Attributes
    ----------
    now : time of the run.
    settings : see :class:`FittedState`.
    catalogue_version : number of changes of articles, read before the articles.
    boilerplate, scripts, publications : see :class:`FittedState`.
    hidden_ids, hidden_digests, hidden_pages : see :class:`HiddenTexts`.
    """

    now: datetime
    settings: str
    catalogue_version: int
    boilerplate: frozenset[str]
    scripts: Mapping[str, str]
    publications: frozenset[str]
    hidden_ids: Sequence[tuple[str, ...]]
    hidden_digests: Mask
    hidden_pages: NDArray[np.uint64]


def folder_of(data_dir: DataDir) -> Path:
    """Return the folder of the fitted state and of the scores of later articles."""
    return data_dir.path / "fitted"


def save_state(data_dir: DataDir, state: FittedState) -> None:
    """Replace the state and forget the scores of later articles.

    An interrupted run leaves no state, so that the next one is a full run.
    """
    forget_state(data_dir)
    folder = folder_of(data_dir)
    make_private_folder(folder)
    save_sealed(folder / FILE, state)


def forget_state(data_dir: DataDir) -> None:
    """Delete the state, so that the next run is a full one."""
    shutil.rmtree(folder_of(data_dir), ignore_errors=True)


def load_state(data_dir: DataDir) -> FittedState | None:
    """Map the state into memory; None without a sound one.

    Of a state whose version is not :data:`VERSION` only the version may be read.
    """
    state = load_sealed(folder_of(data_dir) / FILE, mmap_mode="r")
    return state if isinstance(state, FittedState) else None
