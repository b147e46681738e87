"""Top-k selection: the exact k largest values of each row, with almost no sorting.

Rows are read from the memory once. All further passes find them in the cache of the processor.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.arrays import Mask, Positions, Rows, Vectors

Keys = NDArray[np.uint64]

BLOCK = 2**17
"""Values processed at once: they and their intermediate arrays stay in the cache."""

SIGN = np.uint32(2**31)
LOW = np.uint64(2**32 - 1)
HALF = np.uint64(32)

LOWEST = np.finfo(np.float32).min
"""Lower bound of the values that are selected: minus infinity marks what must not be."""


def top_k(values: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
    """Return the ``k`` largest values of each row, largest first.

    Equal values come in the order of their columns.

    Parameters
    ----------
    values : float32, shape (m, n), without NaN. Minus infinity marks values to leave out.
    k : at most n.
    allowed : shape (m, n), the values to choose from; all if not given.

    Returns
    -------
    columns : int32, shape (m, k); -1 pads rows with fewer values.
    values : float32, shape (m, k); minus infinity pads. A negative zero becomes 0.
    """
    columns = np.empty((len(values), k), dtype=np.int32)
    largest = np.empty((len(values), k), dtype=np.float32)
    for rows in _blocks(values) if k else ():
        block = values[rows]
        if allowed is not None:
            block = block.copy()
            block[~allowed[rows]] = -np.inf
        columns[rows], largest[rows] = _top_k_of_block(block, k)
    return columns, largest


def at_least_kth(values: Vectors, k: int, floor: np.float32) -> tuple[Positions, Positions]:
    """Return the rows and columns of the values that are at least the k-th largest of their row.

    They are more than k in a row with equal values, and fewer where others are below ``floor``.
    The other parameters are those of :func:`top_k`.
    """
    found = [np.zeros(0, dtype=np.intp)]
    for rows in _blocks(values) if k else ():
        block = values[rows]
        least = np.maximum(_top_k_of_block(block, k)[1][:, -1:], floor)
        found.append(np.flatnonzero(block >= least) + rows.start * values.shape[1])
    return np.divmod(np.concatenate(found), max(values.shape[1], 1))


def _blocks(values: Vectors) -> Iterator[slice]:
    """Divide the rows into blocks of about :data:`BLOCK` values."""
    step = max(BLOCK // max(values.shape[1], 1), 1)
    return (slice(start, start + step) for start in range(0, len(values), step))


def _top_k_of_block(values: Vectors, k: int) -> tuple[Rows, Vectors]:
    """Select the values above a lower bound of the k-th largest, and sort only those."""
    count, width = values.shape
    bound = np.maximum(_lower_bound(values, k), LOWEST)
    places = np.flatnonzero(values >= bound[:, None])
    rows = places // width
    sizes = np.diff(np.searchsorted(rows, np.arange(count + 1)))
    keys = np.full((count, max(sizes.max(), k)), PADDING, dtype=np.uint64)
    keys[np.arange(keys.shape[1]) < sizes[:, None]] = _encode(
        values.ravel()[places], places - rows * width
    )
    keys.sort(axis=1)
    return _decode(keys[:, : -k - 1 : -1])


def _lower_bound(values: Vectors, k: int) -> Vectors:
    """Return for each row a value that at least ``k`` values reach, and not many more.

    Columns are divided into groups. At least k values reach the k-th largest of the maxima of the
    groups.
    """
    count, width = values.shape
    # The groups are as many as the values in the k best groups.
    size = max(round((width / k) ** 0.5), 1)
    groups = width // size
    if size > 1:
        values = values[:, : groups * size].reshape(count, size, groups).max(axis=1)
    return np.asarray(np.partition(values, groups - k, axis=1)[:, groups - k])


def _encode(values: Vectors, columns: Positions) -> Keys:
    """Encode values and columns as integers that sort by value, then by descending column.

    Bits of floating-point numbers sort like integers, once the negative numbers are inverted.
    """
    bits = (values + np.float32(0)).view(np.uint32)  # adding 0 removes the sign of a zero
    bits = np.where(bits & SIGN, ~bits, bits | SIGN)
    return bits.astype(np.uint64) << HALF | (LOW - columns.astype(np.uint64))


def _decode(keys: Keys) -> tuple[Rows, Vectors]:
    bits = (keys >> HALF).astype(np.uint32)
    values = np.where(bits & SIGN, bits ^ SIGN, ~bits).view(np.float32)
    return (LOW - (keys & LOW)).astype(np.int32), values


PADDING = _encode(np.array([-np.inf], dtype=np.float32), np.array([LOW]))[0]
"""Pads a row: column -1, minus infinity."""
