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
