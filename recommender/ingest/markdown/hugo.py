"""Addresses of pages, made as Hugo makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

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

OF_LANGUAGES = {"baseurl", "permalinks", "uglyurls", "disablepathtolower"}
"""Settings that decide about addresses; where a language of Hugo has its own, they are empty."""

Folders = tuple[str, ...]
"""Names of folders, each within the one before it."""


class _Page(NamedTuple):
    """What the path of a file says about its page."""

    name: str
    folders: Folders
    sections: Folders
    """Those of the folders that are sections."""
    language: str


class Hugo:
    """Addresses of pages in the folder of the content, by section."""

    def __init__(self, config: Mapping[str, Any], root: Path) -> None:
        """Take the configuration, with keys in lower case, and the folder that it is in."""
        self._root = root
        self._lists: dict[Path, set[str]] = {}
        """By folder the names of its list pages, without suffix."""
        self._default = as_text(config.get("defaultcontentlanguage") or "en").casefold()
        languages = {name: mapping(one) for name, one in mapping(config.get("languages")).items()}
        self._languages = {*languages, self._default}
        own = {key for one in languages.values() for key in one}
        self._is_known = not own & OF_LANGUAGES
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
        return _Page(path.name, folders, self._sections(root, folders, lists), language)

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
        """Return what the tokens of a pattern stand for; ``:name`` and ``:folders`` are our own."""
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


def _sanitized(text: str) -> str:
    """Write hyphens for spaces, and leave out all other signs that are not usual in paths."""
    kept = "".join(c for c in text if is_letter(c) or c in "./_#+~-@" or c.isspace())
    return re.sub(r"\s*(-+)\s*|\s+", lambda gap: gap[1] or "-", kept.strip())
