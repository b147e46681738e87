"""The log of overrides, on both databases: validation, undo and conflicts."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from recommender.articles.article import Article
from recommender.catalogue.database import connect
from recommender.catalogue.store import Catalogue
from recommender.dates import read_local_time
from recommender.errors import CatalogueError, ConflictError, OverrideError
from recommender.overrides.edits.withdrawals import restore, withdraw
from recommender.overrides.facets import members
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.watcher import OverrideWatcher
from sample_site import NOW

AT = NOW.timestamp()


@pytest.fixture
def log(database: str) -> Iterator[Log]:
    catalogue = Catalogue(database)
    made = [
        Article(
            id=name,
            title=name.upper(),
            published=datetime(2025, 1, 1, tzinfo=UTC),
            tags=("peace", "ąę") if name < "c" else (),
            authors=("Ewa",) if name > "c" else (),
        )
        for name in "abcdef"
    ]
    catalogue.add(made, "here", NOW)
    catalogue.close()
    with closing(Log(database)) as log:
        yield log


def decision(kind: str, article: str = "", pick: str = "", **fields: Any) -> Override:
    return Override(kind=Kind(kind), article=article, pick=pick, author="ann", **fields)


def pin(pick: str, place: int, **fields: Any) -> Override:
    return decision("pin", "a", pick, place=place, **fields)


def undo(number: int) -> Override:
    return decision("undo", undoes=number)


def stored(log: Log) -> list[int]:
    return [entry.id for entry in log.active()]


def test_entries_are_read_back_unchanged(log: Log) -> None:
    saved = pin("b", 2, reason="  why\nnot ", starts=int(AT) - 5, ends=int(AT) + 5)
    (added,) = log.add([saved], AT)
    assert log.entries() == [added]
    assert (added.id, added.created, added.reason) == (1, int(AT), "why not")
    assert log.version() == log.version("a") == 1
    assert log.version("b") == 0


def test_an_undo_can_be_undone(log: Log) -> None:
    log.add([pin("b", 1)], AT)
    log.add([undo(1)], AT)
    assert stored(log) == []
    log.add([undo(2)], AT)
    assert stored(log) == [1]
    log.add([undo(3)], AT)
    assert stored(log) == []
    with pytest.raises(OverrideError, match=r"entry 1 is already undone \(by entry 2 of ann\)"):
        log.add([undo(1)], AT)
    assert [entry.article for entry in log.entries()] == ["a"] * 4


def test_a_restored_override_must_still_be_valid(log: Log) -> None:
    log.add([pin("b", 1)], AT)
    log.add([undo(1)], AT)
    log.add([pin("c", 1)], AT)
    with pytest.raises(OverrideError, match="place 1 is taken by 'c'"):
        log.add([undo(2)], AT)
    assert stored(log) == [3]


@pytest.mark.parametrize(
    ("saved", "named"),
    [
        (pin("a", 1), "under itself"),
        (pin("nope", 1), "article 'nope': expected the id of an article in the catalogue"),
        (pin("c", 0), "place: expected a number from 1 to 20, got 0"),
        (pin("c", 21), "place: expected a number from 1 to 20, got 21"),
        (pin("c", 1), "place 1 is taken by 'b'"),
        (pin("b", 2), "it is pinned at 1"),
        (decision("block", "a", "b"), "'b' is pinned .entry 1 by ann"),
        (decision("block", "", "b"), "'b' is pinned"),
        (decision("block", "a", "d"), "an equal override exists already"),
        (decision("pin", "a", "d", place=3), "'d' is blocked"),
        (decision("pin", "a", place=3), "expected an article and a pick"),
        (decision("hold"), "hold: expected an article, got"),
        (decision("hold", "a", "b"), "hold: expected an article, got"),
        (
            decision("boost", "", "c", factor=0.0),
            "factor: expected a number from 0.1 to .*, got 0.0",
        ),
        (decision("boost", "", "c", factor=1e9), "factor"),
        (decision("boost", "", "c", factor=float("nan")), "factor"),
        (decision("boost", "", "c"), "factor: expected a number .*, got nothing"),
        (decision("boost", "a", "c", factor=2.0), "boost: expected a pick, got"),
        (decision("block", "", "c", factor=2.0), "factor: expected nothing, got 2.0"),
        (pin("c", 4, scope=Scope.TAG), "expected an article, got a tag"),
        (pin("c", 4, reason="x" * 100_000), "reason: expected at most 2000 characters, got 100000"),
        (pin("c", 4, starts=int(AT) + 9, ends=int(AT) + 9), "The end must be after the start"),
        (pin("c", 4, ends=int(AT)), "The end must be in the future"),
        (undo(99), "entry: expected the number .*, got 99"),
    ],
)
def test_invalid_overrides_are_named_and_nothing_is_saved(
    log: Log, saved: Override, named: str
) -> None:
    log.add([pin("b", 1), decision("block", "a", "d")], AT)
    with pytest.raises(OverrideError, match=named):
        log.add([pin("e", 7), saved], AT)
    assert log.version() == 2


def test_one_position_can_be_pinned_in_turn(log: Log) -> None:
    noon = int(AT) + 3600
    log.add([pin("b", 1, ends=noon), pin("c", 1, starts=noon)], AT)
    assert stored(log) == [1, 2]


def test_a_late_write_gets_a_conflict(log: Log) -> None:
    log.add([pin("b", 1)], AT, expected_versions={"a": 0})
    log.add([decision("hold", "c")], AT)
    with pytest.raises(ConflictError, match="another editor has changed this list") as caught:
        log.add([pin("c", 2)], AT, expected_versions={"a": 0})
    assert [entry.pick for entry in caught.value.newer] == ["b"]
    log.add([pin("c", 2)], AT, expected_versions={"a": 1})


def follow(log: Log, done: threading.Event, found: list[int]) -> None:
    """Ask for newer entries again and again, and once more when all are written."""
    last, ended = 0, False
    while not ended:
        ended = done.is_set()
        found += [entry.id for entry in log.entries(after=last)]
        last = found[-1] if found else 0


def write(url: str, article: str) -> None:
    with closing(Log(url)) as mine:
        for place, pick in enumerate("def", start=1):
            mine.add([decision("pin", article, pick, place=place)], AT)


def test_sequence_numbers_become_visible_in_order(log: Log, database: str) -> None:
    found: list[int] = []
    done = threading.Event()
    reader = threading.Thread(target=follow, args=(log, done, found))
    writers = [threading.Thread(target=write, args=(database, name)) for name in "abc"]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert found == list(range(1, 10))


def test_withdrawn_and_restored(log: Log) -> None:
    withdraw(log, "a", "ann", "legal", AT)
    with pytest.raises(OverrideError, match="an equal override exists already"):
        withdraw(log, "a", "bob", "", AT)
    restore(log, "a", "bob", "", AT)
    with pytest.raises(OverrideError, match="expected an article that was withdrawn"):
        restore(log, "a", "ann", "", AT)


@pytest.mark.parametrize("scope", [Scope.SECTION, Scope.TAG, Scope.AUTHOR])
def test_a_name_in_other_letters_is_the_same(log: Log, scope: Scope) -> None:
    log.add([decision("boost", "", "Peace Talks", scope=scope, factor=2.0)], AT)
    with pytest.raises(OverrideError, match="an equal override exists already"):
        log.add([decision("boost", "", "PEACE  talks", scope=scope, factor=3.0)], AT)
    log.add([undo(1), decision("boost", "", "PEACE  talks", scope=scope, factor=3.0)], AT)
    with pytest.raises(OverrideError, match="an equal override exists already"):
        log.add([undo(2)], AT)
    assert stored(log) == [3]


def test_overrides_of_a_tag_and_of_an_author(log: Log) -> None:
    assert members(log.engine, Scope.TAG, "ąę") == ["a", "b"]
    assert members(log.engine, Scope.AUTHOR, "Ewa") == ["d", "e", "f"]
    assert members(log.engine, Scope.TAG, "nope") == []


def test_overrides_outlive_the_database(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite3"
    with closing(OverrideWatcher(f"sqlite:///{path}", timeout=0.1)) as following:
        following.refresh(AT)
        assert "no such file" in following.error
        catalogue = Catalogue(f"sqlite:///{path}")
        catalogue.add([Article(id=i, title=i, published=NOW) for i in "ab"], "here", NOW)
        Log(f"sqlite:///{path}", catalogue.engine).add([pin("b", 1)], AT)
        catalogue.close()
        following.refresh(AT)
        assert (following.error, following.known.version) == ("", 1)
        following.close()
        path.write_bytes(b"no database" * 1000)
        following.refresh(AT)
        assert "not a database" in following.error
        assert following.known.version == 1


def test_a_locked_database_saves_nothing(log: Log, tmp_path: Path) -> None:
    if log.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's writers wait for each other")
    with log.engine.begin() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        url = str(log.engine.url)
        with closing(Log(url, connect(url, timeout=0.1))) as late:
            with pytest.raises(CatalogueError, match="locked"):
                late.add([pin("b", 1)], AT)
            # Readers go on.
            assert late.version() == 0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2026-03-29 02:30", "does not exist when the clocks change"),
        ("2026-10-25 02:30", "occurs twice"),
        ("monday", "from: expected RFC 3339, .*, got 'monday'"),
    ],
)
def test_missing_and_ambiguous_local_times(text: str, named: str) -> None:
    with pytest.raises(OverrideError, match=named):
        read_local_time("from", text, ZoneInfo("Europe/Warsaw"))


def test_times_are_local_unless_they_have_an_offset() -> None:
    warsaw = ZoneInfo("Europe/Warsaw")
    local = read_local_time("from", "2026-10-25 04:00", warsaw)
    assert local == read_local_time("from", "2026-10-25T03:00:00Z", warsaw)
    assert read_local_time("from", "2026-10-25 02:30+01:00", warsaw)
    assert read_local_time("from", None, warsaw) is None
