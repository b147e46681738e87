"""Sources that are written wrong get an error with the fix."""

from pathlib import Path

import pytest

from read_source import read_all
from recommender.errors import SourceError

NOTHING = "No such file or folder; "


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("example.org/feed.xml", f"{NOTHING}did you mean https://example.org/feed.xml?"),
        ("www.example.org/feed", f"{NOTHING}did you mean https://www.example.org/feed?"),
        ("example.org", f"{NOTHING}did you mean https://example.org?"),
        ("localhost:8000/feed", f"{NOTHING}did you mean http://localhost:8000/feed?"),
        ("content/", "No such folder; check the path"),
        ("content", f"{NOTHING}check the path"),
        ("articles.csv", f"{NOTHING}check the path"),
        ("v1.2/posts", f"{NOTHING}check the path"),
        (
            "feed://example.org/rss",
            "expected http:// or https://, got feed://; did you mean https://example.org/rss?",
        ),
        (
            "htp://example.org/rss",
            "expected http:// or https://, got htp://; did you mean https://example.org/rss?",
        ),
        ("file:///data/a.csv", "expected a path, got file://; leave it out: /data/a.csv"),
    ],
)
def test_a_mistyped_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as caught:
        read_all(source)
    assert str(caught.value) == f"{source}: {problem}"


def test_secrets_are_not_repeated() -> None:
    for source in ("example.org/feed?token=s3cret", "feed://anna:s3cret@example.org/feed"):
        with pytest.raises(SourceError, match=r"mean https://example\.org/feed") as caught:
            read_all(source)
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("source", ["sqlite:///cms.db", "postgres://h/d", "postgresql://h/d"])
def test_a_database_without_a_query_needs_one(source: str) -> None:
    with pytest.raises(SourceError, match=r"expected a SQLAlchemy URL.* got no query"):
        read_all(source)


def test_a_folder_with_the_name_of_a_host_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = tmp_path / "example.org" / "a.md"
    post.parent.mkdir()
    post.write_text("---\ntitle: T\ndate: 2026-05-01\n---\nText.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (article,), _ = read_all("example.org")
    assert article.title == "T"


def test_an_unknown_format_that_exists_lists_the_formats(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("text", encoding="utf-8")
    with pytest.raises(SourceError, match="expected a file of JSON Lines"):
        read_all(tmp_path / "a.doc")
