"""The recipes of docs/recipes.md, taken from the document and run."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from paths import ROOT
from real_nginx import running
from real_server import RealServer, free_port, serving
from recommender.settings import load_settings
from sample_site import ENCODER, publish, records, write_jsonl

RECIPES = ROOT / "docs" / "recipes.md"
WRITTEN = "politics/2026/talks"
"""The id that the recipes name."""
PHP = shutil.which("php")
PAGE = "<!doctype html><title>A</title><p>Before</p>{include}<p>After</p>"


def recipe(pattern: str) -> str:
    """Take the one place of the recipes that has this form."""
    (found,) = re.findall(pattern, RECIPES.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    rows = records()
    rows[0]["id"] = WRITTEN
    rows[3]["id"] = "100% Zażółć/it's"
    publish(settings, write_jsonl(folder / "site.jsonl", rows))
    with serving(settings.home) as server:
        yield server


@pytest.fixture
def site(service: RealServer, tmp_path: Path) -> Iterator[RealServer]:
    """The site's nginx, set as the recipe for server-side includes says."""
    pages, port = tmp_path / "html", free_port()
    pages.mkdir()
    include = recipe(r"(<!--# include .*?-->)")
    for name, text in (("known", include), ("unknown", include.replace(WRITTEN, "nope"))):
        (pages / f"{name}.html").write_text(PAGE.format(include=text), encoding="utf-8")
    locations = recipe(r"nginx \(SSI\):\n\n```nginx\n(.*?)```").replace(
        ":8000/", f":{service.port}/"
    )
    text = f"server {{ listen 127.0.0.1:{port}; root {pages}; {locations} }}"
    with running(text, port, tmp_path) as nginx:
        yield nginx


def fragment(service: RealServer) -> str:
    body = service.ask(f"/v1/articles/{WRITTEN}/related.html").body.decode()
    assert body.count("<li") == 6
    return body


@pytest.mark.nginx
def test_a_server_side_include_inserts_the_block(site: RealServer, service: RealServer) -> None:
    page = site.ask("/known.html", Accept_Encoding="gzip").body.decode()
    assert page == PAGE.format(include=fragment(service))
    assert site.ask("/unknown.html").body.decode() == PAGE.format(include="")


@pytest.mark.nginx
def test_an_include_is_empty_while_the_service_is_unavailable(tmp_path: Path) -> None:
    away, port = free_port(), free_port()
    include = recipe(r"(<!--# include .*?-->)")
    (tmp_path / "known.html").write_text(PAGE.format(include=include), encoding="utf-8")
    locations = recipe(r"nginx \(SSI\):\n\n```nginx\n(.*?)```").replace(":8000/", f":{away}/")
    text = f"server {{ listen 127.0.0.1:{port}; root {tmp_path}; {locations} }}"
    with running(text, port, tmp_path) as nginx:
        got = nginx.ask("/known.html")
    assert (got.status, got.body.decode()) == (200, PAGE.format(include=""))


@pytest.mark.parametrize(
    ("tag", "attribute"), [("esi:include", "src"), ("div", "hx-get")], ids=["ESI", "htmx"]
)
def test_edge_and_browser_includes_get_the_fragment(
    site: RealServer, service: RealServer, tag: str, attribute: str
) -> None:
    found = html.fromstring(recipe(rf"`(<{tag} [^`]*)`"))
    assert found.tag == tag
    got = site.ask(str(found.get(attribute)))
    assert (got.status, got.body.decode()) == (200, fragment(service))


@pytest.mark.skipif(PHP is None, reason="no php here: apt-get install php-cli")
@pytest.mark.parametrize(
    ("identifier", "cards"), [(WRITTEN, 6), ("100% Zażółć/it's", 6), ("nope", 0)]
)
def test_php_inserts_the_block(service: RealServer, identifier: str, cards: int) -> None:
    assert php(service.port, identifier).count("<li") == cards


@pytest.mark.skipif(PHP is None, reason="no php here: apt-get install php-cli")
def test_php_inserts_nothing_while_the_service_is_unavailable() -> None:
    assert php(free_port(), WRITTEN) == ""


def php(port: int, identifier: str) -> str:
    code = recipe(r"PHP: `(echo .*?)`").replace(":8000/", f":{port}/")
    assert PHP is not None
    command = [PHP, "-d", "display_errors=1", "-r", "$id = $argv[1]; " + code, "--", identifier]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout
