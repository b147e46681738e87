"""Projection of vectors to two dimensions, for a map."""

from __future__ import annotations

import numpy as np

from models.arrays import Floats, Vectors

PERPLEXITY = 30.0
"""Neighbours that a point should stay close to: the default of van der Maaten and Hinton,
"Visualizing data using t-SNE", 2008."""


def project_2d(vectors: Vectors) -> Floats:
    """Project vectors with t-SNE, so that those with a high cosine lie close together.

    The result is the same in every run with the same vectors.

    Parameters
    ----------
    vectors : float32, (n, d), n of 5 and more.

    Returns
    -------
    float64, (n, 2), each coordinate from 0 to 1.
    """
    from sklearn.manifold import TSNE  # noqa: PLC0415 - takes a second to import

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
    tsne = TSNE(metric="euclidean", init="pca", perplexity=perplexity, random_state=0)
    points = tsne.fit_transform(vectors / np.maximum(lengths, 1e-9)).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    scaled: Floats = (points - low) / np.maximum(high - low, 1e-9)
    return scaled.round(4)
