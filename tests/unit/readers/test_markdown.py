"""The reader of Markdown files with front matter."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from read_source import read_all
from recommender.articles.article import Status
from recommender.errors import SourceError


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


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected Markdown"):
        read_all(tmp_path)
