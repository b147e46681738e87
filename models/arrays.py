"""Names for the types of arrays: one alias for each dtype and use.

An alias fixes the dtype and names what the numbers are. The shape is in the docstring of whatever
takes or returns the array.
"""

from __future__ import annotations

from typing import Any, TypeVar

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

Number = TypeVar("Number", bound=np.integer[Any])


def sorted_distinct(values: NDArray[Number], least: int = 1) -> NDArray[Number]:
    """Return the numbers that occur at least so often, ascending; sorts ``values`` in place.

    ``np.unique`` builds a hash table, which takes a hundred times as long for millions of numbers.
    """
    values.sort()
    often = values[least - 1 :]
    often = often[often == values[: len(often)]]
    first = np.ones(len(often), dtype=bool)
    np.not_equal(often[1:], often[:-1], out=first[1:])
    distinct: NDArray[Number] = often[first]
    return distinct


COUNTED_AT_ONCE = 1_000_000
"""Numbers that are counted together."""


def occurrences(values: NDArray[Number], size: int) -> NDArray[np.int64]:
    """Count how often each number below ``size`` occurs: shape (size,).

    ``np.bincount`` would first copy all numbers as integers of 8 bytes.
    """
    counts = np.zeros(size, dtype=np.int64)
    for first in range(0, len(values), COUNTED_AT_ONCE):
        np.add.at(counts, values[first : first + COUNTED_AT_ONCE], 1)
    return counts


Starts = TypeVar("Starts", bound=np.integer[Any])


def starts_of_kept(starts: NDArray[Starts], kept: Mask) -> NDArray[Starts]:
    """Return where each sequence begins once only some elements are kept: the shape of ``starts``.

    Parameters
    ----------
    starts : where each of n sequences begins, and the number of elements.
    kept : bool, one for each element.
    """
    # As long as there are elements, so with integers of 4 bytes where the starts have these.
    so_far = np.cumsum(kept, dtype=starts.dtype)
    found: NDArray[Starts] = np.zeros_like(starts)
    filled = starts > 0
    found[filled] = so_far[starts[filled] - 1]
    return found
