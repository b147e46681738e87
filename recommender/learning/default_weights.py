"""The shipped weights: a small file anybody can read, with where they came from."""

from __future__ import annotations

from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.features.pairwise import FEATURES
from models.ranker.linear_ranker import LinearRanker
from recommender.errors import SettingsError

FILE = "default_weights.json"


class WeightFile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the file: weights by feature, and how firmly they are held."""

    trained_on: list[str]
    trained_by: str
    min_scale: dict[str, float]
    """By raw feature, in its unit: see :func:`models.ranker.linear_ranker.standardize`."""
    weights: dict[str, float]
    """By feature."""
    first_pass_weights: dict[str, float]
    """The same before it is known what candidates are to each other."""
    precision: list[list[float]]
    """Of the weights, in their order: what a site's own links are weighed against."""


def default_ranker() -> tuple[LinearRanker, NDArray[np.float64]]:
    """Load the shipped model and the precision of its weights, (w, w).

    Raises :class:`SettingsError` where the file belongs to other features than this program's.
    """
    raw = files("recommender").joinpath(FILE).read_bytes()
    read = msgspec.json.decode(raw, type=WeightFile)
    parts = (
        tuple(part.values()) for part in (read.min_scale, read.weights, read.first_pass_weights)
    )
    model = LinearRanker(FEATURES, *parts)
    if {tuple(read.min_scale), tuple(read.weights), tuple(read.first_pass_weights)} != {FEATURES}:
        raise SettingsError(f"{FILE}: got weights of other features; make it anew")
    return model, np.array(read.precision)
