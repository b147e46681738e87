"""Cache purges after an index run: which articles changed, and what caches are sent."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import msgspec
import pytest

from command_line import run, started
from http_site import Site, respond, serving
from real_server import eventually
from recommender.catalogue.store import Catalogue
from recommender.cdn import surrogate_keys
from recommender.cdn.purge import purge
from recommender.errors import PurgeError
from recommender.ingest.push import PushImporter
from recommender.overrides.edits.withdrawals import restore, withdraw
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.reports.snapshot_diff import changed_articles
from recommender.serving.filters import Query
from recommender.serving.responses import open_current, related_answer
from recommender.settings import Purge, Settings
from sample_site import publish, records, write_jsonl


class Cache:
    """A purge webhook: a real server that keeps what it was sent."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.statuses: list[int] = []
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        status = self.statuses.pop(0) if self.statuses else 200
        body = handler.rfile.read(int(handler.headers["content-length"]))
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        if status == 200:
            self.bodies.append(json.loads(body))
        respond(handler, "{}", status, content_type="application/json")


@pytest.fixture
def cache() -> Iterator[Cache]:
    with serving(Site()) as site:
        made = Cache(site)
        site.pages["/purge"] = made.take
        yield made


def cards(settings: Settings, article: str, now: float) -> bytes:
    body = related_answer(open_current(settings.home), article, Query(), now).body
    return msgspec.json.encode(msgspec.json.decode(body)["cards"])


def test_exactly_the_articles_with_changed_cards_are_listed(
    settings: Settings, source: Path
) -> None:
    publish(settings, source)
    before = open_current(settings.home)
    rows = records()
    rows[6]["title"] = "Another title"
    gone = rows.pop()["id"]
    rows.append(records()[0] | {"id": "talks/new", "title": "Talks go on", "body": "Other words."})
    # The record of one is gone from the source, not from the catalogue.
    ids = [*(row["id"] for row in rows), gone]
    was = {i: cards(settings, i, before.made_at) for i in ids if i != "talks/new"}
    write_jsonl(source, rows)
    publish(settings, source)
    after = open_current(settings.home)
    named = changed_articles(before, after, after.made_at, settings.catalogue_url)
    becomes = {i: cards(settings, i, after.made_at) for i in ids}
    assert set(named) == {i for i in ids if was.get(i) != becomes[i]}
    assert 0 < len(named) < len(ids)
    assert changed_articles(after, after, after.made_at, settings.catalogue_url) == []
    assert set(changed_articles(None, after, after.made_at, settings.catalogue_url)) == {*ids, gone}


def test_removed_articles_and_new_pins_are_listed(settings: Settings, source: Path) -> None:
    publish(settings, source)
    log = Log(settings.catalogue_url)
    pin = Override(kind=Kind.PIN, article="talks/0", pick="football/7", place=1, author="ann")
    log.add([pin], 0)
    log.close()
    before = open_current(settings.home)
    rows = records()
    for row in rows:
        if row["id"] == "football/7":
            row["title"] = "Another title of what is pinned"
        if row["id"] == "reactor/0":
            row["status"] = "withdrawn"
    publish(settings, write_jsonl(source, rows))
    after = open_current(settings.home)
    named = changed_articles(before, after, after.made_at, settings.catalogue_url)
    assert {"talks/0", "reactor/0"} <= set(named)
    assert len(named) < len(rows)


def test_the_command_prints_changed_ids_and_purges_the_cache(
    tmp_path: Path, source: Path, cache: Cache
) -> None:
    home = tmp_path / "home"
    first = run(home, "index", "--changed", str(source))
    assert first.returncode == 0, first.stderr
    assert sorted(first.stdout.split()) == sorted(row["id"] for row in records())
    assert "published" in first.stderr
    assert run(home, "index", "--changed", str(source)).stdout == ""
    rows = records()
    rows[0]["title"] = "Talks of another kind"
    write_jsonl(source, rows)
    (home / "recommender.toml").write_text(
        f'[purge]\nurl = "{cache.site.url}/purge"\ntoken = "secret"\n', encoding="utf-8"
    )
    cache.statuses = [503]
    result = run(home, "index", "--changed", str(source))
    assert result.stdout
    (body,) = cache.bodies
    assert body["articles"] == result.stdout.splitlines()
    assert body["keys"] == [surrogate_keys.under(i) for i in body["articles"]]
    assert body["snapshot"] in result.stderr
    assert cache.headers[-1]["authorization"] == "Bearer secret"


def test_a_failed_purge_is_a_warning(tmp_path: Path, source: Path, cache: Cache) -> None:
    home = tmp_path / "home"
    for url, says in (
        (f"{cache.site.url}/purge", "403"),
        ("http://127.0.0.1:9/", "refused"),
        ("nonsense", "http"),
    ):
        cache.statuses = [403] * 4  # also for a try that a busy machine breaks off
        (home).mkdir(exist_ok=True)
        (home / "recommender.toml").write_text(f'[purge]\nurl = "{url}"\n', encoding="utf-8")
        rows = records()
        rows[0]["title"] = f"Talks at {url}"
        done = run(home, "index", str(write_jsonl(source, rows)))
        assert (done.returncode, "published" in done.stdout) == (0, True)
        warnings = [line for line in done.stderr.splitlines() if line.startswith("purge")]
        assert len(warnings) == 1, done.stderr
        assert says in warnings[0]
        assert "Traceback" not in done.stderr
    assert run(home, "index", "--changed", "--dry-run", str(source)).returncode == 2


def test_many_keys_are_sent_in_batches(cache: Cache) -> None:
    articles = [f"a/{n}" for n in range(1001)]
    settings = Purge(url=f"{cache.site.url}/purge", token="t")
    assert purge(settings, articles, "s", ["b"]) == 2
    assert [body["articles"] for body in cache.bodies] == [articles[:1000], articles[1000:]]
    assert [len(body["keys"]) for body in cache.bodies] == [1000, 2]
    assert cache.bodies[1] == {
        "snapshot": "s", "articles": ["a/1000"], "keys": ["under:a%2F1000", "card:b"],
    }  # fmt: skip
    assert [headers["authorization"] for headers in cache.headers] == ["Bearer t"] * 2
    cache.statuses = [200, 401]
    with pytest.raises(PurgeError, match="401"):
        purge(settings, articles, "s")


def test_watch_purges_articles_with_new_overrides(
    settings: Settings, snapshot_id: str, cache: Cache
) -> None:
    assert snapshot_id
    (settings.home / "recommender.toml").write_text(
        f'[purge]\nurl = "{cache.site.url}/purge"\n', encoding="utf-8"
    )
    log = Log(settings.catalogue_url)
    now = time.time()
    pin = {"kind": Kind.PIN, "pick": "football/7", "place": 1, "author": "ann"}
    log.add([Override(article="talks/7", **pin)], now)  # before anybody watches
    soon = Override(article="talks/6", starts=int(now) + 30, **pin)
    with started(settings.home, "index", "--watch", "1") as watching:
        assert watching.stdout is not None
        assert "published" in watching.stdout.readline()
        withdraw(log, "talks/1", "ann", "", time.time())
        eventually(lambda: _purged(cache) >= {"under:talks%2F1", "card:talks%2F1"})
        log.add([Override(kind=Kind.BLOCK, pick="talks/2", author="ann")], time.time())
        eventually(lambda: "card:talks%2F2" in _purged(cache))
        restore(log, "talks/1", "ann", "", time.time())
        eventually(lambda: [b["articles"] for b in cache.bodies].count(["talks/1"]) == 2)
        with closing(Catalogue(settings.catalogue_url)) as catalogue:
            pushing = PushImporter(catalogue.engine)
            pushing.withdraw("talks/3", "cms", datetime.now(UTC))
        eventually(lambda: _purged(cache) >= {"under:talks%2F3", "card:talks%2F3"})
        log.add([soon], time.time())
        eventually(lambda: [b["articles"] for b in cache.bodies].count(["talks/6"]) == 1)
        # When it begins, the cache is purged again.
        eventually(lambda: [b["articles"] for b in cache.bodies].count(["talks/6"]) == 2)
    log.close()
    assert "under:talks%2F7" not in _purged(cache)


def test_watch_purges_withdrawals_while_a_source_fails(
    settings: Settings, snapshot_id: str, source: Path, cache: Cache
) -> None:
    assert snapshot_id
    (settings.home / "recommender.toml").write_text(f'[purge]\nurl = "{cache.site.url}/purge"\n')
    with started(settings.home, "index", str(source), "--watch", "1") as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert any(line.startswith("published") for line in watching.stdout)
        source.unlink()
        assert any("trying again" in line for line in watching.stderr)
        with closing(Log(settings.catalogue_url)) as log:
            withdraw(log, "talks/1", "ann", "", time.time())
        eventually(lambda: _purged(cache) >= {"under:talks%2F1", "card:talks%2F1"})


def _purged(cache: Cache) -> set[str]:
    return {key for body in cache.bodies for key in body["keys"]}
