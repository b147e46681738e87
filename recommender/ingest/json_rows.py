"""Read JSON dumps of content systems, such as those of Strapi and Sanity: arrays of records.

A dump is an array, an object with an array somewhere in it, as APIs answer, or one record a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from html import escape
from typing import Any

import msgspec

from recommender.errors import SourceError
from recommender.ingest.markdown.rendering import rendered
from recommender.ingest.readers import charset
from recommender.ingest.readers.field_names import KEYS, key_of
from recommender.ingest.readers.files import opened, whole
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import Table
from recommender.text.markup.html import Content, content_of
from recommender.text.markup.rich_text import html_of

EXPECTED = "a feed, an export of Ghost, or an array of records with id, title, published, ..."

MAX_DEPTH = 4
"""Nesting of objects in which the array of records is searched."""

_LINES = re.compile(rb'\s*\{[^\n]*"(?:_type"\s*:|type"\s*:\s*"api::)')
_ITEMS = re.compile(r"\s*\{\s*\"items\"\s*:")
_ELEMENT = re.compile(r"</\w+>|<br\b|<img\b")

_HIDDEN = ("sanity.", "system.", "plugin::", "admin::")
_NO_ARTICLES = {"page", "settings", "sitesettings"}


def is_dump(start: bytes) -> bool:
    """Return whether a file of JSON Lines is a dump of Sanity or Strapi, by its first line."""
    return bool(_LINES.match(start.removeprefix(b"\xef\xbb\xbf")))


def is_feed(start: bytes) -> bool:
    """Return whether a JSON file is a JSON Feed, by its beginning."""
    text = charset.decode(start).text
    return "jsonfeed.org/" in text or bool(_ITEMS.match(text))


def read(source: str, zone: tzinfo, language: str = "") -> Iterator[Any]:
    """Read the articles of a JSON file.

    Raises
    ------
    SourceError
        It has no array of records, or none of them has the fields of an article.
    """
    records = _found(_decoded(source, whole(source, EXPECTED)), MAX_DEPTH)
    if not records:
        raise SourceError(f"{source}: expected {EXPECTED}, got other JSON")
    yield from _items(source, lambda: records, zone, language)


def read_lines(source: str, zone: tzinfo, language: str = "") -> Iterator[Any]:
    """Read the articles of a dump with one record a line."""

    def records() -> Iterator[Any]:
        with opened(source, EXPECTED) as file:
            for line in file:
                if line.strip():
                    yield _decoded(source, line)

    yield from _items(source, records, zone, language)


def _items(source: str, records: Any, zone: tzinfo, language: str) -> Iterator[Any]:
    """Yield the articles of records, which are read twice: first for the names that others have."""
    names: dict[str, None] = {}
    referred: dict[str, str] = {}
    for record in map(_flat, records()):
        if isinstance(record, dict):
            names |= dict.fromkeys(record)
            if "_id" in record and _kind(record):
                referred[str(record["_id"])] = str(record.get("name") or record.get("title") or "")
            elif "_id" in record:
                referred.setdefault(str(record["_id"]), "")
    table = Table(source, names, EXPECTED, zone, language=language)
    for number, record in enumerate(records(), start=1):
        place = f"{source}#{number}"
        row = _flat(record, referred)
        if not isinstance(row, dict):
            yield RejectedRecord(place, "expected an object with the fields of an article")
        elif kind := _kind(row) or _is_other_version(row, referred):
            table.pass_over(kind)
        else:
            yield from table.items(place, _row(row))
    yield from table.notes()


def _decoded(source: str, data: bytes) -> Any:
    try:
        return msgspec.json.decode(charset.decode(data).text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{source}: expected {EXPECTED}, got no valid JSON") from error


def _found(value: Any, depth: int) -> list[Any]:
    """Return the longest array of objects that is nearest to the top; [] if there is none."""
    if isinstance(value, list):
        tables = [one["data"] for one in value if _is_table(one)]  # phpMyAdmin
        rows = [row for table in tables for row in table] or value
        return rows if any(isinstance(row, dict) for row in rows) else []
    if not isinstance(value, dict) or not depth:
        return []
    direct = [_found(one, 0) for one in value.values() if isinstance(one, list)]
    if any(direct):
        return max(direct, key=len)
    return max((_found(one, depth - 1) for one in value.values()), key=len, default=[])


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "table" and "data" in value


def _flat(value: Any, referred: Mapping[str, str] | None = None) -> Any:
    """Return a value without the objects that APIs put around it, and with the names of others."""
    if isinstance(value, list):
        return [_flat(one, referred) for one in value]
    if not isinstance(value, dict):
        return value
    for wrapper in ("node", "rendered"):  # GraphQL, WordPress
        if wrapper in value:
            return _flat(value[wrapper], referred)
    if "_ref" in value:
        return (referred or {}).get(str(value["_ref"]), "")
    if "data" in value and value.keys() <= {"data", "meta"}:
        return _flat(value["data"], referred)
    return {name: _flat(one, referred) for name, one in _merged(value).items()}


def _merged(value: dict[str, Any]) -> dict[str, Any]:
    """Return a record of Strapi with the fields that it has in an object of their own."""
    for inner in ("attributes", "data"):  # of the API, of the export
        if isinstance(value.get(inner), dict) and "id" in value:
            kept = {name: one for name, one in value.items() if name != inner}
            kind = {"_type": kept.pop("type")} if inner == "data" and "type" in kept else {}
            value = {**value[inner], **kept, **kind}
    return value


def _kind(row: Mapping[str, Any]) -> str:
    """Return the type of a record of a dump with several types, if it is no article; else ""."""
    kind = str(row.get("_type") or "")
    keys = {key_of(name) for name, value in row.items() if value not in (None, "", [])}
    has_body = keys & {*KEYS["body"], "blocks"} and keys & set(KEYS["title"])
    is_other = kind.startswith(_HIDDEN) or kind.rpartition(".")[2].casefold() in _NO_ARTICLES
    return kind if kind and (is_other or not has_body) else ""


def _is_other_version(row: dict[str, Any], known: Mapping[str, str]) -> str:
    """Return of what kind a draft of Sanity is that exists beside its document.

    One that exists alone gets the ID of the document.
    """
    version, _, identifier = str(row.get("_id") or "").rpartition(".")
    if not version or version.split(".")[0] not in {"drafts", "versions"}:
        return ""
    if identifier in known or version != "drafts":
        return "draft of another record"
    row |= {"_id": identifier, "status": "draft"}
    return ""


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """Convert the body to text, and name the address of a picture."""
    names = {key_of(name): name for name in reversed(row) if row[name] not in (None, "", [], {})}
    body = next((names[key] for key in (*KEYS["body"], "blocks") if key in names), "")
    if body:
        value = row.pop(body)
        is_html = isinstance(value, str) and bool(_ELEMENT.search(value))
        content = content_of(value) if is_html else _content(value)
        row["body"] = value if is_html else content.text  # HTML is cleaned as in all tables
        row.setdefault("links", content.links)
    for name in [names[key] for key in KEYS["image"] if key in names]:
        row[name] = _address(row[name])
    return row


def _content(body: Any) -> Content:
    return rendered(body) if isinstance(body, str) else content_of(html_of(body, _markdown))


def _markdown(text: str) -> str:
    """Return the HTML of the Markdown in a component."""
    return "".join(f"<p>{escape(line)}</p>" for line in rendered(text).text.split("\n"))


def _address(picture: Any) -> str:
    if isinstance(picture, list):
        return _address(picture[0]) if picture else ""
    if isinstance(picture, dict):
        return _address(picture.get("url") or picture.get("asset"))
    return picture if isinstance(picture, str) else ""
