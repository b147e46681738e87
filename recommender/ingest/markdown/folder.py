"""Read a folder of Hugo, Jekyll, Astro, Eleventy, Docusaurus or Pelican, or of saved pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import tzinfo
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import msgspec

from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.errors import ArticleError, SourceError
from recommender.ingest.markdown import front_matter
from recommender.ingest.markdown.address_patterns import Post
from recommender.ingest.markdown.addresses import SiteAddresses, addresses_of
from recommender.ingest.markdown.identifiers import SUFFIXES, given_ids, identifier, own_id
from recommender.ingest.markdown.rendering import rendered, rendered_html
from recommender.ingest.markdown.site_files import SiteFiles
from recommender.ingest.readers.field_mapping import article_of, as_list, as_names, as_text
from recommender.ingest.readers.field_names import is_missing, renamed
from recommender.ingest.readers.record_error import (
    PassedOver,
    RejectedRecord,
    converted,
    incomplete,
)
from recommender.ingest.web import crawl
from recommender.text.markup.html import Content

PAGES = {".html", ".htm"}

TEMPLATE_FOLDERS = {"layouts", "includes", "templates", "themes", "archetypes", "partials"}
"""Folders of generators, also with ``_`` before the name, whose HTML files are no articles."""

ABOUT_REPOSITORY = re.compile(
    r"(?:readme|licen[cs]e|copying|contributing|contributors|code[_-]of[_-]conduct|security|support"
    r"|governance|maintainers|authors|changelog|changes|history|(?:pull_request|issue)_template"
    r"|codeowners|agents)(?:[.-].*)?",
    re.IGNORECASE,
)
"""Names of files that are about the repository, if they have no front matter."""

_ESCAPE = re.compile(r"\\([*_#`~\[\]<>!.-])")
"""An escaped sign of Markdown, such as the star in ``Bürger\\*innen``."""

_DATE = re.compile(r"(?:^|/)(\d{4})[-/](\d{2})[-/](\d{2})(?:[-_/.]([^/]*))?")


def read(source: str, zone: tzinfo, language: str = "") -> Iterator[Article | RejectedRecord]:
    """Read the articles below a folder.

    Markdown and HTML with front matter are posts; other HTML files are saved pages. A file that
    cannot be read is rejected. Templates and pages without a date are passed over. Notes count
    them, and articles without an address.
    """
    articles = without_url = 0
    for item in _items(source, zone, language):
        articles += isinstance(item, Article)
        without_url += isinstance(item, Article) and not item.url
        yield item
    if without_url:
        reason = (
            f"expected addresses for the links of cards, got none for {without_url} of {articles} "
            "articles; add url to the front matter or the configuration of Jekyll or Hugo to the "
            "folder, or make links from the IDs"
        )
        yield RejectedRecord(source, reason, is_error=False)


def _items(source: str, zone: tzinfo, language: str) -> Iterator[Article | RejectedRecord]:
    folder = Path(source)
    pages: list[Path] = []
    passed_over = PassedOver()
    paths = list(_files(folder))
    inner = [path.relative_to(folder) for path in paths]
    files = SiteFiles(folder, inner, dict(given_ids(folder, inner)))
    site = _Site(folder, files, _author_names(folder), addresses_of(folder), zone, language)
    for path in paths:
        kind = _kind(path, path.relative_to(folder))
        if kind == "page":
            pages.append(path)
        elif kind != "post":
            passed_over.add(kind)
        elif item := converted(str(path), partial(_article, site, path)):
            if isinstance(item, _Incomplete):
                passed_over.add(*item, is_kept=True)
            else:
                yield item
    if not paths:
        raise SourceError(
            f"{source}: expected Markdown (*.md) or HTML files in this folder, got none"
        )
    if pages:
        yield from crawl.read_files(pages, zone)
    yield from passed_over.note(source)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "node_modules" for part in inner)
        # _index.md is the text of a list page in Hugo.
        is_text = path.suffix.lower() in SUFFIXES and path.stem.lower() not in {"_index", "readme"}
        if not hidden and (is_text or path.suffix.lower() in PAGES) and path.is_file():
            yield path


def _kind(path: Path, inner: Path) -> str:
    """Return what a file is: a post, a saved page, or what a note calls it."""
    try:
        start = front_matter.head(path)
    except OSError:
        return "post"  # reading it again names the error
    if path.suffix.lower() in SUFFIXES:
        return "post"
    if TEMPLATE_FOLDERS & {part.strip("_").lower() for part in inner.parts[:-1]}:
        return "template"
    if start.startswith(front_matter.FENCES):
        return "post"
    return "template" if b"{{" in start or b"{%" in start else "page"


def _author_names(folder: Path) -> dict[str, str]:
    """Return the names of authors by the keys that posts have, from files ``authors.yml``."""
    names: dict[str, str] = {}
    for path in sorted(folder.rglob("authors.y*ml")):
        with suppress(ArticleError):  # the authors stay as the posts name them
            names |= front_matter.names_of(front_matter.decoded(path).text)
    return names


class _Site(NamedTuple):
    folder: Path
    files: SiteFiles
    names: dict[str, str]
    """Names of authors by the keys that posts have."""
    addresses: SiteAddresses
    zone: tzinfo
    language: str


class _Incomplete(NamedTuple):
    kind: str
    id: str
    status: str


def _article(site: _Site, path: Path) -> Article | RejectedRecord | _Incomplete | None:
    inner = path.relative_to(site.folder)
    decoded = front_matter.decoded(path)
    front, text = front_matter.parse(decoded.text)
    fields = _fields(front, inner)
    flags = [Flag.ENCODING_DETECTED] if decoded.detected else []
    if "title" not in fields:
        fields["title"], text = _heading(text)
    is_about = not front and bool(ABOUT_REPOSITORY.fullmatch(path.stem))
    if not fields["title"] and not is_about and (name := _name(inner)):
        fields["title"] = name
        flags.append(Flag.TITLE_FROM_NAME)
    if not front and not (fields["title"] and fields.get("published")):
        if is_about:
            return None
        raise ArticleError("front matter: expected title and date between lines of ---, got none")
    status = _status(front)
    identity = as_text(fields["id"])
    if front and (kind := incomplete(fields, status) or _without_date(fields)):
        return _Incomplete(kind, identity, status)
    fields["authors"] = [site.names.get(one, one) for one in as_names(fields.get("authors"))]
    fields |= {"status": status, "flags": flags}
    fields.setdefault("translations", site.files.translations(inner))
    _add_content(fields, _content(text, inner, front, site.files))
    whole_post = partial(_with_address, site, fields, front, inner)
    return converted(str(path), whole_post, identity, status)


def _with_address(
    site: _Site, fields: dict[str, Any], front: dict[str, Any], inner: Path
) -> Article:
    """Make the article of a post, with the address that the generator of the site gives it."""
    article = article_of(fields, site.zone, site.language, is_text=True)
    day = article.published.astimezone(site.zone).date()
    post = Post(PurePosixPath(inner.as_posix()), front, article.title, day)
    return msgspec.structs.replace(article, url=site.addresses.url_of(article.url, post))


def _without_date(fields: dict[str, Any]) -> str:
    """Return what a note calls a page without a date, such as "About us": it is no article."""
    return "" if fields.get("published") else "page without a date"


def _add_content(fields: dict[str, Any], content: Content) -> None:
    """Add the text of a post, its links and its first picture to the fields of its front matter."""
    fields["body"] = content.text
    fields["links"] = [*as_list(fields.get("links")), *content.links]
    if not fields.get("image"):
        fields |= {"image": content.image, "image_alt": content.image_alt}
    elif isinstance(fields["image"], dict):
        fields["image_alt"] = fields["image"].get("alt") or fields.get("image_alt", "")


def _fields(front: dict[str, Any], path: Path) -> dict[str, Any]:
    """Choose the fields of an article in a front matter, and the date in its path."""
    taxonomies = front.get("taxonomies")  # Zola
    given = {**(taxonomies if isinstance(taxonomies, dict) else {}), **front}
    fields = renamed({key: value for key, value in given.items() if not isinstance(value, bool)})
    for key in ("title", "teaser"):
        if isinstance(fields.get(key), str):
            fields[key] = _ESCAPE.sub(r"\1", fields[key])
    name = identifier(path)
    fields["id"] = own_id(front) or name
    if "published" not in fields:
        fields["published"] = _date_of(name, front) or _last_change(front)
    return fields


def _content(text: str, path: Path, front: dict[str, Any], files: SiteFiles) -> Content:
    suffix = path.suffix.lower()
    if suffix in PAGES:
        content = rendered_html(text, front)
    else:
        content = rendered(text, front, is_mdx=suffix == ".mdx")
    content.links = [files.target(link, path) for link in content.links]
    return content


def _date_of(name: str, front: dict[str, Any]) -> str:
    """Return the date in the path of the file, or in the address that the front matter has."""
    addresses = [
        as_text(front[key]) for key in ("path", "permalink", "url", "slug") if key in front
    ]
    found = next(filter(None, map(_DATE.search, [name, *addresses])), None)
    return "-".join(found.groups()[:3]) if found else ""


def _name(path: Path) -> str:
    """Make a title of the name of a file, as Jekyll does; "" without a date in it."""
    found = _DATE.search(identifier(path))
    words = re.sub(r"[-_\s]+", " ", found[4] or "").strip() if found else ""
    return words[:1].upper() + words[1:]


def _heading(text: str) -> tuple[str, str]:
    """Return the heading with which a text begins, and the text below it."""
    first, _, rest = text.lstrip().partition("\n")
    underline, _, below = rest.partition("\n")
    if first.startswith("# "):
        return rendered(first.removeprefix("# ")).text, rest
    if first.strip() and underline and not underline.strip().strip("="):
        return rendered(first).text, below
    return "", text


def _status(front: dict[str, Any]) -> str:
    """Read ``draft: true``, Jekyll's ``published: false``, and ``status``."""
    lowered = {str(key).casefold(): value for key, value in front.items()}
    if lowered.get("draft") is True or lowered.get("published") is False:
        return "draft"
    status = lowered.get("status")
    return "published" if is_missing(status) else as_text(status)


def _last_change(front: dict[str, Any]) -> Any:
    return next((front[name] for name in ("lastmod", "updated") if front.get(name)), None)
