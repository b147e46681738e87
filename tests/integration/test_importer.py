"""Importing sources into the catalogue: counts, errors, HTTP validators and pruning."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import msgspec
import pytest

from http_site import Site, respond, serving
from recommender.articles.article import Status
from recommender.catalogue.store import Catalogue
from recommender.errors import SourceError
from recommender.ingest.importer import Importer, ImportOptions, ImportResult
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.settings import HTTP, Settings
from sample_site import NOW, records, write_jsonl
from source_documents import HEAD, item

QUICK = HTTP(delay_seconds=0, timeout_seconds=5, max_attempts=1, backoff_seconds=0.01)

FEED = """<rss version="2.0"><channel><title>S</title><item><title>One</title>
<guid isPermaLink="false">1</guid><pubDate>Mon, 02 Jun 2025 10:00:00 GMT</pubDate></item>
</channel></rss>"""


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    opened = Catalogue(settings.catalogue_url)
    yield opened
    opened.close()


class Reader:
    """Reads sources as the command does, and keeps the rejected records."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self.settings = msgspec.structs.replace(settings, http=QUICK)
        self.catalogue = catalogue
        self.rejected: list[RejectedRecord] = []

    def __call__(self, *sources: object, **options: bool) -> ImportResult:
        importer = Importer(self.settings, NOW, self.rejected.append, lambda *_: None)
        paths = [str(source) for source in sources]
        return importer.read(paths, self.catalogue, ImportOptions(**options))


@pytest.fixture
def read(settings: Settings, catalogue: Catalogue) -> Reader:
    return Reader(settings, catalogue)


@pytest.fixture
def site() -> Iterator[Site]:
    def feed(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("if-none-match") == '"1"':
            respond(handler, status=304)
        else:
            respond(handler, FEED, content_type="application/rss+xml", etag='"1"')

    with serving(Site({"/feed": feed})) as served:
        yield served


def test_the_progress_counts_records_without_notes(
    settings: Settings, catalogue: Catalogue, tmp_path: Path
) -> None:
    rows = "Nummer,slug,title,date\n1,a,A,2026-05-01\n2,b,,2026-05-01\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    notes: list[RejectedRecord] = []
    progress: list[tuple[str, int, int | None]] = []
    importer = Importer(settings, NOW, notes.append, lambda *step: progress.append(step))
    importer.read([str(tmp_path / "a.csv")], catalogue)
    assert [note.is_error for note in notes] == [True, False]
    assert [done for _, done, _ in progress] == [1, 2]


def test_a_truncated_gzip_keeps_what_was_read(read: Reader, tmp_path: Path) -> None:
    lines = "".join(
        json.dumps(records()[0] | {"id": str(n), "body": f"{n * 7919} " * 50}) + "\n"
        for n in range(2000)
    )
    packed = gzip.compress(lines.encode())
    path = tmp_path / "half.jsonl.gz"
    path.write_bytes(packed[: len(packed) // 2])
    reading = read(path)
    assert 100 < reading.counts.new < 2000
    assert reading.rejected == 1
    assert "ended before" in str(read.rejected[0])


def test_a_failing_source_is_one_error_among_others(read: Reader, source: Path) -> None:
    reading = read("http://127.0.0.1:9/feed", source, "none.csv")
    assert reading.counts.new == 24
    assert [record.place for record in read.rejected] == [
        "http://127.0.0.1:9/feed",
        "none.csv",
    ]


def test_if_every_source_fails_the_first_error_is_raised(read: Reader) -> None:
    with pytest.raises(SourceError, match=r"none\.csv: .*No such file"):
        read("none.csv", "http://127.0.0.1:9/feed")


def test_strict_stops_at_the_first_error(read: Reader, source: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.csv"):
        read("none.csv", source, strict=True)


def test_unchanged_sources_are_not_read_again(read: Reader, site: Site) -> None:
    url = f"{site.url}/feed"
    assert read(url).counts.new == 1
    version = read.catalogue.version()
    again = read(url)
    assert (again.counts.total, again.not_modified) == (0, 1)
    assert read.catalogue.version() == version
    assert read(url, full=True).counts.unchanged == 1


def test_pruning_withdraws_missing_articles_until_they_return(
    read: Reader, source: Path, tmp_path: Path
) -> None:
    read(source)
    fewer = write_jsonl(tmp_path / "fewer.jsonl", records()[:20])
    reading = read(fewer, prune=True)
    assert reading.withdrawn == 4
    gone = [a for a in read.catalogue.all() if a.status is Status.WITHDRAWN]
    assert {a.id for a in gone} == {str(row["id"]) for row in records()[20:]}
    assert read(fewer, prune=True).withdrawn == 0
    assert read(source).counts.changed == 4
    assert all(a.status is Status.PUBLISHED for a in read.catalogue.all())


@pytest.mark.parametrize("broken", ["nonsense\n", '{"title": "no id"}\n'])
def test_pruning_withdraws_nothing_after_an_error(
    read: Reader, source: Path, tmp_path: Path, broken: str
) -> None:
    read(source)
    fewer = write_jsonl(tmp_path / "fewer.jsonl", records()[:20])
    fewer.write_text(fewer.read_text() + broken)
    assert read(fewer, prune=True).withdrawn is None
    assert all(a.status is Status.PUBLISHED for a in read.catalogue.all())


def test_pruning_keeps_articles_with_broken_records(read: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,title,published\n1,One,2026-05-01\n2,Two,2026-05-01\n3,Three,2026-05-01\n")
    read(path)
    path.write_text("id,title,published\n1,One,2026-05-01\n 2 ,Two,soon\n")
    assert read(path, prune=True).withdrawn == 1
    status = {a.id: a.status for a in read.catalogue.all()}
    assert status == {"1": Status.PUBLISHED, "2": Status.PUBLISHED, "3": Status.WITHDRAWN}


def test_future_dates_and_duplicate_ids_are_reported(read: Reader, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = records()[:3]
    rows[1]["published"] = "2099-01-01T00:00:00Z"
    rows[2]["published"] = (NOW + timedelta(days=300)).isoformat()
    reading = read(write_jsonl(tmp_path / "a.jsonl", rows))
    assert reading.counts.new == 2
    assert "expected a date in the next ten years" in str(read.rejected[0])


def test_the_database_password_is_not_stored(read: Reader, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read("postgresql+psycopg://u:secret@127.0.0.1:9/x#SELECT 1")
    assert "secret" not in str(caught.value)


def test_a_draft_without_a_date_hides_what_was_published(
    read: Reader, catalogue: Catalogue, tmp_path: Path
) -> None:
    table = tmp_path / "posts.csv"
    table.write_text("id,title,date,status\n1,Quay,2026-03-02,publish\n2,Mill,2026-03-02,publish\n")
    read(table)
    table.write_text(
        "id,title,date,status\n1,Quay,2026-03-02,publish\n2,Mill,,draft\n3,New,,draft\n"
    )
    result = read(table, prune=True, force=True)
    assert (result.counts.changed, result.counts.unchanged, result.withdrawn) == (1, 1, 0)
    assert {one.id: one.status for one in catalogue.all()} == {
        "1": Status.PUBLISHED,
        "2": Status.DRAFT,
    }
    table.write_text("id,title,date,status\n2,Mill,2026-03-02,publish\n")
    read(table)
    assert {one.status for one in catalogue.all()} == {Status.PUBLISHED}


def test_pruning_keeps_the_article_of_a_page_that_lost_its_date(
    read: Reader, catalogue: Catalogue, tmp_path: Path
) -> None:
    page = (
        "<html><head><link rel='canonical' href='https://quay.example/{}'>{}</head><body>"
        f"<h1>Crane stands idle</h1><p>{'The board met again about it. ' * 12}</p></body></html>"
    )
    dated = "<meta name='date' content='2026-03-02'>"
    for name in ("crane", "storm"):
        (tmp_path / f"saved-{name}.html").write_text(page.format(name, dated))
    read(tmp_path)
    (tmp_path / "saved-crane.html").write_text(page.format("crane", ""))
    assert read(tmp_path, prune=True, force=True).withdrawn == 0
    assert [one.id for one in read.rejected] == ["https://quay.example/crane"]
    assert {one.status for one in catalogue.all()} == {Status.PUBLISHED}


@pytest.mark.parametrize(("given", "identifier"), [("", "crane"), ("id: 7", "7")])
def test_pruning_keeps_the_article_of_a_post_that_lost_its_date(
    read: Reader, catalogue: Catalogue, tmp_path: Path, given: str, identifier: str
) -> None:
    post = tmp_path / "crane.md"
    (tmp_path / "storm.md").write_text("---\ntitle: Storm\ndate: 2026-03-02\n---\nIt blew.\n")
    post.write_text(f"---\ntitle: Crane\ndate: 2026-03-02\n{given}\n---\nIt stands idle.\n")
    read(tmp_path)
    post.write_text(f"---\ntitle: Crane\n{given}\n---\nIt stands idle.\n")
    assert read(tmp_path, prune=True, force=True).withdrawn == 0
    assert {one.id: one.status for one in catalogue.all()} == dict.fromkeys(
        [identifier, "storm"], Status.PUBLISHED
    )
    post.unlink()
    assert read(tmp_path, prune=True, force=True).withdrawn == 1


def test_a_note_on_other_types_is_no_error(read: Reader, tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(HEAD + item(1) + item(2) + item(3, kind="podcast") + "</channel></rss>")
    assert read(path, strict=True).rejected == 0
    path.write_text(HEAD + item(1) + item(3, kind="podcast") + "</channel></rss>")
    assert read(path, strict=True, prune=True).withdrawn == 1
    assert ["1 podcast" in str(note) for note in read.rejected] == [True, True]


def test_the_present_ids_of_a_source_are_the_newest(
    read: Reader, catalogue: Catalogue, tmp_path: Path
) -> None:
    """Also of a source that returns to the IDs of before."""
    one, other = records()[:2]
    moved = [one | {"id": "moved", "url": "https://site.example/moved"}, other]
    before, after = (write_jsonl(tmp_path / f"{name}.jsonl", rows) for name, rows in
                     {"before": [one, other], "after": moved}.items())  # fmt: skip

    def newest() -> str:
        numbers = catalogue.import_numbers()
        return max(one["id"], "moved", key=lambda name: numbers.get(name, 0))

    for source, name in ((before, one["id"]), (after, "moved"), (before, one["id"])):
        read(source)
        assert newest() == name
    version = catalogue.version()
    assert read(before).counts.unchanged == 2
    assert catalogue.version() == version
