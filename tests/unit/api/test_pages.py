"""The pages for people: the first page, and the HTTP API rendered from its contract."""

import re

import msgspec
import pytest
from werkzeug.test import Client

from recommender.settings import Settings
from service import create_app
from service.api.openapi import load_openapi
from service.api.pages import operations_of


@pytest.fixture
def client(settings: Settings, snapshot_id: str) -> Client:
    assert snapshot_id
    return create_app(settings).test_client()


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"#]*)"', html)


def test_the_first_page_introduces_the_service(client: Client, snapshot_id: str) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert snapshot_id in answer.text
    assert answer.text.count("<main>") == 1, "a landmark for screen readers"
    assert "24\narticles" in answer.text or "24 articles" in " ".join(answer.text.split())
    for link in set(links(answer.text)) - {"desk/"}:  # which needs an account
        found = client.get(f"/{link}", follow_redirects=True)
        assert found.status_code == 200, link


def test_without_a_snapshot_it_says_what_to_do(settings: Settings) -> None:
    client = create_app(settings).test_client()
    assert client.get("/").status_code == 200
    assert "recommender index" in client.get("/").text
    assert "related.html" not in client.get("/").text


def test_without_the_desk_there_is_no_link_to_it(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    client = create_app(msgspec.structs.replace(settings, desk=False)).test_client()
    assert "desk/" not in client.get("/").text


def test_the_reference_has_every_operation_and_parameter(client: Client) -> None:
    html = client.get("/docs").text
    document = load_openapi(push_api=True)
    operations = list(operations_of(document))
    assert len(operations) == sum(len(item) for item in document["paths"].values())
    assert len({one.id for one in operations}) == len(operations)
    for one in operations:
        assert f'id="{one.id}"' in html
        assert all(f"<code>{parameter.name}</code>" in html for parameter in one.parameters)
    limit = next(p for p in operations[0].parameters if p.name == "limit")
    assert limit.values == "integer from 1 to 20; default 6"


def test_the_reference_follows_the_settings(settings: Settings) -> None:
    client = create_app(msgspec.structs.replace(settings, push_api=False)).test_client()
    assert "putArticle" not in client.get("/docs").text


def test_the_pages_run_no_script(client: Client) -> None:
    for path in ("/", "/docs"):
        answer = client.get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.text
