"""Addresses of pages, made as Hugo makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from recommender.errors import ArticleError
from recommender.ingest.markdown import front_matter
from recommender.ingest.markdown.address_patterns import (
    DATED,
    Post,
    base_of,
    date_values,
    filled,
    folded,
    is_letter,
    mapping,
)
from recommender.ingest.markdown.identifiers import SUFFIXES
from recommender.ingest.readers.field_mapping import as_list, as_text

OVERRIDES = {"baseurl", "permalinks", "uglyurls", "disablepathtolower", "removepathaccents"}
"""Settings that decide about addresses.

Where a language or an environment of Hugo has its own, addresses are empty.
"""

Folders = tuple[str, ...]
"""Names of folders, each within the one before it."""


class _Page(NamedTuple):
    """What decides about the address of a page, by the path of its file."""

    name: str
    folders: Folders
    sections: Folders
    """Those of the folders that are sections."""
    language: str


class Hugo:
    """Addresses of pages in the folder of the content, by section."""

    def __init__(
        self, config: Mapping[str, Any], root: Path, environments: Set[str] = frozenset()
    ) -> None:
        """Take the configuration of a site.

        Parameters
        ----------
        config : settings, with keys in lower case.
        root : folder of the site.
        environments : names of the settings that environments have of their own.
        """
        self._root = root
        self._lists: dict[Path, set[str]] = {}
        """By folder the names of its list pages, without suffix."""
        self._cascades: dict[Path, bool] = {}
        """By folder whether a list page gives the pages below it addresses."""
        self._default = as_text(config.get("defaultcontentlanguage") or "en").casefold()
        languages = {name: mapping(one) for name, one in mapping(config.get("languages")).items()}
        self._languages = {*languages, self._default}
        self.is_multilingual = len(self._languages) > 1
        own = {key for one in languages.values() for key in one} | environments
        self._is_known = not own & OVERRIDES and not _needs_more(config)
        self.base = "" if "baseurl" in own else base_of(config["baseurl"])
        self._in_subfolder = config.get("defaultcontentlanguageinsubdir") is True
        content = as_text(config.get("contentdir") or "content")
        folders = {name: one.get("contentdir") for name, one in languages.items()}
        self._folders = {PurePosixPath(as_text(one)): name for name, one in folders.items() if one}
        self._folders.setdefault(PurePosixPath(content), self._default)
        patterns = mapping(config.get("permalinks"))
        self._patterns = patterns | mapping(patterns.get("page"))
        self._ugly = config.get("uglyurls")
        self._keeps_case = config.get("disablepathtolower") is True
        dates = as_list(mapping(config.get("frontmatter")).get("date"))
        self._dates_in_names = ":filename" in dates

    def path_of(self, post: Post, pattern: str = "") -> str:
        """Return the path of the address; see :class:`Generator`."""
        page = self._page_of(post)
        if not page:
            return ""
        values = self._values(post, page)
        if pattern.startswith("/"):
            return filled(pattern, values)  # also of other languages
        section = page.folders[0].casefold() if page.folders else ""
        configured = as_text(self._patterns.get(section, "")) or "/:folders/:name"
        path = filled(pattern or configured, values).rstrip("/")
        if not path:
            return ""
        ugly = self._ugly.get(section) if isinstance(self._ugly, dict) else self._ugly
        path = (path if self._keeps_case else path.lower()) + (".html" if ugly is True else "/")
        is_named = page.language != self._default or self._in_subfolder
        return f"/{page.language}{path}" if is_named else path

    def _page_of(self, post: Post) -> _Page | None:
        """Return the page of a file; None for the front page and where the address is unknown."""
        root = next((one for one in self._folders if post.path.is_relative_to(one)), None)
        if root is None or not self._is_known:
            return None
        language, path = self._folders[root], post.path.relative_to(root).with_suffix("")
        lists = {"_index", f"_index.{language}"}
        if (ending := path.suffix[1:].casefold()) in self._languages:
            lists = {f"_index.{ending}"} | ({"_index"} if ending == language else set())
            language, path = ending, path.with_suffix("")
        path = path.parent if path.name == "index" else path
        if not path.name:
            return None
        folders = path.parts[:-1]
        if self._is_in_cascade(self._root / root, folders):
            return None
        return _Page(path.name, folders, self._sections(root, folders, lists), language)

    def _is_in_cascade(self, content: Path, folders: Folders) -> bool:
        """Return whether a list page in one of the folders gives the pages below it addresses."""
        for number in range(len(folders) + 1):
            folder = content.joinpath(*folders[:number])
            if folder not in self._cascades:
                self._cascades[folder] = any(map(_has_cascade, folder.glob("_index.*")))
            if self._cascades[folder]:
                return True
        return False

    def _sections(self, root: PurePosixPath, folders: Folders, lists: set[str]) -> Folders:
        """Return the folders down to the section of a page.

        Below the first level a folder is a section only if it has a list page.

        Parameters
        ----------
        root : folder of the content.
        lists : names of list pages in the language of the page, without suffix.
        """
        while len(folders) > 1:
            folder = self._root.joinpath(root, *folders)
            if folder not in self._lists:
                self._lists[folder] = {path.stem for path in folder.glob("_index.*")}
            if self._lists[folder] & lists:
                break
            folders = folders[:-1]
        return folders

    def _values(self, post: Post, page: _Page) -> dict[str, str]:
        """Return the values of the tokens; ``:name`` and ``:folders`` are no tokens of Hugo."""
        dated = DATED.fullmatch(page.name) if self._dates_in_names else None
        slug = as_text(post.front.get("slug") or "") or (dated[1] if dated else "")
        names = {"title": post.title, "slug": slug or post.title}
        names["folders"] = "/".join(page.folders)
        names |= dict.fromkeys(("filename", "contentbasename"), page.name)
        last = ("name", "slugorfilename", "slugorcontentbasename")
        names |= dict.fromkeys(last, slug or page.name)
        if not self._keeps_case:
            names = {key: one.lower() for key, one in names.items()}
        names["section"] = "".join(page.sections[:1]).lower()
        names["sections"] = "/".join(page.sections).lower()
        return date_values(post.published) | {key: _sanitized(one) for key, one in names.items()}


def _needs_more(config: Mapping[str, Any]) -> bool:
    """Return whether a configuration has settings for addresses that are not read here."""
    patterns = config.get("permalinks")
    mounts = _mappings(mapping(config.get("module")).get("mounts"))
    return (
        config.get("removepathaccents") is True
        or any(isinstance(one, list) for one in (patterns, mapping(patterns).get("page")))
        or any(_moves_content(one) for one in mounts)
        or _cascades_addresses(config)
    )


def _moves_content(mount: Mapping[str, Any]) -> bool:
    source, target = (as_text(mount.get(key) or "").strip("/") for key in ("source", "target"))
    return target.startswith("content") and source != target


def _has_cascade(path: Path) -> bool:
    if path.suffix.lower() in {*SUFFIXES, ".html"}:
        with suppress(ArticleError):
            front, _ = front_matter.parse(front_matter.decoded(path).text)
            return _cascades_addresses(folded(front))
    return False


def _cascades_addresses(settings: Mapping[str, Any]) -> bool:
    """Return whether settings give the pages below them a ``url`` or ``slug``."""
    return any(one.keys() & {"url", "slug"} for one in _mappings(settings.get("cascade")))


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings in a list, or one that is in no list."""
    yield from map(mapping, value if isinstance(value, list) else [value])


def _sanitized(text: str) -> str:
    """Write hyphens for spaces, and leave out all other signs that are not usual in paths."""
    kept = "".join(c for c in text if is_letter(c) or c in "./_#+~-@" or c.isspace())
    return re.sub(r"\s*(-+)\s*|\s+", lambda gap: gap[1] or "-", kept.strip())
