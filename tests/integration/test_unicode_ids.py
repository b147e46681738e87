"""Ids are normalized: imported, pushed, requested and overridden in any Unicode form."""

import json
import time
import unicodedata
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from command_line import run
from recommender.articles.links import links_of, read_link_pairs
from recommender.catalogue.store import Catalogue
from recommender.errors import ConflictError
from recommender.ingest.push import PushImporter
from recommender.ingest.readers.jsonl import parse_article
from recommender.overrides.edits.withdrawals import restore, withdraw
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings
from sample_site import NOW, publish, records, write_jsonl
from service import create_app

KEPT = unicodedata.normalize("NFC", "żółć/zażółć")
APART = unicodedata.normalize("NFD", KEPT)
FORMS = [KEPT, APART, f" {APART} "]


@pytest.fixture
def settings(settings: Settings, source: Path) -> Settings:
    """A site whose source spells one id with its accents apart."""
    assert KEPT != APART
    rows = records()
    rows[0] |= {"id": APART, "url": f"https://site.example/{quote(APART)}"}
    rows[3]["links"] = [APART]
    publish(settings, write_jsonl(source, rows))
    return settings


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.mark.parametrize("form", FORMS)
def test_an_article_is_found_by_any_normal_form(client: FlaskClient, form: str) -> None:
    for query in ("", "?limit=6"):
        got = client.get(f"/v1/articles/{quote(form)}/related{query}")
        assert (got.status_code, got.json["article"]) == (200, KEPT)
    assert client.get(f"/v1/articles/{quote(form)}/related.html").status_code == 200
    batch = client.get("/v1/related", query_string={"id": [form, "talks/1"]}).json
    assert [one["article"] for one in batch["answers"]] == [KEPT, "talks/1"]
    shown = client.get("/v1/articles/talks/2/related?limit=20").json["cards"]
    assert KEPT in [card["id"] for card in shown]
    less = client.get("/v1/articles/talks/2/related", query_string={"exclude": form, "limit": 20})
    assert KEPT not in [card["id"] for card in less.json["cards"]]
    by_url = {"url": f"https://site.example/{quote(form.strip())}"}
    assert client.get("/v1/related", query_string=by_url).json["article"] == KEPT


@pytest.mark.parametrize("form", FORMS)
def test_pushes_normalize_ids(settings: Settings, form: str) -> None:
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        pushing = PushImporter(catalogue.engine)
        body = {"id": form, "title": "T", "published": NOW.isoformat()}
        pushed = parse_article(json.dumps(body).encode(), UTC)
        assert pushing.put(pushed, "cms", datetime.now(UTC)) == "changed"
        found = catalogue.get(form)
        assert found is not None
        assert (found.id, found.title, len(catalogue.all())) == (KEPT, "T", 24)


@pytest.mark.parametrize("form", FORMS)
def test_overrides_normalize_ids(settings: Settings, form: str) -> None:
    with closing(Log(settings.catalogue_url)) as log:
        withdraw(log, form, "ann", "", time.time())
        assert [one.article for one in log.entries(article=form)] == [KEPT]
        assert log.version(form) == 1
        pin = Override(kind=Kind.PIN, article=form, pick="talks/1", place=1, author="bob")
        with pytest.raises(ConflictError):
            log.add([pin], time.time(), expected_versions={form: 0})
        restore(log, form, "ann", "", time.time())
        assert log.active() == []


@pytest.mark.parametrize("form", FORMS)
def test_commands_normalize_ids(settings: Settings, form: str, tmp_path: Path) -> None:
    result = run(settings.home, "articles", "show", form, "--json")
    assert json.loads(result.stdout)["id"] == KEPT
    assert json.loads(run(settings.home, "related", form, "--json").stdout)["article"] == KEPT
    links = tmp_path / "links.tsv"
    links.write_text(f"from\tto\ntalks/1\t{form}\n", encoding="utf-8")
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        found, unknown = links_of(read_link_pairs(links), catalogue.all())
    assert (len(found), unknown) == (1, 0)


def test_a_short_line_of_links_is_ignored(tmp_path: Path) -> None:
    links = tmp_path / "links.tsv"
    links.write_text("to\tfrom\ntalks/1\n", encoding="utf-8")
    assert links_of(read_link_pairs(links), []) == ([], 1)
