"""The table of visibility: when a row hides an article, and how rows combine."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from filelock import FileLock
from sqlalchemy import text

from recommender.articles.article import Article, Status
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import Origin, Visibility
from recommender.catalogue.visibility_table import settle, to_settle
from recommender.cdn.affected import visibility_between
from recommender.errors import DataDirError
from recommender.home import DataDir
from recommender.ingest.push import PushImporter
from recommender.overrides.edits.withdrawals import restore
from recommender.overrides.fallback import AnonymousOverride, OverrideFallback, load, save
from recommender.overrides.log import Log
from recommender.overrides.override import Kind
from recommender.overrides.resolve import (
    ALWAYS,
    HiddenWindow,
    ResolvedOverrides,
    RowLookup,
    hidden_windows,
)
from recommender.overrides.watcher import OverrideWatcher
from recommender.settings import Settings
from recommender.snapshots.snapshot import NEVER, Snapshot
from sample_site import NOW

AT = 1_000.0


def row(
    published: int = 0,
    expires: int | None = None,
    status: Status = Status.PUBLISHED,
    article: str = "talks/0",
) -> Visibility:
    return Visibility(
        article_id=article,
        origin=Origin.SOURCE,
        status=status,
        published=published,
        expires=expires,
    )


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (row(), row(expires=2_000)),
        (row(), row(published=2_000)),
        (row(), row(status=Status.DRAFT)),
        (row(expires=3_000), row(expires=2_000)),
        (row(published=1_500), row(published=2_000, expires=3_000)),
        (row(expires=2_000), row(published=2_500, expires=2_400)),
    ],
)
def test_a_row_covers_a_less_visible_one(wide: Visibility, narrow: Visibility) -> None:
    assert wide.covers(narrow, AT)
    assert not narrow.covers(wide, AT)
    both = wide.restricted(narrow)
    assert both.covers(narrow, AT)
    assert narrow.covers(both, AT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (row(), row(published=900)),
        (row(expires=900), row(status=Status.WITHDRAWN)),
        (row(expires=900), row(expires=800)),
    ],
)
def test_past_dates_make_no_difference(one: Visibility, other: Visibility) -> None:
    assert one.covers(other, AT)
    assert other.covers(one, AT)


def test_two_rows_are_visible_if_both_are() -> None:
    one, other = row(published=5, expires=50), row(published=8, expires=90)
    assert one.restricted(other).same(row(published=8, expires=50))
    assert other.restricted(one).same(row(published=8, expires=50))
    assert row(status=Status.WITHDRAWN).restricted(one).status is Status.WITHDRAWN
    assert one.restricted(row(status=Status.DRAFT)).status is Status.DRAFT


def test_an_opened_row_keeps_only_a_future_expiry() -> None:
    assert row(status=Status.DRAFT, expires=2_000).opened(AT).same(row(expires=2_000))
    assert row(published=1_500, expires=2_000).opened(AT).same(row(published=1_000, expires=2_000))
    assert row(expires=900).opened(AT).same(row())


def test_only_articles_visible_in_the_snapshot_are_hidden(
    settings: Settings, snapshot_id: str
) -> None:
    snapshot = Snapshot(settings.home / "snapshots" / snapshot_id)
    rows = RowLookup(snapshot)
    number = rows.of("talks/0")
    published = snapshot.published.item(number)
    soon, later = published + 100, published + 200
    unknown = row(status=Status.WITHDRAWN, article="nope")
    assert hidden_windows(rows, [row(), row(published=published), unknown]) == []
    assert hidden_windows(rows, [row(status=Status.DRAFT)]) == [HiddenWindow(number, ALWAYS, NEVER)]
    both = [row(published=soon, expires=later)]
    assert hidden_windows(rows, both) == [
        HiddenWindow(number, ALWAYS, soon),
        HiddenWindow(number, later, NEVER),
    ]
    resolved = ResolvedOverrides(rows, (), 0, lambda *_: [], both)
    hidden = []
    for instant in (soon - 1, soon, later - 1, later):
        force = resolved.at(instant)
        assert force.since <= instant < force.until
        hidden.append(number in force.withdrawn)
    assert hidden == [True, False, False, True]
    assert resolved.at(soon).withdrawal_times == {number: later}
    assert resolved.at(soon).until == later
    # A request pays nothing where nothing is hidden.
    assert ResolvedOverrides(rows, (), 0, lambda *_: [], [row()]).at(soon).excluded is None


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    with closing(Catalogue(database)) as catalogue:
        articles = [Article(id=i, title=i, published=NOW) for i in "abc"]
        catalogue.add(articles, "here", NOW)
        yield catalogue


def test_an_import_that_shows_an_article_again_waits_for_the_run_to_end(
    catalogue: Catalogue, database: str
) -> None:
    found = catalogue.get("a")
    assert found is not None
    now = datetime.now(UTC)
    assert catalogue.visibility() == []
    draft = msgspec.structs.replace(found, status=Status.DRAFT)
    catalogue.add([draft], "here", now)
    assert to_settle(catalogue.engine) == {}
    catalogue.add([found], "here", now)
    (hidden,) = catalogue.visibility()
    assert hidden.status is Status.DRAFT
    assert to_settle(catalogue.engine) == {"a": True}
    settle(catalogue.engine, ["b"], now)
    assert catalogue.visibility() == [hidden]
    settle(catalogue.engine, ["a"], now)
    (shown,) = catalogue.visibility()
    assert shown.visible(time.time())
    assert shown.changed > hidden.changed
    assert to_settle(catalogue.engine) == {}


def test_missing_articles_are_hidden_in_the_same_transaction(catalogue: Catalogue) -> None:
    assert catalogue.withdraw_all_but({"a"}, datetime.now(UTC)) == 2
    rows = catalogue.visibility()
    assert [one.article_id for one in rows] == ["b", "c"]
    assert not any(one.visible(time.time()) for one in rows)
    # Their copies stay visible: these may be the same articles under other IDs.
    assert {one.status for one in rows} == {Status.PUBLISHED}
    assert catalogue.withdraw_all_but({"a"}, datetime.now(UTC)) == 0
    assert catalogue.visibility() == rows


def test_a_restored_article_follows_its_source_after_a_run(
    catalogue: Catalogue, database: str
) -> None:
    now = datetime.now(UTC)
    PushImporter(catalogue.engine).withdraw("a", "cms", now)
    settle(catalogue.engine, to_settle(catalogue.engine), now)
    rows = {one.origin: one.status for one in catalogue.visibility()}
    assert rows == {Origin.PUSH: Status.WITHDRAWN, Origin.SOURCE: Status.WITHDRAWN}
    later = now + timedelta(seconds=2)
    PushImporter(catalogue.engine).put(
        Article(id="a", title="A", published=NOW, updated=later), "cms", later
    )
    assert all(one.visible(time.time()) for one in catalogue.visibility())


def test_hidden_articles_are_in_the_fallback_file(
    catalogue: Catalogue, database: str, tmp_path: Path
) -> None:
    kept = DataDir(tmp_path).override_fallback
    PushImporter(catalogue.engine).withdraw("a", "a content system", datetime.now(UTC))
    with closing(OverrideWatcher(database, kept)) as following:
        following.refresh(AT)
        following.save_fallback(AT)
        assert [one.article_id for one in following.known.visibility] == ["a"]
    assert b"content system" not in kept.read_bytes()
    assert b"talks" not in kept.read_bytes()
    # As after an older backup was restored.
    with catalogue.engine.begin() as connection:
        connection.execute(text("DELETE FROM visibility"))
        connection.execute(text("UPDATE changes SET number = 0 WHERE name = 'visibility'"))
    with closing(OverrideWatcher(database, kept)) as following:
        for _ in range(2):
            following.refresh(AT)
            following.save_fallback(AT)
            assert "lacks change 1 of article 'a'" in following.error
            assert [one.article_id for one in following.known.visibility] == ["a"]
    found = load(kept)
    assert found is not None
    assert [one.article_id for one in found.visibility] == ["a"]
    kept.unlink()
    with closing(OverrideWatcher(database, kept)) as following:
        following.refresh(AT)
        assert (following.error, following.known.visibility) == ("", ())


def test_a_poll_does_not_wait_for_another_writer_of_the_fallback_file(
    catalogue: Catalogue, database: str, tmp_path: Path
) -> None:
    assert catalogue
    kept = DataDir(tmp_path).override_fallback
    with closing(OverrideWatcher(database, kept)) as following:
        following.refresh(AT)
        with FileLock(f"{kept}.lock"):
            saving = Thread(target=following.save_fallback, args=(AT,))
            saving.start()
            saving.join(0.2)
            following.refresh(AT)
            assert saving.is_alive()
            saving.join()
        assert "another process is writing it" in following.fallback.error


def test_an_updated_row_is_polled(catalogue: Catalogue, database: str) -> None:
    pushing = PushImporter(catalogue.engine)
    with closing(OverrideWatcher(database)) as following:
        for number in (1, 2):
            pushing.withdraw("a", "cms", datetime.now(UTC))
            following.refresh(AT)
            assert [one.changed for one in following.known.visibility] == [number]
        known = following.known
        following.refresh(AT)
        assert following.known is known
        assert following.error == ""


def test_an_older_fallback_file_is_read(tmp_path: Path) -> None:
    path = DataDir(tmp_path).override_fallback
    kept = OverrideFallback(
        log="one",
        version=1,
        newest=None,
        read_at=AT,
        members={},
        overrides=(AnonymousOverride(kind=Kind.WITHDRAW, article="a"),),
    )
    for format_, readable in ((1, True), (2, True), (3, False)):
        save(path, msgspec.structs.replace(kept, format=format_))
        if readable:
            found = load(path)
            assert found is not None
            assert found.overrides == kept.overrides
        else:
            with pytest.raises(DataDirError, match="expected format 2, got 3"):
                load(path)


def test_fewer_rows_do_not_overwrite_the_fallback_file(tmp_path: Path) -> None:
    path = DataDir(tmp_path).override_fallback
    kept = OverrideFallback(
        log="one", version=1, newest=None, read_at=AT, members={}, overrides=(), changed=5
    )
    save(path, kept)
    save(path, msgspec.structs.replace(kept, changed=4))
    assert load(path) == kept
    save(path, msgspec.structs.replace(kept, version=2, changed=4))
    assert load(path) == kept


def test_a_database_without_the_table_is_polled(catalogue: Catalogue, database: str) -> None:
    with catalogue.engine.begin() as connection:
        connection.execute(text("DROP TABLE visibility"))
    with closing(OverrideWatcher(database)) as following:
        following.refresh(AT)
        assert (following.error, following.loaded) == ("", True)
        assert following.known.visibility == ()


def test_changed_rows_and_passed_dates_are_purged() -> None:
    old = msgspec.structs.replace(row(article="a"), changed=3)
    new = msgspec.structs.replace(row(article="b"), changed=4)
    turning = msgspec.structs.replace(row(article="c", expires=60), changed=2)
    assert visibility_between([old, turning], [old, turning, new], 50, 70) == ["c", "b"]
    assert visibility_between([old, turning], [old, turning], 60, 70) == []
    assert visibility_between([], [], 0, AT) == []


def test_a_restored_article_counts_as_changed(catalogue: Catalogue, database: str) -> None:
    PushImporter(catalogue.engine).withdraw("a", "cms", datetime.now(UTC))
    version = catalogue.version()
    restore(Log(database, catalogue.engine), "a", "ada", "an error", time.time() + 2)
    assert [one.id for one in catalogue.changed_since(version)] == ["a"]
