"""Read JSON Lines, the native format: one article a line, plain or gzipped.

Lines are decoded straight into a :class:`Record`, which is fast. Only a line that fails is decoded
again, to describe in the user's words what is wrong with it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any, BinaryIO

import msgspec

from recommender.articles.article import Article, Record, article_from
from recommender.articles.flags import Flag
from recommender.errors import ArticleError, NotJSONError
from recommender.ingest.readers import charset
from recommender.ingest.readers.field_names import REQUIRED, missing_field
from recommender.ingest.readers.files import LegacyText, opened
from recommender.ingest.readers.record_error import (
    PassedOver,
    RejectedRecord,
    described,
    incomplete,
    not_stored,
    reading_record,
)

EXPECTED_FILE = "a readable file of JSON Lines"

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Longest line that is read. The longest real articles have a tenth of that."""

EXPECTED = {
    "id": "text or a whole number",
    "tags": "a list of texts",
    "authors": "a list of texts",
    "links": "a list of IDs or URLs",
    "translations": "a list of IDs or URLs",
    "status": "published, draft or withdrawn",
    "formerly": "a list of IDs",
}
"""What a field must be; every other field is text."""

_decoder = msgspec.json.Decoder(Record)


def read(source: str, zone: tzinfo, language: str = "") -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; a rejected record names its line."""
    legacy, passed_over = LegacyText(source, EXPECTED_FILE), PassedOver()
    for number, line in _lines(source):
        try:
            with reading_record():
                article = _parsed(line, legacy, zone, language)
        except ArticleError as error:
            given = given_fields(line)
            identifier, status = given.get("id"), given.get("status")
            if kind := incomplete(given, status):
                passed_over.add(kind, identifier, status)
            else:
                yield not_stored(f"{source}:{number}", str(error), identifier, status)
        else:
            yield article
    yield from passed_over.note(source)
    yield from legacy.notes()


def _parsed(line: bytes, legacy: LegacyText, zone: tzinfo, language: str) -> Article:
    """Parse a line; one that is not UTF-8 is decoded first."""
    try:
        return parse_article(line, zone, language)
    except NotJSONError:
        if charset.is_utf8(line):
            raise
    article = parse_article(legacy.decode(line).encode(), zone, language)
    return article.flagged(Flag.ENCODING_DETECTED)


def parse_article(line: bytes, zone: tzinfo, language: str = "") -> Article:
    """Parse one article.

    Parameters
    ----------
    line : a JSON object in UTF-8.
    zone : time zone of dates that name none.
    language : BCP 47, in which dates are written where the article has no language.

    Raises
    ------
    NotJSONError
        The line is not JSON.
    ArticleError
        A field is missing or wrong. The message names it, what was expected and what was found.
    """
    return article_from(_decode(line), zone, default_language=language)


def given_fields(line: bytes) -> dict[str, Any]:
    """Return the fields of a line that is no article, such as the ID and status of a deleted one.

    A line that is no JSON object has none.
    """
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    with opened(source, EXPECTED_FILE) as file:
        for number, line in enumerate(_decoded_lines(file), start=1):
            if line.strip():
                yield number, line


def _decoded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines without a byte order mark; those of UTF-16 become UTF-8."""
    first = file.readline(MAX_LINE_BYTES)
    marked = charset.marked(first)
    if marked in ("", "utf-8-sig"):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from iter(lambda: file.readline(MAX_LINE_BYTES), b"")
    else:
        file.seek(0)
        with io.TextIOWrapper(file, encoding=marked, errors="replace") as text:
            yield from (line.encode() for line in iter(lambda: text.readline(MAX_LINE_BYTES), ""))


def _decode(line: bytes) -> Record:
    with _json_errors():
        try:
            return _decoder.decode(line)
        except msgspec.ValidationError as error:
            raise ArticleError(_problem(msgspec.json.decode(line))) from error


@contextmanager
def _json_errors() -> Iterator[None]:
    """Turn the errors of the JSON parser into :class:`NotJSONError`."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise NotJSONError(
            f"expected JSON in UTF-8, got another encoding at byte {error.start}"
        ) from error
    except RecursionError as error:
        raise NotJSONError("expected one JSON object, got values nested too deep") from error
    except msgspec.DecodeError as error:
        byte = re.search(r"\(byte (\d+)\)", str(error))
        where = f"at byte {byte[1]}" if byte else "that ends too early"
        raise NotJSONError(f"expected one JSON object, got invalid JSON {where}") from error


def _problem(value: Any) -> str:
    """Say what is wrong with a JSON value that is not a :class:`Record`."""
    if not isinstance(value, dict):
        return f"expected a JSON object, got {described(value)}"
    for name in REQUIRED:
        if name not in value:
            return missing_field(name, value)
    for field in msgspec.structs.fields(Record):
        if field.name in value and not _fits(value[field.name], field.type):
            expected = EXPECTED.get(field.name, "text")
            return f"{field.name}: expected {expected}, got {_found(field.name, value[field.name])}"
    return "expected an article"


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _found(name: str, value: Any) -> str:
    """Describe a wrong value; of a list the first wrong item."""
    if isinstance(value, list) and name in EXPECTED and "list" in EXPECTED[name]:
        allowed = (str, int) if name in {"links", "translations", "formerly"} else str
        wrong = [item for item in value if not isinstance(item, allowed)]
        return f"a list with {described(wrong[0])}" if wrong else "a list"
    return described(value)
