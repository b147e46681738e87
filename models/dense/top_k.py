"""The largest values of each row, exactly, sorting next to nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Columns = NDArray[np.int32]
Values = NDArray[np.float32]
Keys = NDArray[np.uint64]

AT_ONCE = 2**17
"""Values looked at in one go: what is made of them stays in a processor's cache."""

SIGN = np.uint32(2**31)
LOW = np.uint64(2**32 - 1)
HALF = np.uint64(32)


def top_k(values: Values, k: int) -> tuple[Columns, Values]:
    """Pick the ``k`` largest of each row, largest first; of equal ones the lower column.

    Parameters
    ----------
    values : float32, shape (m, n); without NaN.
    k : at most n.

    Returns
    -------
    columns, int32, and values, float32, shape (m, k); a zero comes without its sign.
    """
    count, width = values.shape
    columns = np.empty((count, k), dtype=np.int32)
    found = np.empty((count, k), dtype=np.float32)
    step = max(AT_ONCE // max(width, 1), 1)
    for start in range(0, count if k else 0, step):
        rows = slice(start, start + step)
        columns[rows], found[rows] = _largest(values[rows], k)
    return columns, found


def _largest(values: Values, k: int) -> tuple[Columns, Values]:
    """Compare all with a bound that about the ``k`` sought reach, and sort only those."""
    count, width = values.shape
    places = np.flatnonzero(values >= _bound(values, k)[:, None])
    rows = places // width
    sizes = np.diff(np.searchsorted(rows, np.arange(count + 1)))
    keys = np.zeros((count, sizes.max()), dtype=np.uint64)
    keys[np.arange(keys.shape[1]) < sizes[:, None]] = _keys(
        values.ravel()[places], places - rows * width
    )
    keys.sort(axis=1)
    return _read(keys[:, : -k - 1 : -1])


def _bound(values: Values, k: int) -> Values:
    """Find for each row a value that at least ``k`` reach, and not many more.

    Columns are put into groups, and k groups reach the k-th greatest of the groups' maxima.
    """
    count, width = values.shape
    # As many groups as there are members of the k best groups.
    size = max(round((width / k) ** 0.5), 1)
    groups = width // size
    if size > 1:
        values = values[:, : groups * size].reshape(count, size, groups).max(axis=1)
    return np.asarray(np.partition(values, groups - k, axis=1)[:, groups - k])


def _keys(values: Values, columns: NDArray[np.intp]) -> Keys:
    """Write values and columns as numbers that sort as they should: the lower column is greater.

    Bits of floating-point numbers sort as integers do once the negative ones are turned over.
    """
    bits = (values + np.float32(0)).view(np.uint32)  # a zero has one sign
    bits = np.where(bits & SIGN, ~bits, bits | SIGN)
    return bits.astype(np.uint64) << HALF | (LOW - columns.astype(np.uint64))


def _read(keys: Keys) -> tuple[Columns, Values]:
    bits = (keys >> HALF).astype(np.uint32)
    values = np.where(bits & SIGN, bits ^ SIGN, ~bits).view(np.float32)
    return (LOW - (keys & LOW)).astype(np.int32), values
