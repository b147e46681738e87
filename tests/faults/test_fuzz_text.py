"""Any text gives a result or one of our errors, never another exception."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.dates import read_date, read_written_date
from recommender.errors import ArticleError
from recommender.ingest.readers.field_mapping import article_of
from recommender.language_tags import canonical_tag
from recommender.names import name_key
from recommender.text.markup.html import content_of
from recommender.text.markup.plain_text import body, sentence
from recommender.text.teaser import make_teaser
from recommender.urls import url_key, web_address, without_tracking

PIECES = [
    "<p>", "</p>", "<", "&", ";", "#", "[", "]", "{%", "…", ".", " ", "\n", "\0", "\u0301", "2026",
    "-", "01", ":", "T", "Z", "+", "may", "9999", "é", "漢", "\ud800", "http://", "javascript:",
]  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=20).map("".join)
VALUE = st.recursive(
    st.one_of(TEXT, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
few = settings(deadline=None, max_examples=60)


@few
@given(TEXT)
def test_text(text: str) -> None:
    for function in (body, sentence, content_of, canonical_tag, name_key):
        function(text)
    make_teaser(body(text))  # a body is cleaned before
    assert not web_address(text).casefold().lstrip().startswith("javascript:")
    url_key(text), without_tracking(text)
    for read in (read_date, read_written_date):
        with suppress(ArticleError):
            assert read(text).tzinfo is UTC


@few
@given(st.dictionaries(st.sampled_from(["tags", "authors", "image", "url", "status"]), VALUE))
def test_fields_of_any_type(fields: dict[str, object]) -> None:
    with suppress(ArticleError):
        article_of({"id": "a", "title": "T", "published": "2026-01-01"} | fields, UTC)
