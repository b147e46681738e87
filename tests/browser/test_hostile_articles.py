"""Markup and script addresses in every field of every article: no page of ours runs any of it.

Importing removes markup. Here it is written into the database, so that only the pages protect.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from desk_client import PASSWORD
from embedding_page import Site
from newsroom_pages import newsroom_pages
from real_server import RealServer, serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.schema import articles
from recommender.cli import recommender
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope
from recommender.settings import load_settings
from sample_site import ENCODER, publish, records, write_jsonl

RUN = "window.ran=1"
HOSTILE = (
    f"""'"></title><script>{RUN}</script><img src=x onerror="{RUN}"><a href="javascript:{RUN}">"""
)
ADDRESSES = [
    f"javascript:{RUN}",
    f" JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"javascript://site.example/%0a{RUN}",
    f'https://site.example/"onmouseover="{RUN}',
    f"https://site.example/'onfocus='{RUN}' autofocus='",
]
SHOWN_BY_NEWSROOM = "world/2026/vilnius-talks-open"

FINDINGS = """() => {
  const all = [], visit = root => root.querySelectorAll('*').forEach(one => {
    all.push(one);
    if (one.shadowRoot) visit(one.shadowRoot);
  });
  visit(document);
  const bad = all.filter(one => [...one.attributes].some(
    ({name, value}) => name.startsWith('on') ||
      (['href', 'src', 'action', 'formaction', 'srcset'].includes(name) &&
        /^(javascript|data:text|vbscript)/i.test(value.replace(/[\\s\\x00-\\x1f]/g, '')))));
  return [...bad.map(one => one.outerHTML.slice(0, 200)), ...(window.ran ? ['a script ran'] : [])];
}"""


def hostile_rows() -> list[dict[str, Any]]:
    """The sample site, with markup in the IDs; one ID is that of an article of the newsroom."""
    rows = records()
    for number, row in enumerate(rows[1:9]):
        row["id"] = f"{row['id']} {HOSTILE}{number}"
    rows[0]["id"] = SHOWN_BY_NEWSROOM
    return rows


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "home"
    settings = load_settings(home, environ={}, embedding_model=ENCODER)
    rows = hostile_rows()
    publish(settings, write_jsonl(folder / "site.jsonl", rows))
    engine = open_database(settings.catalogue_url)
    texts = dict.fromkeys(("title", "teaser", "section", "image_alt"), HOSTILE)
    with engine.begin() as connection:
        for number, row in enumerate(rows):
            url, image = (ADDRESSES[(number + more) % len(ADDRESSES)] for more in (0, 3))
            lists = {"tags": [HOSTILE], "authors": [HOSTILE]}
            changed = texts | lists | {"url": url, "image": image}
            update = articles.update().where(articles.c.id == row["id"])
            connection.execute(update.values(**changed))
    publish(settings)
    Accounts(engine).add("ann", Role.ADMIN, PASSWORD, time.time())
    first, second, third = (str(row["id"]) for row in rows[:3])
    overrides = [
        Override(kind=Kind.PIN, article=first, pick=second, place=1),
        Override(kind=Kind.PIN, article=first, pick=str(rows[5]["id"]), place=2),
        Override(kind=Kind.BLOCK, pick=third),
        Override(kind=Kind.BOOST, pick=HOSTILE, scope=Scope.TAG, factor=2.0),
        Override(kind=Kind.WITHDRAW, article=str(rows[5]["id"])),
    ]
    named = [
        Override(**{f: getattr(one, f) for f in one.__struct_fields__} | MADE) for one in overrides
    ]
    Log(settings.catalogue_url, engine).add(named, time.time())
    engine.dispose()
    (home / "recommender.toml").write_text(f'cors_origins = ["{site.origin}"]\n', encoding="utf-8")
    with serving(home) as running:
        yield running


MADE = {"reason": HOSTILE, "author": f"<img src=x onerror={RUN}>"}


@pytest.fixture(scope="module")
def tab(chromium: Any) -> Iterator[Any]:
    # The policy of the desk forbids scripts anyway: without it the escaping alone is tested.
    context = chromium.new_context(bypass_csp=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def assert_harmless(tab: Any, address: str, shown: str) -> None:
    """Open a page that shows a hostile text, and expect that nothing of it is markup or runs."""
    tab.goto(address)
    tab.get_by_text(shown).first.wait_for(state="attached")
    tab.wait_for_timeout(50)
    assert tab.evaluate(FINDINGS) == [], address


def test_the_fragment_and_the_widget(tab: Any, server: RealServer, site: Site) -> None:
    path = f"/v1/articles/{quote(SHOWN_BY_NEWSROOM, safe='')}/related.html"
    assert_harmless(tab, server.origin + path, HOSTILE)
    block = f'<related-posts article="{SHOWN_BY_NEWSROOM}" limit="20"></related-posts>'
    page = site.page(server.origin, block=block)
    site.policy = ""
    assert_harmless(tab, page, HOSTILE)
    assert tab.locator("related-posts li").count() > 3


def test_the_newsroom(tab: Any, server: RealServer) -> None:
    with newsroom_pages(server.origin) as origin:
        assert_harmless(tab, f"{origin}/{SHOWN_BY_NEWSROOM}", HOSTILE)


def test_the_report(tab: Any, server: RealServer, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    command = ["report", "--home", str(server.home), "--output", str(path)]
    assert CliRunner().invoke(recommender, command).exit_code == 0
    assert_harmless(tab, path.as_uri(), "</title><script>")


@pytest.fixture(scope="module")
def desk(tab: Any, server: RealServer) -> Any:
    """The tab, signed in."""
    tab.goto(f"{server.origin}/desk/")
    tab.get_by_label("Account name").fill("ann")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.get_by_role("heading", name="Articles").wait_for()
    return tab


def test_every_page_of_the_desk(desk: Any, server: RealServer) -> None:
    ids = [quote(str(row["id"]), safe="") for row in hostile_rows()]
    name = quote(HOSTILE, safe="")
    pages = [
        *(
            "",
            "settings",
            "history",
            "attention",
            "overview/active",
            "overview/withdrawn",
            "overview/never",
        ),
        *("facets", "facets?scope=tag", "facets?scope=author", f"?q={name}"),
        *(f"article?id={one}" for one in ids[:2]),
        *(f"rules?scope={scope}&name={name}" for scope in ("section", "tag", "author")),
        *(f"rules?scope=article&name={ids[1]}", f"rules/bulk?ids={ids[1]}"),
        *(f"withdraw?id={ids[5]}", f"withdraw?id={ids[6]}", f"history?editor={name}"),
    ]
    without = []
    for page in pages:
        desk.goto(f"{server.origin}/desk/{page}")
        assert desk.evaluate(FINDINGS) == [], page
        if "<script>" not in desk.locator("body").inner_text():
            without.append(page)
    assert without == [], "each page was to show a hostile text"


def test_what_scripts_of_the_desk_insert(desk: Any, server: RealServer) -> None:
    desk.goto(f"{server.origin}/desk/article?id={quote(SHOWN_BY_NEWSROOM, safe='')}")
    for field, found in (("#find", "#suggestions [data-href]"), ("#pq", "#picker li")):
        desk.locator(field).fill("script")
        desk.locator(found).first.wait_for()
        assert "<script>" in desk.locator(found).first.inner_text()
        assert desk.evaluate(FINDINGS) == [], field
