"""Refused pushes: wrong tokens, invalid articles and an unavailable database."""

import http.client
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner

from heavy_imports import HEAVY
from real_server import Got, RealServer, eventually, serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.store import Catalogue
from recommender.cli import recommender
from recommender.settings import Settings, load_settings
from sample_site import ENCODER, publish, records, write_jsonl

PASSWORD = "correct horse battery"
GOOD = {"id": "a/b", "title": "A", "published": "2026-10-01", "body": "Words."}
READERS = "/v1/articles/talks/0/related"


class Sender:
    """Sends what the test gives it."""

    def __init__(self, server: RealServer, settings: Settings, tokens: dict[str, str]) -> None:
        self.server, self.settings, self.tokens = server, settings, tokens

    def put(self, body: Any, address: str = "a/b", token: str = "editor", **headers: str) -> Got:
        given = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        if token in self.tokens:
            given["Authorization"] = f"Bearer {self.tokens[token]}"
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.server.ask(f"/v1/articles/{address}", "PUT", text, **(given | headers))

    def refused(self, status: int, *given: Any, **named: Any) -> str:
        got = self.put(*given, **named)
        assert got.status == status, got
        assert got.headers["Content-Type"] == "application/problem+json"
        assert got.headers["Cache-Control"] == "no-store"
        detail = str(json.loads(got.body)["detail"])
        assert "Traceback" not in detail + self.server.log()
        return detail


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", records()))
    engine = open_database(settings.catalogue_url)
    editors = Accounts(engine)
    tokens = {}
    for role in Role:
        editors.add(role, role, PASSWORD, time.time())
        tokens[str(role)] = editors.new_key(role, "articles", "", time.time())
    tokens["decisions"] = editors.new_key("admin", "token", "", time.time())
    engine.dispose()
    with serving(settings.home) as server:
        yield Sender(server, settings, tokens)


@pytest.mark.parametrize("token", ["", "nobody's", "decisions", "'; DROP TABLE editor_keys;--"])
def test_pushing_needs_a_token_for_articles(sender: Sender, token: str) -> None:
    assert "a valid token for articles" in sender.refused(401, GOOD, token=token)
    assert sender.put(GOOD, token=token).headers["WWW-Authenticate"] == "Bearer"
    assert sender.server.ask("/v1/articles/talks/0", "DELETE").status == 401


def test_viewers_cannot_push_and_article_tokens_cannot_override(sender: Sender) -> None:
    assert "expected the token of an editor or admin" in sender.refused(403, GOOD, token="viewer")
    shown = {"Authorization": f"Bearer {sender.tokens['admin']}"}
    assert sender.server.ask("/v1/overrides", **shown).status == 401


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ("{", 400, "expected one JSON object"),
        ("", 400, "expected one JSON object"),
        (b'{"id": "\xff"}', 400, "UTF-8"),
        ('{"x":' + "[" * 9_000 + "]" * 9_000 + "}", 400, "expected one JSON object"),
        ("[]", 422, "expected a JSON object, got a list"),
        ("{}", 422, "'id' is missing"),
        (GOOD | {"title": 5}, 422, "title: expected text, got the number 5"),
        (GOOD | {"title": " "}, 422, "title: expected text, got nothing"),
        (GOOD | {"updated": "2999-01-01T00:00:00Z"}, 422, "got 2999-01-01T00:00:00Z"),
        (
            GOOD | {"published": "02/03/2021"},
            422,
            "published: '02/03/2021' is 3 February or 2 March",
        ),
        (GOOD | {"published": "2099-01-01"}, 422, "expected a date in the next ten years"),
        (
            GOOD | {"status": "gone"},
            422,
            "status: expected published, draft or withdrawn, got 'gone'",
        ),
        (GOOD | {"language": "x" * 99}, 422, "expected BCP 47"),
        (GOOD | {"id": "a"}, 422, "id: expected 'a/b' as in the URL, got 'a'"),
        (GOOD | {"id": "x" * 1001}, 422, "id: expected at most 1000 characters, got 1001"),
    ],
)
def test_invalid_articles_are_explained(sender: Sender, body: Any, status: int, says: str) -> None:
    assert says in sender.refused(status, body)


def test_characters_that_databases_refuse_are_removed(sender: Sender) -> None:
    fields = {"url": "https://site.example/\0", "image": "\0", "title": "A\0"}
    assert sender.put(GOOD | fields).status == 202


def test_the_path_must_have_an_article_id(sender: Sender) -> None:
    assert "control characters" in sender.refused(422, GOOD, "a%00b")
    assert "expected at most 1000" in sender.refused(422, GOOD | {"id": "y"}, "y" * 1001)
    assert "got 'a/b'" in sender.refused(422, GOOD, "..")
    shown = {"Authorization": f"Bearer {sender.tokens['editor']}"}
    assert sender.server.ask("/v1/articles/nope", "DELETE", **shown).status == 404
    for method in ("GET", "POST", "PATCH"):
        got = sender.server.ask("/v1/articles/a/b", method)
        assert got.status == 405
        assert {"PUT", "DELETE"} <= set(got.headers["Allow"].split(", "))


def test_only_json_up_to_two_megabytes_is_accepted(sender: Sender) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert "expected application/json" in sender.refused(415, GOOD, Content_Type=kind)
    assert "expected none" in sender.refused(415, GOOD, Content_Encoding="gzip")
    kind = "application/json; charset=utf-8"
    assert sender.put(GOOD | {"body": "w " * 900_000}, Content_Type=kind).status == 202
    sender.refused(413, GOOD | {"body": "w " * 1_100_000})
    assert sender.put(GOOD).status == 202


def test_chunked_bodies_have_the_same_limit(sender: Sender) -> None:
    def parts(size: int) -> Iterator[bytes]:
        yield json.dumps(GOOD | {"body": "w " * size}).encode()

    for size, expected in ((10, 202), (1_100_000, 413)):
        headers = {"Content-Type": "application/json"}
        headers["Authorization"] = f"Bearer {sender.tokens['editor']}"
        with closing(http.client.HTTPConnection("127.0.0.1", sender.server.port)) as connection:
            connection.request("PUT", "/v1/articles/a/b", parts(size), headers)
            assert connection.getresponse().status == expected


def test_a_revoked_token_is_refused(sender: Sender) -> None:
    assert sender.put(GOOD, token="admin").status == 202
    home = ["--home", str(sender.settings.home)]
    made = CliRunner().invoke(recommender, ["editors", "token", "admin", "--articles", *home])
    fresh = made.output.strip()
    assert sender.put(GOOD, token=fresh).status == 202
    CliRunner().invoke(recommender, ["editors", "token", "admin", "--revoke", *home])
    sender.refused(401, GOOD, token="admin")
    sender.refused(401, GOOD, token=fresh)


def test_a_locked_database_refuses_pushes(sender: Sender) -> None:
    path = sender.settings.home / "catalogue.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        got = sender.put(GOOD | {"title": "While locked"})
        assert "nothing was saved" in json.loads(got.body)["detail"]
        assert (got.status, got.headers["Retry-After"]) == (503, "2")
        assert sender.server.ask(READERS).status == 200
        other.execute("ROLLBACK")
    assert sender.put(GOOD | {"title": "While locked"}).status == 202
    with closing(Catalogue(sender.settings.catalogue_url)) as catalogue:
        found = catalogue.get("a/b")
    assert found is not None
    assert found.title == "While locked"


def test_a_replaced_database_file_is_written_to(sender: Sender) -> None:
    path = sender.settings.home / "catalogue.sqlite3"
    assert sender.put(GOOD | {"title": "Before"}).status == 202
    copy = path.with_name("restored.sqlite3")
    with closing(sqlite3.connect(path)) as whole, closing(sqlite3.connect(copy)) as written:
        whole.backup(written)
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    copy.replace(path)
    eventually(lambda: sender.put(GOOD | {"title": "After"}).status == 202)
    with closing(Catalogue(sender.settings.catalogue_url)) as catalogue:
        found = catalogue.get("a/b")
    assert found is not None
    assert found.title == "After"


def test_an_unavailable_database_is_reported_at_once(sender: Sender) -> None:
    away = "postgresql+psycopg://127.0.0.1:9/none"
    with serving(sender.settings.home, RECOMMENDER_DATABASE_URL=away) as server:
        elsewhere = Sender(server, sender.settings, sender.tokens)
        eventually(lambda: elsewhere.put(GOOD).status == 503)
        assert elsewhere.put(GOOD).headers["Retry-After"] == "2"
        assert server.ask(READERS).status == 200


def test_pushing_can_be_switched_off(sender: Sender) -> None:
    with serving(sender.settings.home, RECOMMENDER_PUSH_API="false") as server:
        assert Sender(server, sender.settings, sender.tokens).put(GOOD).status == 404


def test_pushing_imports_nothing_heavy(sender: Sender) -> None:
    code = f"""
import sys
from recommender.settings import load_settings
from service import create_app
client = create_app(load_settings()).test_client()
shown = {{"Authorization": "Bearer {sender.tokens["editor"]}"}}
assert client.put("/v1/articles/a/b", json={GOOD!r}, headers=shown).status_code == 202
assert client.delete("/v1/articles/a/b", headers=shown).status_code == 202
print("HEAVY", sorted({HEAVY | {"py3langid", "scipy"}!r} & set(sys.modules)))
"""
    home = {"RECOMMENDER_HOME": str(sender.settings.home)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    assert "HEAVY []" in done.stdout.splitlines(), done.stdout + done.stderr
