"""Addresses of posts, which Jekyll and Hugo make of the configuration of the site."""

import os
from pathlib import Path
from textwrap import dedent

import pytest

from read_source import read_all
from recommender.articles.links import own_links


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip(), encoding="utf-8")


def post(path: Path, front: str = "", text: str = "The mill turns.") -> None:
    write(path, f"---\ntitle: The Old Mill & Weir\ndate: 2026-03-02\n{front}\n---\n{text}\n")


def address(source: Path) -> str:
    (article,), _ = read_all(source)
    return article.url


SITE = "url: https://mill.example"


@pytest.mark.parametrize(
    ("config", "front", "expected"),
    [
        (SITE, "", "https://mill.example/2026/03/02/Old-mill.html"),
        ("permalink: pretty", "", "/2026/03/02/Old-mill/"),
        (f"{SITE}\nbaseurl: /town", "", "https://mill.example/town/2026/03/02/Old-mill.html"),
        (f"{SITE}/town\nbaseurl: town/", "", "https://mill.example/town/2026/03/02/Old-mill.html"),
        ("url: http://localhost:4000\nbaseurl: /town", "", "/town/2026/03/02/Old-mill.html"),
        ("permalink: /:year/:i_month/:i_day/:title/", "", "/2026/3/2/Old-mill/"),
        ("permalink: /:short_year/:y_day-:slug", "", "/26/061-old-mill"),
        ("permalink: /:year/:hour/:title", "", ""),
        ("permalink: none", "category: Big News", "/big%20news/Old-mill.html"),
        ("permalink: none", "categories: Town Mills", "/town/mills/Old-mill.html"),
        ("permalink: none", "categories: [Town, Mills]", "/town/mills/Old-mill.html"),
        ("permalink: none", "slug: Mühle (neu)", "/M%C3%BChle-(neu).html"),
        ("permalink: none", "permalink: /m/", "/m/"),
        (SITE, "permalink: /m/", "https://mill.example/m/"),
        (SITE, "permalink: /:year/:title", "https://mill.example/2026/Old-mill"),
        (SITE, "permalink: about/m/", "https://mill.example/about/m/"),
        (SITE, "link: https://other.example/a", "https://other.example/a"),
        ("defaults: [{scope: {path: ''}, values: {permalink: '/a/:title'}}]", "", "/a/Old-mill"),
        ("title: [unclosed", "", ""),
        ("permalink: weekdate", "", "/2026/W10/MON/Old-mill.html"),
        ("permalink: /posts/", "", ""),
        ("permalink: unknown", "", ""),
        (SITE, "permalink: :title.html", "https://mill.example/Old-mill.html"),
        (SITE, "permalink: ':hour/:title'", ""),
        (SITE, "permalink: /news/mill:reopened/", "https://mill.example/news/mill:reopened/"),
    ],
)
def test_jekyll(tmp_path: Path, config: str, front: str, expected: str) -> None:
    write(tmp_path / "_config.yml", config)
    post(tmp_path / "_posts/2026-03-01-Old mill.md", front)
    assert address(tmp_path) == expected


def test_folders_of_jekyll(tmp_path: Path) -> None:
    """Those above ``_posts`` are categories, and a collection has a pattern of its own."""
    write(tmp_path / "_config.yml", "collections: {mills: {permalink: '/:collection/:title/'}}")
    for path in ("en/news/_posts/old/2026-03-02-a.md", "_mills/b.md", "_mills/2026-03-02-c.md"):
        post(tmp_path / path)
    post(tmp_path / "pages/d.md")
    found = {article.id: article.url for article in read_all(tmp_path)[0]}
    assert found == {
        "en/news/_posts/old/2026-03-02-a": "/en/news/2026/03/02/a.html",
        "_mills/b": "/mills/b/",
        "_mills/2026-03-02-c": "/mills/c/",
        "pages/d": "",
    }


@pytest.mark.parametrize(
    ("rules", "path", "front", "expected"),
    [
        ("{path: _posts/old} {permalink: '/o/:title'}", "_posts/old/a.md", "", "/o/a"),
        ("{path: _posts/old/} {permalink: '/o/:title'}", "_posts/older/a.md", "", "/a"),
        ("{path: _posts/old} {permalink: '/o/:title'}", "_posts/old/a.md", "permalink: /a", "/a"),
        (
            "{path: _posts/old} {permalink: '/o/:title'}; {type: posts} {permalink: '/p/:title'}",
            *("_posts/old/a.md", ""),
            "/o/a",
        ),
        ("{path: _posts, type: pages} {permalink: '/o/:title'}", "_posts/a.md", "", "/a"),
        ("{type: mills} {permalink: '/o/:title'}", "_mills/a.md", "", "/o/a"),
        ("{path: '_posts/*'} {permalink: '/o/:title'}", "_posts/a.md", "", ""),
        ("{path: '_posts/*'} {layout: post}", "_posts/a.md", "", "/a"),
        ("{path: ''} {categories: [Town]}", "news/_posts/a.md", "", "/news/town/a"),
        ("{path: ''} {category: Town}", "_posts/a.md", "category: Mills", "/mills/a"),
        ("", "News/_posts/a.md", "categories: news Town", "/news/town/a"),
    ],
)
def test_defaults_of_jekyll(
    tmp_path: Path, rules: str, path: str, front: str, expected: str
) -> None:
    pairs = [rule.split("} ") for rule in rules.split("; ") if rule]
    defaults = [f"{{scope: {scope}}}, values: {values}}}" for scope, values in pairs]
    config = "permalink: /:categories/:title\ncollections: {mills: {permalink: '/:title'}}"
    write(tmp_path / "_config.yml", f"{config}\ndefaults: [{', '.join(defaults)}]")
    post(tmp_path / path, front)
    assert address(tmp_path) == expected


@pytest.mark.parametrize("setting", ["collections_dir: site", "source: site"])
def test_categories_of_jekyll_are_unknown_in_folders_of_the_configuration(
    tmp_path: Path, setting: str
) -> None:
    write(tmp_path / "_config.yml", setting)
    post(tmp_path / "site/_posts/2026-03-02-a.md")
    assert address(tmp_path) == ""
    write(tmp_path / "_config.yml", f"{setting}\npermalink: /:year/:title")
    assert address(tmp_path) == "/2026/a"


@pytest.mark.parametrize(
    ("config", "path", "front", "expected"),
    [
        ("", "posts/Old mill.md", "", "https://mill.example/posts/old-mill/"),
        ("", "posts/old/index.md", "", "https://mill.example/posts/old/"),
        ("", "posts/old/index.md", "slug: New Mill", "https://mill.example/posts/new-mill/"),
        ("", "mill.md", "", "https://mill.example/mill/"),
        ("", "index.md", "", ""),
        ("", "posts/a.md", "url: /m/", "https://mill.example/m/"),
        ("uglyURLs = true", "posts/a.md", "", "https://mill.example/posts/a.html"),
        (
            "[permalinks]\nposts = '/:year/:month/:title/'",
            *("posts/a.md", ""),
            "https://mill.example/2026/03/the-old-mill-weir/",
        ),
        (
            "[permalinks.page]\nposts = '/:sections/:slugorcontentbasename'",
            *("posts/2026/a.md", ""),
            "https://mill.example/posts/a/",
        ),
        ("[permalinks]\nposts = '/:sections[1:]/:slug'", "posts/a.md", "", ""),
        ("[permalinks]\nposts = '/posts/'", "posts/a.md", "", ""),
        ("[permalinks]\nposts = '/:2006/:01/:slug/'", "posts/a.md", "", ""),
        ("[permalinks]\nposts = '/:year/:January/:slug/'", "posts/a.md", "", ""),
        ("", "posts/a.md", "url: /:2006/m/", ""),
        ("[[permalinks]]\npattern = '/:slug/'", "posts/a.md", "", ""),
        ("[[permalinks.page]]\npattern = '/:slug/'", "posts/a.md", "", ""),
        ("removePathAccents = true", "posts/a.md", "", ""),
        ("[[module.mounts]]\nsource = 'content'\ntarget = 'content/news'", "a.md", "", ""),
        (
            "[[module.mounts]]\nsource = 'pictures'\ntarget = 'assets'",
            *("a.md", ""),
            "https://mill.example/a/",
        ),
        ("[[cascade]]\nURL = '/:year/:slug/'", "posts/a.md", "", ""),
        ("[permalinks]\nPosts = '/A/:slug'", "Posts/a.md", "slug: B", "https://mill.example/a/b/"),
        ("disablePathToLower = true", "Posts/Mill.md", "", "https://mill.example/Posts/Mill/"),
        ("[uglyURLs]\nposts = true", "posts/a.md", "", "https://mill.example/posts/a.html"),
        ("[uglyURLs]\nposts = true", "news/a.md", "", "https://mill.example/news/a/"),
        (
            "uglyURLs = true\n[permalinks]\nposts = '/:year/:slug/'",
            *("posts/a.md", "slug: b"),
            "https://mill.example/2026/b.html",
        ),
        ("[languages.fr]\nbaseURL = 'https://fr.example'", "a.md", "", ""),
        ("[languages.fr]\nbaseURL = 'https://fr.example'", "a.md", "url: /m/", "/m/"),
        ("[languages.fr]", "a.fr.md", "url: /:year/m/", "https://mill.example/2026/m/"),
        (
            "[languages.FR]\ncontentdir = 'content/french'",
            *("french/a.md", ""),
            "https://mill.example/fr/a/",
        ),
        (
            "[frontmatter]\ndate = [':filename', ':default']",
            *("posts/2026-03-01-a.md", ""),
            "https://mill.example/posts/a/",
        ),
        ("", "a.md", "url: about/m/", "https://mill.example/about/m/"),
        ("[languages.fr]\n[languages.en]", "a.md", "url: about/m/", ""),
        ("[languages.fr]\n[languages.en]", "a.fr.md", "", "https://mill.example/fr/a/"),
        ("[languages.fr]\n[languages.en]", "a.en.md", "", "https://mill.example/a/"),
        (
            "defaultContentLanguage = 'fr'\ndefaultContentLanguageInSubdir = true\n[languages.fr]",
            *("a.md", ""),
            "https://mill.example/fr/a/",
        ),
        (
            "[languages.fr]\ncontentDir = 'content/french'",
            *("french/a.md", ""),
            "https://mill.example/fr/a/",
        ),
    ],
)
def test_hugo(tmp_path: Path, config: str, path: str, front: str, expected: str) -> None:
    write(tmp_path / "hugo.toml", f"baseURL = 'https://mill.example/'\n{config}")
    post(tmp_path / "content" / path, front)
    assert address(tmp_path) == expected


def test_sections_of_hugo_below_the_first_level_have_a_list_page(tmp_path: Path) -> None:
    config = "[languages.fr]\n[permalinks]\nposts = '/:sections/:contentbasename/'"
    write(tmp_path / "hugo.toml", f"baseURL = '/'\n{config}")
    paths = ("2026/a", "town/b", "town/old/c", "town/d.fr", "very/deep/e")
    for name in paths:
        post(tmp_path / f"content/posts/{name}.md")
    for name in ("town/_index.md", "very/deep/_index.md", "very/_index.fr.md"):
        write(tmp_path / "content/posts" / name, "---\ntitle: List\n---\n")
    found = {article.id: article.url for article in read_all(tmp_path)[0]}
    assert [found[f"content/posts/{name}"] for name in paths] == [
        "/posts/a/",
        "/posts/town/b/",
        "/posts/town/c/",
        "/fr/posts/d/",
        "/posts/very/deep/e/",
    ]


def test_the_configuration_of_hugo_may_be_in_several_files(tmp_path: Path) -> None:
    write(tmp_path / "config/_default/config.yaml", "baseurl: https://example.org/town/")
    write(tmp_path / "config/_default/permalinks.toml", "posts = '/:year/:slug'")
    write(tmp_path / "config/_default/languages.de.toml", "contentDir = 'content/de'")
    post(tmp_path / "content/de/posts/a.md")
    assert address(tmp_path) == "/town/de/2026/the-old-mill-weir/"


@pytest.mark.parametrize(
    ("name", "setting", "expected"),
    [
        ("production/hugo.toml", "baseURL = 'https://weir.example/'", ""),
        ("live/permalinks.yaml", "posts: '/:year/:slug'", ""),
        ("production/params.toml", "baseURL = 'https://weir.example/'", "/posts/a/"),
        ("development/hugo.toml", "baseURL = 'https://test.example/'", "/posts/a/"),
        ("_default/module.toml", "[[mounts]]\nsource = 'text'\ntarget = 'content'", ""),
        ("_default/cascade.toml", "slug = 'b'", ""),
    ],
)
def test_folders_of_the_configuration_of_hugo(
    tmp_path: Path, name: str, setting: str, expected: str
) -> None:
    write(tmp_path / "config/_default/hugo.toml", "baseURL = '/'")
    write(tmp_path / "config" / name, setting)
    post(tmp_path / "content/posts/a.md")
    assert address(tmp_path) == expected


@pytest.mark.parametrize(
    "cascade", ["{url: '/:year/:slug/'}", "[{params: {a: b}}, {Slug: mill, target: {kind: page}}]"]
)
def test_list_pages_of_hugo_may_decide_about_the_addresses_below_them(
    tmp_path: Path, cascade: str
) -> None:
    write(tmp_path / "hugo.toml", "baseURL = '/'")
    write(tmp_path / "content/news/_index.md", f"---\ncascade: {cascade}\n---\n")
    write(tmp_path / "content/town/_index.md", "---\ncascade: {layout: wide}\n---\n")
    for path in ("news/old/a.md", "town/b.md"):
        post(tmp_path / "content" / path)
    found = {article.id: article.url for article in read_all(tmp_path)[0]}
    assert found == {"content/news/old/a": "", "content/town/b": "/town/b/"}


@pytest.mark.parametrize("source", ["", "news", "news/_posts", "news/_posts/old"])
def test_the_source_may_be_a_part_of_the_site(tmp_path: Path, source: str) -> None:
    write(tmp_path / "_config.yml", "permalink: pretty")
    post(tmp_path / "news/_posts/old/2026-03-02-mill.md")
    assert address(tmp_path / source) == "/news/2026/03/02/mill/"


def test_without_a_configuration_only_patterns_of_posts_count(tmp_path: Path) -> None:
    write(tmp_path / "config.yml", "backend: git")
    post(tmp_path / "_posts/2026-03-02-mill.md")
    assert address(tmp_path) == ""
    post(tmp_path / "_posts/2026-03-02-mill.md", "permalink: /:year/:title")
    assert address(tmp_path) == "/2026/mill"
    post(tmp_path / "_posts/2026-03-02-mill.md", "permalink: /:nonsense/:title")
    assert address(tmp_path) == ""


@pytest.mark.parametrize("setting", ["source_dir: source", "public_dir: public"])
def test_the_configuration_of_hexo_is_not_that_of_jekyll(tmp_path: Path, setting: str) -> None:
    write(tmp_path / "_config.yml", f"{SITE}\npermalink: /:year/:title/\n{setting}")
    post(tmp_path / "source/_posts/mill.md")
    assert address(tmp_path) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_above_the_source_files_of_another_user_are_no_configuration(tmp_path: Path) -> None:
    write(tmp_path / "_config.yml", SITE)
    post(tmp_path / "_posts/mill.md")
    os.chown(tmp_path / "_config.yml", 12345, -1)
    assert address(tmp_path / "_posts") == ""
    assert address(tmp_path) == "https://mill.example/2026/03/02/mill.html"


@pytest.mark.parametrize("site", ["", SITE])
@pytest.mark.parametrize("link", ["/2026/03/02/weir", "https://mill.example/2026/03/02/weir/#a"])
def test_links_to_addresses_lead_to_articles(tmp_path: Path, site: str, link: str) -> None:
    write(tmp_path / "_config.yml", f"permalink: /:year/:month/:day/:title\n{site}")
    post(tmp_path / "_posts/2026-03-02-weir.md")
    post(tmp_path / "_posts/2026-03-03-mill.md", text=f"See [it]({link}).")
    articles, _ = read_all(tmp_path)
    assert own_links(articles) == [(1, 0)]
