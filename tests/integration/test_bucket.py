"""Snapshots in a bucket of a real S3 server: publish, follow, roll back, and what goes wrong."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import msgspec
import obstore
import pytest
from click.testing import CliRunner
from obstore.store import from_url

from real_server import eventually, serving
from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.cli.commands.snapshots import command as snapshots
from recommender.embeddings.embed import Report
from recommender.errors import BucketError, PublishRefusedError, SnapshotError
from recommender.home import DataDir
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.settings import Incremental, Settings
from recommender.snapshots.bucket import REQUESTS, Bucket, Published, follow
from recommender.snapshots.manifest import NAME, checksum, read_manifest, write_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids, use
from s3_server import s3_server
from sample_site import ENCODER, NOW, PUSHED, publish, records, write_jsonl
from service.state.bucket_follower import BucketFollower

LATER = NOW + timedelta(hours=1)
KEYS = {"accessKey": "key", "secretKey": "secret"}
OLD, NEW = (f"/v1/articles/{one}/related" for one in ("talks/0", "talks/later-1"))
ACTIONS = ["Admin", "Read", "Write", "List"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of an indexer after a full run, without a bucket."""
    folder = tmp_path_factory.mktemp("fitted")
    publish(_settings(folder / "home", ""), write_jsonl(folder / "site.jsonl", records()))
    return folder / "home"


@pytest.fixture
def url(server: str, tmp_path: Path) -> str:
    return f"s3://snapshots/{tmp_path.name}"


@pytest.fixture
def indexer(fitted: Path, tmp_path: Path, url: str) -> Settings:
    """A copy of the indexer's data directory, whose snapshot is in the bucket."""
    shutil.copytree(fitted, tmp_path / "indexer")
    settings = _settings(tmp_path / "indexer", url)
    data_dir = DataDir(settings.home)
    Bucket(url).publish(data_dir, current_id(data_dir), Published())
    return settings


@pytest.fixture
def machine(tmp_path: Path) -> DataDir:
    """The data directory of a machine that serves."""
    return DataDir(tmp_path / "machine")


def _settings(home: Path, url: str) -> Settings:
    incremental = Incremental(min_articles=0, max_changed_share=1)
    return Settings(home=home, embedding_model=ENCODER, snapshots=url, incremental=incremental)


def _run(settings: Settings, number: int, report: Report = lambda *_: None) -> str:
    """Add an article, and index."""
    catalogue = Catalogue(settings.catalogue_url)
    record = msgspec.convert(PUSHED | {"id": f"talks/later-{number}"}, Record)
    catalogue.add([article_from(record, LATER.tzinfo)], "test", LATER)
    try:
        result = index(settings, catalogue, LATER, report, RunOptions(force=True))
    finally:
        catalogue.close()
    return result.snapshot


def test_a_machine_follows_the_bucket(indexer: Settings, machine: DataDir, url: str) -> None:
    bucket = Bucket(url)
    first = follow(bucket, machine, Published())
    assert current_id(machine) == first.snapshot == current_id(DataDir(indexer.home))
    assert follow(bucket, machine, first) == first
    delta = _run(indexer, 1)
    assert read_manifest(DataDir(indexer.home).snapshots / delta).base == first.snapshot
    base = machine.snapshots / first.snapshot
    before = {path: path.stat().st_mtime_ns for path in base.iterdir()}
    second = follow(bucket, machine, first)
    assert current_id(machine) == delta
    assert {path: path.stat().st_mtime_ns for path in base.iterdir()} == before
    assert Snapshot(machine.snapshots / delta, verify=True).row("talks/later-1") is not None
    use(DataDir(indexer.home), first.snapshot)
    bucket.publish(DataDir(indexer.home), first.snapshot, second)
    follow(bucket, machine, second)
    assert current_id(machine) == first.snapshot


def test_of_two_index_runs_one_wins(indexer: Settings, tmp_path: Path, url: str) -> None:
    other = tmp_path / "other"
    shutil.copytree(indexer.home, other)
    seen = Bucket(url).published()
    winner = _run(indexer, 1)
    loser, home = DataDir(other), DataDir(indexer.home)
    shutil.copytree(home.snapshots / winner, loser.snapshots / winner)
    with pytest.raises(BucketError, match=f"got {winner}: another index run has published"):
        Bucket(url).publish(loser, winner, seen)
    assert Bucket(url).published().snapshot == winner


def test_a_new_indexer_replaces_no_larger_archive_of_the_bucket(
    indexer: Settings, tmp_path: Path, url: str
) -> None:
    before = current_id(DataDir(indexer.home))
    settings = _settings(tmp_path / "new", url)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        few = [article_from(msgspec.convert(row, Record), NOW.tzinfo) for row in records()[:12]]
        catalogue.add(few, "test", NOW)
        with pytest.raises(PublishRefusedError, match="12 of 24 articles are missing: 50%"):
            index(settings, catalogue, LATER, lambda *_: None)
        assert Bucket(url).published().snapshot == before
        forced = index(settings, catalogue, LATER, lambda *_: None, RunOptions(force=True))
    assert Bucket(url).published().snapshot == forced.snapshot


def test_a_run_that_lost_meanwhile_activates_nothing(indexer: Settings, url: str) -> None:
    """Another run publishes while this one builds its snapshot."""
    data_dir, store = DataDir(indexer.home), from_url(url, client_options=REQUESTS)
    before, other = current_id(data_dir), "20990101T000000Z-abcdef"

    def meanwhile(step: str, *_: object) -> None:
        if step.startswith("scoring"):
            obstore.put(store, "current", other.encode())

    with pytest.raises(BucketError, match=f"got {other}: another index run has published"):
        _run(indexer, 1, meanwhile)
    assert current_id(data_dir) == before
    assert snapshot_ids(data_dir) == [before]
    assert Bucket(url).published().snapshot == other


def test_a_bucket_that_cannot_be_read_stops_the_run(
    indexer: Settings, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_id(DataDir(indexer.home))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(BucketError, match="expected a bucket that can be read and written, got:"):
        _run(indexer, 1)
    assert current_id(DataDir(indexer.home)) == before
    monkeypatch.undo()
    assert Bucket(url).published().snapshot == before


def test_a_damaged_upload_is_not_activated(
    indexer: Settings, machine: DataDir, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    bucket = Bucket(url)
    first = follow(bucket, machine, Published())
    delta = _run(indexer, 1)
    store = from_url(url, client_options=REQUESTS)
    obstore.put(store, f"{delta}/cards.bin", b"cut")
    with pytest.raises(SnapshotError, match=r"cards\.bin: expected \d+ bytes, got 3"):
        follow(bucket, machine, first)
    assert current_id(machine) == first.snapshot
    assert snapshot_ids(machine) == [first.snapshot]
    follower = BucketFollower(url, machine, 5)
    for _ in range(2):
        follower.check()
    assert len([one for one in caplog.records if "cannot be followed" in one.message]) == 1
    obstore.put(store, f"{delta}/cards.bin", DataDir(indexer.home).snapshots / delta / "cards.bin")
    follower.check()
    assert current_id(machine) == first.snapshot, "it waits before another download"
    _follow_until(follower, machine, delta)
    assert "the bucket can be followed again" in caplog.text


def _follow_until(follower: BucketFollower, machine: DataDir, identifier: str) -> None:
    def follows() -> bool:
        follower.check()
        return current_id(machine) == identifier

    eventually(follows)


def test_a_damaged_base_is_downloaded_again(indexer: Settings, machine: DataDir, url: str) -> None:
    first = follow(Bucket(url), machine, Published())
    path = machine.snapshots / first.snapshot / "published.npy"
    path.write_bytes(b"x" * path.stat().st_size)
    delta = _run(indexer, 1)
    follow(Bucket(url), machine, first)
    assert current_id(machine) == delta
    Snapshot(machine.snapshots / delta, verify=True)


def test_the_next_run_repairs_the_base_in_the_bucket(
    indexer: Settings, machine: DataDir, url: str
) -> None:
    store, base = from_url(url, client_options=REQUESTS), current_id(DataDir(indexer.home))
    obstore.put(store, f"{base}/cards.bin", b"cut")
    obstore.delete(store, f"{base}/published.npy")
    with pytest.raises(SnapshotError, match=r"(cards.bin|published.npy): expected"):
        follow(Bucket(url), machine, Published())
    delta = _run(indexer, 1)
    assert read_manifest(DataDir(indexer.home).snapshots / delta).base == base
    assert follow(Bucket(url), machine, Published()).snapshot == delta
    Snapshot(machine.snapshots / delta, verify=True)


@pytest.mark.parametrize("damaged", [b"", b"../../etc"])
def test_a_damaged_current_is_replaced(
    indexer: Settings, machine: DataDir, url: str, damaged: bytes
) -> None:
    obstore.put(from_url(url, client_options=REQUESTS), "current", damaged)
    with pytest.raises(SnapshotError, match="expected the id of a snapshot"):
        follow(Bucket(url), machine, Published())
    arguments = ["use", current_id(DataDir(indexer.home)), "--home", str(indexer.home)]
    result = CliRunner().invoke(snapshots, arguments, env={"RECOMMENDER_SNAPSHOTS": url})
    assert result.exit_code == 0, result.output
    assert follow(Bucket(url), machine, Published()).snapshot == current_id(DataDir(indexer.home))


def test_a_damaged_snapshot_is_not_offered_to_machines(indexer: Settings, url: str) -> None:
    first = current_id(DataDir(indexer.home))
    second = _run(indexer, 1)
    path = DataDir(indexer.home).snapshots / first / "published.npy"
    path.write_bytes(b"x" * path.stat().st_size)
    arguments = ["use", first, "--home", str(indexer.home)]
    result = CliRunner().invoke(snapshots, arguments, env={"RECOMMENDER_SNAPSHOTS": url})
    assert isinstance(result.exception, SnapshotError)
    assert Bucket(url).published().snapshot == second


def test_names_of_files_lead_nowhere_else(indexer: Settings, machine: DataDir, url: str) -> None:
    identifier = current_id(DataDir(indexer.home))
    folder = DataDir(indexer.home).snapshots / identifier
    manifest = read_manifest(folder)
    files = manifest.files | {"../../settings.toml": checksum(folder / "cards.bin")}
    write_manifest(folder, msgspec.structs.replace(manifest, files=files))
    store = from_url(url, client_options=REQUESTS)
    obstore.put(store, f"{identifier}/{NAME}", folder / NAME)
    with pytest.raises(SnapshotError, match="got a damaged file"):
        follow(Bucket(url), machine, Published())
    assert not machine.snapshots.exists()


def test_other_data_in_the_bucket_stays(indexer: Settings, url: str) -> None:
    store, later = from_url(url, client_options=REQUESTS), "20990101T000000Z-abcdef"
    older = [f"2019010{day}T000000Z-abcdef" for day in range(1, 5)]
    for folder in ("photos", later, *older):
        obstore.put(store, f"{folder}/x", b"x")
    _run(msgspec.structs.replace(indexer, keep_snapshots=4), 1)
    paths = [file["path"] for part in obstore.list(store) for file in part]
    left = {path.partition("/")[0] for path in paths}
    assert {"photos", later, current_id(DataDir(indexer.home)), *older[2:]} <= left
    assert older[0] not in left


def test_a_machine_keeps_as_many_snapshots_as_the_indexer(
    indexer: Settings, machine: DataDir, url: str
) -> None:
    first, follower = current_id(DataDir(indexer.home)), BucketFollower(url, machine, 2)
    follower.check()
    ids = []
    for number in range(3):
        ids.append(_run(indexer, number))
        follower.check()
    assert snapshot_ids(machine) == [first, *ids[1:]]


def test_a_machine_that_cannot_write_says_so(
    indexer: Settings, machine: DataDir, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = BucketFollower(url, machine, 5)
    with machine.lock():
        follower.check()
    assert not caplog.text, "a run of this machine is writing"
    machine.snapshots.write_text("no folder")
    for _ in range(2):
        follower.check()
    assert caplog.text.count("expected a writable folder") == 1


def test_old_snapshots_are_deleted_and_their_bases_stay(indexer: Settings, url: str) -> None:
    settings = msgspec.structs.replace(indexer, keep_snapshots=2)
    ids = [current_id(DataDir(indexer.home)), *(_run(settings, number) for number in range(3))]
    store = from_url(url, client_options=REQUESTS)
    paths = [file["path"] for part in obstore.list(store) for file in part]
    left = {path.partition("/")[0] for path in paths} - {"current"}
    assert sorted(left) == sorted(snapshot_ids(DataDir(indexer.home)))
    assert ids[0] in left
    assert ids[1] not in left


def test_two_services_take_a_delta_over(indexer: Settings, tmp_path: Path, url: str) -> None:
    with ExitStack() as stack:
        servers = []
        for name in ("one", "two"):
            home = tmp_path / name
            shutil.copytree(indexer.home, home, ignore=_all_but_the_database)
            servers.append(stack.enter_context(serving(home, RECOMMENDER_SNAPSHOTS=url)))
        for server in servers:
            eventually(lambda server=server: server.ask(OLD).status == 200)
            assert server.ask(NEW).status == 404
        _run(indexer, 1)
        for server in servers:
            eventually(lambda server=server: server.ask(NEW).status == 200)


def _all_but_the_database(folder: str, names: list[str]) -> set[str]:
    return set() if "catalogue.sqlite3" not in names else set(names) - {"catalogue.sqlite3"}
