"""Read feeds: RSS, Atom and JSON Feed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from recommender.articles.article import Article
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import whole
from recommender.ingest.readers.record_error import RejectedRecord, described
from recommender.language_tags import canonical_tag
from recommender.text.html import content_of, words_of
from recommender.urls import url_key, without_tracking

EXPECTED = "a feed: RSS, Atom or JSON Feed"


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a feed in a file."""
    return articles(source, whole(source, EXPECTED), zone)


def articles(
    place: str, data: bytes, zone: tzinfo, content_type: str = ""
) -> Iterator[Article | RejectedRecord]:
    """Read the entries of a feed; a rejected record names the number of its entry.

    Parameters
    ----------
    place : path or address of the feed.
    data : its content.
    zone : time zone of dates that name none.
    content_type : the HTTP header, if the feed was fetched.

    Raises
    ------
    SourceError
        The content is no feed, such as an error page.
    """
    is_json = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
    entries = _from_json(place, data) if is_json else _from_xml(place, data, content_type)
    for number, fields in enumerate(entries, start=1):
        at = f"{place}#{number}"
        try:
            if isinstance(fields, ArticleError):
                raise fields
            if not fields["id"]:
                raise ArticleError("id: expected a guid or a link, got neither")
            yield article_of(fields, zone)
        except ArticleError as error:
            known = "" if isinstance(fields, ArticleError) else str(fields.get("id") or "")
            yield RejectedRecord(at, str(error), known)


def _from_xml(
    place: str, data: bytes, content_type: str
) -> Iterator[dict[str, Any] | ArticleError]:
    import feedparser  # noqa: PLC0415 - only feeds need it

    # A stream of bytes: feedparser would fetch a string as an address or open it as a file.
    # The sanitiser is off, because the markup is converted to plain text anyway.
    headers = {"content-type": content_type or "application/xml", "content-location": place}
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, response_headers=headers)
    if not feed.get("version") and not feed.entries:
        raise SourceError(f"{place}: expected {EXPECTED}, got {_shown(data)}")
    language = feed.feed.get("language", "")
    for entry in feed.entries:
        yield _entry_fields(entry, language)
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        reason = " ".join(str(feed.bozo_exception).split())
        yield ArticleError(
            f"expected valid XML, got an error: {reason}; entries before it were read"
        )


def _entry_fields(entry: Mapping[str, Any], language: str) -> dict[str, Any] | ArticleError:
    address = without_tracking(entry.get("feedburner_origlink") or entry.get("link") or "")
    full = next((part.get("value") or "" for part in entry.get("content") or ()), "")
    summary = entry.get("summary") or ""
    if not full and len(summary) > LONG_SUMMARY:
        full, summary = summary, ""
    content = content_of(full, address)
    tags = [tag.get("term") or tag.get("label") or "" for tag in entry.get("tags") or ()]
    image, alt = _media(entry)
    return {
        **_identity(str(entry.get("id") or "").strip(), address),
        "title": words_of(entry.get("title") or ""),
        "published": _date(entry, "published") or _date(entry, "updated"),
        "updated": _date(entry, "updated"),
        "teaser": words_of(summary) if summary != full else "",
        "body": content.text,
        "links": content.links,
        "url": address,
        "section": tags[0] if tags else "",
        "tags": tags[1:],
        "authors": [a.get("name") or "" for a in entry.get("authors") or () if a.get("name")],
        "language": _language(entry, language),
        "image": image or content.image,
        "image_alt": alt if image else content.image_alt,
    }


def _identity(given: str, address: str) -> dict[str, Any]:
    """Return the ID of an entry: its guid, or else its normalised address.

    Some sites put tracking parameters into a guid that is an address. They differ by reading.
    """
    if given:
        base, mark, fragment = given.partition("#")
        is_address = base.startswith(("http://", "https://"))
        return {"id": f"{without_tracking(base)}{mark}{fragment}" if is_address else given}
    key, fragment = url_key(address) or "", address.partition("#")[2]
    if not key:
        return {"id": address}
    # Before 0.3 the address itself was the ID.
    return {"id": f"{key}#{fragment}" if fragment else key, "formerly": [address]}


def _language(entry: Mapping[str, Any], of_feed: str) -> str:
    """Return the language of an entry, else that of its texts (``xml:lang``) or of the feed."""
    parts = [*(entry.get("content") or ()), entry.get("title_detail") or {}]
    by_attribute = [part.get("language") for part in parts]
    named = [entry.get("language"), *by_attribute, of_feed]
    return next((str(tag) for tag in named if canonical_tag(str(tag or ""))), of_feed)


LONG_SUMMARY = 800
"""Characters: many sites put the body into the RSS description, which is then longer."""


def _date(entry: Mapping[str, Any], name: str) -> str:
    """Read a date as RFC 822 (RSS) or RFC 3339 (Atom); some sites mix them up."""
    raw = " ".join(entry[name].split()) if name in entry else ""
    try:
        date: datetime = parsedate_to_datetime(raw)
    except (ValueError, TypeError, OverflowError):
        return raw  # RFC 3339, or an error when the article is built
    return date.isoformat() if date.tzinfo else date.replace(tzinfo=UTC).isoformat()


def _media(entry: Mapping[str, Any]) -> tuple[str, str]:
    for part in (*(entry.get("media_content") or ()), *(entry.get("media_thumbnail") or ())):
        if part.get("url") and part.get("medium", "image") == "image":
            return part["url"], ""
    for part in entry.get("enclosures") or ():
        if str(part.get("type", "")).startswith("image/") and part.get("href"):
            return part["href"], ""
    return "", ""


def _from_json(place: str, data: bytes) -> Iterator[dict[str, Any] | ArticleError]:
    try:
        feed = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{place}: expected {EXPECTED}, got invalid JSON") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise SourceError(f"{place}: expected {EXPECTED}, got JSON without a list of items")
    for item in feed["items"]:
        if isinstance(item, dict):
            yield _item_fields(item, feed)
        else:
            yield ArticleError(f"expected an object, got {described(item)}")


def _item_fields(item: dict[str, Any], feed: dict[str, Any]) -> dict[str, Any]:
    address = without_tracking(str(item.get("url") or item.get("external_url") or ""))
    content = content_of(str(item.get("content_html") or ""), address)
    authors = item.get("authors") or [item.get("author")]
    return {
        **_identity(str(item.get("id") or ""), address),
        "title": words_of(str(item.get("title") or "")),
        "published": item.get("date_published"),
        "updated": item.get("date_modified"),
        "teaser": item.get("summary"),
        "body": item.get("content_text") or content.text,
        "links": content.links,
        "url": address,
        "tags": item.get("tags"),
        "authors": [a for a in authors if isinstance(a, dict) and a.get("name")],
        "language": item.get("language") or feed.get("language"),
        "image": item.get("image") or item.get("banner_image") or content.image,
        "image_alt": "" if item.get("image") else content.image_alt,
    }


def _shown(data: bytes) -> str:
    start = " ".join(data[:200].decode("utf-8", "replace").split())
    return repr(start[:60] + "..." if len(start) > 60 else start)
