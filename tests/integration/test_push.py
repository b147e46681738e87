"""Articles pushed by a content system: stored, hidden and shown by every worker."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from real_server import Got, RealServer, eventually, serving
from recommender.articles.article import Status
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import Origin, Visibility
from recommender.errors import OverrideError
from recommender.overrides.edits.withdrawals import restore, withdraw
from recommender.overrides.log import Log
from recommender.settings import Settings
from sample_site import PUSHED, publish, records, write_jsonl

PASSWORD = "correct horse battery"
AWKWARD = [
    "a/b/c",
    "/starts/with/one",
    "two  spaces//and/",
    "Zażółć gęślą",
    "100%",
    "q?a=b#c",
    "日本",
]


class Newsroom:
    """A content system with a token, the service, and the catalogue behind both."""

    def __init__(self, server: RealServer, settings: Settings, catalogue: Catalogue) -> None:
        self.server, self.settings, self.catalogue = server, settings, catalogue
        self.log = Log(settings.catalogue_url, catalogue.engine)
        self.editors = Accounts(catalogue.engine)
        self.editors.add("cms", Role.EDITOR, PASSWORD, time.time())
        self.token = self.editors.new_key("cms", "articles", "", time.time())

    def send(self, method: str, article: str, body: Any = None, **headers: str) -> Got:
        given = {"Authorization": f"Bearer {self.token}"}
        if method == "PUT":
            given["Content-Type"] = "application/json"
        path = f"/v1/articles/{quote(article, safe='')}"
        text = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        return self.server.ask(path, method, text, **(given | headers))

    def put(self, **fields: Any) -> Got:
        return self.send("PUT", str(fields.get("id", PUSHED["id"])), PUSHED | fields)

    def shown(self, article: str) -> bool:
        """Whether readers get a block under it, from whichever worker they meet."""
        got = [self.server.ask(f"/v1/articles/{article}/related").status for _ in range(6)]
        return set(got) == {200}

    def rows(self) -> list[Visibility]:
        """The rows by which content systems hide something, now or later."""
        now = time.time()
        return [
            row
            for row in self.catalogue.visibility()
            if row.origin is Origin.PUSH and (not row.visible(now) or row.expires is not None)
        ]

    def hidden(self, article: str) -> bool:
        got = [self.server.ask(f"/v1/articles/{article}/related").status for _ in range(6)]
        return set(got) == {404}


@pytest.fixture
def newsroom(settings: Settings, database: str, tmp_path: Any) -> Iterator[Newsroom]:
    settings = msgspec.structs.replace(settings, database_url=database)
    publish(settings, write_jsonl(tmp_path / "site.jsonl", records()))
    with (
        closing(Catalogue(database)) as catalogue,
        serving(settings.home, workers=2, RECOMMENDER_DATABASE_URL=database) as server,
    ):
        yield Newsroom(server, settings, catalogue)


def change(got: Got) -> str:
    assert got.status == 202, got
    return str(json.loads(got.body)["change"])


def detail(got: Got, status: int) -> str:
    """What a refusal says."""
    assert got.status == status, got
    assert got.headers["Content-Type"] == "application/problem+json"
    assert got.headers["Cache-Control"] == "no-store"
    return str(json.loads(got.body)["detail"])


def test_a_pushed_article_is_recommended_after_indexing(newsroom: Newsroom) -> None:
    assert change(newsroom.put()) == "new"
    version = newsroom.catalogue.version()
    assert change(newsroom.put()) == "unchanged"
    assert newsroom.catalogue.version() == version
    assert newsroom.server.ask("/v1/articles/talks/new/related").status == 404
    publish(newsroom.settings)
    eventually(lambda: newsroom.shown("talks/new"))
    found = newsroom.catalogue.get("talks/new")
    assert found is not None
    assert (found.language, found.teaser[:9]) == ("en", "The envoy")
    # What indexing filled in is not taken for a change.
    assert change(newsroom.put()) == "unchanged"
    assert change(newsroom.put(title="Envoys leave")) == "changed"
    assert newsroom.catalogue.version() == version + 1


def test_a_deleted_article_is_hidden_by_every_worker_until_it_is_pushed_again(
    newsroom: Newsroom,
) -> None:
    assert newsroom.shown("talks/1")
    assert change(newsroom.send("DELETE", "talks/1")) == "withdrawn"
    eventually(lambda: newsroom.hidden("talks/1"))
    path = "/v1/articles/talks/0/related?limit=20"  # the next answer may be the other worker's
    eventually(lambda: b'"talks/1"' not in newsroom.server.ask(path).body)
    gone = newsroom.catalogue.get("talks/1")
    assert gone is not None
    assert gone.status is Status.WITHDRAWN
    assert change(newsroom.send("DELETE", "talks/1")) == "withdrawn"
    publish(newsroom.settings)
    late = {"updated": "2026-10-30T00:00:00Z", "id": "talks/1"}
    assert "expected" in detail(newsroom.put(**late), 409)
    eventually(lambda: newsroom.hidden("talks/1"))  # six requests may all have met one worker
    again = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    assert change(newsroom.put(id="talks/1", updated=again)) == "changed"
    publish(newsroom.settings)
    eventually(lambda: newsroom.shown("talks/1"))


def test_drafts_expiries_and_embargoes_hide_at_once(newsroom: Newsroom) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    over = {"expires": "2026-10-31T12:00:00Z"}
    for fields in ({"status": "draft"}, over, {"status": "withdrawn"}, {"published": tomorrow}):
        assert change(newsroom.put(id="talks/2", **fields)) == "changed"
        eventually(lambda: newsroom.hidden("talks/2"))
        assert change(newsroom.put(id="talks/2")) == "changed"
        eventually(lambda: newsroom.shown("talks/2"))
    newsroom.put(id="talks/2", published=tomorrow)
    (held,) = newsroom.rows()
    assert held.author == "cms"
    assert held.published == int(datetime.fromisoformat(tomorrow).timestamp())
    # A draft that was never public leaves no trace.
    before = newsroom.catalogue.visibility()
    newsroom.put(id="new draft", status="draft")
    newsroom.put(id="new draft", status="draft", title="Other words")
    newsroom.put(id="new draft", published=tomorrow)
    newsroom.put(id="new draft")
    assert newsroom.catalogue.visibility() == before
    assert newsroom.log.version() == 0


def test_a_record_without_its_fields_hides_at_once(newsroom: Newsroom) -> None:
    gone = ({"id": "talks/2", "status": "withdrawn"}, {"status": "draft"}, {"status": "removed"})
    for body in (*gone, PUSHED | {"id": "talks/2", "status": "draft", "published": "soon"}):
        assert change(newsroom.send("PUT", "talks/2", body)) == "changed"
        assert change(newsroom.send("PUT", "talks/2", body)) == "unchanged"
        eventually(lambda: newsroom.hidden("talks/2"))
        assert change(newsroom.put(id="talks/2")) == "changed"
        eventually(lambda: newsroom.shown("talks/2"))
    assert "'title' is missing" in detail(
        newsroom.send("PUT", "unknown", {"id": "unknown"} | gone[2]), 422
    )
    other = {"id": "talks/3", "status": "withdrawn"}
    assert "'title' is missing" in detail(newsroom.send("PUT", "talks/2", other), 422)
    eventually(lambda: newsroom.shown("talks/2"))  # the six before may all have met one worker


def test_a_record_without_its_fields_keeps_a_deletion(newsroom: Newsroom) -> None:
    def status(article: str = "talks/2") -> Status:
        found = newsroom.catalogue.get(article)
        assert found is not None
        return found.status

    assert change(newsroom.put(id="talks/2", updated="2026-10-30T00:00:00Z")) == "changed"
    late, draft = {"updated": "2026-10-29T00:00:00Z"}, {"id": "talks/2", "status": "draft"}
    assert "expected 2026-10-30" in detail(newsroom.send("PUT", "talks/2", draft | late), 409)
    assert status() is Status.PUBLISHED
    assert change(newsroom.send("DELETE", "talks/2")) == "withdrawn"
    assert "expected" in detail(newsroom.send("PUT", "talks/2", draft | late), 409)
    for unreadable in ("soon", "2099-01-01", 5, None):
        sent = draft | {"updated": unreadable}
        assert change(newsroom.send("PUT", "talks/2", sent)) == "unchanged"
    assert status() is Status.WITHDRAWN
    assert [row.status for row in newsroom.rows()] == [Status.WITHDRAWN]
    # What --prune withdrew hides no copies. A draft of it does not, either.
    newsroom.catalogue.withdraw_all_but({"talks/1"}, datetime.now(UTC))
    assert (
        change(newsroom.send("PUT", "talks/3", {"id": "talks/3", "status": "draft"})) == "changed"
    )
    assert status("talks/3") is Status.DRAFT


def test_a_draft_in_the_source_hides_at_once(newsroom: Newsroom) -> None:
    # As an index run leaves it while it embeds: read, and not published yet.
    found = newsroom.catalogue.get("talks/2")
    assert found is not None
    draft = msgspec.structs.replace(found, status=Status.DRAFT)
    newsroom.catalogue.add([draft], "export.jsonl", datetime.now(UTC))
    eventually(lambda: newsroom.hidden("talks/2"))
    for title in ("Not yet", "Not yet ready"):
        newsroom.put(id="talks/2", status="draft", title=title)
        eventually(lambda: newsroom.hidden("talks/2"))
    assert [row.article_id for row in newsroom.rows()] == ["talks/2"]
    newsroom.put(id="talks/2")
    eventually(lambda: newsroom.shown("talks/2"))


def test_pushed_withdrawals_outlast_imports_until_restored(newsroom: Newsroom) -> None:
    found = newsroom.catalogue.get("talks/2")
    assert found is not None
    newsroom.put(id="talks/2", status="draft")
    eventually(lambda: newsroom.hidden("talks/2"))
    newsroom.catalogue.add([found], "export.jsonl", datetime.now(UTC))
    publish(newsroom.settings)
    time.sleep(2)
    assert newsroom.hidden("talks/2")
    assert restore(newsroom.log, "talks/2", "ann", "", time.time()) is None
    eventually(lambda: newsroom.shown("talks/2"))
    with pytest.raises(OverrideError, match="expected an article that was withdrawn"):
        restore(newsroom.log, "talks/2", "ann", "", time.time())
    # What is pushed later decides anew.
    newsroom.put(id="talks/2", status="withdrawn")
    eventually(lambda: newsroom.hidden("talks/2"))


def test_concurrent_imports_and_pushes_keep_it_hidden(newsroom: Newsroom) -> None:
    found = newsroom.catalogue.get("talks/2")
    assert found is not None

    def read(number: int) -> None:
        again = msgspec.structs.replace(found, title=f"T {number}")
        newsroom.catalogue.add([again], "export.jsonl", datetime.now(UTC))

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read, number) for number in range(20)]
        eventually(lambda: newsroom.send("DELETE", "talks/2").status == 202)
        for one in reading:
            one.result()
    publish(newsroom.settings)
    eventually(lambda: newsroom.hidden("talks/2"))
    numbers = [row.changed for row in newsroom.catalogue.visibility()]
    assert len(set(numbers)) == len(numbers)


def test_an_earlier_expiry_takes_effect_without_an_index_run(newsroom: Newsroom) -> None:
    path = "/v1/articles/talks/0/related?limit=20"
    assert "stale" in newsroom.server.ask(path).headers["Cache-Control"]
    ends = datetime.now(UTC) + timedelta(seconds=6)
    assert change(newsroom.put(id="talks/2", expires=ends.isoformat())) == "changed"
    (stored,) = newsroom.rows()
    assert (stored.expires, stored.author) == (int(ends.timestamp()), "cms")
    # Readers see it until then, and no edge keeps it for longer.
    eventually(lambda: "stale" not in newsroom.server.ask(path).headers["Cache-Control"])
    assert b'"talks/2"' in newsroom.server.ask(path).body
    eventually(lambda: newsroom.hidden("talks/2"))
    assert datetime.now(UTC) >= ends.replace(microsecond=0)
    eventually(lambda: b'"talks/2"' not in newsroom.server.ask(path).body)
    newsroom.put(id="talks/2")
    eventually(lambda: newsroom.shown("talks/2"))


def test_a_future_expiry_is_one_row_and_does_not_block_editors(newsroom: Newsroom) -> None:
    first, second = (datetime.now(UTC) + timedelta(days=days) for days in (5, 9))
    newsroom.put(id="talks/2", expires=first.isoformat())
    before = newsroom.catalogue.visibility()
    newsroom.put(id="talks/2", expires=first.isoformat(), title="Other words")
    assert newsroom.catalogue.visibility() == before
    newsroom.put(id="talks/2", expires=second.isoformat())
    assert [row.expires for row in newsroom.rows()] == [int(second.timestamp())]
    withdraw(newsroom.log, "talks/2", "ann", "legal", time.time())
    eventually(lambda: newsroom.hidden("talks/2"))
    restore(newsroom.log, "talks/2", "ann", "", time.time())
    assert [row.expires for row in newsroom.rows()] == [int(second.timestamp())]
    assert not newsroom.log.active()
    newsroom.put(id="talks/2")
    assert not newsroom.rows()
    # What readers never saw leaves no trace.
    publish(newsroom.settings)
    before = newsroom.catalogue.visibility()
    newsroom.put(id="new", expires=first.isoformat())
    newsroom.put(id="new", expires=second.isoformat())
    never = {"published": second.isoformat(), "expires": first.isoformat(), "id": "never"}
    newsroom.put(**never)
    newsroom.put(**never, title="Other words")
    assert newsroom.catalogue.visibility() == before


def test_an_editors_withdrawal_outlasts_pushes(newsroom: Newsroom) -> None:
    withdraw(newsroom.log, "talks/1", "ann", "legal", time.time())
    eventually(lambda: newsroom.hidden("talks/1"))
    assert change(newsroom.put(id="talks/1")) == "changed"
    publish(newsroom.settings)
    newsroom.send("DELETE", "talks/1")
    assert [row.author for row in newsroom.rows()] == ["cms"]
    later = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    newsroom.put(id="talks/1", updated=later)
    assert not newsroom.rows()
    assert [one.author for one in newsroom.log.active()] == ["ann"]
    assert newsroom.hidden("talks/1")
    restore(newsroom.log, "talks/1", "ann", "", time.time())
    eventually(lambda: newsroom.shown("talks/1"))


def test_an_id_may_be_anything(newsroom: Newsroom) -> None:
    for number, identifier in enumerate(AWKWARD):
        body = " ".join(f"w{number}x{place}" for place in range(30))  # else they are copies
        assert change(newsroom.put(id=identifier, title=f"Title {number}", body=body)) == "new"
    publish(newsroom.settings)
    for identifier in AWKWARD:
        path = f"/v1/articles/{quote(identifier, safe='')}/related"
        eventually(lambda path=path: newsroom.server.ask(path).status == 200)
        eventually(lambda path=path: newsroom.server.ask(path + "?limit=3").status == 200)
        assert change(newsroom.send("DELETE", identifier)) == "withdrawn"
        eventually(lambda path=path: newsroom.server.ask(path + "?limit=4").status == 404)


def test_concurrent_pushes_are_all_stored(newsroom: Newsroom) -> None:
    def send(number: int) -> None:
        # As a content system does: what was not taken over is sent again.
        fields = {"id": f"at once/{number % 10}", "title": f"T {number}"}
        eventually(lambda: newsroom.put(**fields).status == 202)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(80)))
    found = [newsroom.catalogue.get(f"at once/{n}") for n in range(10)]
    assert None not in found
