"""Read a WordPress export (WXR) of any size, one item in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from lxml import etree

from recommender.articles.article import Article
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import opened
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.web.sitemap import local_name
from recommender.ingest.web.wordpress_api import date_of, lead
from recommender.language_tags import canonical_tag
from recommender.text.html import content_of, words_of

EXPECTED = "a WordPress export (WXR), plain or .gz"

POST, ATTACHMENT = "post", "attachment"

POLYLANG = "language"
"""Taxonomy by which the plugin Polylang stores the language of a post."""


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the posts of an export; pages, menus and revisions are ignored."""
    pictures = _pictures(source)
    authors: dict[str, str] = {}
    languages = _Languages()
    for kind, item in _elements(source):
        if kind == "broken":
            yield RejectedRecord(
                source, f"expected valid XML, got an error: {item}; posts before it were read"
            )
        elif kind == "author":
            authors[item.get("author_login", "")] = item.get("author_display_name", "")
        elif kind == "language":
            languages.of_site = item["text"]
        elif kind == "term":
            languages.add_term(item)
        elif item.get("post_type", POST) == POST:
            item["language"] = languages.of_post(item)
            yield _article(source, item, authors, pictures, zone)


def _article(
    source: str,
    item: dict[str, Any],
    authors: dict[str, str],
    pictures: dict[str, str],
    zone: tzinfo,
) -> Article | RejectedRecord:
    known = item.get("post_id", "")
    try:
        return article_of(_fields(item, authors, pictures), zone)
    except ArticleError as error:
        return RejectedRecord(f"{source} post {known or '?'}", str(error), known)


def _fields(
    item: dict[str, Any], authors: dict[str, str], pictures: dict[str, str]
) -> dict[str, Any]:
    address = item.get("link", "")
    # WordPress turns empty lines into paragraphs when it shows a post.
    raw = re.sub(r"\n\s*\n", "<br>\n", item.get("content:encoded", ""))
    content = content_of(raw, address)
    login = item.get("creator", "")
    image = pictures.get(item.get("_thumbnail_id", ""), "")
    return {
        "id": item.get("post_id") or item.get("guid") or address,
        "title": words_of(item.get("title", "")),
        "published": date_of(item.get("post_date_gmt"), item.get("post_date"))
        or item.get("pubDate"),
        "updated": date_of(item.get("post_modified_gmt"), item.get("post_modified")),
        "teaser": lead(item.get("excerpt:encoded", "")),
        "body": content.text,
        "links": content.links,
        "url": address,
        "section": next(iter(item["category"]), ""),
        "tags": [*item["category"][1:], *item["post_tag"]],
        "authors": [authors.get(login) or login] if login else [],
        "language": item["language"],
        "image": image or content.image,
        "image_alt": "" if image else content.image_alt,
        "status": "draft" if item.get("post_password") else item.get("status", "publish"),
    }


class _Languages:
    """The language of the site, and those that a plugin gives to posts."""

    def __init__(self) -> None:
        self.of_site = ""
        self._locales: dict[str, str] = {}
        """Locales of Polylang's languages by slug: a site may call English "world"."""

    def add_term(self, term: dict[str, Any]) -> None:
        """Remember a language of Polylang; other terms are ignored."""
        locale = _LOCALE.search(term.get("term_description", ""))
        if term.get("term_taxonomy") == POLYLANG and locale:
            self._locales[term.get("term_slug", "")] = locale[1]

    def of_post(self, item: dict[str, Any]) -> str:
        """Return the language of a post by Polylang, by WPML, or of the site."""
        named = [self._locales.get(name, name) for name in item.get(POLYLANG, ())]
        named += [item.get("_wpml_import_language_code", "")]
        return next(filter(canonical_tag, named), self.of_site)


# In the PHP array by which Polylang describes a language: s:6:"locale";s:5:"nb_NO";
_LOCALE = re.compile(r'"locale";s:\d+:"([^"]+)"')

METADATA = {"_thumbnail_id", "_wpml_import_language_code"}
"""Metadata of posts that is read: the ID of the featured picture, and the language by WPML."""


def _pictures(source: str) -> dict[str, str]:
    """Read the addresses of all attachments first: a post may come before its picture."""
    attachments = (item for kind, item in _elements(source, {ATTACHMENT}) if kind == "item")
    return {item.get("post_id", ""): item.get("attachment_url", "") for item in attachments}


def _elements(source: str, post_types: set[str] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield kinds and fields of elements, such as "item", and at the end ("broken", reason)."""
    with opened(source, EXPECTED) as file:
        # Unresolved entities make entity bombs harmless. Recovery skips the control characters of
        # old posts; what is lost is reported.
        events = etree.iterparse(
            file,
            events=("end",),
            tag=("{*}item", "{*}author", "{*}term", "{*}language"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            recover=True,
        )
        try:
            for _, element in events:
                kind = local_name(element.tag)
                if kind == "language" and local_name(element.getparent().tag) != "channel":
                    continue  # of a post, which is read as a whole
                post_type = element.findtext("{*}post_type") or POST
                if post_types is None or post_type in post_types:
                    yield kind, _read(element)
                _forget(element)
        except etree.XMLSyntaxError as error:
            raise SourceError(
                f"{source}: expected {EXPECTED}, got invalid XML: {error.msg}"
            ) from error
        if post_types is None and len(events.error_log):
            first = events.error_log[0]
            yield "broken", f"line {first.line}: {first.message.strip()}"


def _read(element: Any) -> dict[str, Any]:
    """Flatten an item: texts by name, terms as lists, the ID of the featured picture."""
    found: dict[str, Any] = {"category": [], "post_tag": [], "text": element.text or ""}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = local_name(child.tag)
        text = child.text or ""
        if name == "category":
            names = [child.get("nicename", ""), text] if _is_language(child) else [text]
            found.setdefault(child.get("domain", "category"), []).extend(names)
        elif name == "encoded":
            found[f"{'excerpt' if 'excerpt' in child.tag else 'content'}:encoded"] = text
        elif name == "postmeta":
            if (key := child.findtext("{*}meta_key") or "") in METADATA:
                found[key] = child.findtext("{*}meta_value") or ""
        elif len(text) and name != POLYLANG:
            found[name] = text
    return found


def _is_language(category: Any) -> bool:
    """Return whether a term is a language of Polylang, of which the slug is read as well."""
    return bool(category.get("domain") == POLYLANG)


def _forget(element: Any) -> None:
    """Free an element and its preceding siblings, so that memory stays constant."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
