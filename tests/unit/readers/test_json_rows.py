"""JSON dumps of content systems: arrays of records, and one record a line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from read_source import read_all
from recommender.articles.article import Article, Status
from recommender.errors import SourceError

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = "2026-03-02T09:00:00.000Z"


def dumped(tmp_path: Path, *records: Any, name: str = "dump.json") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


def one(tmp_path: Path, *records: Any, name: str = "dump.json") -> Article:
    (article,), _ = read_all(dumped(tmp_path, *records, name=name))
    return article


def wrapped(**fields: Any) -> dict[str, Any]:
    """A record as version 4 of Strapi answers."""
    return {"data": {"id": 3, "attributes": fields}}


def test_an_answer_of_strapi(tmp_path: Path) -> None:
    article = one(
        tmp_path,
        {
            "meta": {"pagination": {"page": 1}},
            "data": [
                {
                    "id": 12,
                    "attributes": {
                        "title": "Mill reopens",
                        "content": "**Flour** is [back](/bread).",
                        "publishedAt": AT,
                        "category": wrapped(name="Town"),
                        "tags": {"data": [wrapped(name="bread")["data"]]},
                        "author": wrapped(name="Anna Reed"),
                        "cover": wrapped(name="mill.jpg", url="/uploads/mill.jpg"),
                    },
                }
            ],
        },
    )
    assert (article.id, article.title, article.published) == ("12", "Mill reopens", NINE)
    assert (article.body, article.links) == ("Flour is back.", ("/bread",))
    assert (article.section, article.tags, article.authors) == ("Town", ("bread",), ("Anna Reed",))
    assert article.image == "/uploads/mill.jpg"


SPAN = {"_type": "span", "text": "Flour & salt"}
TREES = [
    # Portable Text
    [{"_type": "block", "style": "h2", "children": [{"_type": "span", "text": "Mill"}]},
     {"_type": "block", "markDefs": [{"_key": "k", "_type": "link", "href": "/bread"}],
      "children": [SPAN, {"_type": "span", "marks": ["k"], "text": " again"}]}],
    # Strapi, Slate
    [{"type": "heading", "level": 2, "children": [{"type": "text", "text": "Mill"}]},
     {"type": "paragraph", "children": [
         {"type": "text", "text": "Flour & salt"},
         {"type": "link", "url": "/bread", "children": [{"type": "text", "text": " again"}]}]}],
    # ProseMirror
    {"type": "doc", "content": [
        {"type": "heading", "content": [{"type": "text", "text": "Mill"}]},
        {"type": "paragraph", "content": [
            {"type": "text", "text": "Flour & salt"},
            {"type": "text", "text": " again",
             "marks": [{"type": "link", "attrs": {"href": "/bread"}}]}]}]},
    # Lexical
    {"root": {"type": "root", "children": [
        {"type": "heading", "tag": "h2", "children": [{"type": "text", "text": "Mill"}]},
        {"type": "paragraph", "children": [
            {"type": "text", "text": "Flour & salt"},
            {"type": "link", "fields": {"url": "/bread"},
             "children": [{"type": "text", "text": " again"}]}]}]}},
    # components of Strapi
    [{"__component": "shared.text", "body": "## Mill"},
     {"__component": "shared.text", "body": "Flour & salt [again](/bread)"}],
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES)
def test_rich_text_is_text(tmp_path: Path, tree: Any) -> None:
    article = one(tmp_path, [{"id": 1, "title": "Mill", "publishedAt": AT, "content": tree}])
    assert article.body == "Mill\nFlour & salt again"
    assert article.links in {("/bread",), ()}


def test_an_export_of_sanity(tmp_path: Path) -> None:
    post = {"_type": "post", "title": "Mill reopens", "publishedAt": AT}
    body = [{"_type": "block", "children": [SPAN]}]
    path = dumped(
        tmp_path,
        {"_id": "a", "_type": "author", "name": "Anna Reed"},
        {"_id": "i", "_type": "sanity.imageAsset", "url": "https://cdn.example/i.jpg"},
        {**post, "_id": "p", "body": body, "author": {"_ref": "a"}, "slug": {"current": "mill"}},
        {**post, "_id": "drafts.p", "body": body},
        {**post, "_id": "drafts.q", "body": body},
        name="production.ndjson",
    )
    (article, draft), notes = read_all(path)
    assert (article.id, article.authors, article.body) == ("p", ("Anna Reed",), "Flour & salt")
    assert (draft.id, draft.status) == ("q", Status.DRAFT)
    assert notes == [
        f"{path}: passed over: 1 author, 1 sanity.imageAsset, 1 draft of another record"
    ]


def test_arrays_are_found_in_objects(tmp_path: Path) -> None:
    record = {"id": 1, "title": {"rendered": "Mill"}, "date": AT, "content": "Flour."}
    for value in (
        [record],
        {"docs": [record], "totalDocs": 1},
        {"data": {"posts": {"nodes": [record], "pageInfo": {}}}},
        {"data": {"posts": {"edges": [{"node": record}]}}},
        [{"type": "header"}, {"type": "table", "name": "posts", "data": [record]}],
    ):
        assert one(tmp_path, value).title == "Mill"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1}, "got other JSON"),
        ([1, 2], "got other JSON"),
        ([{"title": "Mill"}], "columns 'id' and 'published' are missing"),
    ],
)
def test_other_json_is_an_error(tmp_path: Path, value: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_all(dumped(tmp_path, value))
