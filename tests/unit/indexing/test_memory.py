"""The limit of a container counts, and an interrupt while memory is freed is not lost."""

import signal
import weakref
from pathlib import Path

import psutil
import pytest

from recommender.errors import SettingsError
from recommender.indexing.memory import Memory, free_memory
from recommender.indexing.parallel import PROCESS_BYTES, affordable, scoring_memory


class Garbage:
    """An object that only the collector frees: it refers to itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_in_a_callback_of_the_collector_is_raised_afterwards(number: int) -> None:
    former = signal.signal(number, signal.default_int_handler)
    garbage = Garbage()
    reference = weakref.ref(garbage, lambda _: signal.raise_signal(number))
    del garbage
    try:
        with pytest.raises(KeyboardInterrupt):
            free_memory()
        assert reference() is None
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, former)


@pytest.mark.parametrize(
    ("limit_file", "usage"),
    [
        ("memory.max", "anon 300000\nfile 900000\n"),
        ("memory/memory.limit_in_bytes", "rss 100000\ntotal_rss 300000\n"),
    ],
)
def test_the_limit_of_a_container_counts_without_mapped_files(
    tmp_path: Path, limit_file: str, usage: str
) -> None:
    path = tmp_path / limit_file
    path.parent.mkdir(exist_ok=True)
    path.with_name("memory.stat").write_text(usage)
    path.write_text("1000000\n")
    assert Memory.read(tmp_path) == (1_000_000, 700_000)
    path.write_text("200000\n")
    assert Memory.read(tmp_path) == (200_000, 0)


@pytest.mark.parametrize(
    ("limit", "usage"),
    [
        ("max\n", "anon 300000\n"),
        ("1000000\n", "rss 300000\n"),
        ("1000000\n", "anon many\n"),
        ("", ""),
    ],
)
def test_without_a_readable_limit_the_memory_of_the_machine_counts(
    tmp_path: Path, limit: str, usage: str
) -> None:
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.stat").write_text(usage)
    for folder in (tmp_path, tmp_path / "missing"):
        found = Memory.read(folder)
        assert found.total == psutil.virtual_memory().total
        assert 0 < found.available <= found.total


@pytest.mark.parametrize(
    ("available", "processes"),
    [(0, 1), (PROCESS_BYTES - 1, 1), (2 * PROCESS_BYTES, 2), (99 * PROCESS_BYTES, 8)],
)
def test_processes_score_as_far_as_memory_is_available(available: int, processes: int) -> None:
    assert affordable(8, available) == processes


def test_a_run_takes_so_much_and_what_is_left_scores() -> None:
    assert scoring_memory(0, 10_000_000) is None
    assert scoring_memory(4, 100_000) == 4_000_000_000 - 700_000_000 - 100_000 * 5_000


def test_too_little_memory_is_named_with_what_is_enough() -> None:
    with pytest.raises(SettingsError, match=r"^index_memory: expected at least 3\.7 for 500,000"):
        scoring_memory(2.5, 500_000)
    assert scoring_memory(3.7, 500_000) == PROCESS_BYTES
