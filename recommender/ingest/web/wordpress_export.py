"""Read a WordPress export (WXR) of any size, one item in memory at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from lxml import etree

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import LegacyText, opened
from recommender.ingest.readers.record_error import RejectedRecord, converted
from recommender.ingest.readers.xml_repair import RepairedFile
from recommender.ingest.web.sitemap import local_name
from recommender.ingest.web.wordpress import (
    POST,
    PRIMARY,
    Term,
    is_passed_over,
    passed_over,
    section_and_tags,
)
from recommender.ingest.web.wordpress_api import date_of
from recommender.language_tags import canonical_tag
from recommender.text.markup.html import content_of, words_of
from recommender.text.markup.plain_text import unescaped, with_line_breaks

EXPECTED = "a WordPress export (WXR), plain or .gz"

ATTACHMENT = "attachment"

CATEGORY = "category"
"""Taxonomy of categories."""

AUTHOR = "author"
"""Taxonomy by which the plugin Co-Authors Plus stores the authors of a post."""

POLYLANG = "language"
"""Taxonomy by which the plugin Polylang stores the language of a post."""

TRANSLATIONS = ("post_translations", "_wpml_import_translation_group")
"""Taxonomy of Polylang and metadata of WPML that are the same in all translations of a post."""


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the posts of an export; at the end other types of posts are named in a note."""
    pictures = _pictures(source)
    site = _Site()
    others: Counter[str] = Counter()
    for kind, item in _elements(source):
        if kind == "note":
            yield item
        elif kind == "broken":
            yield RejectedRecord(
                source, f"expected valid XML, got an error: {item}; posts before it were read"
            )
        elif kind != "item":
            site.add(kind, item)
        elif item.get("post_type", POST) == POST:
            yield _article(source, item, site, pictures, zone)
        elif is_passed_over(item["post_type"]) and item.get("status") in PUBLIC:
            others[item["post_type"]] += 1
    if others:
        reason = f"{passed_over(others)}; to add a type, read its address in the API"
        yield RejectedRecord(source, reason, is_error=False)


def _article(
    source: str,
    item: dict[str, Any],
    site: _Site,
    pictures: dict[str, str],
    zone: tzinfo,
) -> Article | RejectedRecord:
    known = item.get("post_id", "")
    return converted(
        f"{source} post {known or '?'}",
        lambda: article_of(_fields(item, site, pictures), zone, is_text=True),
        known,
        _status(item),
    )


def _fields(item: dict[str, Any], site: _Site, pictures: dict[str, str]) -> dict[str, Any]:
    address = item.get("link", "")
    content = content_of(with_line_breaks(unescaped(item.get("content:encoded", ""))), address)
    image = pictures.get(item.get("_thumbnail_id", ""), "")
    section, tags = section_and_tags(item[CATEGORY], site.primary_of(item))
    return {
        "id": item.get("post_id") or item.get("guid") or address,
        "title": words_of(item.get("title", "")),
        "published": date_of(item.get("post_date_gmt"), item.get("post_date"))
        or item.get("pubDate"),
        "updated": date_of(item.get("post_modified_gmt"), item.get("post_modified")),
        "teaser": words_of(item.get("excerpt:encoded", "")),
        "body": content.text,
        "links": content.links,
        "url": address,
        "section": section,
        "tags": [*tags, *(tag.name for tag in item["post_tag"])],
        "authors": site.authors_of(item),
        "language": site.language_of(item),
        "translations": _translations(item),
        "image": image or content.image,
        "image_alt": "" if image else content.image_alt,
        "status": _status(item),
    }


def _status(item: dict[str, Any]) -> str:
    return "draft" if item.get("post_password") else str(item.get("status", "publish"))


def _translations(item: dict[str, Any]) -> list[str]:
    """Return the keys that all translations of a post share, which are unlike any ID."""
    taxonomy, metadata = TRANSLATIONS
    groups = [("polylang", term.slug) for term in item.get(taxonomy, ())]
    groups.append(("wpml", item.get(metadata, "")))
    return [f"{plugin} group {name}" for plugin, name in groups if name]


class _Site:
    """What an export says before its posts: names of authors, languages, categories."""

    def __init__(self) -> None:
        self.authors: dict[str, str] = {}
        """Names by login."""
        self._language = ""
        self._categories: dict[str, str] = {}
        """Slugs by ID."""
        self._locales: dict[str, str] = {}
        """Locales of Polylang's languages by slug: a site may call English "world"."""

    def add(self, kind: str, item: dict[str, Any]) -> None:
        """Remember an element of the channel; of terms only the languages of Polylang."""
        if kind == "author":
            self.authors[item.get("author_login", "")] = item.get("author_display_name", "")
        elif kind == "language":
            self._language = item["text"]
        elif kind == CATEGORY and "term_id" in item:
            self._categories[item["term_id"]] = item.get("category_nicename", "")
        elif item.get("term_taxonomy") == POLYLANG and (
            locale := _LOCALE.search(item.get("term_description", ""))
        ):
            self._locales[item.get("term_slug", "")] = locale[1]

    def primary_of(self, item: dict[str, Any]) -> str:
        """Return the slug of the main category of a post; "" if no SEO plugin stores it."""
        slugs = (self._categories.get(item.get(key, "")) for key in PRIMARY)
        return next(filter(None, slugs), "")

    def authors_of(self, item: dict[str, Any]) -> list[str]:
        """Return the authors of a post: those of Co-Authors Plus, or else the one of WordPress."""
        named = [one.name or one.slug.removeprefix("cap-") for one in item.get(AUTHOR, ())]
        logins = named or [item.get("creator", "")]
        return [self.authors.get(login) or login for login in logins if login]

    def language_of(self, item: dict[str, Any]) -> str:
        """Return the language of a post by Polylang, by WPML, or of the site."""
        # The slug before the name, which may be a language's name for itself.
        names = [name for term in item.get(POLYLANG, ()) for name in (term.slug, term.name)]
        named = [self._locales.get(name, name) for name in names]
        named += [item.get("_wpml_import_language_code", "")]
        return next(filter(canonical_tag, named), self._language)


# In the PHP array by which Polylang describes a language: s:6:"locale";s:5:"nb_NO";
_LOCALE = re.compile(r'"locale";s:\d+:"([^"]+)"')

METADATA = {"_thumbnail_id", "_wpml_import_language_code", TRANSLATIONS[1], *PRIMARY}
"""Metadata of posts that is read: featured picture, language, translations, main category."""

TAXONOMIES = {CATEGORY, AUTHOR, "post_tag", POLYLANG, TRANSLATIONS[0]}

PUBLIC = ("publish", "future")
"""Statuses of posts that are passed over and worth a note."""

OF_POSTS = (CATEGORY, "language")
"""Elements that a channel and its posts have."""


def _pictures(source: str) -> dict[str, str]:
    """Read the addresses of all attachments first: a post may come before its picture."""
    attachments = (item for kind, item in _elements(source, {ATTACHMENT}) if kind == "item")
    return {item.get("post_id", ""): item.get("attachment_url", "") for item in attachments}


def _elements(source: str, post_types: set[str] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield kinds and fields of elements, such as "item"; at the end "broken" and "note"."""
    legacy = LegacyText(source, EXPECTED)
    with opened(source, EXPECTED) as file:
        # Unresolved entities make entity bombs harmless. Recovery skips what is broken; that is
        # reported.
        events = etree.iterparse(
            RepairedFile(file, legacy),
            events=("end",),
            tag=("{*}item", "{*}author", "{*}term", "{*}category", "{*}language"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            recover=True,
        )
        try:
            for _, element in events:
                kind = local_name(element.tag)
                parent = element.getparent()
                if kind in OF_POSTS and (parent is None or local_name(parent.tag) != "channel"):
                    continue  # of a post, which is read as a whole
                post_type = (element.findtext("{*}post_type") or POST).strip()
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
        if post_types is None:
            yield from (("note", note) for note in legacy.notes())


def _read(element: Any) -> dict[str, Any]:
    """Flatten an item: texts by name, terms as lists, the ID of the featured picture.

    Of two elements of a name the first counts, as in the importer of WordPress; of two values of
    the metadata the last.
    """
    found: dict[str, Any] = {CATEGORY: [], "post_tag": [], "text": element.text or ""}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = local_name(child.tag)
        text = (child.text or "").strip()
        if name == CATEGORY:
            _add_term(found, child)
        elif name == "encoded":
            found.setdefault(f"{'excerpt' if 'excerpt' in child.tag else 'content'}:encoded", text)
        elif name == "postmeta":
            if (key := (child.findtext("{*}meta_key") or "").strip()) in METADATA:
                found[key] = (child.findtext("{*}meta_value") or "").strip()
        elif len(text) and name not in TAXONOMIES:  # those are lists of terms
            found.setdefault(name, text)
    return found


def _add_term(found: dict[str, Any], category: Any) -> None:
    taxonomy = category.get("domain", CATEGORY)
    if taxonomy in TAXONOMIES:
        term = Term(category.text or "", category.get("nicename", ""))
        found.setdefault(taxonomy, []).append(term)


def _forget(element: Any) -> None:
    """Free an element and its preceding siblings, so that memory stays constant."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
