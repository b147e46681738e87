"""The estimator: fit on articles, ask for related ones, save and load."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

import msgspec
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from models.dense.encoders import Encoder
from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.errors import SettingsError, SourceError
from recommender.estimator.inputs import Pairs, Records, articles_of, pairs_of
from recommender.estimator.storage import copy_fitted, write_settings
from recommender.evaluation.dataset import build_dataset
from recommender.evaluation.evaluate import evaluate_dataset
from recommender.evaluation.report import EvaluationReport
from recommender.home import DataDir
from recommender.ingest.import_run import checked
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.serving.filters import Query
from recommender.serving.responses import open_current, related_answer
from recommender.settings import Ranking, Settings, load_settings
from recommender.snapshots.snapshot import Snapshot
from recommender.urls import shown_url

SOURCE = "Python"
"""Name of the source of articles that this API imports."""

MIN_RANKED = 6
"""Articles that the measures of an evaluation look at."""


class Recommender(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Recommends articles that are related by topic and recency.

    Parameters
    ----------
    embedding_model : str or Encoder
        Name of a model, as the setting ``embedding_model``, or an object that embeds texts.
    ranking : Ranking, optional
        How candidates become cards; the defaults if not given.
    languages : sequence of str
        BCP 47 tags of the languages that articles without one may be in. By default they are
        detected.
    timezone : str
        Time zone of dates that name none, such as "Europe/Warsaw".

    Attributes
    ----------
    snapshot_ : Snapshot
        The articles with their candidates, as the service reads them.
    n_articles_ : int
        Number of articles in it.
    weights_ : dict of str to float
        Weight of each feature, in log-odds for one standard deviation.
    rejected_ : list of RejectedRecord
        Records that could not be read, with the reason.

    Examples
    --------
    >>> recommender = Recommender().fit(articles)  # doctest: +SKIP
    >>> [card["title"] for card in recommender.related("talks-1")]  # doctest: +SKIP
    """

    _home: Path

    def __init__(
        self,
        embedding_model: str | Encoder = "auto",
        *,
        ranking: Ranking | None = None,
        languages: Sequence[str] = (),
        timezone: str = "UTC",
    ) -> None:
        self.embedding_model = embedding_model
        self.ranking = ranking
        self.languages = languages
        self.timezone = timezone

    def fit(self, articles: Records, y: object = None) -> Self:
        """Embed articles and score their candidates. Earlier articles are forgotten.

        Parameters
        ----------
        articles
            Articles, mappings such as ``{"id": ..., "title": ..., "published": ...}``, or a
            data frame with such columns.
        y
            Ignored; scikit-learn passes it.

        Raises
        ------
        SourceError
            No article is public.
        SettingsError
            A parameter has a wrong value.
        """
        former = getattr(self, "_home", None)
        self._make_home()
        try:
            self.partial_fit(articles)
        except BaseException:  # what was fitted before stays
            self._delete_home()
            if former is not None:
                self._home = former
            raise
        if former is not None:
            shutil.rmtree(former.parent, ignore_errors=True)
        return self

    def partial_fit(self, articles: Records, y: object = None) -> Self:
        """Add articles, or replace those with the same ID.

        Only new and changed texts are embedded. In a large archive a few changes are an incremental
        run: term weights, ranking weights and links stay those of the last full one. Parameters and
        errors are those of :meth:`fit`.
        """
        if not hasattr(self, "_home"):
            return self.fit(articles)
        settings, now = self._settings(), datetime.now(UTC)
        self.rejected_: list[RejectedRecord] = []
        with DataDir(self._home).lock():
            catalogue = Catalogue(settings.catalogue_url)
            try:
                catalogue.add(self._accepted(articles, settings, now), SOURCE, now)
                # The limits of [publish] protect readers of a site, not a notebook.
                index(settings, catalogue, now, _no_report, RunOptions(force=True), self._encoder)
            except SourceError as error:  # no article is public
                raise SourceError(self._none_public()) from error
            finally:
                catalogue.close()
        return self._opened()

    def related(
        self,
        article_id: str | int,
        limit: int | None = None,
        *,
        explain: bool = False,
        now: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """Return the cards under an article, best first.

        Parameters
        ----------
        article_id
            ID of a public article.
        limit
            Greatest number of cards; None is ``ranking.cards``.
        explain
            Adds ``why`` to each card: its score, what contributed to it, and reasons.
        now
            Time of the request, which decides visibility and recency; by default the present.

        Returns
        -------
        list of dict
            Each with ``id``, ``title``, ``teaser``, ``url``, ``published``, ``origin`` and more.

        Raises
        ------
        ArticleNotFoundError
            The article is unknown or not public.
        SettingsError
            ``limit`` is not positive, or ``now`` is no date.
        """
        check_is_fitted(self, "snapshot_")
        if limit is not None and limit < 1:
            raise SettingsError(f"limit: expected at least 1, got {limit}")
        if now is not None and not isinstance(now, datetime):
            raise SettingsError(f"now: expected a datetime, got {type(now).__name__}")
        time = (now or datetime.now(UTC)).timestamp()
        query = Query(limit=limit)
        answer = related_answer(self.snapshot_, str(article_id), query, time, explain=explain)
        cards: list[dict[str, Any]] = msgspec.json.decode(answer.body)["cards"]
        return cards

    def evaluate(self, links: Pairs, limit: int = 6) -> EvaluationReport:
        """Measure how well the ranking finds editors' links, and compare it with baselines.

        Each article that links is ranked as of its publication: neither its own links nor later
        articles are visible.

        Parameters
        ----------
        links
            Pairs of the IDs of a linking and a linked article, or a data frame with the columns
            ``from`` and ``to``.
        limit
            Number of articles ranked for each query, at least six.

        Raises
        ------
        SourceError
            No article links to an earlier one.
        SettingsError
            ``limit`` is too low.
        """
        check_is_fitted(self, "snapshot_")
        if limit < MIN_RANKED:
            raise SettingsError(f"limit: expected at least {MIN_RANKED}, got {limit}")
        settings = self._settings()
        catalogue = Catalogue(settings.catalogue_url)
        try:
            articles = catalogue.all()
        finally:
            catalogue.close()
        pairs = list(pairs_of(links))
        dataset = build_dataset(articles, pairs, settings, None, _no_report, self._encoder)
        return evaluate_dataset(dataset, settings, limit, _no_report).report

    def save(self, path: str | Path) -> None:
        """Write a data directory that :meth:`load` reads and ``recommender serve`` serves.

        Parameters
        ----------
        path
            Folder that does not exist or is empty.

        Raises
        ------
        DataDirError
            The folder has files, or cannot be written.
        """
        check_is_fitted(self, "snapshot_")
        copy_fitted(self._home, Path(path))
        write_settings(Path(path), self._parameters())

    @classmethod
    def load(cls, path: str | Path, embedding_model: str | Encoder | None = None) -> Self:
        """Open a copy of a data directory, written by :meth:`save` or ``recommender index``.

        Overrides of editors are not applied, and the original is never written to.

        Parameters
        ----------
        path
            The data directory.
        embedding_model
            Model for :meth:`partial_fit` and :meth:`evaluate`; that of the directory's settings
            if not given.

        Raises
        ------
        SnapshotError
            The directory has no snapshot, or one of another version.
        SettingsError
            Its settings cannot be read, or name a database elsewhere.
        """
        settings = load_settings(Path(path), environ={})
        if settings.database_url:
            raise SettingsError(
                "setting 'database_url': expected none, as a copy has its own database, got "
                f"{shown_url(settings.database_url)}"
            )
        snapshot = open_current(Path(path))  # a clear error before anything is copied
        loaded = cls(
            embedding_model=embedding_model or settings.embedding_model,
            ranking=snapshot.manifest.configured_ranking,
            languages=settings.languages,
            timezone=settings.timezone,
        )
        loaded._make_home()
        copy_fitted(Path(path), loaded._home)
        loaded.rejected_ = []
        return loaded._opened()

    def _make_home(self) -> None:
        """Make a temporary data directory, which is deleted together with this object."""
        folder = mkdtemp(prefix="recommender-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._home = Path(folder) / "home"

    def _delete_home(self) -> None:
        shutil.rmtree(self._home.parent, ignore_errors=True)
        del self._home

    @property
    def _encoder(self) -> Encoder | None:
        return None if isinstance(self.embedding_model, str) else self.embedding_model

    def _settings(self) -> Settings:
        """Return the settings of an index run, made of the parameters."""
        return load_settings(self._home, environ={}, **self._parameters())

    def _parameters(self) -> dict[str, Any]:
        """Return the parameters as settings; an encoder object is none."""
        named = {} if self._encoder else {"embedding_model": self.embedding_model}
        return named | {
            "ranking": msgspec.to_builtins(self.ranking or Ranking()),
            "languages": list(self.languages),
            "timezone": self.timezone,
        }

    def _accepted(self, records: Records, settings: Settings, now: datetime) -> Iterator[Article]:
        """Yield the articles that can be imported; the others go to ``rejected_``."""
        found = articles_of(records, settings.zone, settings.only_language)
        for item in checked(found, SOURCE, now):
            if isinstance(item, RejectedRecord):
                self.rejected_.append(item)
            else:
                yield item

    def _none_public(self) -> str:
        """Write the error for articles of which none is public."""
        text = "articles: expected at least one that is public, got none"
        if not self.rejected_:
            return text
        first = self.rejected_[0]
        return f"{text}; {len(self.rejected_)} rejected, the first: {first.place}: {first.reason}"

    def _opened(self) -> Self:
        """Open the current snapshot and set the attributes that depend on it."""
        self.snapshot_: Snapshot = open_current(self._home)
        self.n_articles_ = self.snapshot_.manifest.articles
        self.weights_: dict[str, float] = self.snapshot_.manifest.figures["weights"]["weights"]
        return self


def _no_report(step: str, done: int, total: int | None) -> None:
    """Report no progress."""
