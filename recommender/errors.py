"""Everything that can go wrong for a reason a person can mend.

::

    RecommenderError
    ├── SettingsError         a setting that is not one, or has no sensible value
    ├── HomeError             the home folder cannot be written, or another run holds it
    ├── SourceError           a source of articles cannot be opened or read on
    ├── ArticleError          one record is not an article
    ├── CatalogueError        the database of articles cannot be reached
    ├── EncoderError          the embedding model is missing, changed or broken
    ├── SnapshotError         a snapshot is missing, broken or of another format
    └── ArticleNotFoundError  no such article, or not one that may be shown

Each message is one line: what was got, what was wanted, and the cure.
"""

from __future__ import annotations


class RecommenderError(Exception):
    """The root: the command line prints it as one line, the service as a problem document."""


class SettingsError(RecommenderError):
    """A setting that is not one, or has no sensible value."""


class HomeError(RecommenderError):
    """The home folder cannot be written, or another run holds it."""


class SourceError(RecommenderError):
    """A source of articles cannot be opened or read on."""


class ArticleError(RecommenderError):
    """One record is not an article; the others of its source are still read."""


class CatalogueError(RecommenderError):
    """The database of articles cannot be reached, or is of another version."""


class EncoderError(RecommenderError):
    """The embedding model is missing, is not the one wanted, or answers nonsense."""


class SnapshotError(RecommenderError):
    """A snapshot is missing, broken or of another format."""


class ArticleNotFoundError(RecommenderError):
    """No such article, or not one that may be shown: from outside both look the same."""
