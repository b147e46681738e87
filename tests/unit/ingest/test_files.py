"""Readers of files and databases, each on real ones."""

import csv
import gzip
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from read_source import parts
from recommender.articles.article import Status
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


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("b.csv", ";"), ("c.tsv", "\t")])
def test_csv_is_read_whatever_parts_its_cells(tmp_path: Path, name: str, delimiter: str) -> None:
    articles, complaints = parts(write_csv(tmp_path / name, [ROW], delimiter))
    assert not complaints
    assert articles[0].id == "7"
    assert articles[0].title == "Coast plant, phase two"
    assert articles[0].body == "First.\nSecond."
    assert articles[0].published == datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
    assert articles[0].tags == ("energy", "coast")
    assert articles[0].authors == ("A. Nowak", "B. Kowal")


def test_csv_as_excel_writes_it_and_gzipped(tmp_path: Path) -> None:
    text = 'ID;Headline;Date\n1;"Zażółć ""gęślą""";2026-05-01\n'
    (tmp_path / "excel.csv").write_bytes(text.encode("utf-16"))
    with gzip.open(tmp_path / "packed.csv.gz", "wb") as file:
        file.write(text.encode("utf-8-sig"))
    for name in ("excel.csv", "packed.csv.gz"):
        articles, complaints = parts(tmp_path / name)
        assert not complaints
        assert articles[0].title == 'Zażółć "gęślą"'


def test_a_bad_row_of_csv_is_named_and_the_others_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,title,published\n1,One,2026-05-01\n2,Two,soon\n3,A,B,2026\n4,Four,2026-05-04\n"
    )
    articles, complaints = parts(path)
    assert [article.id for article in articles] == ["1", "4"]
    assert len(complaints) == 2
    assert complaints[0].startswith(f"{path}:3: published: got 'soon'")
    assert complaints[1].startswith(f"{path}:4: more cells")


@pytest.mark.parametrize("content", ["", "name,when\n1,2\n"])
def test_csv_without_the_needed_columns_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SourceError, match="wanted a CSV file"):
        parts(tmp_path / "a.csv")


def test_parquet_is_read_with_its_own_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [1, 2],
            "title": ["One", None],
            "published": [datetime(2026, 5, 1, 10, tzinfo=UTC)] * 2,
            "tags": [["a", "b"], None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    articles, complaints = parts(tmp_path / "a.parquet")
    assert [(a.id, a.tags) for a in articles] == [("1", ("a", "b"))]
    assert complaints == [f"{tmp_path / 'a.parquet'} row 2: title: got nothing, wanted a text"]


def test_a_file_that_is_no_parquet_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(SourceError, match="wanted a Parquet file") as caught:
        parts(tmp_path / "a.parquet")
    assert "\n" not in str(caught.value)


def database(tmp_path: Path) -> str:
    path = tmp_path / "cms.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE posts (slug, headline, at, words, state)")
        rows = [
            ("one", "One", "2026-05-01 10:00", "Text.", "publish"),
            ("two", None, "2026-05-01 10:00", "Text.", "publish"),
            ("three", "Three", "2026-05-02", "Text.", "pending"),
        ]
        connection.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def test_a_database_is_read_through_a_query(tmp_path: Path) -> None:
    query = "SELECT slug AS id, headline AS title, at AS published, state AS status FROM posts"
    articles, complaints = parts(f"{database(tmp_path)}#{query}")
    assert [(a.id, a.status) for a in articles] == [
        ("one", Status.PUBLISHED),
        ("three", Status.DRAFT),
    ]
    assert len(complaints) == 1
    assert complaints[0].endswith("row 2: title: got nothing, wanted a text")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("sqlite:///{0}/none.db#SELECT 1", "unable to open"),
        ("sqlite:///{0}/cms.db", "got no query"),
        ("sqlite:///{0}/cms.db#SELECT slug FROM posts", "no column 'id'"),
        ("sqlite:///{0}/cms.db#SELEC", "syntax error"),
        ("oracle+none://u:secret@host/x#SELECT 1", "wanted a SQLAlchemy URL"),
    ],
)
def test_a_database_that_does_not_answer_is_named_without_password(
    tmp_path: Path, source: str, said: str
) -> None:
    database(tmp_path)
    with pytest.raises(SourceError) as caught:
        parts(source.format(tmp_path))
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def markdown(path: Path, front: str, text: str = "Body here.") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{dedent(front).strip()}\n---\n{text}\n", encoding="utf-8")


def test_markdown_of_hugo_jekyll_and_astro(tmp_path: Path) -> None:
    markdown(
        tmp_path / "content/energy/plant/index.md",
        """
        title: "Plant *one*"
        date: 2026-05-01T10:00:00+02:00
        lastmod: 2026-05-02
        categories: [Energy, Coast]
        tags: [reactor]
        author: {name: A. Nowak}
        image: {src: /a.jpg, alt: The plant}
        """,
        'A [link]({{< ref "grid.md" >}}) and {{< youtube x >}} & <b>bold</b>.\n\n## Sub\n\nEnd.',
    )
    markdown(
        tmp_path / "_posts/2026-04-01-grid.md",
        "title: Grid\npublished: false",
        "![A mast](/mast.jpg)\n\nSee [the plant](../content/energy/plant/index.md).",
    )
    markdown(tmp_path / "blog/astro.mdx", "title: Astro\npubDate: Jun 02 2025\ndraft: true")
    (tmp_path / "README.md").write_text("no article")
    articles, complaints = parts(tmp_path)
    found = {article.id: article for article in articles}
    plant = found["content/energy/plant"]
    assert plant.published == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert plant.updated == datetime(2026, 5, 2, tzinfo=UTC)
    assert (plant.section, plant.tags, plant.authors) == (
        "Energy",
        ("reactor", "Coast"),
        ("A. Nowak",),
    )
    assert (plant.image, plant.image_alt) == ("/a.jpg", "The plant")
    assert plant.body == "A link and & bold.\nSub\nEnd."
    assert plant.links == ("content/energy/plant/grid",)
    grid = found["_posts/2026-04-01-grid"]
    assert grid.published == datetime(2026, 4, 1, tzinfo=UTC)
    assert grid.status is Status.DRAFT
    assert grid.links == ("content/energy/plant",)
    assert (grid.image, grid.image_alt) == ("/mast.jpg", "A mast")
    assert not complaints
    assert found["blog/astro"].published == datetime(2025, 6, 2, tzinfo=UTC)


def test_bad_front_matter_is_named_by_file(tmp_path: Path) -> None:
    markdown(tmp_path / "good.md", "title: Good\ndate: 2026-05-01")
    markdown(tmp_path / "broken.md", "title: [unclosed\ndate: 2026-05-01")
    markdown(tmp_path / "month13.md", "title: x\ndate: 2026-13-01")
    (tmp_path / "latin.md").write_bytes("---\ntitle: żó\n---\n".encode("cp1250"))
    (tmp_path / "none.md").write_text("Just text.")
    articles, complaints = parts(tmp_path)
    assert [article.id for article in articles] == ["good"]
    assert len(complaints) == 4
    assert all("\n" not in line for line in complaints)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Markdown"):
        parts(tmp_path)


def test_half_a_gzip_gives_what_can_be_read(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"id": n, "title": f"T{n}", "published": "2026-05-01", "body": "x" * n}) + "\n"
        for n in range(3000)
    )
    whole = gzip.compress(lines.encode())
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="wanted a readable file"):
        parts(path)
