"""The reader of Parquet files."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from read_source import read_all
from recommender.errors import SourceError


def test_parquet_types_are_converted(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [1, 2],
            "title": ["One", None],
            "published": [datetime(2026, 5, 1, 10, tzinfo=UTC)] * 2,
            "tags": [["a", "b"], None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    articles, complaints = read_all(tmp_path / "a.parquet")
    assert [(a.id, a.tags) for a in articles] == [("1", ("a", "b"))]
    assert complaints == [f"{tmp_path / 'a.parquet'} row 2: title: expected text, got nothing"]


def test_a_file_that_is_no_parquet_is_one_error_line(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(SourceError, match="expected a Parquet file") as caught:
        read_all(tmp_path / "a.parquet")
    assert "\n" not in str(caught.value)
