"""Reads the default weights: a JSON file in the package, with the sites it was trained on."""

from __future__ import annotations

from importlib.resources import files

import msgspec
import numpy as np

from models.arrays import Floats
from models.features.feature_names import FEATURES
from models.ranker.linear_ranker import LinearRanker
from recommender.errors import SettingsError

FILE = "default_weights.json"


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """How default weights did on sites that they were not trained on: means over the sites."""

    sites: int
    """Each was ranked by weights that were trained on the others."""
    queries: int
    """Articles whose links had to be found."""
    ndcg: float
    """nDCG@6 of the weights."""
    tfidf_ndcg: float
    """nDCG@6 of TF-IDF cosine alone."""
    measured: str
    """Date."""


class WeightFile(msgspec.Struct, frozen=True, kw_only=True):
    """Content of the file."""

    trained_on: list[str]
    """Name and number of queries of each link set."""
    trained_by: str
    """Command that wrote the file."""
    held_out: HeldOut | None = None
    """From ``benchmarks.quality.leave_one_out``; None for weights that were not measured yet."""
    min_scale: dict[str, float]
    """In the unit of each feature: see :func:`models.ranker.linear_ranker.standardize`."""
    weights: dict[str, float]
    """Weights by feature, in log-odds per standard deviation."""
    first_pass_weights: dict[str, float]
    """First-pass weights by feature. The pool features are computed from first-pass scores."""
    precision: list[list[float]]
    """Precision matrix of the weights, in their order: the prior when a site is fine-tuned."""


def default_ranker() -> tuple[LinearRanker, Floats]:
    """Load the default model and the precision of its weights, (w, w).

    Raises
    ------
    SettingsError
        If the file has other features than this version of the program.
    """
    file = read_weight_file()
    parts = (file.min_scale, file.weights, file.first_pass_weights)
    model = LinearRanker(FEATURES, *(tuple(part.values()) for part in parts))
    if {tuple(part) for part in parts} != {FEATURES}:
        raise SettingsError(
            f"{FILE}: expected weights of the features {', '.join(FEATURES)}; "
            "train it again with python -m benchmarks.quality.train_default_weights"
        )
    return model, np.array(file.precision)


def read_weight_file() -> WeightFile:
    """Read the file with the default weights."""
    return msgspec.json.decode(files("recommender").joinpath(FILE).read_bytes(), type=WeightFile)
