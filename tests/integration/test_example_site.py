"""The pages of the example newsroom, with and without the service."""

import html
import importlib
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import msgspec
import pytest
from flask.testing import FlaskClient

from paths import ROOT
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.errors import EditorError
from recommender.settings import Settings, load_settings
from sample_site import ENCODER, publish, write_jsonl
from service import create_app

NEWSROOM = ROOT / "examples" / "newsroom"
PAGE = "/world/2026/vilnius-talks-open"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def api(tmp_path: Path) -> Iterator[str]:
    """The real service over the newsroom, on loopback."""
    settings = load_settings(tmp_path, environ={}, embedding_model=ENCODER)
    publish(settings, NEWSROOM / "articles.jsonl")
    with make_server("127.0.0.1", 0, create_app(settings), handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def example_module(monkeypatch: pytest.MonkeyPatch, name: str) -> Any:
    monkeypatch.setattr(sys, "path", [str(NEWSROOM), *sys.path])
    return importlib.import_module(name)


def site(monkeypatch: pytest.MonkeyPatch, api: str) -> FlaskClient:
    monkeypatch.setenv("NEWSROOM_API", api)
    client: FlaskClient = example_module(monkeypatch, "site_pages").create_site().test_client()
    return client


def test_an_article_page_has_six_cards(monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    page = site(monkeypatch, api).get(PAGE).text
    assert "Related posts" in page
    assert page.count('data-origin="related"') == 6


def test_without_the_service_the_page_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = site(monkeypatch, "http://127.0.0.1:9")
    assert pages.get("/").status_code == 200
    page = pages.get(PAGE)
    assert page.status_code == 200
    assert "Related posts" not in page.text


def test_a_draft_has_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = site(monkeypatch, "http://127.0.0.1:9")
    missing = pages.get("/world/2026/rasa-jonutyte-profile")
    assert missing.status_code == 404
    assert "There is no such page" in missing.text
    assert 'href="/world/"' in missing.text
    assert pages.get("/static/img/nothing.svg").status_code == 404


def test_every_link_of_the_site_leads_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = site(monkeypatch, "http://127.0.0.1:9")
    left, seen = {"/"}, set()
    while left:
        path = left.pop()
        seen.add(path)
        answer = pages.get(path, buffered=True)
        assert answer.status_code == 200, path
        if answer.mimetype == "text/html":
            links = re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text)
            left |= {html.unescape(link) for link in links} - seen
    pictures = [path for path in seen if path.startswith("/static/img/")]
    assert len(seen) > 250
    assert len(pictures) > 120
    assert max(len(pages.get(path, buffered=True).data) for path in pictures) < 8_000


def test_dates_have_one_format(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = site(monkeypatch, "http://127.0.0.1:9")
    for path in ("/", "/world/", PAGE):
        dates = re.findall(r"<time [^>]*>([^<]*)</time>", pages.get(path).text)
        assert dates
        assert all(re.fullmatch(r"\d{1,2} \w{3,4} \d{4}", text) for text in dates), dates


@pytest.fixture
def example_home(tmp_path: Path) -> Settings:
    """A data directory with two articles of the example."""
    lines = (NEWSROOM / "articles.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    source = tmp_path / "articles.jsonl"
    source.write_text("".join(lines[:2]), encoding="utf-8")
    settings = load_settings(tmp_path / "home", environ={}, embedding_model=ENCODER)
    publish(settings, source)
    return settings


def test_the_demo_editor_gets_a_new_password_each_time(
    monkeypatch: pytest.MonkeyPatch, example_home: Settings
) -> None:
    run = example_module(monkeypatch, "run")
    first, second = run.demo_password(example_home), run.demo_password(example_home)
    assert first != second
    url = example_home.catalogue_url
    accounts = Accounts(open_database(url))
    assert accounts.sign_in(run.EDITOR, second, "127.0.0.1", 1.0)
    with pytest.raises(EditorError):
        accounts.sign_in(run.EDITOR, first, "127.0.0.1", 1.0)
    line = run.desk_line(example_home, "http://127.0.0.1:8000", second)
    assert line == f"http://127.0.0.1:8000/desk/ (name demo, password {second})"


@pytest.mark.parametrize("case", ["articles", "editors", "database", "no desk"])
def test_a_home_of_its_own_gets_no_demo_editor(
    monkeypatch: pytest.MonkeyPatch, example_home: Settings, tmp_path: Path, case: str
) -> None:
    run, url = example_module(monkeypatch, "run"), example_home.catalogue_url
    accounts, settings = Accounts(open_database(url)), example_home
    if case == "articles":
        row = {"id": "own", "title": "Own", "body": "Own text.", "published": "2026-10-01"}
        publish(settings, write_jsonl(tmp_path / "own.jsonl", [row]))
    elif case == "editors":
        accounts.add("Anna", Role.VIEWER, "a long password", 0.0)
    elif case == "database":
        settings = msgspec.structs.replace(settings, database_url=url)
    else:
        settings = msgspec.structs.replace(settings, desk=False)
    before = accounts.all()
    assert run.demo_password(settings) == ""
    assert accounts.all() == before
    assert "password" not in run.desk_line(settings, "http://127.0.0.1:8000", "")
