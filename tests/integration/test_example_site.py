"""The pages of the example newsroom, with and without the service."""

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask.testing import FlaskClient

from paths import ROOT
from recommender.settings import load_settings
from sample_site import ENCODER, publish
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


def site(monkeypatch: pytest.MonkeyPatch, api: str) -> FlaskClient:
    monkeypatch.setenv("NEWSROOM_API", api)
    monkeypatch.setattr(sys, "path", [str(NEWSROOM), *sys.path])
    client: FlaskClient = importlib.import_module("site_pages").create_site().test_client()
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
    assert pages.get("/world/2026/rasa-jonutyte-profile").status_code == 404
