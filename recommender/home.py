"""The home folder: everything that is not code, and one writer at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname

from filelock import FileLock, Timeout

from recommender.errors import DataDirError


@dataclass(frozen=True)
class DataDir:
    """Where things lie below the home folder."""

    path: Path

    @property
    def snapshots(self) -> Path:
        """Folder of the published snapshots, one folder each."""
        return self.path / "snapshots"

    @property
    def current(self) -> Path:
        """File that holds the id of the snapshot in force."""
        return self.path / "current"

    @property
    def decisions(self) -> Path:
        """File that holds what editors decided, as far as this machine knows."""
        return self.path / "decisions.json"

    @property
    def vectors(self) -> Path:
        """The cache of embeddings."""
        return self.path / "vectors.sqlite3"

    @contextmanager
    def locked(
        self, patience: float = 0.0, waits: Callable[[str], None] = lambda _: None
    ) -> Iterator[None]:
        """Hold the home for writing; who comes second waits ``patience`` seconds, then is refused.

        ``waits`` is told who holds it. The lock belongs to the process: a killed run leaves
        nothing locked behind.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            holder = f"process {os.getpid()} on {gethostname()}\n"
            with self._lock(patience, waits):
                self._holder.write_text(holder, encoding="utf-8")
                yield
        except Timeout as error:
            raise DataDirError(
                f"{self.path}: another run is writing here ({self._held_by()}); "
                "wait for it, or use another --home"
            ) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise DataDirError(
                f"{error.filename or self.path}: {reason}; wanted a folder that can be written, "
                "with room; the last published snapshot still serves"
            ) from error

    def _lock(
        self, patience: float, waits: Callable[[str], None]
    ) -> AbstractContextManager[object]:
        lock = FileLock(self.path / "index.lock", timeout=0)
        try:
            return lock.acquire()
        except Timeout:
            if not patience:
                raise
            waits(self._held_by())
            return lock.acquire(timeout=patience, poll_interval=0.2)

    @property
    def _holder(self) -> Path:
        return self.path / "index.holder"

    def _held_by(self) -> str:
        """Tell who holds the lock, as they said when they took it."""
        try:
            return self._holder.read_text(encoding="utf-8").strip() or "unknown"
        except (OSError, UnicodeDecodeError):
            return "unknown"


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole and make sure it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_atomically(path: Path, data: bytes) -> None:
    """Replace a file by one rename: a reader sees the old text or the new, never a part."""
    aside = path.with_name(path.name + ".new")
    write_durably(aside, data)
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names inside a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
