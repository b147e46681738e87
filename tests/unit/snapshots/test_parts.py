"""Arrays of a base and a delta follow one another in memory, and the base stays as it is."""

from pathlib import Path

import numpy as np
import pytest

from recommender.snapshots.parts import joined


@pytest.mark.parametrize("size", [1, 496, 500, 5_000])  # 496: a page with the header of the file
def test_later_rows_follow_those_of_the_base(tmp_path: Path, size: int) -> None:
    folders = tmp_path / "base", tmp_path / "delta"
    parts = np.arange(size), np.arange(700) - 900
    for folder, part in zip(folders, parts, strict=True):
        folder.mkdir()
        np.save(folder / "published.npy", part)
    both = joined(*folders, "published")
    np.testing.assert_array_equal(both, np.concatenate(parts))
    both[[0, -1]] = -1
    assert both[[0, -1]].tolist() == [-1, -1]
    for folder, part in zip(folders, parts, strict=True):
        np.testing.assert_array_equal(np.load(folder / "published.npy"), part)
