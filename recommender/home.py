"""The data directory: paths, a lock for the one process that writes, and durable file writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname

from filelock import FileLock, Timeout

from recommender.errors import DataDirError


@dataclass(frozen=True)
class DataDir:
    """Paths below the data directory."""

    path: Path

    @property
    def snapshots(self) -> Path:
        """Folder of the published snapshots, one subfolder each."""
        return self.path / "snapshots"

    @property
    def current(self) -> Path:
        """File with the id of the active snapshot."""
        return self.path / "current"

    @property
    def override_fallback(self) -> Path:
        """File with the last known overrides, used while the database is unavailable."""
        return self.path / "decisions.json"

    @property
    def vectors(self) -> Path:
        """The embedding cache."""
        return self.path / "vectors.sqlite3"

    @contextmanager
    def lock(
        self, timeout: float = 0.0, on_wait: Callable[[str], None] = lambda _: None
    ) -> Iterator[None]:
        """Lock the data directory for writing. The lock ends with the process at the latest.

        Parameters
        ----------
        timeout : seconds to wait for another process.
        on_wait : called with the name of the process that holds the lock, before waiting.

        Raises
        ------
        DataDirError
            Another process holds the lock, or the directory cannot be written.
        """
        try:
            make_private_folder(self.path)
            holder = f"process {os.getpid()} on {gethostname()}\n"
            with self._acquire(timeout, on_wait):
                self._holder_file.write_text(holder, encoding="utf-8")
                yield
        except Timeout as error:
            raise DataDirError(
                f"{self.path}: another run is writing here ({self._holder()}); "
                "wait for it, or use another --home"
            ) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise DataDirError(
                f"{error.filename or self.path}: expected a writable folder with free space, got: "
                f"{reason}; the last published snapshot still serves"
            ) from error

    def _acquire(
        self, timeout: float, on_wait: Callable[[str], None]
    ) -> AbstractContextManager[object]:
        lock = FileLock(self.path / "index.lock", timeout=0)
        try:
            return lock.acquire()
        except Timeout:
            if not timeout:
                raise
            on_wait(self._holder())
            return lock.acquire(timeout=timeout, poll_interval=0.2)

    @property
    def _holder_file(self) -> Path:
        return self.path / "index.holder"

    def _holder(self) -> str:
        """Return the process that holds the lock, as it described itself."""
        try:
            return self._holder_file.read_text(encoding="utf-8").strip() or "unknown"
        except (OSError, UnicodeDecodeError):
            return "unknown"


def write_durably(path: Path, data: bytes) -> None:
    """Write a file and flush it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_private_folder(path: Path) -> None:
    """Make a missing folder that only its owner can open; one that exists stays as it is.

    A data directory has password hashes, drafts and articles under embargo.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make a missing file, empty, that only its owner can read; one that exists stays as it is.

    Any other error is left to what opens the file next.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def replace_atomically(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replace a file by a rename, so that a reader sees the old content or the new.

    With ``private``, only its owner can read it.
    """
    aside = path.with_name(path.name + ".new")
    if private:
        make_private_file(aside)
    write_durably(aside, data)
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def has_room(folder: Path, size: int) -> bool:
    """Return whether ``size`` bytes can be written to files of a folder now."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, size)
    except OSError:
        return False
    return True
