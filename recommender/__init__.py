"""Related posts: ingest, indexing, ranking, overrides, evaluation and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recommender.estimator.recommender import Recommender as Recommender

__version__ = "0.3.0.dev0"


def __getattr__(name: str) -> Any:
    """Import the Python API at its first use: the command line starts without scikit-learn."""
    if name == "Recommender":
        from recommender.estimator.recommender import Recommender  # noqa: PLC0415

        return Recommender
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
