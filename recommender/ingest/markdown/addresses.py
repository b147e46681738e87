"""Addresses of posts, made as Jekyll or Hugo makes them of the configuration of the site.

An address that needs more than these patterns is left empty: a wrong link is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote

from recommender.errors import ArticleError
from recommender.ingest.markdown import front_matter
from recommender.ingest.markdown.address_patterns import Generator, Post, folded, mapping
from recommender.ingest.markdown.hugo import Hugo
from recommender.ingest.markdown.jekyll import STYLES, Jekyll
from recommender.text.markup.html import parts_of

LEVELS_ABOVE = 3
"""Folders above the source in which the configuration is looked for: ``news/_posts/2026``."""

JEKYLL_FILES = ("_config.yml", "_config.yaml")
OF_HEXO = {"source_dir", "public_dir"}
"""Settings of Hexo, which has a ``_config.yml``, too."""

HUGO_NAMES = ("hugo", "config")
HUGO_FILES = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in HUGO_NAMES
    for suffix in ("toml", "yaml", "yml", "json")
)

HUGO_PARTS = {"cascade", "languages", "module", "permalinks"}
"""Settings that may have a file of their own in ``config/_default``."""

_PATTERN = re.compile(r"(?<!\w):\w")
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
            return self._from_root(given)
        post = post._replace(path=self.above / post.path)
        path = self.generator.path_of(post, given)
        return path and self.generator.base + quote(path, safe="/~!$&'()*+,;=:@%")

    def _from_root(self, given: str) -> str:
        if given.startswith("/"):
            return self.generator.base + given
        return "" if self.generator.is_multilingual else f"{self.generator.base}/{given}"


def addresses_of(folder: Path) -> SiteAddresses:
    """Read the configuration in a folder or above it; without one, only posts have patterns."""
    own = folder.resolve()
    for root in (own, *own.parents[:LEVELS_ABOVE]):
        for generator in _generators(_Configuration(root, own)):
            return SiteAddresses(generator, PurePosixPath(own.relative_to(root).as_posix()))
    return SiteAddresses(Jekyll({}))


class _Configuration(NamedTuple):
    """Files of the configuration of a site."""

    root: Path
    source: Path

    def settings_in(self, path: Path) -> dict[str, Any]:
        """Read a file; one that cannot be read has no settings.

        Nor has one above the source that another user owns: that folder may be shared.
        """
        try:
            if self.root == self.source or path.lstat().st_uid == self.source.stat().st_uid:
                return front_matter.settings_of(front_matter.decoded(path).text, path.suffix)
        except (OSError, ArticleError):
            pass
        return {}

    def first(self, names: Sequence[str]) -> dict[str, Any]:
        """Return the settings of the first of several files that has any."""
        return next(filter(None, (self.settings_in(self.root / name) for name in names)), {})

    def hugo(self) -> dict[str, Any]:
        """Return the settings of Hugo; a folder may have parts of them: ``languages.en.toml``."""
        config: dict[str, Any] = folded(self.first(HUGO_FILES))
        for path in sorted(self.root.glob("config/_default/*.*")):
            key, _, language = path.stem.casefold().partition(".")
            if key in HUGO_PARTS:
                part = folded(self.settings_in(path))
                config[key] = mapping(config.get(key)) | ({language: part} if language else part)
        return config

    def of_environments(self) -> Iterator[str]:
        """Yield the names of the settings that environments of Hugo have of their own."""
        for path in self.root.glob("config/*/*.*"):
            if path.parent.name not in {"_default", "development"}:
                name = path.stem.casefold()
                yield from folded(self.settings_in(path)) if name in HUGO_NAMES else [name]


def _generators(configuration: _Configuration) -> Iterator[Generator]:
    if config := configuration.first(JEKYLL_FILES):
        yield Jekyll({} if config.keys() & OF_HEXO else config)
    config = configuration.hugo()
    if "baseurl" in config:  # another program may have a config.yml, too
        yield Hugo(config, configuration.root, set(configuration.of_environments()))
