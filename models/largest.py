"""The largest values of each row, exactly, without looking twice at most of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Columns = NDArray[np.intp]
Values = NDArray[np.float32]


def largest(values: Values, k: int) -> tuple[Columns, Values]:
    """Pick the ``k`` largest of each row, largest first; of equal ones the lower column.

    Columns are put into groups, and the k-th greatest of the groups' maxima is a bound that no
    value sought lies below: k groups reach it, so that only their members need to be compared.

    Parameters
    ----------
    values : float32, shape (m, n); without NaN.
    k : at most n.

    Returns
    -------
    columns and values, shape (m, k).
    """
    count, width = values.shape
    size = round(
        (width / max(k, 1)) ** 0.5
    )  # as many groups as there are members of the k best groups
    if size < 2:
        return _sorted(values, k)
    groups = width // size
    grouped = values[:, : groups * size].reshape(count, size, groups)
    best, clear = _largest_places(grouped.max(axis=1), k)
    # Every groups-th column is in one group, so that members come in the order of their columns.
    places = np.arange(size)[:, None] * groups + best[:, None, :]
    rest = np.broadcast_to(np.arange(groups * size, width), (count, width - groups * size))
    columns = np.concatenate([places.reshape(count, -1), rest], axis=1)
    members = np.take_along_axis(values, columns, axis=1)
    chosen, also_clear = _largest_places(members, k)
    columns = np.take_along_axis(columns, chosen, axis=1)
    found = _in_order(columns, np.take_along_axis(members, chosen, axis=1))
    return _mended(found, values, np.flatnonzero(~(clear & also_clear)))


def _largest_places(values: Values, k: int) -> tuple[Columns, NDArray[np.bool_]]:
    """Places of the ``k`` largest of each row, ascending, and whether there is no tie for them."""
    count, width = values.shape
    bound = np.partition(values, width - k, axis=1)[:, width - k]
    reached = values >= bound[:, None]
    places = np.flatnonzero(reached)
    clear = np.ones(count, dtype=bool)
    if len(places) > count * k:  # somewhere more than k reach the bound
        clear = np.count_nonzero(reached, axis=1) == k
        reached[~clear] = np.arange(width) < k
        places = np.flatnonzero(reached)
    return places.reshape(count, k) - np.arange(count)[:, None] * width, clear


def _mended(
    found: tuple[Columns, Values], values: Values, unclear: NDArray[np.intp]
) -> tuple[Columns, Values]:
    """Answer the rows with ties at the border anew."""
    columns, largest_values = found
    if len(unclear):
        columns[unclear], largest_values[unclear] = _sorted(values[unclear], columns.shape[1])
    return columns, largest_values


def _sorted(values: Values, k: int) -> tuple[Columns, Values]:
    columns = np.argsort(-values, axis=1, kind="stable")[:, :k]
    return columns, np.take_along_axis(values, columns, axis=1)


def _in_order(columns: Columns, values: Values) -> tuple[Columns, Values]:
    order = np.argsort(-values, axis=1)  # a stable order takes five times as long
    ranked = np.take_along_axis(values, order, axis=1)
    tied = np.flatnonzero((ranked[:, 1:] == ranked[:, :-1]).any(axis=1))
    order[tied] = np.argsort(-values[tied], axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1), ranked
