"""The limit of a container counts, and an interrupt while memory is freed is not lost."""

import signal
import weakref
from pathlib import Path

import psutil
import pytest

from recommender.indexing.memory import available_memory, free_memory


class Garbage:
    """An object that only the collector frees: it refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_an_interrupt_in_a_callback_of_the_collector_is_raised_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    garbage = Garbage()
    reference = weakref.ref(garbage, lambda _: signal.raise_signal(signal.SIGINT))
    del garbage
    with pytest.raises(KeyboardInterrupt):
        free_memory()
    assert reference() is None
    assert signal.getsignal(signal.SIGINT) is before


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
    assert available_memory(tmp_path) == 700_000
    path.write_text("200000\n")
    assert available_memory(tmp_path) == 0


def test_without_a_limit_the_memory_of_the_machine_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.stat").write_text("anon 300000\n")
    for folder in (tmp_path, tmp_path / "missing"):
        assert 0 < available_memory(folder) <= psutil.virtual_memory().total
