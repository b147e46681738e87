"""A record that is not public hides the article, also where it cannot be stored."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recommender.articles.article import Status
from recommender.catalogue.store import Catalogue
from recommender.ingest.importer import Importer, ImportOptions, ImportResult
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.settings import Settings
from sample_site import NOW, records, write_jsonl

DATE = "2026-10-01"
ROW = {"id": "talks/2", "title": "Talks", "published": DATE}


class Reader:
    """Reads sources as the command does, and keeps what it rejects."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self.settings, self.catalogue = settings, catalogue
        self.rejected: list[RejectedRecord] = []

    def __call__(self, *sources: Path, **options: bool) -> ImportResult:
        importer = Importer(self.settings, NOW, self.rejected.append, lambda *_: None)
        return importer.read(
            [str(one) for one in sources], self.catalogue, ImportOptions(**options)
        )

    def status(self, identifier: str = "talks/2") -> Status:
        found = self.catalogue.get(identifier)
        assert found is not None
        return found.status


@pytest.fixture
def read(settings: Settings, source: Path) -> Iterator[Reader]:
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        reader = Reader(settings, catalogue)
        reader(source)
        yield reader


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"id": "talks/2", "status": "withdrawn"}, Status.WITHDRAWN),
        ({"id": "talks/2", "status": "deleted"}, Status.WITHDRAWN),
        ({"id": "talks/2", "title": "Talks", "status": "draft"}, Status.DRAFT),
        (ROW | {"title": "", "status": "withdrawn"}, Status.WITHDRAWN),
        (ROW | {"published": "soon", "status": "draft"}, Status.DRAFT),
        (ROW | {"published": "2099-01-01", "status": "draft"}, Status.DRAFT),
        (ROW | {"tags": "no list", "status": "withdrawn"}, Status.WITHDRAWN),
        (ROW | {"status": "retracted"}, Status.WITHDRAWN),
        (ROW | {"status": "Expired"}, Status.DRAFT),
        (ROW | {"status": False}, Status.DRAFT),
        ({"id": "talks/2", "status": False}, Status.DRAFT),
        ({"id": "talks/2", "title": "Talks", "status": 0}, Status.DRAFT),
        (ROW | {"title": None, "status": None}, Status.PUBLISHED),
    ],
)
@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
def test_it_hides_whatever_is_wrong_with_it(
    read: Reader, tmp_path: Path, record: dict[str, Any], status: Status, suffix: str
) -> None:
    rows = [ROW | {"id": "new"}, record]
    source = write_jsonl(tmp_path / "later.jsonl", rows)
    if suffix == ".json":
        source = tmp_path / "later.json"
        source.write_text(json.dumps(rows))
    for _ in range(2):
        read(source)
        assert read.status() is status
    assert read.status("talks/1") is Status.PUBLISHED


@pytest.mark.parametrize(
    ("title", "date", "word", "status"),
    [
        ("Talks", "", "withdrawn", Status.WITHDRAWN),
        ("", DATE, "removed", Status.WITHDRAWN),
        ("Talks", DATE, "killed", Status.WITHDRAWN),
        ("Talks", "soon", "embargoed", Status.DRAFT),
        ("Talks", "", "offline", Status.DRAFT),
        ("Talks", DATE, "Needs-Review", Status.DRAFT),
    ],
)
def test_rows_of_a_table_hide(
    read: Reader, tmp_path: Path, title: str, date: str, word: str, status: Status
) -> None:
    table = tmp_path / "later.csv"
    table.write_text(
        f"id,title,published,status\nnew,New,{DATE},live\ntalks/2,{title},{date},{word}\n"
    )
    read(table)
    assert read.status() is status


def test_the_status_false_of_a_post_hides(read: Reader, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    (posts / "talks").mkdir(parents=True)
    post = f"---\ntitle: Talks\ndate: {DATE}\nstatus: %s\n---\nText.\n"
    (posts / "talks" / "1.md").write_text(post % "")
    (posts / "talks" / "2.md").write_text(post % "false")
    read(posts)
    assert read.status("talks/1") is Status.PUBLISHED
    assert read.status() is Status.DRAFT


def test_posts_of_markdown_hide(read: Reader, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    (posts / "talks").mkdir(parents=True)
    (posts / "new.md").write_text(f"---\ntitle: New\ndate: {DATE}\n---\nText.\n")
    (posts / "talks" / "2.md").write_text("---\ntitle: Talks\nstatus: deleted\n---\n")
    read(posts)
    assert read.status() is Status.WITHDRAWN
    (posts / "talks" / "1.md").write_text(
        "---\ntitle: Talks\ndate: soon\nstatus: private\n---\nText.\n"
    )
    read(posts)
    assert read.status("talks/1") is Status.DRAFT


@pytest.mark.parametrize(
    "incomplete",
    [
        {"id": "talks/2", "status": "withdrawn"},
        {"id": "talks/2", "title": "Talks", "status": "draft"},
        ROW | {"published": "soon", "status": "draft"},
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_complete_record_of_the_same_source_wins(
    read: Reader, tmp_path: Path, incomplete: dict[str, Any], *, is_first: bool
) -> None:
    rows = [incomplete, ROW] if is_first else [ROW, incomplete]
    read(write_jsonl(tmp_path / "later.jsonl", rows))
    assert read.status() is Status.PUBLISHED


def test_an_older_version_of_a_row_hides_nothing(read: Reader, tmp_path: Path) -> None:
    table = tmp_path / "versions.csv"
    versions = f"talks/2,Talks,{DATE},live\ntalks/2,,2026-09-01,archived\n"
    table.write_text(f"id,title,published,status\n{versions}")
    read(table)
    assert read.status() is Status.PUBLISHED


def test_the_complete_record_of_another_source_does_not_count(read: Reader, tmp_path: Path) -> None:
    published = write_jsonl(tmp_path / "a.jsonl", [ROW])
    gone = write_jsonl(tmp_path / "b.jsonl", [{"id": "talks/2", "status": "withdrawn"}])
    read(published, gone)
    assert read.status() is Status.WITHDRAWN


def test_deletions_are_a_source_of_their_own(read: Reader, tmp_path: Path) -> None:
    gone = [{"id": f"talks/{n}", "status": "withdrawn"} for n in range(1, 4)]
    source = write_jsonl(tmp_path / "gone.jsonl", gone)
    first, second = read(source), read(source)
    assert (first.counts.changed, first.rejected) == (3, 0)
    assert (second.counts.changed, second.counts.unchanged, second.rejected) == (0, 3, 0)
    (note, _) = read.rejected
    assert str(note).endswith("passed over: 3 withdrawn without a date")


def test_deletions_of_unknown_articles_are_read(read: Reader, tmp_path: Path) -> None:
    gone = [{"id": "never/1", "status": "withdrawn"}]
    result = read(write_jsonl(tmp_path / "gone.jsonl", gone), strict=True)
    assert (result.counts.total, result.rejected) == (0, 0)


def test_the_article_is_back_with_its_next_record(
    read: Reader, source: Path, tmp_path: Path
) -> None:
    read(write_jsonl(tmp_path / "gone.jsonl", [{"id": "talks/2", "status": "withdrawn"}]))
    read(source)
    assert read.status() is Status.PUBLISHED


def test_too_many_of_them_hide_nothing(read: Reader, tmp_path: Path) -> None:
    gone = [{"id": row["id"], "status": "withdrawn"} for row in records()[:12]]
    with pytest.raises(Exception, match="hid nothing: with it 12 of 24"):
        read(write_jsonl(tmp_path / "gone.jsonl", gone))
    assert read.status() is Status.PUBLISHED


def test_an_unknown_status_is_named_and_hides_nothing(read: Reader, tmp_path: Path) -> None:
    table = tmp_path / "later.csv"
    table.write_text(
        f"id,title,published,status\nnew,N,{DATE},live\ntalks/2,Talks,{DATE},gone fishing\n"
    )
    read(table)
    (problem,) = read.rejected
    assert "status: expected published, draft or withdrawn, got 'gone fishing'" in str(problem)
    assert str(problem).endswith("; an article with this ID stays as it was")
    assert read.status() is Status.PUBLISHED


def test_pruning_knows_the_records_that_were_not_stored(read: Reader, tmp_path: Path) -> None:
    rows = [*records()[:20], {"id": "talks/2", "status": "withdrawn"}]
    rows[3] = rows[3] | {"published": "soon"}
    result = read(write_jsonl(tmp_path / "later.jsonl", rows), prune=True)
    assert result.withdrawn == 4
    assert read.status(str(rows[3]["id"])) is Status.PUBLISHED
