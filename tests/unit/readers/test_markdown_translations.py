"""Translations in folders of Markdown: how static sites name them."""

from pathlib import Path

import numpy as np
import pytest

from read_source import read_all
from recommender.articles.translations import translation_groups


def groups(folder: Path, posts: dict[str, str]) -> dict[str, int]:
    """Write posts by their paths with a front matter; return the group of each ID."""
    for name, front in posts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"---\ntitle: {name}\ndate: 2026-03-02\n{front}\n---\nText.\n")
    articles, _ = read_all(folder)
    found = translation_groups(articles, np.arange(len(articles), dtype=np.int32))
    return {article.id: int(group) for article, group in zip(articles, found, strict=True)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ko/news/_posts/2026-03-02-mill.md", "en/news/_posts/2026-03-02-mill.md"),
        ("content/pt-br/mill.md", "content/zh_TW/mill.markdown"),
        ("posts/mill.md", "posts/mill.fr.md"),
        ("posts/mill.de.md", "posts/mill.fr.md"),
        ("posts/mill/index.md", "posts/mill/index.fr.md"),
        ("_posts/2026-03-02-mill.md", "ko/_posts/2026-03-02-mill.md"),
        ("posts/mill.md", "posts/ko/mill.md"),
    ],
)
def test_paths_that_differ_by_the_language_are_translations(
    tmp_path: Path, one: str, other: str
) -> None:
    posts = {one: "lang: ko", other: "lang: en", "ko/news/_posts/2026-03-02-weir.md": "lang: ko"}
    found = groups(tmp_path, posts)
    assert len(found) == 3
    assert len(set(found.values())) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("town/_posts/2026-03-02-mill.md", "land/_posts/2026-03-02-mill.md"),
        ("ko/2026-03-02-mill.md", "en/2026-03-02-weir.md"),
        ("posts/mill.md", "posts/mill.old.md"),
        ("posts/mill.md", "posts/mill.html"),
    ],
)
def test_other_paths_are_no_translations(tmp_path: Path, one: str, other: str) -> None:
    found = groups(tmp_path, {one: "lang: ko", other: "lang: en"})
    assert len(set(found.values())) == len(found)


def test_the_language_of_the_site_may_have_no_folder(tmp_path: Path) -> None:
    posts = {"a/mill.md": "lang: en", "a/fr/mill.md": "lang: fr", "a/de/mill.md": "lang: de"}
    found = groups(tmp_path, posts | {"it/weir.md": "lang: en", "weir.md": "lang: en"})
    assert found["a/mill"] == found["a/fr/mill"] == found["a/de/mill"]
    assert found["it/weir"] != found["weir"], "it is no language, but information technology"


def test_the_front_matter_names_translations(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        {
            "en/mill.md": "lang: en\ntranslationKey: mill",
            "fr/moulin.md": "lang: fr\ntranslationKey: mill",
            "fr/mill.md": "lang: fr",
        },
    )
    assert found["en/mill"] == found["fr/moulin"] != found["fr/mill"]
