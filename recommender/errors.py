"""Everything that can go wrong for a reason a person can mend.

::

    RecommenderError
    ├── SettingsError         a setting that is not one, or has no sensible value
    ├── HomeError             the home folder cannot be written, or another run holds it
    ├── SourceError           a source of articles cannot be opened or read on
    ├── ArticleError          one record is not an article
    │   ├── NotJSONError          it is not even JSON
    │   └── OlderArticleError     a newer version of it is there already
    ├── CatalogueError        the database of articles cannot be reached
    │   └── UnsureError           it went away before it said that it had saved
    ├── EncoderError          the embedding model is missing, changed or broken
    ├── SnapshotError         a snapshot is missing, broken or of another format
    ├── PurgeError            a cache in front of the service could not be told what changed
    ├── OverrideError         an editor's decision that cannot be taken
    │   └── StaleError        somebody else decided in between
    ├── EditorError           an account that cannot be made, or a wrong name or password
    │   └── TooManyAttemptsError  to sign in, from one address or to one account
    └── ArticleNotFoundError  no such article, or not one that may be shown

Each message is one line: what was got, what was wanted, and the cure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recommender.messages import Message


class RecommenderError(Exception):
    """The root: the command line prints it as one line, the service as a problem document.

    What editors meet at the desk is given in parts, as a :class:`Message` is, so that the desk can
    say it in their language.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.phrase = Message(text, **values)
        super().__init__(str(self.phrase))


class SettingsError(RecommenderError):
    """A setting that is not one, or has no sensible value."""


class DataDirError(RecommenderError):
    """The home folder cannot be written, or another run holds it."""


class SourceError(RecommenderError):
    """A source of articles cannot be opened or read on."""


class ArticleError(RecommenderError):
    """One record is not an article; the others of its source are still read."""


class NotJSONError(ArticleError):
    """A record that should be JSON and is not."""


class OlderArticleError(ArticleError):
    """A newer version of the article is there already; that one stays."""


class CatalogueError(RecommenderError):
    """The database of articles cannot be reached, or is of another version."""


class CommitUncertainError(CatalogueError):
    """The database went away before it said that it had saved: whether it did is not known."""


class EncoderError(RecommenderError):
    """The embedding model is missing, is not the one wanted, or answers nonsense."""


class SnapshotError(RecommenderError):
    """A snapshot is missing, broken or of another format."""


class PurgeError(RecommenderError):
    """A cache in front of the service could not be told what changed."""


class OverrideError(RecommenderError):
    """An editor's decision that cannot be taken; nothing was saved."""

    number: int | None = None
    """Which of several decisions it was, from 0; None where it was not one of them."""


class ConflictError(OverrideError):
    """Somebody else decided about the same article in between; nothing was saved."""

    def __init__(self, article: str, seen: int, newer: Sequence[Any]) -> None:
        super().__init__(
            "article %(article)r: somebody decided in between (got version %(seen)s, wanted "
            "%(newest)s): look at what changed and decide again",
            article=article,
            seen=seen,
            newest=newer[-1].id,
        )
        self.article = article
        self.seen = seen
        self.newer = newer
        """The entries that whoever decided had not seen, oldest first."""


class EditorError(RecommenderError):
    """An account that cannot be made, or a wrong name or password."""


class TooManyAttemptsError(EditorError):
    """Too many failed attempts to sign in, from one address or to one account."""


class ArticleNotFoundError(RecommenderError):
    """No such article, or not one that may be shown: from outside both look the same."""
