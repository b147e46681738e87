"""Addresses of posts, made as Jekyll or Hugo makes them of the configuration of the site.

An address that needs more than these patterns is left empty: a wrong link is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote

from recommender.errors import ArticleError
from recommender.ingest.markdown import front_matter
from recommender.ingest.markdown.address_patterns import Generator, Post, mapping
from recommender.ingest.markdown.hugo import Hugo
from recommender.ingest.markdown.jekyll import STYLES, Jekyll
from recommender.ingest.readers import charset
from recommender.text.markup.html import parts_of

LEVELS_ABOVE = 3
"""Folders above the source in which the configuration is looked for: ``news/_posts/2026``."""

JEKYLL_FILES = ("_config.yml", "_config.yaml")
HUGO_FILES = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in ("toml", "yaml", "yml", "json")
)

_PATTERN = re.compile(r"(?<!\w):[a-z]")
"""The beginning of a token in an address, which ``/news/quay:reopened`` has not."""


class SiteAddresses(NamedTuple):
    """Addresses of the posts of one site."""

    generator: Generator
    above: PurePosixPath = PurePosixPath()
    """Path of the source below the folder of the configuration."""

    def url_of(self, given: str, post: Post) -> str:
        """Return the address of a post whose front matter has ``given``, "" for none."""
        parts = parts_of(given)
        if parts.scheme or parts.netloc:
            return given
        if given and given not in STYLES and not _PATTERN.search(given):
            return self.generator.base + given if given.startswith("/") else given
        post = post._replace(path=self.above / post.path)
        path = self.generator.path_of(post, given)
        return path and self.generator.base + quote(path, safe="/~!$&'()*+,;=:@%")


def addresses_of(folder: Path) -> SiteAddresses:
    """Read the configuration in a folder or above it; without one, only posts have patterns."""
    own = folder.resolve()
    for root in (own, *own.parents[:LEVELS_ABOVE]):
        for generator in _generators(root):
            return SiteAddresses(generator, PurePosixPath(own.relative_to(root).as_posix()))
    return SiteAddresses(Jekyll({}))


def _generators(root: Path) -> Iterator[Generator]:
    for name in JEKYLL_FILES:
        if config := _config(root / name):
            yield Jekyll(config)
    config = _hugo_config(root)
    if "baseurl" in config:  # another program may have a config.yml, too
        yield Hugo(config, root)


def _hugo_config(root: Path) -> dict[str, Any]:
    """Read the configuration of Hugo, of which a folder may have parts: ``languages.en.toml``."""
    found = next(filter(None, (_config(root / name) for name in HUGO_FILES)), {})
    config: dict[str, Any] = _folded(found)
    for path in sorted(root.glob("config/_default/*.*")):
        key, _, language = path.stem.casefold().partition(".")
        if key in {"languages", "permalinks"}:
            part = _folded(_config(path))
            config[key] = mapping(config.get(key)) | ({language: part} if language else part)
    return config


def _folded(value: Any) -> Any:
    """Write the keys of all levels in lower case, as Hugo reads them."""
    if isinstance(value, dict):
        return {str(key).casefold(): _folded(one) for key, one in value.items()}
    return value


def _config(path: Path) -> dict[str, Any]:
    """Read a configuration; one that cannot be read is empty."""
    try:
        return front_matter.settings_of(charset.decode(path.read_bytes()).text, path.suffix)
    except (OSError, ArticleError):
        return {}
