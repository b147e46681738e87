"""The reader of Markdown files with front matter."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

import read_source
from recommender.articles.article import Article, Status
from recommender.articles.flags import Flag
from recommender.errors import SourceError
from recommender.ingest.readers.files import MAX_BYTES


def read_all(folder: Path) -> tuple[list[Article], list[str]]:
    """Articles and complaints without the note that posts have no addresses."""
    articles, notes = read_source.read_all(folder)
    return articles, [note for note in notes if "expected addresses" not in note]


def markdown(path: Path, front: str, text: str = "Body here.") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{dedent(front).strip()}\n---\n{text}\n", encoding="utf-8")


def test_markdown_of_hugo_jekyll_and_astro(tmp_path: Path) -> None:
    markdown(
        tmp_path / "content/energy/plant/index.md",
        """
        title: "Plant *one*"
        date: 2026-05-01T10:00:00+02:00
        lastmod: 2026-05-02
        categories: [Energy, Coast]
        tags: [reactor]
        author: {name: A. Nowak}
        image: {src: /a.jpg, alt: The plant}
        """,
        'A [link]({{< ref "grid.md" >}}) and {{< youtube x >}} & <b>bold</b>.\n\n## Sub\n\nEnd.',
    )
    markdown(
        tmp_path / "_posts/2026-04-01-grid.md",
        "title: Grid\npublished: false",
        "![A mast](/mast.jpg)\n\nSee [the plant](../content/energy/plant/index.md).",
    )
    markdown(tmp_path / "blog/astro.mdx", "title: Astro\npubDate: Jun 02 2025\ndraft: true")
    (tmp_path / "README.md").write_text("no article")
    articles, complaints = read_all(tmp_path)
    found = {article.id: article for article in articles}
    plant = found["content/energy/plant"]
    assert plant.published == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert plant.updated == datetime(2026, 5, 2, tzinfo=UTC)
    assert (plant.section, plant.tags, plant.authors) == (
        "Energy",
        ("reactor", "Coast"),
        ("A. Nowak",),
    )
    assert (plant.image, plant.image_alt) == ("/a.jpg", "The plant")
    assert plant.body == "A link and & bold.\nSub\nEnd."
    assert plant.links == ("content/energy/plant/grid",)
    grid = found["_posts/2026-04-01-grid"]
    assert grid.published == datetime(2026, 4, 1, tzinfo=UTC)
    assert grid.status is Status.DRAFT
    assert grid.links == ("content/energy/plant",)
    assert (grid.image, grid.image_alt) == ("/mast.jpg", "A mast")
    assert not complaints
    assert found["blog/astro"].published == datetime(2025, 6, 2, tzinfo=UTC)


def test_bad_front_matter_is_reported_by_file(tmp_path: Path) -> None:
    markdown(tmp_path / "good.md", "title: Good\ndate: 2026-05-01")
    markdown(tmp_path / "broken.md", "title: [unclosed\ndate: 2026-05-01")
    markdown(tmp_path / "month13.md", "title: x\ndate: 2026-13-01")
    (tmp_path / "latin.md").write_bytes("---\ntitle: żó\n---\n".encode("cp1250"))
    (tmp_path / "none.md").write_text("Just text.")
    articles, complaints = read_all(tmp_path)
    assert [article.id for article in articles] == ["good"]
    assert len(complaints) == 4
    assert all("\n" not in line for line in complaints)


def test_markdown_in_another_encoding_is_decoded(tmp_path: Path) -> None:
    text = (
        "Die Mühle mahlt wieder, und der Müller verkauft an der Brücke für wenig Geld Brötchen an "
        "jeden, der über den Fluss kommt; früh am Morgen ist die Schlange länger als die Brücke."
    )
    front = f"---\ntitle: Die Mühle\ndate: 2026-03-02\n---\n{text}\n"
    (tmp_path / "a.md").write_bytes(front.encode("cp1252"))
    (article,), _ = read_all(tmp_path)
    assert (article.title, article.body) == ("Die Mühle", text)
    assert article.flags == (Flag.ENCODING_DETECTED,)


PAGE = """<!DOCTYPE html><html lang="en"><head><title>Mill</title>
<link rel="canonical" href="https://mill.example/turns">
<meta property="article:published_time" content="2026-03-02T09:00:00Z"></head><body><article>
<h1>The mill turns</h1><p>The wheel was mended in spring and turns again, the miller said.</p>
</article></body></html>"""


def test_saved_pages_and_markdown_are_read_from_one_folder(tmp_path: Path) -> None:
    (tmp_path / "turns.html").write_text(PAGE)
    (tmp_path / "LICENSE.md").write_text("# Licence\n")
    markdown(tmp_path / "post.md", "title: Flour\ndate: 2026-03-02")
    (tmp_path / "_includes").mkdir()
    (tmp_path / "_includes/head.html").write_text("<b>{{ page.title }}</b>")
    (tmp_path / "list.html").write_text("<ul>{% for post in posts %}{% endfor %}</ul>")
    articles, notes = read_all(tmp_path)
    assert [article.id for article in articles] == ["post", "https://mill.example/turns"]
    assert notes == [f"{tmp_path}: passed over: 2 templates"]


def test_a_page_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "turns.html").write_text(PAGE)
    with (tmp_path / "large.html").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    articles, notes = read_all(tmp_path)
    assert [article.id for article in articles] == ["https://mill.example/turns"]
    assert [note.partition(": expected")[0] for note in notes] == [f"{tmp_path}/large.html"]


def test_several_categories_are_a_section_and_tags(tmp_path: Path) -> None:
    markdown(tmp_path / "a.md", "title: A\ndate: 2026-03-02\ncategories: [Town, Mills]\ntags: [a]")
    (article,), _ = read_all(tmp_path)
    assert (article.section, article.tags) == ("Town", ("a", "Mills"))


def test_names_of_authors_are_in_a_file(tmp_path: Path) -> None:
    markdown(tmp_path / "a.md", "title: Flour\ndate: 2026-03-02\nauthors: [ewa, Jan Kos]")
    for content, ewa in (("ewa: {name: Ewa Nowak}", "Ewa Nowak"), ("[", "ewa")):
        (tmp_path / "authors.yml").write_text(content)
        (article,), notes = read_all(tmp_path)
        assert (article.authors, notes) == ((ewa, "Jan Kos"), [])


def test_escapes_in_the_front_matter_are_resolved(tmp_path: Path) -> None:
    front = r"""
        title: Müller\*innen mahlen
        date: 2026-03-02
        description: Die Müller\*innen im Tal mahlen Korn nach dem Plan in C:\Mühle \#2.
        """
    markdown(tmp_path / "a.md", front)
    (article,), _ = read_all(tmp_path)
    assert article.title == "Müller*innen mahlen"
    assert article.teaser == r"Die Müller*innen im Tal mahlen Korn nach dem Plan in C:\Mühle #2."


def test_html_posts_of_jekyll(tmp_path: Path) -> None:
    path = tmp_path / "_posts/2026-03-02-mill.html"
    markdown(path, "title: Mill", "<p>The {{ site.x }}wheel <a href='/w'>turns</a>.</p>")
    (article,), notes = read_all(tmp_path)
    assert (article.body, article.links) == ("The wheel turns.", ("/w",))
    assert not notes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mill.md", '+++\ntitle = "The mill"\ndate = 2026-03-02\n+++\nText.'),
        ("mill.md", '+++\ntitle = "The mill"\npath = "2026/03/02/mill"\n+++\nText.'),
        ("mill.md", '{"title": "The mill", "date": "2026-03-02"}\nText.'),
        ("mill.md", "Title: The mill\nDate: 2026-03-02\n\nText."),
        ("2026-03-02-mill.md", "# The mill\n\nText."),
        ("2026/03/02/mill.md", "The *mill*\n========\n\nText."),
        ("2026-03-02-mill/index.mdx", "---\ntags: [a]\n---\n# The mill {#top}\n\nText."),
        ("2026-03-02-the-mill.md", "---\ntags: [a]\n---\nText."),
        ("_posts/2026-03-02-the-mill.md", "Text."),
    ],
)
def test_dates_and_titles_of_generators(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(content)
    (article,), notes = read_all(tmp_path)
    assert article.title.casefold() == "the mill"
    assert (article.published, article.body) == (datetime(2026, 3, 2, tzinfo=UTC), "Text.")
    assert bool(article.flags) is name.endswith("the-mill.md")
    assert not notes


@pytest.mark.parametrize(
    "front",
    [
        "title: &a [*a]",
        f"a: &a [{'x,' * 99}]\nb: &b [{'*a,' * 99}]\nc: [{'*b,' * 99}]",
        f"title: {'[' * 5000}",
        f"title: {'1' * 5000}",
        "status: {a: [b]}",
        "title: [{}]",
    ],
)
def test_odd_front_matter_is_rejected(tmp_path: Path, front: str) -> None:
    markdown(tmp_path / "good.md", "title: Good\ndate: 2026-05-01")
    markdown(tmp_path / "odd.md", f"date: 2026-05-01\n{front}")
    articles, (complaint,) = read_all(tmp_path)
    assert [article.id for article in articles] == ["good"]
    assert complaint.startswith(f"{tmp_path / 'odd.md'}: ")
    assert "\n" not in complaint


def test_files_about_the_repository_get_no_title_from_their_path(tmp_path: Path) -> None:
    markdown(tmp_path / "mill.md", "title: Mill\ndate: 2026-03-02")
    for name in ("2026/03/02/LICENSE.md", "2026/03/02/README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Text.")
    articles, notes = read_all(tmp_path)
    assert ([article.id for article in articles], notes) == (["mill"], [])


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected Markdown"):
        read_all(tmp_path)


def test_codes_of_emoji_are_emoji_outside_of_code(tmp_path: Path) -> None:
    text = "Open :tada: from 10:30:00, see :note: and `:tada:`, (:+1:) a:bear:b."
    markdown(tmp_path / "mill.md", "title: Mill\ndate: 2026-03-02", text)
    (article,), _ = read_all(tmp_path)
    assert article.body == "Open 🎉 from 10:30:00, see :note: and :tada:, (👍) a:bear:b."


def test_a_draft_without_a_date_is_counted(tmp_path: Path) -> None:
    markdown(tmp_path / "mill.md", "title: Mill\ndate: 2026-03-02")
    markdown(tmp_path / "_drafts" / "idea.md", "title: Idea\ndraft: true")
    _, notes = read_all(tmp_path)
    assert notes == [f"{tmp_path}: passed over: 1 draft without a date"]


def test_pages_without_a_date_and_templates_are_counted_in_one_line(tmp_path: Path) -> None:
    markdown(tmp_path / "mill.md", "title: Mill\ndate: 2026-03-02")
    markdown(tmp_path / "about.md", "title: About us")
    (tmp_path / "list.html").write_text("{% for post in posts %}{% endfor %}")
    _, notes = read_all(tmp_path)
    assert notes == [f"{tmp_path}: passed over: 1 page without a date, 1 template"]
    markdown(tmp_path / "untitled.md", "layout: page")
    _, notes = read_all(tmp_path)
    assert notes == [f"{tmp_path}: passed over: 2 pages without a date, 1 template"]


def test_posts_without_an_address_are_noted_once(tmp_path: Path) -> None:
    markdown(tmp_path / "mill.md", "title: Mill\ndate: 2026-03-02\npermalink: /mill/")
    articles, notes = read_source.read_all(tmp_path)
    assert ([article.url for article in articles], notes) == (["/mill/"], [])
    for name in ("weir", "lock"):
        markdown(tmp_path / f"{name}.md", "title: Water\ndate: 2026-03-02")
    _, notes = read_source.read_all(tmp_path)
    (note,) = notes
    assert note.startswith(f"{tmp_path}: expected addresses for the links of cards, got none for 2")
    assert "add url to the front matter" in note
