"""Withdrawn and deleted articles stay hidden whichever snapshot is active."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from command_line import run
from real_server import eventually
from recommender.articles.article import Status
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import Visibility
from recommender.home import DataDir
from recommender.ingest.push import PushImporter
from recommender.overrides.log import Log
from recommender.overrides.watcher import OverrideWatcher
from recommender.settings import Settings
from sample_site import publish, records, write_jsonl
from service import create_app


def shown(settings: Settings, article: str) -> bool:
    """Whether readers get a block under it from a worker that starts now."""
    client = create_app(settings).test_client()
    return bool(client.get(f"/v1/articles/{article}/related").status_code == 200)


def rows(settings: Settings) -> dict[tuple[str, str], Visibility]:
    """The rows of visibility that hide something, now or later, by article and origin."""
    catalogue = Catalogue(settings.catalogue_url)
    found = catalogue.visibility()
    catalogue.close()
    now = time.time()
    return {
        (row.article_id, str(row.origin)): row
        for row in found
        if not row.visible(now) or row.expires is not None
    }


def with_fields(source: Path, article: str, **fields: Any) -> Path:
    """Write the site with some fields of one article changed."""
    rows = [row | fields if row["id"] == article else row for row in records()]
    return write_jsonl(source, rows)


def test_a_rollback_hides_articles_withdrawn_by_the_source(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    changed = records()
    changed[0] |= {"status": "withdrawn"}
    changed[3] |= {"expires": soon.isoformat()}
    changed[6] |= {"status": "draft"}
    publish(settings, write_jsonl(source, changed))
    done = run(settings.home, "snapshots", "use", snapshot_id)
    assert done.returncode == 0
    result = "2 articles withdrawn after this snapshot was built stay hidden"
    assert result in done.stderr
    assert [shown(settings, f"talks/{n}") for n in range(4)] == [False, True, False, True]
    found = rows(settings)
    assert sorted(found) == [(f"talks/{n}", "source") for n in range(3)]
    assert found["talks/1", "source"].expires == int(soon.timestamp())
    assert Log(settings.catalogue_url).version() == 0
    # What is in force goes by the catalogue again: nothing is left behind.
    assert run(settings.home, "index", str(write_jsonl(source, records()))).returncode == 0
    assert rows(settings) == {}
    assert shown(settings, "talks/0")


def test_a_fallback_to_an_older_snapshot_hides_them(
    settings: Settings, snapshot_id: str, source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    (settings.home / "snapshots" / broken / "manifest.json").write_bytes(b"{")
    client = create_app(settings).test_client()
    for article in ("talks/0", "talks/1"):
        answer = client.get(f"/v1/articles/{article}/related")
        assert answer.status_code == (404 if article == "talks/0" else 200)
    assert answer.json is not None
    assert answer.json["snapshot"] == snapshot_id
    assert "talks/0" not in [card["id"] for card in answer.json["cards"]]
    assert "none was active before" in caplog.text
    whole = publish(settings, write_jsonl(source, records()))
    eventually(lambda: str(client.get("/readyz").json or "").count(whole))
    # The database is polled apart from the snapshot: what it shows again may come a poll later.
    eventually(lambda: client.get("/v1/articles/talks/0/related").status_code == 200)


def test_a_fallback_without_the_database_hides_them(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    broken = publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    create_app(settings)  # keeps in the home what is hidden
    (settings.home / "snapshots" / broken / "manifest.json").write_bytes(b"{")
    (settings.home / "catalogue.sqlite3").unlink()
    client = create_app(settings).test_client()
    assert client.get("/v1/articles/talks/0/related").status_code == 404
    answer = client.get("/v1/articles/talks/1/related?limit=20")
    assert answer.json is not None
    assert answer.json["snapshot"] == snapshot_id
    assert "talks/0" not in [card["id"] for card in answer.json["cards"]]


def test_newer_withdrawals_hide_when_the_database_is_back(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    watcher = OverrideWatcher(settings.catalogue_url, DataDir(settings.home).override_fallback)
    watcher.refresh(time.time())
    watcher.save_fallback(time.time())  # that there are no overrides
    watcher.close()
    broken = publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    (settings.home / "snapshots" / broken / "manifest.json").write_bytes(b"{")
    catalogue = settings.home / "catalogue.sqlite3"
    away = catalogue.rename(settings.home / "away")
    client = create_app(settings).test_client()
    answer = client.get("/v1/articles/talks/0/related")
    assert answer.json is not None
    assert answer.json["snapshot"] == snapshot_id
    away.rename(catalogue)
    eventually(lambda: client.get("/v1/articles/talks/0/related").status_code == 404)
    assert client.get("/v1/articles/talks/1/related").status_code == 200


def test_an_index_run_in_another_data_directory_hides_them(
    settings: Settings, snapshot_id: str, source: Path, tmp_path: Path
) -> None:
    publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    run(settings.home, "snapshots", "use", snapshot_id)
    another = tmp_path / "another"
    another.mkdir()
    (another / "recommender.toml").write_text(f'database_url = "{settings.catalogue_url}"\n')
    assert run(another, "index").returncode == 0
    assert (another / "current").exists()
    assert (settings.home / "current").read_text().strip() == snapshot_id
    assert not shown(settings, "talks/0")
    assert list(rows(settings)) == [("talks/0", "source")]


def test_a_push_after_a_rollback_is_permanent(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    run(settings.home, "snapshots", "use", snapshot_id)
    catalogue = Catalogue(settings.catalogue_url)
    PushImporter(catalogue.engine).withdraw("talks/0", "cms", datetime.now(UTC))
    catalogue.close()
    run(settings.home, "index", str(write_jsonl(source, records())))
    assert list(rows(settings)) == [("talks/0", "push")]
    assert not shown(settings, "talks/0")


def test_a_rollback_works_without_the_database(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    done = run(settings.home, "index", str(with_fields(source, "talks/0", status="withdrawn")))
    assert done.returncode == 0
    newer = (settings.home / "current").read_text().strip()
    (settings.home / "catalogue.sqlite3").unlink()
    done = run(settings.home, "snapshots", "use", snapshot_id)
    assert done.returncode == 0
    assert "1 article withdrawn after this snapshot was built stays hidden" in done.stderr
    assert (settings.home / "current").read_text().strip() == snapshot_id != newer
    assert not shown(settings, "talks/0")
    (settings.home / "decisions.json").write_bytes(b"{")
    done = run(settings.home, "snapshots", "use", snapshot_id)
    assert done.returncode == 0
    assert "services answer 503 until the database is available" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_article_shown_again_waits_for_a_new_snapshot(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    run(settings.home, "snapshots", "use", snapshot_id)
    catalogue = Catalogue(settings.catalogue_url)
    found = catalogue.get("talks/0")
    assert found is not None
    again = msgspec.structs.replace(found, title="Corrected", status=Status.PUBLISHED)
    catalogue.add([again], "export.jsonl", datetime.now(UTC))  # as a run that has not ended
    catalogue.close()
    assert not shown(settings, "talks/0")
    assert run(settings.home, "index").returncode == 0
    assert shown(settings, "talks/0")


def test_dates_of_several_imports_combine_until_the_run_ends(
    settings: Settings, snapshot_id: str
) -> None:
    assert snapshot_id
    now = datetime.now(UTC)
    catalogue = Catalogue(settings.catalogue_url)
    found = catalogue.get("talks/0")
    assert found is not None
    first, second = now + timedelta(days=1), now + timedelta(days=2)
    for expires in (first, second, None):
        changed = msgspec.structs.replace(found, expires=expires)
        catalogue.add([changed], "export.jsonl", now)
        (row,) = catalogue.visibility()
        assert row.expires == int(first.timestamp())
    catalogue.close()


def test_a_deleted_article_stays_hidden_until_restored(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    assert snapshot_id
    catalogue = Catalogue(settings.catalogue_url)
    pushing = PushImporter(catalogue.engine)
    for number in (0, 1):
        pushing.withdraw(f"talks/{number}", "cms", datetime.now(UTC))
    catalogue.close()
    result = run(settings.home, "index").stdout
    assert "withdrawn by the CMS" not in result  # their records say the same
    result = run(settings.home, "index", str(source)).stdout
    assert "2 articles remain withdrawn by the CMS although" in result
    assert "(talks/0, talks/1)" in result
    assert not shown(settings, "talks/0")
    result = run(settings.home, "articles", "show", "talks/0").stdout
    assert "the content system cms hides it; PUT or restore it" in result
    result = run(settings.home, "articles", "restore", "talks/0")
    assert (result.returncode, result.stdout) == (0, "restored: talks/0\n")
    assert shown(settings, "talks/0")
    result = run(settings.home, "index", str(source)).stdout
    assert "1 article remains withdrawn by the CMS although a source lists it" in result
