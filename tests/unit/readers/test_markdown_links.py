"""Links between the files of a folder of Markdown: which IDs they lead to."""

from pathlib import Path

import pytest

from read_source import read_all

FRONT = "---\ntitle: Title\n---\n"


def post(path: Path, text: str = "Text.") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{FRONT}{text}\n")


def links(source: Path, name: str) -> list[str]:
    articles, _ = read_all(source)
    return [link for one in articles if one.id.endswith(name) for link in one.links]


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("{% link _posts/2026-03-01-mill.md %}", "_posts/2026-03-01-mill"),
        ("{% link news/_posts/2026-03-01-weir.markdown %}", "news/_posts/2026-03-01-weir"),
        ("{% post_url 2026-03-01-mill %}", "_posts/2026-03-01-mill"),
        ("{{ site.baseurl }}{% post_url 2026-03-01-mill %}", "_posts/2026-03-01-mill"),
        ("{{ site.baseurl }}/{% post_url 2026-03-01-mill %}", "_posts/2026-03-01-mill"),
        ("{% post_url news/2026-03-01-weir %}", "news/_posts/2026-03-01-weir"),
        ("{% post_url 2026-03-01-weir %}", "news/_posts/2026-03-01-weir"),
        ("{% post_url old/2026-03-01-lock %}", "_posts/old/2026-03-01-lock"),
        ("{% link about.html %}", "/about.html"),
        ("2026-03-01-mill.md", "_posts/2026-03-01-mill"),
        ("caf%C3%A9.md", "_posts/café"),
        ("missing.md", "_posts/missing"),
    ],
)
def test_links_of_jekyll_lead_to_ids(tmp_path: Path, link: str, target: str) -> None:
    post(tmp_path / "_posts/2026-03-01-mill.md")
    post(tmp_path / "news/_posts/2026-03-01-weir.markdown")
    post(tmp_path / "_posts/old/2026-03-01-lock.md")
    post(tmp_path / "_posts/café.md")
    post(tmp_path / "_posts/2026-03-02-own.md", f"See [it]({link}).")
    assert links(tmp_path, "own") == [target]


@pytest.mark.parametrize("tag", ["post_url 2026-03-01-mill", "link _posts/2026-03-01-mill.md"])
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("site/_posts", "2026-03-01-mill"),
        ("site", "_posts/2026-03-01-mill"),
        ("", "site/_posts/2026-03-01-mill"),
    ],
)
def test_the_source_may_be_a_part_of_the_site_or_hold_it(
    tmp_path: Path, tag: str, source: str, target: str
) -> None:
    post(tmp_path / "site/_posts/2026-03-01-mill.md")
    post(tmp_path / "site/_posts/2026-03-02-own.md", f"See [it]({{% {tag} %}}).")
    assert links(tmp_path / source, "own") == [target]


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("---\nid: w-1\ntitle: Title\n---\n", "w-1"),
        (f"---\ntitle: Title\nteaser: {'Water ' * 1000}\nid: w-1\n---\n", "w-1"),
        ("---\ntitle: Title\nGUID: 17\n---\n", "17"),
        ('+++\ntitle = "Title"\nid = "w-1"\n+++\n', "w-1"),
        ('{"id": "w-1", "title": "Title"}\n', "w-1"),
        ('{"title": "Title", "id": "w-1"}\n', "w-1"),
        ("--- \n{title: Title, id: w-1}\n---\n", "w-1"),
        ("---\ntitle: Title\nauthor:\n  id: ann\n---\n", "_posts/2026-03-01-weir"),
        ("---\ntitle: [Title\nid: w-1\n---\n", "_posts/2026-03-01-weir"),
    ],
)
def test_a_link_leads_to_the_id_that_the_front_matter_gives(
    tmp_path: Path, front: str, expected: str
) -> None:
    post(tmp_path / "_posts/2026-03-02-own.md", "See [it](2026-03-01-weir.md#top).")
    (tmp_path / "_posts/2026-03-01-weir.md").write_text(f"{front}Text.\n")
    assert links(tmp_path, "own") == [expected]
    ids = [one.id for one in read_all(tmp_path)[0]]
    assert expected in ids or "[Title" in front


def test_a_link_leads_to_the_id_of_an_html_post(tmp_path: Path) -> None:
    post(tmp_path / "_posts/2026-03-02-own.md", "See [it]({% post_url 2026-03-01-weir %}).")
    (tmp_path / "_posts/2026-03-01-weir.html").write_text(
        "---\nid: w-1\ntitle: Title\n---\n<p id='a'>Text.</p>\n"
    )
    assert links(tmp_path, "own") == ["w-1"]
    assert "w-1" in [one.id for one in read_all(tmp_path)[0]]
