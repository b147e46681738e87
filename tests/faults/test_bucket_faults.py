"""A bucket that denies, fails, sends half a file or nothing at all: the old snapshot serves."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import msgspec
import pytest

from http_site import Page, Site, respond, serving
from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.errors import BucketError, RecommenderError
from recommender.home import DataDir
from recommender.runs.pipeline import index
from recommender.settings import Settings
from recommender.snapshots.bucket import Bucket, Published, follow
from recommender.snapshots.store import current_id, snapshot_ids
from sample_site import NOW, records
from service import create_app
from service.state.bucket_follower import BucketFollower

pytest.importorskip("obstore")

URL = "s3://snapshots/site"
HEADERS = {"etag": '"1"', "last_modified": "Sat, 31 Oct 2026 12:00:00 GMT"}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, published: Path) -> Iterator[Site]:
    """A server of the files of the sample site's snapshot, as S3 has them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with serving(Site()) as site:
        monkeypatch.setenv("AWS_ENDPOINT", site.url)
        files = [published / "current", *(published / "snapshots").rglob("*.*")]
        for file in filter(Path.is_file, files):
            name = "/".join(file.relative_to(published).parts[-2:])
            site.pages[f"/snapshots/site/{name}"] = stored(file.read_bytes())
        yield site


def stored(data: bytes) -> Page:
    return lambda handler: respond(handler, data, **HEADERS)


def denied(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, "<Error><Code>AccessDenied</Code></Error>", 403)


def failing(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, "<Error><Code>InternalError</Code></Error>", 500)


def missing(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, "<Error><Code>NoSuchKey</Code></Error>", 404)


def truncated(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    for name, value in {**HEADERS, "content_length": "9000"}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(b"{}" * 50)
    handler.close_connection = True


def shorter(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, b"{}", **HEADERS)


@pytest.mark.parametrize("fault", [denied, failing, missing, truncated, shorter])
@pytest.mark.parametrize("place", ["current", "cards.bin"])
def test_a_fault_of_the_bucket_changes_nothing(
    bucket: Site,
    tmp_path: Path,
    place: str,
    fault: Callable[[BaseHTTPRequestHandler], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    (path,) = [path for path in bucket.pages if path.endswith(f"/{place}")]
    whole, bucket.pages[path] = bucket.pages[path], fault
    machine = DataDir(tmp_path / "machine")
    if (fault, place) == (missing, "current"):  # nothing was ever published
        assert follow(Bucket(URL), machine, Published()) == Published()
        return
    with pytest.raises(RecommenderError) as found:
        follow(Bucket(URL), machine, Published())
    assert "\n" not in str(found.value)
    assert "expected" in str(found.value)
    BucketFollower(URL, machine, 5).check()
    assert len([one for one in caplog.records if "cannot be followed" in one.message]) == 1
    assert not machine.current.exists()
    assert not machine.snapshots.exists() or not list(machine.snapshots.iterdir())
    bucket.pages[path] = whole
    followed = follow(Bucket(URL), machine, Published())
    assert current_id(machine) == followed.snapshot == snapshot_ids(machine)[0]


def test_an_index_run_that_cannot_read_the_bucket_ends_before_it_scores(
    bucket: Site, settings: Settings
) -> None:
    (path,) = [path for path in bucket.pages if path.endswith("/cards.bin")]
    bucket.pages[path] = denied
    steps: list[str] = []
    options = msgspec.structs.replace(settings, snapshots=URL)
    with closing(Catalogue(options.catalogue_url)) as catalogue:
        articles = [article_from(msgspec.convert(row, Record), NOW.tzinfo) for row in records()]
        catalogue.add(articles, "test", NOW)
        with pytest.raises(BucketError, match="expected a bucket that can be read"):
            index(options, catalogue, NOW, lambda step, *_: steps.append(step))
    assert "scoring candidates" not in steps
    assert not snapshot_ids(options.data_dir)


def test_readers_do_not_wait_for_a_bucket_that_does_not_answer(
    bucket: Site, settings: Settings, published: Path
) -> None:
    shutil.copytree(published, settings.home)
    is_over, asked = threading.Event(), threading.Event()

    def silent(_handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        is_over.wait(30)

    bucket.pages["/snapshots/site/current"] = silent
    client = create_app(msgspec.structs.replace(settings, snapshots=URL)).test_client()
    assert asked.wait(30)
    assert client.get("/v1/articles/talks/0/related").status_code == 200
    assert client.get("/readyz").status_code == 200
    is_over.set()
