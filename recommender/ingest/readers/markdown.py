"""Read a folder of Markdown with front matter, as Hugo, Jekyll, Astro and Eleventy store it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import tzinfo
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from recommender.articles.article import Article
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.field_names import renamed
from recommender.ingest.readers.record_error import RejectedRecord, converted, described
from recommender.text.html import content_of, parts_of

SUFFIXES = {".md", ".markdown", ".mdx", ".mdown"}

MAX_BYTES = 4 * 1024 * 1024
"""Largest file that is read as an article."""

TEMPLATE_CODE = {"{{<": ">}}", "{{%": "%}}", "{%": "%}", "{{": "}}"}
"""Beginnings and ends of code beside Markdown: shortcodes of Hugo, Liquid and Nunjucks."""

_CODE = re.compile("|".join(map(re.escape, TEMPLATE_CODE)))
_MODULE_LINE = re.compile(r"^(?:import|export)\s[^\n]*", re.MULTILINE)
"""A line of JavaScript, which MDX allows between paragraphs."""

_LINK_TARGET = re.compile(r"\{\{[<%]\s*(?:rel)?ref\s++\"?([^\"\s]+?)\"?\s*[>%]\}\}")
_POST_URL = re.compile(r"\{%-?\s*(?:post_url|link)\s++(\S+?)\s*-?%\}")
_JEKYLL_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles below a folder; a file that cannot be read is rejected."""
    folder = Path(source)
    found = False
    for path in _files(folder):
        found = True
        yield converted(str(path), partial(_article, folder, path, zone))
    if not found:
        raise SourceError(f"{source}: expected Markdown files (*.md) in this folder, got none")


def has_any(folder: Path) -> bool:
    """Return whether a folder has Markdown files."""
    return next(_files(folder), None) is not None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        # _index.md is the text of a list page in Hugo; README.md is about the repository.
        if path.suffix.lower() in SUFFIXES and path.stem.lower() not in {"_index", "readme"}:
            yield path


def _article(folder: Path, path: Path, zone: tzinfo) -> Article:
    front, text = _parts(path)
    fields = renamed({key: value for key, value in front.items() if not isinstance(value, bool)})
    name = _identifier(path.relative_to(folder))
    dated = _JEKYLL_NAME.fullmatch(PurePosixPath(name).name)
    if dated and "published" not in fields:
        fields["published"] = dated[1]
    fields["published"] = fields.get("published") or _missing_date(front)
    content = _content(text, path.relative_to(folder))
    fields |= {"id": fields.get("id", name), "body": content.text, "status": _status(front)}
    fields["links"] = [*_as_list(fields.get("links")), *content.links]
    if not fields.get("image"):
        fields |= {"image": content.image, "image_alt": content.image_alt}
    elif isinstance(fields["image"], dict):
        fields["image_alt"] = fields["image"].get("alt") or fields.get("image_alt", "")
    return article_of(fields | _sections(fields), zone, is_text=True)


def _parts(path: Path) -> tuple[dict[str, Any], str]:
    import frontmatter  # noqa: PLC0415 - YAML only where there is front matter

    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArticleError(
                f"expected a file of at most {MAX_BYTES // 1024**2} MB, got a larger one"
            )
        front, text = frontmatter.parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ArticleError(
            f"expected Markdown in UTF-8, got another encoding at byte {error.start}"
        ) from error
    except OSError as error:
        raise ArticleError(error.strerror or str(error)) from error
    except Exception as error:  # the parsers of YAML, TOML and JSON raise different ones
        reason = " ".join(str(error).split())
        raise ArticleError(
            f"front matter: expected valid YAML, TOML or JSON, got an error: {reason}"
        ) from error
    if not front:
        raise ArticleError("front matter: expected title and date between lines of ---, got none")
    return front, text


def _content(text: str, path: Path) -> Any:
    from markdown_it import MarkdownIt  # noqa: PLC0415

    linked = _POST_URL.sub(r"\1", _LINK_TARGET.sub(r"\1", text))
    if path.suffix.lower() == ".mdx":
        linked = _MODULE_LINE.sub("", linked)
    content = content_of(MarkdownIt("commonmark").render(_without_template_code(linked)))
    content.links = [_target(link, path) for link in content.links]
    return content


def _without_template_code(text: str) -> str:
    """Remove :data:`TEMPLATE_CODE`; a beginning without an end stays. The time is linear."""
    kept, start, unclosed = [], 0, set[str]()
    opening = _CODE.search(text)
    while opening:
        end = -1
        if opening[0] not in unclosed:
            end = text.find(TEMPLATE_CODE[opening[0]], opening.end())
        if end < 0:
            unclosed.add(opening[0])  # the rest of the text has no end of this kind, either
            opening = _CODE.search(text, opening.end())
            continue
        kept.append(text[start : opening.start()])
        start = end + len(TEMPLATE_CODE[opening[0]])
        opening = _CODE.search(text, start)
    return "".join([*kept, text[start:]])


def _target(link: str, path: Path) -> str:
    """Return the ID of the article that a link to another file leads to; addresses stay."""
    parts = parts_of(link)
    if parts.scheme or parts.netloc or PurePosixPath(parts.path).suffix not in SUFFIXES:
        return link
    joined = posixpath.normpath(posixpath.join("/", path.parent.as_posix(), parts.path))
    return _identifier(PurePosixPath(joined.lstrip("/")))


def _identifier(path: PurePosixPath | Path) -> str:
    """Derive the ID from the path: without suffix; ``posts/plant/index.md`` is ``posts/plant``."""
    plain = PurePosixPath(path.as_posix()).with_suffix("")
    return (plain.parent if plain.name == "index" and plain.parent.name else plain).as_posix()


def _status(front: dict[str, Any]) -> str:
    """Read ``draft: true``, Jekyll's ``published: false``, and ``status``."""
    lowered = {str(key).casefold(): value for key, value in front.items()}
    if lowered.get("draft") is True or lowered.get("published") is False:
        return "draft"
    status = lowered.get("status") or "published"
    # An alias of YAML can stand for a list of millions.
    return status if isinstance(status, str) else described(status)


def _missing_date(front: dict[str, Any]) -> Any:
    return next((front[name] for name in ("lastmod", "updated") if front.get(name)), None)


def _sections(fields: dict[str, Any]) -> dict[str, Any]:
    """Use the first category as the section and the others as tags."""
    section = fields.get("section")
    if isinstance(section, list) and len(section) > 1:
        return {"tags": [*_as_list(fields.get("tags")), *section[1:]]}
    return {}


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if value else []
