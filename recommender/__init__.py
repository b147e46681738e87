"""Related posts: ingest, indexing, ranking, overrides, evaluation and the command line."""

__version__ = "0.2.0"
