"""Read feeds: RSS, Atom and JSON Feed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from functools import partial
from typing import Any

import msgspec

from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.dates import read_written_date
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers import charset
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import encoding_note, whole
from recommender.ingest.readers.record_error import (
    RejectedRecord,
    converted,
    described,
    reading_record,
)
from recommender.ingest.readers.xml_repair import repaired
from recommender.language_tags import canonical_tag
from recommender.text.excerpts import without_appended_line
from recommender.text.markup.html import Content, content_of, joined, words_of
from recommender.text.markup.plain_text import unescaped, without_entities
from recommender.text.teaser import MAX_WORDS
from recommender.text.word_count import word_count
from recommender.urls import url_key, without_tracking

EXPECTED = "a feed: RSS, Atom or JSON Feed"

WEB = ("http://", "https://")


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a feed in a file."""
    return articles(source, whole(source, EXPECTED), zone)


def articles(
    place: str, data: bytes, zone: tzinfo, header: str | None = None
) -> Iterator[Article | RejectedRecord]:
    """Read the entries of a feed; a rejected record names the number of its entry.

    Parameters
    ----------
    place : path or address of the feed.
    data : its content.
    zone : time zone of dates that name none.
    header : encoding of the HTTP header, if the feed was fetched.

    Raises
    ------
    SourceError
        The content is no feed, such as an error page.
    """
    text, encoding = charset.decode(data, header)
    text = text.lstrip("\ufeff \r\n\t")
    entries = _from_json(place, text) if text.startswith("{") else _from_xml(place, text, zone)
    flags = [Flag.ENCODING_DETECTED] if encoding else []
    for number, fields in enumerate(entries, start=1):
        at = f"{place}#{number}"
        if isinstance(fields, ArticleError):
            yield RejectedRecord(at, str(fields))
        elif not fields["id"]:
            yield RejectedRecord(at, "id: expected a guid or a link, got neither")
        else:
            fields["flags"] = [*fields.get("flags", ()), *flags]
            whole_entry = partial(article_of, fields, zone, is_text=True)
            yield converted(at, whole_entry, fields["id"])
    if encoding:
        yield encoding_note(place, encoding)


def _from_xml(place: str, text: str, zone: tzinfo) -> Iterator[dict[str, Any] | ArticleError]:
    import feedparser  # noqa: PLC0415 - only feeds need it

    # A guid is no address, so it must not change with the place. feedparser has no setting for it.
    for parser in (feedparser.api.StrictFeedParser, feedparser.api.LooseFeedParser):
        parser.can_be_relative_uri = parser.can_be_relative_uri - {"id"}
    # A stream of bytes: feedparser would fetch a string as an address or open it as a file.
    # The sanitiser is off, because the markup is converted to plain text anyway.
    headers = {"content-type": "application/xml; charset=utf-8"}
    if place.startswith(WEB):
        headers["content-location"] = place
    feed = feedparser.parse(
        io.BytesIO(repaired(text)), sanitize_html=False, response_headers=headers
    )
    if not feed.get("version") and not feed.entries:
        raise SourceError(f"{place}: expected {EXPECTED}, got {_shown(text)}")
    opaque = _opaque_guids(text)
    for entry in feed.entries:
        yield _attempted(partial(_entry, entry, feed.feed, place, opaque, zone))
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        reason = " ".join(str(feed.bozo_exception).split())
        yield ArticleError(
            f"expected valid XML, got an error: {reason}; entries before it were read"
        )


def _attempted(fields: Callable[[], dict[str, Any]]) -> dict[str, Any] | ArticleError:
    """Return the fields of an entry, or the error because of which there are none."""
    try:
        with reading_record():
            return fields()
    except ArticleError as error:
        return error


def _entry(
    entry: dict[str, Any],
    feed: Mapping[str, Any],
    place: str,
    opaque: frozenset[str],
    zone: tzinfo,
) -> dict[str, Any]:
    guid = str(entry.get("id") or "").strip()
    address = _address(entry, feed.get("link") or "")
    resolved = guid if guid in opaque else joined(place, guid)
    fields = _entry_fields(entry, address, feed.get("language", ""), zone)
    return fields | _identity(guid, address, resolved)


def _entry_fields(
    entry: dict[str, Any], address: str, of_feed: str, zone: tzinfo
) -> dict[str, Any]:
    language = _language(entry, of_feed)
    title = words_of(entry.get("title") or "")
    content, teaser = _texts(entry, address, title)
    tags = [tag.get("term") or tag.get("label") or "" for tag in entry.get("tags") or ()]
    image, alt = _media(entry)
    return {
        "title": title,
        "published": _date(entry, zone, language),
        "updated": _own(entry, "updated"),
        "teaser": teaser,
        "body": content.text,
        "links": content.links,
        "url": address,
        "section": tags,  # the first that is one; the others are tags
        "authors": [a.get("name") or "" for a in entry.get("authors") or () if a.get("name")],
        "language": language,
        "image": image or content.image,
        "image_alt": alt if image else content.image_alt,
    }


def _texts(entry: Mapping[str, Any], address: str, title: str) -> tuple[Content, str]:
    """Return the body and the teaser of an entry; a description that is too long is the body."""
    markup = max(
        (part.get("value") or "" for part in entry.get("content") or ()), key=len, default=""
    )
    summary = entry.get("summary") or ""
    # feedparser repeats the content of an entry that has no summary.
    summary = "" if summary == markup else unescaped(summary)
    content, lead = content_of(unescaped(markup), address), words_of(summary)
    if word_count(lead) > max(MAX_WORDS, word_count(content.text)):
        content, lead = content_of(summary, address), ""
    content.text = without_appended_line(content.text, title)
    return content, "" if lead.split() == content.text.split() else lead


def _address(entry: Mapping[str, Any], home: str) -> str:
    """Return the address of an entry; "" for a guid that is taken for a link and is none."""
    link = str(entry.get("feedburner_origlink") or entry.get("link") or "")
    if not link.startswith((*WEB, "/")) and link == entry.get("id"):
        return ""
    return without_tracking(joined(home, link))


def _identity(guid: str, address: str, resolved: str = "") -> dict[str, Any]:
    """Return the ID of an entry: its guid as it is, or else its normalised address.

    Some sites put tracking parameters into a guid that is an address. They differ by reading.

    Parameters
    ----------
    guid, address : of the entry, "" for none.
    resolved : the ID that versions before 0.3 gave it: the guid as a link of the feed.
    """
    if guid:
        identifier, before = _without_tracking(guid), _without_tracking(resolved)
        moved = {"formerly": [before]} if before and before != identifier else {}
        return {"id": identifier, **moved}
    key, fragment = url_key(address) or "", address.partition("#")[2]
    if not key:
        return {"id": address}
    identifier = f"{key}#{fragment}" if fragment else key
    # Before 0.3 the address itself was the ID, as it still is that of the page.
    return {"id": identifier, "formerly": [address], "flags": [Flag.ID_FROM_ADDRESS]}


def _without_tracking(guid: str) -> str:
    base, mark, fragment = guid.partition("#")
    return f"{without_tracking(base)}{mark}{fragment}" if base.startswith(WEB) else guid


_OPAQUE_GUID = re.compile(
    r"<guid\s[^<>]*\bispermalink\s*+=\s*+[\"']false[\"'][^<>]*>\s*+(?:<!\[CDATA\[)?([^<\]]*)",
    re.IGNORECASE,
)


def _opaque_guids(text: str) -> frozenset[str]:
    """Return the guids of an RSS feed that it says are no addresses."""
    return frozenset(without_entities(guid).strip() for guid in _OPAQUE_GUID.findall(text))


def _language(entry: Mapping[str, Any], of_feed: str) -> str:
    """Return the language of an entry, else that of its texts (``xml:lang``) or of the feed."""
    parts = [*(entry.get("content") or ()), entry.get("title_detail") or {}]
    by_attribute = [part.get("language") for part in parts]
    named = [entry.get("language"), *by_attribute, of_feed]
    return next((str(tag) for tag in named if canonical_tag(str(tag or ""))), of_feed)


def _date(entry: dict[str, Any], zone: tzinfo, language: str) -> str:
    """Return the first date that can be read; if none can, the first one, for the error."""
    given = [_own(entry, name) for name in ("published", "updated", "created")]
    for date in given:
        try:
            read_written_date(date, zone, language)
        except ArticleError:
            continue
        return str(date)
    return next(filter(None, given), "")


def _own(entry: dict[str, Any], name: str) -> str:
    """Return a date as it is given; where there is none, feedparser itself returns another."""
    return dict.get(entry, name) or ""


def _media(entry: Mapping[str, Any]) -> tuple[str, str]:
    for part in (*(entry.get("media_content") or ()), *(entry.get("media_thumbnail") or ())):
        if part.get("url") and part.get("medium", "image") == "image":
            return part["url"], ""
    for part in entry.get("enclosures") or ():
        if str(part.get("type", "")).startswith("image/") and part.get("href"):
            return part["href"], ""
    return "", ""


def _from_json(place: str, text: str) -> Iterator[dict[str, Any] | ArticleError]:
    try:
        feed = msgspec.json.decode(text, type=_JSONFeed)
    except msgspec.ValidationError as error:
        raise SourceError(
            f"{place}: expected {EXPECTED}, got JSON without a list of items"
        ) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise SourceError(f"{place}: expected {EXPECTED}, got invalid JSON") from error
    for raw in feed.items:
        yield _attempted(partial(_item_fields, raw, feed.language))


class _JSONFeed(msgspec.Struct):
    """A JSON Feed. Its items are decoded one by one, so that a broken one costs no other."""

    items: list[msgspec.Raw]
    language: Any = None


def _item_fields(raw: msgspec.Raw, of_feed: Any) -> dict[str, Any]:
    item = msgspec.json.decode(raw)
    if not isinstance(item, dict):
        raise ArticleError(f"expected an object, got {described(item)}")
    address = without_tracking(str(item.get("url") or item.get("external_url") or ""))
    content = content_of(unescaped(str(item.get("content_html") or "")), address)
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
        "language": item.get("language") or of_feed,
        "image": item.get("image") or item.get("banner_image") or content.image,
        "image_alt": "" if item.get("image") else content.image_alt,
    }


def _shown(text: str) -> str:
    start = " ".join(text[:200].split())
    return repr(start[:60] + "..." if len(start) > 60 else start)
