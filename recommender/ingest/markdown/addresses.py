"""Addresses of posts, made as Jekyll or Hugo makes them of the configuration of the site.

An address that needs more than these patterns is left empty: a wrong link is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from recommender.errors import ArticleError
from recommender.ingest.markdown import front_matter
from recommender.ingest.readers import charset
from recommender.ingest.readers.field_mapping import as_list, as_text

LEVELS_ABOVE = 3
"""Folders above the source in which the configuration is looked for: ``news/_posts/2026``."""

JEKYLL_FILES = ("_config.yml", "_config.yaml")
HUGO_FILES = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in ("toml", "yaml", "yml", "json")
)

JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
"""Names of patterns."""

SIGNS = "._~!$&'()+,;=@"
"""What Jekyll keeps of a file name beside letters and digits."""

_TOKEN = re.compile(r":([a-z_]+(?:\[[^\[\]]*\])?)")
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-(.+)")
PLACEHOLDERS = {"example.com", "example.org", "example.net", "127.0.0.1"}
"""Hosts of sites that were not configured, or that only their authors see."""


class Post(NamedTuple):
    """What an address is made of."""

    path: PurePosixPath
    """Path below the folder of the configuration."""
    front: Mapping[str, Any]
    title: str
    published: date


class Generator(Protocol):
    """Makes addresses as one generator does."""

    base: str
    """Beginning of all addresses, without a slash at the end."""

    def path_of(self, post: Post, pattern: str = "") -> str:
        """Return the path of the address by a pattern, or by that of the site; "" if unknown."""


class SiteAddresses(NamedTuple):
    """Addresses of the posts of one site."""

    generator: Generator
    above: PurePosixPath = PurePosixPath()
    """Path of the source below the folder of the configuration."""

    def url_of(self, given: str, post: Post) -> str:
        """Return the address of a post whose front matter has ``given``, "" for none."""
        is_pattern = given in JEKYLL_STYLES or "/:" in given
        if given and not is_pattern:
            is_path = given.startswith("/") and not given.startswith("//")
            return self.generator.base + given if is_path else given
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
        yield Hugo(config)


def _hugo_config(root: Path) -> dict[str, Any]:
    """Read the configuration of Hugo, of which a folder may have parts: ``languages.en.toml``."""
    found = next(filter(None, (_config(root / name) for name in HUGO_FILES)), {})
    config = {key.casefold(): value for key, value in found.items()}
    for path in sorted(root.glob("config/_default/*.*")):
        key, _, language = path.stem.partition(".")
        if key in {"languages", "permalinks"}:
            part = _config(path)
            config[key] = _mapping(config.get(key)) | ({language: part} if language else part)
    return config


def _config(path: Path) -> dict[str, Any]:
    """Read a configuration; one that cannot be read is empty."""
    try:
        return front_matter.settings_of(charset.decode(path.read_bytes()).text, path.suffix)
    except (OSError, ArticleError):
        return {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _base(address: Any, path: str = "") -> str:
    """Join the address of a site and a path; for a placeholder such as localhost, take its path."""
    path = path and f"/{path.strip('/')}".rstrip("/")
    try:
        parts = urlsplit(as_text(address or "").strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return path
    own = parts.path.rstrip("/").removesuffix(path) + path
    is_real = parts.scheme in {"http", "https"} and "." in host and host not in PLACEHOLDERS
    return f"{parts.scheme}://{parts.netloc}{own}" if is_real else own


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    """Replace the tokens of a pattern; "" without one, and where a token is unknown."""
    if not pattern or set(_TOKEN.findall(pattern)) - values.keys():
        return ""
    filled = _TOKEN.sub(lambda token: values[token[1]], pattern)
    return re.sub("/{2,}", "/", f"/{filled}")


def _date_values(day: date) -> dict[str, str]:
    forms = {"year": "%Y", "short_year": "%y", "month": "%m", "day": "%d", "y_day": "%j"}
    values = {name: day.strftime(form) for name, form in forms.items()}
    return values | {
        "i_month": str(day.month),
        "i_day": str(day.day),
        "monthname": day.strftime("%B").lower(),
    }


class Jekyll:
    """Addresses of posts in ``_posts``, and of collections whose pattern the configuration has."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.base = _base(config.get("url"), as_text(config.get("baseurl") or ""))
        pattern = as_text(config.get("permalink") or "date")
        rules = config.get("defaults")
        for rule in rules if isinstance(rules, list) else ():
            scope, values = (_mapping(_mapping(rule).get(key)) for key in ("scope", "values"))
            if not scope.get("path") and (scope.get("type") or "posts") == "posts":
                pattern = as_text(values.get("permalink") or pattern)
        self._patterns = {"_posts": pattern} if config else {}
        for name, values in _mapping(config.get("collections")).items():
            if permalink := _mapping(values).get("permalink"):
                self._patterns[f"_{name}"] = as_text(permalink)

    def path_of(self, post: Post, pattern: str = "") -> str:
        """Return the path of the address; see :class:`Generator`."""
        folders = post.path.parts[:-1]
        own = next((one for one in folders if one in self._patterns), "")
        pattern = pattern or self._patterns.get(own, "")
        dated = _DATED.fullmatch(post.path.stem)
        slug = as_text(post.front.get("slug") or "") or (dated[1] if dated else post.path.stem)
        before = folders[: folders.index("_posts")] if "_posts" in folders else ()
        categories = dict.fromkeys([*before, *_categories(post.front)])
        values = _date_values(post.published) | {
            "categories": "/".join(one.lower() for one in categories),
            "title": _slug(slug, SIGNS),
            "slug": _slug(slug).lower(),
            "output_ext": ".html",
            "collection": own.lstrip("_"),
        }
        return _filled(JEKYLL_STYLES.get(pattern, pattern), values)


def _categories(front: Mapping[str, Any]) -> Iterator[str]:
    for name in ("category", "categories"):
        value = front.get(name) or ()
        yield from as_list(value.split() if isinstance(value, str) and name[-1] == "s" else value)


def _slug(text: str, kept: str = "") -> str:
    """Write a hyphen for all but letters, digits and some signs."""
    words = "".join(c if _is_letter(c) or c in kept else " " for c in text).split()
    return "-".join(words)


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


class Hugo:
    """Addresses of pages in the folder of the content, by section."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.base = _base(config["baseurl"])
        self._default = as_text(config.get("defaultcontentlanguage") or "en")
        languages = {
            str(name): _mapping(one) for name, one in _mapping(config.get("languages")).items()
        }
        self._languages = {*languages, self._default}
        self._in_subfolder = config.get("defaultcontentlanguageinsubdir") is True
        content = as_text(config.get("contentdir") or "content")
        folders = {name: one.get("contentDir") for name, one in languages.items()}
        self._folders = {PurePosixPath(as_text(one)): name for name, one in folders.items() if one}
        self._folders.setdefault(PurePosixPath(content), self._default)
        given = _mapping(config.get("permalinks"))
        self._patterns = given | _mapping(given.get("page"))
        self._suffix = ".html" if config.get("uglyurls") is True else "/"
        dates = as_list(_mapping(config.get("frontmatter")).get("date"))
        self._dates_in_names = ":filename" in dates

    def path_of(self, post: Post, pattern: str = "") -> str:
        """Return the path of the address; see :class:`Generator`."""
        root = next((one for one in self._folders if post.path.is_relative_to(one)), None)
        if root is None:
            return ""
        language, inner = self._folders[root], post.path.relative_to(root).with_suffix("")
        if inner.suffix[1:] in self._languages:
            language, inner = inner.suffix[1:], inner.with_suffix("")
        page = inner.parent if inner.name == "index" else inner
        if not page.name:
            return ""  # the front page
        section = page.parts[0] if len(page.parts) > 1 else ""
        pattern = pattern or as_text(self._patterns.get(section, ""))
        path = _filled(pattern or f"/:sections/:name{self._suffix}", self._values(post, page))
        is_named = language != self._default or self._in_subfolder
        return f"/{language.lower()}{path}" if path and is_named else path

    def _values(self, post: Post, page: PurePosixPath) -> dict[str, str]:
        """Return what the tokens of a pattern stand for; ``:name`` is our own."""
        dated = _DATED.fullmatch(page.name) if self._dates_in_names else None
        slug = as_text(post.front.get("slug") or "") or (dated[1] if dated else "")
        names = {"title": post.title, "slug": slug or post.title}
        names |= {"section": "".join(page.parts[:-1][:1]), "sections": "/".join(page.parts[:-1])}
        names |= dict.fromkeys(("filename", "contentbasename"), page.name)
        last = ("name", "slugorfilename", "slugorcontentbasename")
        names |= dict.fromkeys(last, slug or page.name)
        return _date_values(post.published) | {key: _sanitized(one) for key, one in names.items()}


def _sanitized(text: str) -> str:
    """Write hyphens for spaces, and leave out all other signs that are not usual in paths."""
    kept = "".join(c for c in text if _is_letter(c) or c in "./_#+~-@" or c.isspace())
    return re.sub(r"\s*(-+)\s*|\s+", lambda gap: gap[1] or "-", kept.strip()).lower()
