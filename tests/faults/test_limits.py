"""Texts and numbers beyond every limit: refused with the field, or cut, and never an error 500."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import pytest

from read_source import read_all
from recommender.articles.article import MAX_ID_LENGTH, MAX_RAW_ID_LENGTH
from recommender.articles.flags import Flag
from recommender.articles.limits import MAX_CHARACTERS, MAX_ITEMS
from recommender.errors import ArticleError, OverrideError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.jsonl import parse_article
from recommender.overrides.edits import import_export
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.validation import validated
from service.api.openapi import load_openapi
from service.desk.presenters.forms import parse_ids, safe_redirect

RECORD = {"id": "a", "title": "Harvest begins early", "published": "2026-10-01"}
TEXTS = sorted(MAX_CHARACTERS.keys() - MAX_ITEMS.keys())
BAD_NUMBERS = ["2147483648", str(2**63), "1" * 5_000, "-1", "1e10"]


def parsed(**fields: object) -> str:
    """Parse a record of the native format; answers with the error, or "" without one."""
    try:
        parse_article(json.dumps(RECORD | fields).encode(), UTC)
    except ArticleError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("field", TEXTS)
def test_long_text_of_the_native_format_is_refused(field: str) -> None:
    most = MAX_CHARACTERS[field]
    assert parsed(**{field: "x" * most}) == ""
    for size in (most + 1, 1_000_000):
        assert f"{field}: expected at most {most} characters, got {size}" in parsed(
            **{field: "x" * size}
        )


@pytest.mark.parametrize("size", [MAX_ID_LENGTH + 1, MAX_RAW_ID_LENGTH + 1, 1_000_000])
def test_the_length_of_an_id_is_counted_before_it_is_cut(size: int) -> None:
    assert parsed(id="x" * size) == f"id: expected at most {MAX_ID_LENGTH} characters, got {size}"
    # An id is never taken for its beginning.
    assert f"got {size}" in parsed(id="x" + " " * (size - 2) + "x")


@pytest.mark.parametrize("field", MAX_ITEMS)
def test_long_list_of_the_native_format_is_refused(field: str) -> None:
    values = [f"v{number}" for number in range(MAX_ITEMS[field] + 1)]
    assert parsed(**{field: values[1:]}) == ""
    assert f"{field}: expected at most {MAX_ITEMS[field]} values" in parsed(**{field: values})
    assert field in parsed(**{field: ["x" * 100_000]})


def test_other_sources_are_cut_and_flagged() -> None:
    fields = {
        **RECORD,
        "title": "word " * 200_000,
        "teaser": "word " * 200_000,
        "section": "s" * 1_000_000,
        "tags": [f"tag {number}" for number in range(10_000)],
        "authors": ["A" * 10_000],
        "links": ["x" * 10_000, "b"],
        "image": "data:image/png;base64," + "A" * 100_000,
    }
    article = article_of(fields, UTC)
    assert len(article.title) <= MAX_CHARACTERS["title"]
    assert len(article.teaser) <= MAX_CHARACTERS["teaser"]
    assert len(article.section) <= MAX_CHARACTERS["section"]
    assert len(article.tags) == MAX_ITEMS["tags"]
    assert [len(name) for name in article.authors] == [MAX_CHARACTERS["authors"]]
    assert article.links == ("b",)
    assert article.image == ""
    assert Flag.TOO_LONG in article.flags


def test_usual_article_is_not_flagged(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,title,published,tags\na,A title,2026-10-01,one;two\n")
    assert Flag.TOO_LONG not in read_all(path)[0][0].flags


def test_address_that_is_too_long_is_refused() -> None:
    with pytest.raises(ArticleError, match="url: expected at most"):
        article_of(RECORD | {"url": "https://site.example/" + "a" * 5_000}, UTC)


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_number_of_an_entry(number: str, file_format: str) -> None:
    text = f'[{{"kind": "undo", "undoes": {number}}}]'
    if file_format == "csv":
        text = f"kind,undoes\nundo,{number}\n"
    with pytest.raises(OverrideError, match=r"undoes|JSON") as caught:
        import_export.read(text, file_format, UTC)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"kind":' + "[" * 100_000])
def test_deep_import(text: str) -> None:
    with pytest.raises(OverrideError, match="JSON"):
        import_export.read(text, "json", UTC)


@pytest.mark.parametrize("name", ["a\0b", "x" * 1_001, "a\u0315\u0300" * 50_000, "a\nb"])
def test_names_of_an_override(name: str) -> None:
    for override in (
        Override(kind=Kind.HOLD, article=name),
        Override(kind=Kind.BLOCK, pick=name, scope=Scope.TAG),
    ):
        with pytest.raises(OverrideError, match="at most 1000 characters"):
            validated(override, now=0)


@pytest.mark.parametrize("target", ["/desk/a\nX: 1", "/desk/a\r", "/desk/\0", "//elsewhere"])
def test_redirect_has_no_control_characters(target: str) -> None:
    assert safe_redirect(target, "/desk/") == "/desk/"


def test_contract_has_the_limits() -> None:
    schema = load_openapi(push_api=True)["components"]["schemas"]["Article"]["properties"]
    for field, most in MAX_CHARACTERS.items():
        text = schema[field]["items"] if field in MAX_ITEMS else schema[field]
        assert text["maxLength"] == most
    for field, most in MAX_ITEMS.items():
        assert schema[field]["maxItems"] == most


def test_numbers_of_forms() -> None:
    assert parse_ids(f"1, {2**31 - 1}") == [1, 2**31 - 1]
