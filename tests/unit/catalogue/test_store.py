"""The catalogue stores articles and detects changes."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from recommender.articles.article import Article, Status
from recommender.catalogue.rows import MAX_FULL_RUNS
from recommender.catalogue.store import Catalogue, Counts
from recommender.errors import CatalogueError

NOW = datetime(2026, 1, 1, tzinfo=UTC)

FULL = Article(
    id="żuraw/1 2",
    title="Crane",
    published=datetime(2025, 3, 30, 1, 30, tzinfo=UTC),
    teaser="Lead.",
    body="Body\n\nmore",
    url="https://site.example/1",
    updated=datetime(2025, 4, 1, tzinfo=UTC),
    expires=datetime(2030, 1, 1, tzinfo=UTC),
    section="culture",
    tags=("a", "b"),
    authors=("Ewa",),
    language="pl",
    image="/i.svg",
    image_alt="A crane",
    links=("x",),
    status=Status.DRAFT,
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(f"sqlite:///{tmp_path / 'deep' / 'catalogue.sqlite3'}")


def test_an_article_is_read_back_unchanged(catalogue: Catalogue) -> None:
    catalogue.add([FULL], "here", NOW)
    assert catalogue.get("żuraw/1 2") == FULL
    assert catalogue.get("nope") is None


def test_new_changed_and_unchanged_articles_are_counted(catalogue: Catalogue) -> None:
    other = msgspec.structs.replace(FULL, id="other")
    assert catalogue.add([FULL, other], "here", NOW) == Counts(new=2)
    edited = msgspec.structs.replace(other, title="Edited")
    assert catalogue.add([FULL, edited], "here", NOW) == Counts(changed=1, unchanged=1)
    assert len(catalogue.all()) == 2
    assert catalogue.get("other") == edited


def test_of_the_same_second_the_last_import_comes_first(catalogue: Catalogue) -> None:
    moved = msgspec.structs.replace(FULL, id="a", url="https://old.example/1")
    catalogue.add([moved], "here", NOW)
    catalogue.add([FULL], "here", NOW)
    catalogue.add([moved], "here", NOW)
    assert [one.id for one in catalogue.all()] == [FULL.id, "a"]
    catalogue.add([msgspec.structs.replace(moved, url="https://new.example/1")], "here", NOW)
    assert [one.id for one in catalogue.all()] == ["a", FULL.id]


def test_articles_are_listed_newest_first(catalogue: Catalogue) -> None:
    articles = [
        msgspec.structs.replace(FULL, id=str(day), published=datetime(2025, 1, day, tzinfo=UTC))
        for day in (2, 9, 5)
    ]
    catalogue.add(articles, "here", NOW)
    assert [article.id for article in catalogue.all()] == ["9", "5", "2"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "setting 'database_url': expected a SQLAlchemy URL .*, got 'nonsense'"),
        ("oracle+nothing://x", "setting 'database_url': expected a SQLAlchemy URL .*, got 'oracle"),
        ("sqlite:////proc/no/such/folder.sqlite3", "catalogue"),
    ],
)
def test_an_invalid_database_url_is_an_error(url: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        Catalogue(url)


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(CatalogueError, match="not a database"):
        Catalogue(f"sqlite:///{path}")


def test_the_last_full_runs_are_remembered(database: str) -> None:
    runs = [f"2026-{number:02}" for number in range(MAX_FULL_RUNS + 1)]
    with closing(Catalogue(database)) as catalogue:
        for run in reversed(runs):  # by a clock that is set back each time
            catalogue.remember_full_run(run, catalogue.version())
            assert catalogue.knows_full_run(run)
        known = [run for run in runs if catalogue.knows_full_run(run)]
        assert known == [runs[0], *runs[2:]]
        assert catalogue.version() == 0
