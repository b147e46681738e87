"""Inputs of the Python API: articles and links in the forms that a notebook has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any, Protocol

from recommender.articles.article import Article, normalize_id
from recommender.errors import ArticleError
from recommender.ingest.readers.field_mapping import article_or_rejected
from recommender.ingest.readers.field_names import keyed
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import table_fields


class DataFrame(Protocol):
    """A table with named columns, such as that of pandas."""

    def to_dict(self, orient: Any) -> Any:
        """Return the rows as mappings, for ``orient="records"``."""


Records = Iterable[Mapping[str, Any] | Article] | DataFrame
"""Articles, mappings with the field names of any reader, or a data frame."""

Pairs = Iterable[tuple[str, str]] | DataFrame
"""Pairs of the IDs of a linking and a linked article, or a data frame with ``from``, ``to``."""


def articles_of(
    records: Records, zone: tzinfo, language: str = ""
) -> Iterator[Article | RejectedRecord]:
    """Convert records to articles; a record with an error is rejected.

    Parameters
    ----------
    zone : time zone of dates that name none.
    language : BCP 47, in which dates are written where a record has no language.

    Raises
    ------
    ArticleError
        A record is neither an article nor a mapping.
    """
    for number, record in enumerate(_rows(records), start=1):
        if isinstance(record, Article):
            yield record
        elif isinstance(record, Mapping):
            fields = table_fields(keyed(record), zone)
            yield article_or_rejected(f"record {number}", fields, zone, language)
        else:
            raise ArticleError(
                f"record {number}: expected an Article or a mapping with id, title and "
                f"published, got {type(record).__name__}"
            )


def pairs_of(links: Pairs) -> Iterator[tuple[str, str]]:
    """Normalise pairs of IDs.

    Raises
    ------
    ArticleError
        A link is no pair, or a data frame lacks a column.
    """
    for number, link in enumerate(_rows(links), start=1):
        try:
            one, other = (link["from"], link["to"]) if isinstance(link, Mapping) else link
        except (KeyError, TypeError, ValueError) as error:
            raise ArticleError(
                f"link {number}: expected a pair of IDs, or the columns from and to, got {link!r}"
            ) from error
        yield normalize_id(str(one)), normalize_id(str(other))


def _rows(table: Any) -> Iterable[Any]:
    """Return the rows of a data frame; anything else is an iterable already."""
    if hasattr(table, "to_dict") and hasattr(table, "columns"):
        rows: Iterable[Any] = table.to_dict(orient="records")
        return rows
    if isinstance(table, str | bytes | Mapping) or not isinstance(table, Iterable):
        raise ArticleError(f"expected a list or a data frame, got {type(table).__name__}")
    return table
