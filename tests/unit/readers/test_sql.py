"""The reader of SQL databases."""

import sqlite3
from pathlib import Path

import pytest

from read_source import read_all
from recommender.articles.article import Status
from recommender.errors import SourceError


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


def test_articles_of_a_query(tmp_path: Path) -> None:
    query = "SELECT slug AS id, headline AS title, at AS published, state AS status FROM posts"
    articles, complaints = read_all(f"{database(tmp_path)}#{query}")
    assert [(a.id, a.status) for a in articles] == [
        ("one", Status.PUBLISHED),
        ("three", Status.DRAFT),
    ]
    assert len(complaints) == 1
    assert complaints[0].endswith("row 2: title: expected text, got nothing")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("sqlite:///{0}/none.db#SELECT 1", "unable to open"),
        ("sqlite:///{0}/cms.db", "got no query"),
        ("sqlite:///{0}/cms.db#SELECT slug FROM posts", "got no 'title'"),
        ("sqlite:///{0}/cms.db#SELEC", "syntax error"),
        ("sqlite:///{0}/cms.db#ATTACH '{0}/new.db' AS other", "too many attached databases"),
        ("sqlite:///{0}/cms.db#DELETE FROM posts", "readonly"),
        ("sqlite:///{0}/new.db%3Fmode=rwc#SELECT 1 AS id", "unable to open"),
        ("sqlite:///{0}/new.db?mode=rwc#SELECT 1 AS id", "unable to open"),
        ("oracle+none://u:secret@host/x#SELECT 1", "expected a SQLAlchemy URL"),
    ],
)
def test_errors_of_databases_have_no_password(tmp_path: Path, source: str, message: str) -> None:
    database(tmp_path)
    with pytest.raises(SourceError) as caught:
        read_all(source.format(tmp_path))
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["cms.db"]


def test_all_columns_of_the_table_of_wordpress(tmp_path: Path) -> None:
    names = (
        "ID, post_author, post_date, post_date_gmt, post_content, post_title, post_status, "
        "comment_status, post_name, menu_order, guid, post_type"
    )
    with sqlite3.connect(tmp_path / "wp.db") as connection:
        connection.execute(f"CREATE TABLE wp_posts ({names})")
        row = (7, 1, "2026-03-02 10:00:00", "2026-03-02 09:00:00", "<p>Flour.</p>", "Mill")
        rest = ("publish", "open", "mill", 0, "https://mill.example/?p=7")
        rows = [(*row, *rest, "post"), (8, *row[1:], *rest, "nav_menu_item")]
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO wp_posts VALUES ({marks})", rows)
    connection.close()
    source = f"sqlite:///{tmp_path}/wp.db#SELECT * FROM wp_posts"
    (article,), notes = read_all(source)
    assert (article.id, article.title, article.published.hour) == ("7", "Mill", 9)
    assert article.authors == ()  # a key of another table
    assert [note.partition(": ")[2] for note in notes] == ["passed over: 1 nav_menu_item"]
    with pytest.raises(SourceError, match="an unknown column 'post_author'"):
        read_all(source.replace("*", names))
