"""The reader of JSON Lines: bad lines are reported, the others are read."""

import gzip
import json
from datetime import UTC
from pathlib import Path

import pytest

from read_source import read_all
from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.sources import read

GOOD = {"id": "a", "title": "A", "published": "2025-01-01"}


def lines(tmp_path: Path, *raw: bytes) -> list[Article | RejectedRecord]:
    path = tmp_path / "site.jsonl"
    path.write_bytes(b"\n".join(raw))
    return list(read(str(path), UTC))


def good(**fields: object) -> bytes:
    return json.dumps(GOOD | fields).encode()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "expected one JSON object, got invalid JSON that ends too early"),
        (b"[]", "expected a JSON object, got a list"),
        (b'{"title": "A", "published": "2025-01-01"}', "'id' is missing; every article has id,"),
        (
            b'{"id": "a", "headline": "A", "published": "2025-01-01"}',
            "'title' is missing (it has 'headline'); rename it",
        ),
        (
            b'{"id": "a", "Titel": "A", "published": "2025-01-01"}',
            "'title' is missing (it has 'Titel'); rename it",
        ),
        (good(title=5), "title: expected text, got the number 5"),
        (good(tags="x"), "tags: expected a list of texts, got 'x'"),
        (good(tags=["x", 1]), "tags: expected a list of texts, got a list with the number 1"),
        (good(title=None), "title: expected text, got null"),
        (b'{"title": 5, nonsense', "expected one JSON object, got invalid JSON at byte"),
        (good(status="gone"), "status: expected published, draft or withdrawn, got 'gone'"),
        (good(title=""), "title: expected text, got nothing"),
        (
            good(published="May 2021"),
            "published: expected RFC 3339, such as 2026-10-30T08:05:00+01:00, got 'May 2021'",
        ),
        (b'{"id": "\xff", "title": "A", "published": "2025-01-01"}', "UTF-8"),
        (b'{"id": "\\ud800", "title": "A", "published": "2025-01-01"}', "JSON"),
    ],
)
def test_a_bad_line_is_reported_and_skipped(tmp_path: Path, bad: bytes, reason: str) -> None:
    first, complaint, last = lines(tmp_path, good(id="first"), bad, good(id="last"))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert str(complaint).startswith(f"{tmp_path / 'site.jsonl'}:2: ")
    assert reason in str(complaint)
    assert "\n" not in str(complaint)


def test_five_megabytes_of_body_are_read(tmp_path: Path) -> None:
    (article,) = lines(tmp_path, good(body="word " * 1_000_000))
    assert isinstance(article, Article)
    assert len(article.body) == 4_999_999


def test_gzip_is_read_and_a_truncated_one_reported(tmp_path: Path) -> None:
    packed = gzip.compress(b"\n".join(good(id=str(n)) for n in range(1000)))
    whole, half = tmp_path / "whole.jsonl.gz", tmp_path / "half.jsonl.gz"
    whole.write_bytes(packed)
    half.write_bytes(packed[: len(packed) // 2])
    assert len(list(read(str(whole), UTC))) == 1000
    with pytest.raises(SourceError, match=r"half\.jsonl\.gz: .*ended before"):
        list(read(str(half), UTC))


def test_missing_and_unknown_sources_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        list(read(str(tmp_path / "none.jsonl"), UTC))
    (tmp_path / "site.docx").write_text("text", encoding="utf-8")
    with pytest.raises(SourceError, match="expected a file of JSON Lines"):
        list(read(str(tmp_path / "site.docx"), UTC))
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(SourceError, match="Is a directory"):
        list(read(str(tmp_path / "folder.jsonl"), UTC))


def test_a_deeply_nested_line_is_reported(tmp_path: Path) -> None:
    deep = b'{"x": ' + b"[" * 9_000 + b"]" * 9_000 + b"}"
    complaint, article = lines(tmp_path, deep, good())
    assert "nested too deep" in str(complaint)
    assert isinstance(article, Article)


def test_a_truncated_gzip_is_an_error(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"id": n, "title": f"T{n}", "published": "2026-05-01", "body": "x" * n}) + "\n"
        for n in range(3000)
    )
    whole = gzip.compress(lines.encode())
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="expected a readable file"):
        read_all(path)
