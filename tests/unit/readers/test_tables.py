"""Tables of content systems are read by the columns that they have."""

import csv
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from paths import ROOT
from read_source import read_all
from recommender.articles.article import Article, Status
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.field_names import key_of, missing_field, renamed
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import Table, is_known

WARSAW = timezone(timedelta(hours=1))
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def rows_of(names: str, *rows: Sequence[object]) -> list[Article | RejectedRecord]:
    """The items of a table with these columns, and its notes."""
    columns = [name.strip() for name in names.split(",")]
    table = Table("a.csv", columns, "a table", WARSAW)
    items = [
        item
        for row in rows
        for item in table.items("a.csv:2", dict(zip(columns, row, strict=True)))
    ]
    return [*items, *table.notes()]


def one(names: str, *cells: object) -> Article:
    (article,) = rows_of(names, cells)
    assert isinstance(article, Article), article
    return article


def test_columns_that_may_have_a_missing_field_are_named() -> None:
    names = ["Node Nr", "Title", "Date", "Link", "Ressort", "Text"]
    (note,) = Table("a.csv", names, "a table", WARSAW).unread()
    assert not note.is_error
    assert "no column for id, section, tags; not read: 'Node Nr', 'Ressort'" in note.reason
    with pytest.raises(SourceError, match="and this one has 'Nr', 'Titel'; rename"):
        rows_of("Nr,Titel")


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (
            "Nummer,Titel,Datum",
            (
                "columns 'id', 'title' (it has 'Titel') and 'published' are missing; every article "
                "has id, title, published, and this one has 'Nummer', 'Titel', 'Datum'; rename "
                "those that are meant; expected a table"
            ),
        ),
        (
            "id,Titel,date",
            "column 'title' is missing (it has 'Titel'); rename it; expected a table",
        ),
        (
            "title",
            (
                "columns 'id' and 'published' are missing; every article has id, title, published; "
                "expected a table"
            ),
        ),
    ],
)
def test_all_missing_columns_are_named_at_once(columns: str, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        rows_of(columns)
    assert str(caught.value) == f"a.csv: {problem}"


@pytest.mark.parametrize(
    "names",
    [
        "id,title,publishedAt,content",  # Strapi
        "documentId,Title,published_at,Body",
        "_id,title,publishedAt,body",  # Sanity
        "slug.current,title,publishedAt,bodyText",
        "attributes.slug,attributes.title,attributes.publishedAt,attributes.content",
        "Internal ID,Title,Published Date,Plain Content",  # Wix
        "Slug,Title,Publish Date,Content",
        "ID,post_title,post_date_gmt,post_content",  # WordPress
        "post_name,post_title,post_date_gmt,post_content",
        "post_id,title,post_date,html",  # Substack
        "@id,headline,datePublished,articleBody",  # schema.org
        "identifier,headline,date-published,ARTICLE BODY",
        "url,name,Created On,Post Body",  # Webflow
        "nid,title,created,body",  # Drupal
        "Permalink,Post title,PUBLISH_DATE,Post body",  # HubSpot
    ],
)
def test_columns_of_exports(names: str) -> None:
    found = one(names, "m1", "Mill reopens", "2026-03-02T09:00:00Z", "Flour is back.")
    assert (found.id, found.title, found.published) == ("m1", "Mill reopens", NINE)
    assert found.body == "Flour is back."


def test_optional_columns_of_exports() -> None:
    found = one(
        "ID,Title,Publish Date,Last Published Date,Excerpt,Main Category,Categories,Tags,Author,"
        "Cover Image,Post Page URL,Language",
        "7", "Mill reopens", "2026-03-02T09:00:00Z", "2026-03-03T09:00:00Z", "Flour.", "Trade",
        "Trade", '["mills", "bread"]', "0f0e0d0c-0b0a-0908-0706-050403020100",
        "wix:image://v1/ab12_cd~mv2.jpg/mill.jpg#originWidth=9", "/post/mill", "pl",
    )  # fmt: skip
    assert found.updated == NINE + timedelta(days=1)
    assert (found.teaser, found.section, found.tags) == ("Flour.", "Trade", ("mills", "bread"))
    assert (found.authors, found.language, found.url) == ((), "pl", "/post/mill")
    assert found.image == "https://static.wixstatic.com/media/ab12_cd~mv2.jpg"


@pytest.mark.parametrize(
    ("cells", "identifier"),
    [
        (("5", "mill", "https://a.example/mill"), "5"),
        (("", "mill", "https://a.example/mill"), "mill"),
        (("", "", "https://a.example/mill"), "https://a.example/mill"),
    ],
)
def test_slug_or_address_is_the_id_where_there_is_none(
    cells: tuple[str, ...], identifier: str
) -> None:
    assert one("id,slug,url,title,date", *cells, "Mill", "2026-03-02").id == identifier


@pytest.mark.parametrize(
    ("names", "cells", "expected"),
    [
        ("post_date,post_date_gmt", ("2026-03-02 10:00", "2026-03-02 09:00"), NINE),
        ("post_date,post_date_gmt", ("2026-03-02 10:00", "0000-00-00 00:00:00"), NINE),
        ("post_date_gmt", (datetime(2026, 3, 2, 9),), NINE),  # noqa: DTZ001 - as databases return it
        ("created", (1772442000,), NINE),
        ("created", ("1772442000000",), NINE),
    ],
)
def test_dates_of_databases(names: str, cells: tuple[object, ...], expected: datetime) -> None:
    assert one(f"id,title,{names}", "1", "Mill", *cells).published == expected


@pytest.mark.parametrize(
    ("names", "cell", "status"),
    [
        ("post_status", "publish", Status.PUBLISHED),
        ("is_published", "false", Status.DRAFT),
        ("Published", "TRUE", Status.PUBLISHED),
        ("Draft", "yes", Status.DRAFT),
        ("Archived", "true", Status.WITHDRAWN),
        ("Archived", "", Status.PUBLISHED),
        ("publishedAt", "", Status.DRAFT),
        ("status", "archived", Status.WITHDRAWN),
        ("deleted_at", "2020-05-01 10:00:00", Status.WITHDRAWN),
        ("deletedAt", datetime(2020, 5, 1, tzinfo=UTC), Status.WITHDRAWN),
        ("deleted_at", 1588327200, Status.WITHDRAWN),
        ("deleted_at", "02/03/2020", Status.WITHDRAWN),
        ("deleted_at", "2099-12-31", Status.PUBLISHED),
        ("deleted_at", datetime(2099, 12, 31, tzinfo=UTC), Status.PUBLISHED),
        ("deleted_at", "1.12.2099 10:00", Status.PUBLISHED),
        ("deleted_at", "0001-01-01T00:00:00Z", Status.PUBLISHED),
        ("deleted_at", None, Status.PUBLISHED),
        ("is_deleted", "1", Status.WITHDRAWN),
        ("is_deleted", False, Status.PUBLISHED),
        ("Deleted", "true", Status.WITHDRAWN),
        ("hidden", "1", Status.DRAFT),
        ("hidden", "0", Status.PUBLISHED),
        ("visible", 0, Status.DRAFT),
        ("is_active", "false", Status.DRAFT),
        ("online", "1", Status.PUBLISHED),
        ("visibility", "private", Status.DRAFT),
        ("visibility", "members", Status.PUBLISHED),
    ],
)
def test_status_of_exports(names: str, cell: object, status: Status) -> None:
    found = one(f"id,title,createdAt,{names}", "1", "Mill", "2026-03-02T09:00:00Z", cell)
    assert (found.status, found.published) == (status, NINE)


def test_a_withdrawn_article_that_is_hidden_too_stays_withdrawn() -> None:
    found = one("id,title,date,status,visible", "1", "Mill", "2026-03-02", "trash", "0")
    assert found.status is Status.WITHDRAWN


def test_columns_that_may_hide_articles_are_named() -> None:
    names = "id,title,published,url,section,tags,body,embargo_until,removed_by,colour"
    _, note = rows_of(names, ("1", "Mill", "2026-03-02", "", "", "", "", "", "", ""))
    assert "hide articles are not read: 'embargo_until', 'removed_by'; rename" in str(note)


def test_several_categories_are_a_section_and_tags() -> None:
    names = "id,title,date,{},tags"
    given = ("1", "Mill", "2026-03-02")
    for column, cell in (
        ("categories", "Trade, Town"),
        ("category", '["Trade", "Town"]'),
        ("category", "Trade; Town"),
    ):
        found = one(names.format(column), *given, cell, "bread")
        assert (found.section, found.tags) == ("Trade", ("bread", "Town"))
    assert one(names.format("category"), *given, "Arts, Books", "").section == "Arts, Books"


def test_rows_that_are_no_articles_are_counted() -> None:
    names = "ID,post_title,post_date,post_content,post_status,post_type"
    rows = [
        ("1", "Mill", "2026-03-02", "Flour.", "publish", "post"),
        ("2", "", "2026-03-02", "", "inherit", "attachment"),
        ("3", "Mill", "2026-03-02", "Flour?", "inherit", "revision"),
        ("4", "Idea", "0000-00-00 00:00:00", "", "draft", "post"),
        ("5", "Idea", "", "", "Pending", "post"),
    ]
    article, note = rows_of(names, *rows)
    assert isinstance(article, Article)
    assert str(note) == "a.csv: passed over: 1 attachment, 1 revision, 2 draft without a date"
    assert isinstance(note, RejectedRecord)
    assert not note.is_error
    assert note.hides == {"4": Status.DRAFT, "5": Status.DRAFT}


def test_a_post_with_a_password_is_a_draft() -> None:
    names = "ID,post_title,post_date,post_status,post_type,post_password,guid"
    row = ("1", "Mill", "2026-03-02", "publish", "post", "flour", "https://mill.example/?p=1")
    article = one(names, *row)
    assert (article.status, article.url) == (Status.DRAFT, "https://mill.example/?p=1")


@pytest.mark.parametrize(
    ("language", "day", "stored"),
    [("en-US", (2, 3), "en"), ("en-GB", (3, 2), "en"), ("pt-BR", (3, 2), "pt")],
)
def test_a_region_decides_about_days(language: str, day: tuple[int, int], stored: str) -> None:
    article = one("id,title,date,language", "1", "Mill", "02/03/2026 12:00", language)
    assert (article.published.month, article.published.day) == day
    assert article.language == stored


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Anna Reed, Bob Hill and Carl Moss", ("Anna Reed", "Bob Hill", "Carl Moss")),
        ("By Anna Reed & Bob Hill", ("Anna Reed", "Bob Hill")),
        ("Anna Reed; Bob Hill", ("Anna Reed", "Bob Hill")),
        ('["Food and Drink desk", "Anna Reed"]', ("Food and Drink desk", "Anna Reed")),
        ("admin", ("admin",)),
    ],
)
def test_authors_in_one_text(authors: str, names: tuple[str, ...]) -> None:
    assert one("id,title,date,author", "1", "Mill", "2026-03-02", authors).authors == names


def test_texts_of_substack_are_in_files_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "12.mill-reopens.html").write_text("<p>Flour is back.</p>")
    with (tmp_path / "posts.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["post_id", "post_date", "is_published", "title", "subtitle"])
        rows.writerow(["12.mill-reopens", "2026-03-02T09:00:00.000Z", "true", "Mill", "Flour"])
        rows.writerow(["../../secret", "2026-03-02T09:00:00.000Z", "true", "Mill", "Flour"])
    articles, complaints = read_all(tmp_path / "posts.csv")
    assert [(a.body, a.teaser) for a in articles] == [("Flour is back.", "Flour"), ("", "Flour")]
    assert not complaints


def test_the_table_of_wordpress_in_a_database(tmp_path: Path) -> None:
    path = tmp_path / "wp.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE wp_posts (ID, post_title, post_date_gmt, post_type)")
        connection.execute("INSERT INTO wp_posts VALUES (1, 'Mill', '2026-03-02 09:00:00', 'post')")
    connection.close()
    articles, complaints = read_all(f"sqlite:///{path}#SELECT * FROM wp_posts")
    assert [(a.id, a.published) for a in articles] == [("1", NINE)]
    assert not complaints


def test_names_are_compared_without_case_spaces_and_dashes() -> None:
    assert key_of(" Publish-Date_") == key_of("publishDate") == "publishdate"
    assert key_of("author.name") == key_of("attributes.author.data.attributes.name") == "author"
    assert renamed({"Published At": "", "published-at": "2026"}) == {"published": "2026"}
    assert "'Head Line'" in missing_field("title", ["Head Line"])


@pytest.mark.parametrize("tags", ["[" * 50_000, f"[{'1' * 5_000}]"])
def test_odd_lists_are_text(tags: str) -> None:
    fields = {"id": "1", "title": "Mill", "published": "2026-03-02", "tags": tags}
    assert len(article_of(fields, UTC).tags) == 1
    with pytest.raises(ArticleError, match=r"status: expected .*, got a list"):
        article_of(fields | {"status": [["x"] * 9] * 9}, UTC)


def test_the_documented_names_of_columns_are_read() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    table = page.partition("| field | some of the names that are read |")[2].partition("\n\n")[0]
    names = re.findall("`([a-z_]+)`", table)
    assert len(names) > 40
    assert [name for name in names if not is_known(name)] == []
