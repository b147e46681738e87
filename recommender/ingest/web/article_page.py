"""Convert a web page to an article: from its metadata first, then from the visible page."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Any

from recommender.articles.flags import Flag
from recommender.errors import ArticleError
from recommender.ingest.page_metadata import json_ld
from recommender.ingest.page_metadata.authors import authors_of
from recommender.ingest.page_metadata.dates import dates_of
from recommender.ingest.page_metadata.page import NOT_LISTED, Listed, Page
from recommender.ingest.page_metadata.title import title_of
from recommender.ingest.page_metadata.topics import topics_of
from recommender.ingest.readers.charset import decode
from recommender.ingest.web.page_body import body_of, prune
from recommender.language_tags import canonical_tag
from recommender.text.bylines import is_head
from recommender.text.excerpts import is_cut_off
from recommender.text.markup import page_chrome, plain_text
from recommender.text.markup.html import has_forbidden, joined, parse, parts_of, site_of

HEAD_LINES = 5
"""Lines at the top of a body that may repeat the title, section or byline."""


def page_fields(
    address: str, data: bytes, charset: str | None, zone: tzinfo, listed: Listed = NOT_LISTED
) -> dict[str, Any]:
    """Extract the fields of a page's article; a field that was not found is empty.

    Parameters
    ----------
    address : of the page; becomes the ID unless the page has a canonical address.
    data : the HTML.
    charset : encoding of the HTTP header, if any.
    zone : time zone of dates that name none.
    listed : what a news sitemap says about the page.

    Raises
    ------
    ArticleError
        The page is empty.
    """
    markup = decode(data, charset).text
    root = parse(markup)
    if root is None:
        raise ArticleError("expected a page with an article, got an empty page")
    nodes, meta = json_ld.json_ld(root), json_ld.metas(root)
    node = json_ld.article_node(nodes)
    where = _canonical(root, node, meta, address)
    language = _language(root, node, meta) or canonical_tag(listed.language)
    page = Page(root, where, nodes, node, meta, language, listed)
    title = title_of(page)
    section, tags = topics_of(page, title.element)
    authors = authors_of(page, title.element)
    dates = dates_of(page, title.element, zone)
    prune(root, json_ld.content_names(nodes))
    body = body_of(root, where, plain_text.body(json_ld.text_of(node.get("articleBody"))))
    image, alt = _image(root, node, meta, address)
    return {
        "id": where,
        "title": title.text,
        "published": dates.published,
        "updated": dates.updated,
        "url": where,
        "teaser": _teaser(node, meta, title.text),
        "body": _without_head(body.text, {title.text, alt, section}, authors),
        "links": [link for link in body.links if link != where],
        "section": section,
        "tags": tags,
        "authors": authors,
        "language": language,
        "image": image,
        "image_alt": alt,
        "flags": [
            *(flag for flag in (title.flag, dates.flag) if flag),
            *([Flag.BODY_REPLACED] if body.replaced else []),
            *([Flag.CHARACTERS_REMOVED] if has_forbidden(markup) else []),
        ],
    }


def _canonical(root: Any, node: dict[str, Any], meta: dict[str, list[str]], address: str) -> str:
    """Return the canonical address if it is on the same site, else the page's own."""
    links = [e.get("href") for e in root.iter("link") if "canonical" in (e.get("rel") or "")]
    named = [*links, *meta.get("og:url", ()), json_ld.name_of(node.get("url"))]
    for candidate in filter(None, named):
        whole = joined(address, str(candidate))
        parts = parts_of(whole)
        here = parts_of(address)
        elsewhere = here.netloc and site_of(parts.netloc) != site_of(here.netloc)
        if parts.scheme in {"http", "https"} and not elsewhere and parts.path.strip("/"):
            return whole.partition("#")[0]
    return address.partition("#")[0]


def _teaser(node: dict[str, Any], meta: dict[str, list[str]], title: str) -> str:
    """Return the first description that is not cut off, page chrome or the title.

    If all are cut off, it is the first one: enrichment makes it whole.
    """
    given = [
        _text(node.get("description")),
        *meta.get("description", ()),
        *meta.get("og:description", ()),
    ]
    found = [
        one for one in map(_text, given) if one not in {"", title} and not page_chrome.is_line(one)
    ]
    return next((one for one in found if not is_cut_off(one)), next(iter(found), ""))


def _language(root: Any, node: dict[str, Any], meta: dict[str, list[str]]) -> str:
    """Return the first valid tag of JSON-LD, the article's element, the page, meta elements."""
    outer = root.getroottree().getroot()
    articles = list(root.iter("article"))
    inner = articles[0].get("lang") if len(articles) == 1 else None
    named = [json_ld.name_of(node.get("inLanguage")), inner, outer.get("lang")]
    named += [outer.get("xml:lang"), *(tag for name in _LANGUAGE for tag in meta.get(name, ()))]
    return next(filter(None, (canonical_tag(tag or "") for tag in named)), "")


def _image(
    root: Any, node: dict[str, Any], meta: dict[str, list[str]], address: str
) -> tuple[str, str]:
    """Return the picture, and its alternative text if the page shows the same picture."""
    named = [json_ld.picture(node.get("image")), *meta.get("og:image", ())]
    source = next(filter(None, named), "")
    alt = next(iter(meta.get("og:image:alt", ())), "")
    for image in root.iter("img"):
        shown = image.get("src") or image.get("data-src") or ""
        if shown and not shown.startswith("data:") and (not source or _same(shown, source)):
            return joined(address, source or shown), image.get("alt") or alt
    return (joined(address, source) if source else ""), alt


def _same(one: str, other: str) -> bool:
    """Return whether two addresses are the same picture, possibly in two sizes."""
    names = [
        re.sub(r"-\d+x\d+(?=\.\w+$)", "", parts_of(a).path.rpartition("/")[2]) for a in (one, other)
    ]
    return bool(names[0]) and names[0] == names[1]


_LANGUAGE = ("og:locale", "content-language", "dc.language", "dcterms.language", "language")


def _without_head(body: str, repeated: set[str], authors: list[str]) -> str:
    """Remove lines at the top that repeat the title, picture text, section or byline."""
    lines = body.split("\n")
    above = [
        line for line in lines[:HEAD_LINES] if line not in repeated and not is_head(line, authors)
    ]
    return "\n".join([*above, *lines[HEAD_LINES:]])


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
