"""Errors that a user can fix.

A message is one line: what was expected, what was found, and the fix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recommender.messages import Message


class RecommenderError(Exception):
    """Root of all errors. The command line prints it, the service sends a problem document.

    Parameters
    ----------
    text : English template, see :class:`Message`. The desk shows it in the editor's language.
    values : values for the placeholders.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.message = Message(text, **values)
        super().__init__(str(self.message))


class SettingsError(RecommenderError):
    """A setting is unknown or has a wrong value."""


class LightInstallError(RecommenderError):
    """A command needs packages that are not installed on a machine that only serves."""


class DataDirError(RecommenderError):
    """The data directory cannot be written, or another run locks it."""


class SourceError(RecommenderError):
    """A source of articles cannot be opened or read."""


class PageGoneError(SourceError):
    """A server answers 410 Gone: its site has removed the page for good (RFC 9110, 15.5.11)."""


class ArticleError(RecommenderError):
    """One record is not a valid article. The other records of its source are still read."""


class NotJSONError(ArticleError):
    """A record is not JSON."""


class OlderArticleError(ArticleError):
    """The catalogue holds a newer version of the article, which is kept."""


class MovedArticleError(ArticleError):
    """The article has another ID now."""


class InvalidValueError(RecommenderError):
    """A value that the database cannot store or compare: a NUL, or a number beyond its range."""


class CatalogueError(RecommenderError):
    """The database cannot be reached or has another version."""


class CommitUncertainError(CatalogueError):
    """The connection broke during a commit. The change may or may not be stored."""


class OutdatedDatabaseError(CatalogueError):
    """The database lacks overrides that are active, so it is an older copy or another one.

    Nothing is saved in it: services would not make it active.
    """


class SchedulerError(RecommenderError):
    """A Dask scheduler or its workers cannot be used."""


class BucketError(RecommenderError):
    """A bucket with snapshots cannot be used, or another run has published to it."""


class ModelChangedError(RecommenderError):
    """The embedding model is not the one of the last full run."""


class EncoderError(RecommenderError):
    """The embedding model is missing, differs from the expected one or returns invalid vectors."""


class SnapshotError(RecommenderError):
    """A snapshot is missing, broken or of another format."""


class PublishRefusedError(RecommenderError):
    """A snapshot was built and not published, because it exceeds limits of the settings."""


class ReportError(RecommenderError):
    """A report cannot be drawn or written."""


class PurgeError(RecommenderError):
    """The purge webhook did not accept a request."""


class OverrideError(RecommenderError):
    """An override is invalid or contradicts another one. Nothing was saved."""

    number: int | None = None
    """Index of the override among several that were added together; None for a single one."""


class UnknownArticleError(OverrideError):
    """An override names an article that is not in the catalogue: ``unknown``."""

    unknown = ""


class ConflictError(OverrideError):
    """Another editor has changed the same list since the editor loaded it. Nothing was saved.

    Parameters
    ----------
    article : id of the article whose list it is.
    seen : version of the list that the editor loaded.
    newer : entries added since, oldest first.
    """

    def __init__(self, article: str, seen: int, newer: Sequence[Any]) -> None:
        super().__init__(
            "article %(article)r: another editor has changed this list (expected version "
            "%(newest)s, got %(seen)s); review the changes and save again",
            article=article,
            seen=seen,
            newest=newer[-1].id,
        )
        self.article = article
        self.seen = seen
        self.newer = newer


class EditorError(RecommenderError):
    """An account cannot be created, or a name or password is wrong."""


class TooManyAttemptsError(EditorError):
    """Too many failed attempts to sign in, from one address or to one account."""


class ArticleNotFoundError(RecommenderError):
    """No such article, or it is not public. Both look the same to readers."""
