"""Whatever snapshot is in force: what its record hides stays hidden, what was deleted as well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import publish, records, write_jsonl
from real_server import eventually
from test_cli import run

from recommender.catalogue.store import Catalogue
from recommender.ingest.push import Pushing
from recommender.overrides.log import Log
from recommender.settings import Settings
from service import create_app


def shown(settings: Settings, article: str) -> bool:
    """Whether readers get a block under it from a worker that starts now."""
    client = create_app(settings).test_client()
    return bool(client.get(f"/v1/articles/{article}/related").status_code == 200)


def standing(settings: Settings) -> list[tuple[str, int | None]]:
    log = Log(settings.catalogue_url)
    found = [(one.article, one.starts) for one in log.standing()]
    log.close()
    return sorted(found)


def with_fields(source: Path, article: str, **fields: Any) -> Path:
    """Write the site with some fields of one article changed."""
    rows = [row | fields if row["id"] == article else row for row in records()]
    return write_jsonl(source, rows)


def test_a_rollback_shows_nothing_that_its_source_withdrew(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    rows = records()
    rows[0] |= {"status": "withdrawn"}
    rows[3] |= {"expires": soon.isoformat()}
    rows[6] |= {"status": "draft"}
    publish(settings, write_jsonl(source, rows))
    done = run(settings.home, "snapshots", "use", snapshot_id)
    assert done.returncode == 0
    assert "withdrawn since: 3 articles" in done.stderr
    assert [shown(settings, f"talks/{n}") for n in range(4)] == [False, True, False, True]
    assert standing(settings) == [
        ("talks/0", None), ("talks/1", int(soon.timestamp())), ("talks/2", None)
    ]  # fmt: skip
    again = run(settings.home, "snapshots", "use", snapshot_id)
    assert "withdrawn since" not in again.stderr
    # What is in force goes by the catalogue again: nothing is left behind.
    assert run(settings.home, "index", str(write_jsonl(source, records()))).returncode == 0
    assert standing(settings) == []
    assert shown(settings, "talks/0")


def test_a_worker_that_falls_back_shows_nothing_of_it_either(
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
    assert standing(settings) == []
    assert "none was in force before" in caplog.text
    whole = publish(settings, write_jsonl(source, records()))
    eventually(lambda: str(client.get("/readyz").json or "").count(whole))
    assert client.get("/v1/articles/talks/0/related").status_code == 200


def test_a_worker_that_falls_back_without_the_database_says_so(
    settings: Settings, snapshot_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    create_app(settings)  # keeps in the home that nothing is decided
    broken = publish(settings)
    (settings.home / "snapshots" / broken / "manifest.json").write_bytes(b"{")
    (settings.home / "catalogue.sqlite3").unlink()
    answer = create_app(settings).test_client().get("/v1/articles/talks/0/related")
    assert answer.json is not None
    assert answer.json["snapshot"] == snapshot_id
    assert "what was withdrawn since may be shown until it is known" in caplog.text


def test_what_it_could_not_know_then_it_hides_when_the_database_is_back(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    create_app(settings)  # keeps in the home that nothing is decided
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


def test_an_index_run_in_another_home_shows_nothing_of_it(
    settings: Settings, snapshot_id: str, source: Path, tmp_path: Path
) -> None:
    publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    run(settings.home, "snapshots", "use", snapshot_id)
    another = tmp_path / "another"
    another.mkdir()
    (another / "recommender.toml").write_text(f'catalogue = "{settings.catalogue_url}"\n')
    assert run(another, "index").returncode == 0
    assert (another / "current").exists()
    assert (settings.home / "current").read_text().strip() == snapshot_id
    assert not shown(settings, "talks/0")
    assert standing(settings) == [("talks/0", None)]


def test_a_push_after_a_rollback_counts_for_good(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    publish(settings, with_fields(source, "talks/0", status="withdrawn"))
    run(settings.home, "snapshots", "use", snapshot_id)
    catalogue = Catalogue(settings.catalogue_url)
    Pushing(settings.catalogue_url, catalogue.engine).withdraw("talks/0", "cms", datetime.now(UTC))
    catalogue.close()
    run(settings.home, "index", str(write_jsonl(source, records())))
    assert standing(settings) == [("talks/0", None)]
    assert not shown(settings, "talks/0")


def test_a_rollback_without_the_database_is_made_and_said(
    settings: Settings, snapshot_id: str
) -> None:
    newer = publish(settings)
    (settings.home / "catalogue.sqlite3").unlink()
    done = run(settings.home, "snapshots", "use", snapshot_id)
    assert done.returncode == 0
    assert "what was withdrawn since may be shown again" in done.stderr
    assert (settings.home / "current").read_text().strip() == snapshot_id != newer


def test_what_was_deleted_stays_hidden_from_exports_until_it_is_restored(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    assert snapshot_id
    catalogue = Catalogue(settings.catalogue_url)
    pushing = Pushing(settings.catalogue_url, catalogue.engine)
    for number in (0, 1):
        pushing.withdraw(f"talks/{number}", "cms", datetime.now(UTC))
    catalogue.close()
    told = run(settings.home, "index").stdout
    assert "kept hidden" not in told  # their records say the same
    told = run(settings.home, "index", str(source)).stdout
    assert "kept hidden: 2 articles" in told
    assert "(talks/0, talks/1)" in told
    assert not shown(settings, "talks/0")
    assert run(settings.home, "articles", "restore", "talks/0").returncode == 0
    assert shown(settings, "talks/0")
    told = run(settings.home, "index", str(source)).stdout
    assert "kept hidden: 1 article that" in told
