"""Operations on sparse matrices, against those of scipy."""

import numpy as np
from scipy.sparse import random_array

from models.sparse import columns_of


def test_columns_are_those_of_scipy() -> None:
    matrix = random_array((20, 50), density=0.1, format="csr", rng=np.random.default_rng(0))
    for columns in ([], [0, 49], [3, 4, 17], range(50)):
        chosen = np.array(columns, dtype=np.intp)
        np.testing.assert_array_equal(
            columns_of(matrix, chosen).toarray(), matrix.toarray()[:, chosen]
        )
