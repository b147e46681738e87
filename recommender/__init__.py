"""The newsroom's floor: articles, indexing, snapshots, picks and the command line."""

__version__ = "0.1.0"
