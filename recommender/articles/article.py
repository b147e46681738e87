"""The noun of the house: an article as the newsroom means it, and how a record becomes one."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

import msgspec

from recommender.dates import read_date
from recommender.errors import ArticleError
from recommender.text.plain_text import body, line, text

LONGEST_ID = 1000
"""Characters of an id: longer ones are records gone wrong, and no database key."""

LONGEST_LANGUAGE = 35
"""Characters: what BCP 47 (section 4.4.1) says that a tag may need."""


class Status(StrEnum):
    """Who may see an article, together with its dates."""

    PUBLISHED = "published"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """An article, cleaned: plain text in NFC without markup, moments in UTC.

    Missing text is "", a missing moment None, a missing list empty.
    """

    id: str
    title: str
    published: datetime
    teaser: str = ""
    body: str = ""
    url: str = ""
    updated: datetime | None = None
    expires: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    image: str = ""
    image_alt: str = ""
    links: tuple[str, ...] = ()
    status: Status = Status.PUBLISHED

    def is_public(self, now: datetime) -> bool:
        """Tell whether readers may see it at ``now``: published, out of embargo, not expired."""
        return (
            self.status is Status.PUBLISHED
            and self.published <= now
            and (self.expires is None or now < self.expires)
        )


def primary_language(language: str) -> str:
    """Tell the language of a BCP 47 tag without script and region: readers of en-US read en-GB."""
    return language.partition("-")[0].lower()


class Record(msgspec.Struct, kw_only=True):
    """One object of the native form, as it stands in a file; null is the same as missing."""

    id: str | int
    title: str
    published: str
    teaser: str | None = None
    body: str | None = None
    url: str | None = None
    updated: str | None = None
    expires: str | None = None
    section: str | None = None
    tags: list[str] | None = None
    authors: list[str] | None = None
    language: str | None = None
    image: str | None = None
    image_alt: str | None = None
    links: list[str | int] | None = None
    status: Status | None = None


def article_from(record: Record, zone: tzinfo = UTC) -> Article:
    """Clean a record into an article; dates without a zone are in ``zone``.

    Raises :class:`ArticleError` naming the field, what stood there and what was wanted.
    """
    return Article(
        id=identifier_from(record.id),
        title=_required("title", line(record.title)),
        published=_moment("published", record.published, zone),
        teaser=line(record.teaser or ""),
        body=body(record.body or ""),
        url=text(record.url or ""),
        updated=_moment("updated", record.updated, zone) if record.updated else None,
        expires=_moment("expires", record.expires, zone) if record.expires else None,
        section=line(record.section or ""),
        tags=_lines(record.tags),
        authors=_lines(record.authors),
        language=_language(record.language or ""),
        image=text(record.image or ""),
        image_alt=line(record.image_alt or ""),
        links=_lines([str(link) for link in record.links or ()]),
        status=record.status or Status.PUBLISHED,
    )


def _lines(raw: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cleaned for item in raw or () if (cleaned := line(item))))


def normalize_id(identifier: str) -> str:
    """Bring an id to the one form in which ids are kept: NFC, without white space around it."""
    return unicodedata.normalize("NFC", identifier).strip()


def identifier_from(raw: str | int) -> str:
    """Clean an id, as :func:`normalize_id` says.

    Raises :class:`ArticleError` for what is none.
    """
    identifier = normalize_id(str(raw))
    if len(identifier) > LONGEST_ID:
        raise ArticleError(f"id: got {len(identifier)} characters, wanted at most {LONGEST_ID}")
    if any(unicodedata.category(c) == "Cc" for c in identifier):
        raise ArticleError(f"id: got {identifier!r}, wanted no control characters")
    return _required("id", identifier)


def _language(raw: str) -> str:
    language = line(raw)
    if len(language) > LONGEST_LANGUAGE:
        raise ArticleError(f"language: got {language[:57] + '...'!r}, wanted BCP 47 such as en-GB")
    return language


def _required(field: str, value: str) -> str:
    if not value:
        raise ArticleError(f"{field}: got nothing, wanted a text")
    return value


def _moment(field: str, raw: str, zone: tzinfo) -> datetime:
    try:
        return read_date(raw, zone)
    except ArticleError as error:
        raise ArticleError(f"{field}: {error}") from error
