"""Follows the snapshots in a bucket: downloads the current one into the data directory.

One process of a machine does it, the one that holds a lock. The watchers of all processes then
activate the snapshot from the data directory, as if it had been published there.
"""

from __future__ import annotations

import logging
import time

from filelock import FileLock, Timeout

from recommender.errors import RecommenderError
from recommender.home import DataDir
from recommender.snapshots.bucket import Bucket, Published, follow
from recommender.snapshots.store import prune
from service.state.backoff import Backoff
from service.state.polling import poll

POLL_SECONDS = 1.0
"""Between two looks at the bucket."""

LOCK = "following.lock"

log = logging.getLogger("service")


class BucketFollower:
    """Downloads each new snapshot of a bucket.

    Parameters
    ----------
    url : the setting ``snapshots``.
    keep : the setting ``keep_snapshots``: no index run deletes old ones on this machine.
    """

    def __init__(self, url: str, data_dir: DataDir, keep: int) -> None:
        self._bucket = Bucket(url)
        self._data_dir = data_dir
        self._keep = keep
        self._known = self._tried = Published()
        self._backoff = Backoff()
        self._logged = ""
        data_dir.path.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(data_dir.path / LOCK, timeout=0, thread_local=False)

    def check(self) -> None:
        """Download the current snapshot, unless another process does, or it is known."""
        try:
            self._lock.acquire()  # kept until the process ends
            if self._download():
                self._log("")
        except Timeout:
            return
        except (RecommenderError, OSError) as error:
            if not isinstance(error.__cause__, Timeout):  # else an index run here is writing
                self._log(str(error))

    def _download(self) -> bool:
        """Follow the bucket; return False where it is too early for another attempt."""
        published = self._bucket.published()
        if published != self._tried:
            self._tried = published
            self._backoff.reset()
        if published == self._known:
            return True
        if not self._backoff.is_over(time.monotonic()):
            return False
        try:
            with self._data_dir.lock():
                known = follow(self._bucket, self._data_dir, self._known)
                if known.snapshot:
                    prune(self._data_dir, self._keep)
        except RecommenderError as error:
            if not isinstance(error.__cause__, Timeout):
                urgent = not self._data_dir.current.exists()
                self._backoff.record_failure(time.monotonic(), urgent=urgent)
            raise
        self._known = known
        return True

    def start(self) -> None:
        """Check all the time; the thread ends with this object or with the process."""
        poll(self, BucketFollower.check, POLL_SECONDS, "following the bucket")

    def _log(self, reason: str) -> None:
        """Log an error once, and when it is over."""
        if reason == self._logged:
            return
        self._logged = reason
        if reason:
            log.warning("the bucket cannot be followed; the last snapshot stays active: %s", reason)
        else:
            log.warning("the bucket can be followed again")
