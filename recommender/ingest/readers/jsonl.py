"""JSON Lines, plain or gzipped: the native form, one article an object a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

import msgspec

from recommender.articles.article import Article, Record, article_from
from recommender.errors import ArticleError, NotJSONError
from recommender.ingest.readers.files import opened
from recommender.ingest.readers.record_error import RejectedRecord

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line: ten times the longest article anybody wrote, a tenth of the memory."""

_decoder = msgspec.json.Decoder(Record)


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; what cannot be read is complained of with its line."""
    first_line: dict[str, int] = {}
    for number, line in _lines(source):
        try:
            article = article_in(line, zone)
            _check_new(article.id, number, first_line)
        except ArticleError as error:
            yield RejectedRecord(f"{source}:{number}", str(error))
        else:
            yield article


def article_in(line: bytes, zone: tzinfo) -> Article:
    """Read the one article of a line; dates without a zone are in ``zone``.

    Raises :class:`ArticleError` naming the field, what stood there and what was wanted, and
    :class:`NotJSONError` where it is not even JSON.
    """
    return article_from(_decode(line), zone)


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    with opened(source, "a readable file of JSON Lines") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, line


def _decode(line: bytes) -> Record:
    try:
        return _decoder.decode(line)
    except UnicodeDecodeError as error:
        raise NotJSONError(f"byte {error.start} is not UTF-8; wanted JSON in UTF-8") from error
    except msgspec.ValidationError as error:
        raise ArticleError(_named(str(error))) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotJSONError(f"{error}; wanted one JSON object a line") from error


def _named(message: str) -> str:
    """Put the field first: "Expected `str`, got `int` - at `$.title`" names it last."""
    reason, _, path = message.partition(" - at `$")
    field = path.strip(".`")
    return f"{field}: {reason}" if field else reason


def _check_new(identifier: str, number: int, first_line: dict[str, int]) -> None:
    if identifier in first_line:
        raise ArticleError(
            f"id {identifier!r} stands already in line {first_line[identifier]}; "
            "wanted each id once"
        )
    first_line[identifier] = number
