"""The article, its native record format, and the conversion of one into the other."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

import msgspec

from models.lexical.normalization import normalize
from recommender.articles.flags import Flag, merged
from recommender.articles.limits import check_items, cleaned, cleaned_list
from recommender.dates import ambiguity, read_written_date
from recommender.errors import ArticleError
from recommender.language_tags import canonical_tag, tag_without_region
from recommender.text.markup.plain_text import body, line, sentence, text
from recommender.text.sections import is_section

MAX_ID_LENGTH = 1000
"""Characters of an ID: longer ones are broken records and too long for a database key."""

MAX_RAW_ID_LENGTH = 4 * MAX_ID_LENGTH
"""Characters of an ID before it is normalised, which shortens it to a third at most."""

MAX_LANGUAGE_LENGTH = 35
"""Characters of a language tag: the minimum that BCP 47, section 4.4.1, requires to support."""


class Status(StrEnum):
    """Publication status. Together with the dates it decides visibility."""

    PUBLISHED = "published"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """An article with plain text in NFC, without markup, and dates in UTC.

    Missing text is "", a missing date None, a missing list empty.
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
    translations: tuple[str, ...] = ()
    """IDs or URLs of its translations, or a text that all of them share."""
    status: Status = Status.PUBLISHED
    formerly: tuple[str, ...] | None = None
    """IDs that the article had before; None keeps those that the catalogue knows."""
    flags: tuple[Flag, ...] = ()
    """What was repaired when it was read, or looks wrong; no part of the record's digest."""

    @property
    def is_suspicious(self) -> bool:
        """Return whether something looks wrong; otherwise flags tell of repairs."""
        return any(flag.is_suspicious for flag in self.flags)

    def flagged(self, *flags: Flag) -> Article:
        """Return the article with more flags."""
        return msgspec.structs.replace(self, flags=merged([*self.flags, *flags])) if flags else self

    def is_public(self, now: datetime) -> bool:
        """Return whether it is visible at ``now``: published, not under embargo, not expired."""
        return (
            self.status is Status.PUBLISHED
            and self.published <= now
            and (self.expires is None or now < self.expires)
        )


class Record(msgspec.Struct, kw_only=True):
    """One object of the native format as decoded from JSON; null is the same as missing."""

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
    translations: list[str | int] | None = None
    status: Status | None = None
    formerly: list[str | int] | None = None


def article_from(
    record: Record, zone: tzinfo = UTC, *, default_language: str = "", is_text: bool = False
) -> Article:
    """Convert a record to an article: clean its texts and parse its dates.

    Parameters
    ----------
    record : the decoded record.
    zone : time zone of dates that name none.
    default_language : BCP 47, in which dates are written where the record has no language.
    is_text : whether the body was converted from HTML, so that tags in it are program code.

    Raises
    ------
    ArticleError
        A field is empty, too long or cannot be parsed. The message names it.
    """
    language = _language(record.language or "")
    written_in = _language_of_dates(language, default_language)
    updated, expires = (
        _optional_date(raw, zone, written_in) for raw in (record.updated, record.expires)
    )
    unreadable = (record.updated and not updated) or (record.expires and not expires)
    return Article(
        id=identifier_from(record.id),
        title=_required("title", cleaned("title", record.title, sentence)),
        published=_date("published", record.published, zone, written_in),
        teaser=cleaned("teaser", record.teaser or "", sentence),
        body=body(record.body or "", is_text=is_text),
        url=cleaned("url", record.url or "", text),
        updated=updated,
        expires=expires,
        section=_section(cleaned("section", record.section or "", line)),
        tags=tuple(filter(_section, cleaned_list("tags", record.tags, line))),
        authors=cleaned_list("authors", record.authors, line),
        language=language,
        image=cleaned("image", record.image or "", text),
        image_alt=cleaned("image_alt", record.image_alt or "", line),
        links=cleaned_list("links", record.links, line),
        translations=cleaned_list("translations", record.translations, line),
        status=record.status or Status.PUBLISHED,
        formerly=_former_ids(record),
        flags=(Flag.DATE_LEFT_OUT,) if unreadable else (),
    )


def _former_ids(record: Record) -> tuple[str, ...] | None:
    if record.formerly is None:
        return None
    check_items("formerly", record.formerly)
    own = normalize_id(str(record.id))
    try:
        ids = dict.fromkeys(identifier_from(one) for one in record.formerly)
    except ArticleError as error:
        raise ArticleError(f"formerly: {str(error).removeprefix('id: ')}") from error
    return tuple(one for one in ids if one != own)


def _section(name: str) -> str:
    """Return the name of a section or tag; "" for words for none, such as "Uncategorized"."""
    return name if is_section(name) else ""


def normalize_id(identifier: str) -> str:
    """Normalise an ID to Unicode NFC without surrounding white space, as IDs are stored.

    A text that is too long for an ID is cut, so that no article has it.
    """
    return normalize("NFC", identifier[:MAX_RAW_ID_LENGTH]).strip()


def identifier_from(raw: str | int) -> str:
    """Normalise and check an ID.

    Raises
    ------
    ArticleError
        It is empty, too long, or has control characters.
    """
    text = str(raw).strip()
    identifier = normalize_id(text)
    # The length of the text where it was cut: its normalised rest is shorter.
    length = len(text if len(text) > MAX_RAW_ID_LENGTH else identifier)
    if length > MAX_ID_LENGTH:
        raise ArticleError(f"id: expected at most {MAX_ID_LENGTH} characters, got {length}")
    for place, character in enumerate(identifier, 1):
        if unicodedata.category(character) == "Cc":
            raise ArticleError(
                f"id: expected no control characters, got {character!r} at character {place}"
            )
    return _required("id", identifier)


def _language(raw: str) -> str:
    language = line(raw[: 4 * MAX_LANGUAGE_LENGTH])
    if len(language) > MAX_LANGUAGE_LENGTH:
        raise ArticleError(
            f"language: expected BCP 47 such as en-GB, got {language[:57] + '...'!r}"
        )
    return canonical_tag(language) or language  # what is no tag is reported by the index run


def _language_of_dates(language: str, default: str) -> str:
    """Return the default where an article has no language, or the same one without its region."""
    return default if language in ("", tag_without_region(default)) else language


def _required(field: str, value: str) -> str:
    if not value:
        raise ArticleError(f"{field}: expected text, got nothing")
    return value


def _date(field: str, raw: str, zone: tzinfo, language: str) -> datetime:
    try:
        return read_written_date(raw, zone, language)
    except ArticleError as error:
        raise ArticleError(f"{field}: {ambiguity(raw, language) or error}") from error


def _optional_date(raw: str | None, zone: tzinfo, language: str) -> datetime | None:
    """Read a date without which an article is complete; None if it is missing or unreadable."""
    try:
        return read_written_date(raw, zone, language) if raw else None
    except ArticleError:
        return None
