"""Follows the snapshots in a bucket: downloads the current one into the data directory.

One process of a machine does it, the one that holds a lock. The watchers of all processes then
activate the snapshot from the data directory, as if it had been published there.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref

from filelock import FileLock, Timeout

from recommender.errors import DataDirError, RecommenderError
from recommender.home import DataDir
from recommender.snapshots.bucket import Bucket, Published, follow

POLL_SECONDS = 1.0
"""Between two looks at the bucket."""

LOCK = "following.lock"

log = logging.getLogger("service")


class BucketFollower:
    """Downloads each new snapshot of a bucket.

    Parameters
    ----------
    url : the setting ``snapshots``.
    """

    def __init__(self, url: str, data_dir: DataDir) -> None:
        self._bucket = Bucket(url)
        self._data_dir = data_dir
        self._known = Published()
        self._logged = ""
        data_dir.path.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(data_dir.path / LOCK, timeout=0, thread_local=False)

    def check(self) -> None:
        """Download the current snapshot, unless another process does, or it is known."""
        try:
            self._lock.acquire()  # kept until the process ends
        except Timeout:
            return
        try:
            with self._data_dir.lock():
                self._known = follow(self._bucket, self._data_dir, self._known)
        except DataDirError:
            return  # an index run of this machine is writing
        except RecommenderError as error:
            self._log(str(error))
            return
        self._log("")

    def start(self) -> None:
        """Check all the time; the thread ends with this object or with the process."""
        threading.Thread(target=_poll, args=(weakref.ref(self),), daemon=True).start()

    def _log(self, reason: str) -> None:
        """Log an error once, and when it is over."""
        if reason == self._logged:
            return
        self._logged = reason
        if reason:
            log.warning("the bucket cannot be followed; the last snapshot stays active: %s", reason)
        else:
            log.warning("the bucket can be followed again")


def _poll(reference: weakref.ref[BucketFollower]) -> None:
    while (follower := reference()) is not None:
        try:
            follower.check()
        except Exception:
            log.exception("following the bucket failed")
        del follower  # else this thread would keep it alive
        time.sleep(POLL_SECONDS)
