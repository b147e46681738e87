"""Dates such as 11/02/2026 in tables: the setting or the other rows decide about them."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.articles.article import Article
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import LOOK_AHEAD, Table
from recommender.ingest.sources import read


def written(folder: Path, dates: Sequence[str], kind: str) -> str:
    """Write a table with these dates of publication; return the source."""
    rows = [(str(number), f"Title {number}", date) for number, date in enumerate(dates)]
    path = folder / f"a.{kind}"
    if kind == "csv":
        path.write_text("\n".join(["id,title,date", *map(",".join, rows)]), encoding="utf-8")
    elif kind == "parquet":
        columns = zip(("id", "title", "date"), zip(*rows, strict=True), strict=True)
        pq.write_table(pa.table({name: list(cells) for name, cells in columns}), path)
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE posts (id, title, date)")
            connection.executemany("INSERT INTO posts VALUES (?, ?, ?)", rows)
        connection.close()
        return f"sqlite:///{path}#SELECT id, title, date FROM posts"
    return str(path)


def months(source: str, language: str = "") -> list[int]:
    """The months of the articles of a source; 0 for a rejected record."""
    items = read(source, UTC, language=language)
    return [item.published.month if isinstance(item, Article) else 0 for item in items]


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite"])
@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["11/02/2026 9:00 AM", "11/13/2026 9:00 AM"], [11, 11]),
        (["11/02/2026 9:00", "13/11/2026 9:00"], [2, 11]),
        (["11/02/2026", "13/11/2026", "11/13/2026"], [0, 11, 11]),
        (["11/02/2026", "11/03/2026"], [0, 0]),
    ],
)
def test_other_rows_decide(
    tmp_path: Path, dates: list[str], kind: str, expected: list[int]
) -> None:
    assert months(written(tmp_path, dates, kind)) == expected


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite"])
def test_the_setting_precedes_other_rows(tmp_path: Path, kind: str) -> None:
    source = written(tmp_path, ["11/02/2026", "13/11/2026"], kind)
    assert months(source, "en-US") == [11, 11]
    assert months(source, "en-GB") == months(source, "de") == months(source, "en") == [2, 11]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.jsonl", '{"id": "1", "title": "T", "published": "11/02/2026"}'),
        ("a.jsonl", '{"id": "1", "title": "T", "published": "11/02/2026", "language": "en"}'),
        ("a.json", '[{"id": "1", "title": "T", "published": "11/02/2026"}]'),
        ("posts/a.md", '---\ntitle: T\nurl: /a\ndate: "11/02/2026"\n---\nText.'),
    ],
)
def test_the_setting_decides_in_other_records(tmp_path: Path, name: str, line: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(line, encoding="utf-8")
    source = str(path.parent if path.suffix == ".md" else path)
    assert months(source, "en-US") == [11]
    assert months(source, "en-GB") == [2]
    assert months(source) == [0]


def test_a_language_of_a_row_precedes_the_setting(tmp_path: Path) -> None:
    text = "id,title,date,language\n1,T,11/02/2026,de\n2,T,11/02/2026,en\n3,T,11/02/2026,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert months(str(tmp_path / "a.csv"), "en-US") == [2, 11, 11]


def test_rows_before_an_error_are_kept() -> None:
    def rows() -> Iterator[tuple[str, dict[str, str]]]:
        yield "a:1", {"id": "1", "title": "T", "published": "11/13/2026"}
        raise OSError("gone")

    ahead = Table("a", ["id", "title", "published"], "a table", UTC).look_ahead(rows())
    assert next(ahead)[0] == "a:1"
    with pytest.raises(OSError, match="gone"):
        next(ahead)


def test_the_look_ahead_is_bounded() -> None:
    taken: list[int] = []

    def rows() -> Iterator[tuple[str, dict[str, str]]]:
        for number in range(3 * LOOK_AHEAD):
            taken.append(number)
            yield f"a:{number}", {"id": str(number), "title": "T", "published": "11/02/2026"}

    table = Table("a", ["id", "title", "published"], "a table", UTC)
    ahead = table.look_ahead(rows())
    assert len(taken) == LOOK_AHEAD
    (item,) = table.items(*next(ahead))
    assert isinstance(item, RejectedRecord)
    assert len(list(ahead)) == 3 * LOOK_AHEAD - 1
