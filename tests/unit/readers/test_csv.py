"""The reader of CSV files, plain and gzipped."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from read_source import read_all
from recommender.errors import SourceError

ROW = {
    "id": "7",
    "title": "Coast plant, phase two",
    "published": "2026-05-01 10:30:00",
    "body": "First.\nSecond.",
    "tags": "energy; coast",
    "authors": "A. Nowak, B. Kowal",
}


def write_csv(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("name", "delimiter"), [("a.csv", ","), ("b.csv", ";"), ("c.tsv", "\t"), ("d.csv", "|")]
)
def test_csv_with_any_delimiter(tmp_path: Path, name: str, delimiter: str) -> None:
    articles, complaints = read_all(write_csv(tmp_path / name, [ROW], delimiter))
    assert not complaints
    assert articles[0].id == "7"
    assert articles[0].title == "Coast plant, phase two"
    assert articles[0].body == "First.\nSecond."
    assert articles[0].published == datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
    assert articles[0].tags == ("energy", "coast")
    assert articles[0].authors == ("A. Nowak", "B. Kowal")


@pytest.mark.parametrize("above", ["sep=;\r\n", "\n \n", "\ufeffsep=;\n"])
def test_lines_above_the_header(tmp_path: Path, above: str) -> None:
    text = f'{above}id;title, in full;headline;published\n1;"a";"b";2026-05-01\n2;;;soon\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    (article,), (complaint, note) = read_all(tmp_path / "a.csv")
    assert (article.id, article.title) == ("1", "b")
    assert complaint.startswith(f"{tmp_path / 'a.csv'}:{above.count(chr(10)) + 3}: title: expected")
    assert "not read: 'title, in full'" in note


def test_csv_from_excel_and_gzipped(tmp_path: Path) -> None:
    text = 'ID;Headline;Date\n1;"Zażółć ""gęślą""";2026-05-01\n'
    (tmp_path / "excel.csv").write_bytes(text.encode("utf-16"))
    with gzip.open(tmp_path / "packed.csv.gz", "wb") as file:
        file.write(text.encode("utf-8-sig"))
    for name in ("excel.csv", "packed.csv.gz"):
        articles, complaints = read_all(tmp_path / name)
        assert not complaints
        assert articles[0].title == 'Zażółć "gęślą"'


def test_a_bad_csv_row_is_reported_and_the_others_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,title,published\n1,One,2026-05-01\n2,Two,soon\n3,A,B,2026\n4,Four,2026-05-04\n"
    )
    articles, complaints = read_all(path)
    assert [article.id for article in articles] == ["1", "4"]
    assert len(complaints) == 2
    assert complaints[0].startswith(f"{path}:3: published: expected RFC 3339")
    assert complaints[1].startswith(f"{path}:4: expected as many cells")


@pytest.mark.parametrize("content", ["", "name,when\n1,2\n"])
def test_csv_without_required_columns_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SourceError, match="expected a CSV file"):
        read_all(tmp_path / "a.csv")
