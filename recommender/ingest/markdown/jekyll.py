"""Addresses of posts, made as Jekyll makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from recommender.ingest.markdown.address_patterns import (
    DATED,
    Post,
    base_of,
    date_values,
    filled,
    is_letter,
    mapping,
)
from recommender.ingest.readers.field_mapping import as_list, as_text

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
"""Names of patterns."""

SIGNS = "._~!$&'()+,;=@"
"""What Jekyll keeps of a file name beside letters and digits."""


class Jekyll:
    """Addresses of posts in ``_posts``, and of collections whose pattern the configuration has."""

    is_multilingual = False

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.base = base_of(config.get("url"), as_text(config.get("baseurl") or ""))
        # Both change the folders that are categories, and the paths in rules.
        self._is_moved = bool(config.get("collections_dir") or _path(config.get("source")))
        self._rules = _rules(config)
        self._patterns = {"_posts": as_text(config.get("permalink") or "date")} if config else {}
        for name, values in mapping(config.get("collections")).items():
            if permalink := mapping(values).get("permalink"):
                self._patterns[f"_{name}"] = as_text(permalink)

    def path_of(self, post: Post, pattern: str = "") -> str:
        """Return the path of the address; see :class:`Generator`."""
        folders = post.path.parts[:-1]
        own = next((one for one in folders if one in self._patterns), "")
        defaults = self._defaults(post.path, own.removeprefix("_"))
        if defaults is None:
            return ""
        pattern = pattern or as_text(defaults.get("permalink") or self._patterns.get(own, ""))
        dated = DATED.fullmatch(post.path.stem)
        slug = as_text(post.front.get("slug") or "") or (dated[1] if dated else post.path.stem)
        before = folders[: folders.index("_posts")] if "_posts" in folders else ()
        categories = (*before, *_categories(defaults, post.front))
        values = date_values(post.published) | {
            "categories": "/".join(dict.fromkeys(one.lower() for one in categories)),
            "title": _slug(slug, SIGNS),
            "slug": _slug(slug).lower(),
            "output_ext": ".html",
            "collection": own.lstrip("_"),
        }
        if self._is_moved:
            del values["categories"]
        return filled(STYLES.get(pattern, pattern), values)

    def _defaults(self, path: PurePosixPath, label: str) -> dict[str, Any] | None:
        """Return the defaults of the front matter; None if they are unknown."""
        found: dict[str, Any] = {}
        for within, label_of_rule, values in self._rules:
            if not label or label_of_rule not in ("", label):
                continue
            if "*" in within or (within and self._is_moved):
                return None
            if path.is_relative_to(within):
                found |= values
        return found


def _rules(config: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return path, type and values of the rules for addresses, the one that counts most last."""
    rules = config.get("defaults")
    found = []
    for rule in rules if isinstance(rules, list) else ():
        scope, values = (mapping(mapping(rule).get(key)) for key in ("scope", "values"))
        if values.keys() & {"permalink", "categories", "category"}:
            found.append((_path(scope.get("path")), as_text(scope.get("type") or ""), values))
    return sorted(found, key=lambda rule: (len(rule[0]), bool(rule[1])))


def _path(value: Any) -> str:
    """Return a folder of a configuration; "" for that of the site."""
    path = PurePosixPath(as_text(value or "").strip("/")).as_posix()
    return "" if path == "." else path


def _categories(defaults: Mapping[str, Any], front: Mapping[str, Any]) -> Iterator[str]:
    for several in (defaults.get("categories"), front.get("categories")):
        yield from as_list(several.split() if isinstance(several, str) else several or ())
    yield from as_list(front.get("category") or defaults.get("category") or ())


def _slug(text: str, kept: str = "") -> str:
    """Write a hyphen for all but letters, digits and some signs."""
    words = "".join(c if is_letter(c) or c in kept else " " for c in text).split()
    return "-".join(words)
