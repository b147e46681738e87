"""Names for the types of arrays: one alias for each dtype and use.

An alias fixes the dtype and names what the numbers are. The shape is in the docstring of whatever
takes or returns the array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Features, scores and weights."""

Vectors = NDArray[np.float32]
"""Embeddings, dense similarities and other values of which there are many."""

Mask = NDArray[np.bool_]
"""Which rows or columns are selected."""

Rows = NDArray[np.int32]
"""Rows of articles, as they are stored; -1 pads lists of several lengths."""

AnyRows = NDArray[np.integer[Any]]
"""Rows of articles, of any integer type."""

Positions = NDArray[np.intp]
"""Positions in another array, as numpy's searches return them."""

Codes = NDArray[np.int32]
"""Codes of languages, sections or series, one an article."""

Timestamps = NDArray[np.int64]
"""Seconds since 1970 UTC."""

Offsets = NDArray[np.int64]
"""Where each of several sequences begins in the array of their concatenation."""
